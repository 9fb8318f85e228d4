"""Lists of rows: straight from the database into JSON, their fields named once in a serializer.

A list selects the sources of its serializer's fields and makes no model instances, so that its schema and its
content cannot differ, and a page costs little more than its query. What a field needs to compute stands in the
detail serializer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from labdb.api.compiled import rows_with
from labdb.api.filters import Family, Filters, QueryFilters
from labdb.api.pagination import Keyset, Order, page_size
from labdb.api.renderers import Csv, Json
from labdb.tables.comma_separated import csv_pieces

STAND_IN = -(2**62) - 1  # a key that no row has and that nobody asks for


@cache
def columns_of(serializer: type[serializers.Serializer]) -> Mapping[str, str]:
    """Name in the answer → ORM path."""
    return {name: (field.source or name).replace(".", "__") for name, field in serializer().fields.items()}


Row = dict[str, Any]
Rows = list[Row]
Place = list[Any]
Words = list[str]


class RowViewSet(GenericViewSet):
    """A list with filters, key pages and CSV, and whatever a subclass adds.

    Attributes:
        serializer_class: of a row in the list; each field has a plain source.
        detail_class: of one record, where it shows more than a row.
        filters: by name.
        orderings: name in the row → ORM path; an index must serve it.
        ordering: the default.
    """

    renderer_classes = (Json, Csv)
    filter_backends = (QueryFilters,)
    pagination_class = Keyset
    detail_class: ClassVar[type[serializers.Serializer] | None] = None
    filters: ClassVar[Filters] = {}
    filter_families: ClassVar[tuple[Family, ...]] = ()
    orderings: ClassVar[Mapping[str, str]] = {}
    ordering: ClassVar[str] = "-id"
    lookup_value_regex = r"\d{1,18}"

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        if self.action != "list" and self.detail_class:
            return self.detail_class
        return super().get_serializer_class()

    def known_orderings(self) -> Words:
        return [f"{sign}{name}" for name in ("id", *self.orderings) for sign in ("", "-")]

    def order_of(self, request: Request) -> Order:
        wanted = request.query_params.get("ordering", self.ordering)
        if wanted not in self.known_orderings():
            known = ", ".join(self.known_orderings())
            raise ValidationError({"ordering": f"There is no ordering {wanted[:80]} here; known are: {known}."})
        return Order(wanted, self.orderings.get(wanted.lstrip("-"), "pk"))

    @classmethod
    def row_class(cls) -> type[serializers.Serializer]:
        return cast(type[serializers.Serializer], cls.serializer_class)

    @classmethod
    def rows_of(cls, queryset: QuerySet) -> Rows:
        columns = columns_of(cls.row_class())
        names = tuple(columns)
        return [dict(zip(names, row, strict=True)) for row in queryset.values_list(*columns.values())]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.accepted_renderer.format == "csv":
            return self._csv(request)
        return self.get_paginated_response(cast(Keyset, self.paginator).page(request, self))

    def page_rows(self, order: Order, place: Place | None, count: int) -> Rows:
        """The first rows of the list, or those after a place in it."""
        names, paths = zip(*columns_of(self.row_class()).items(), strict=True)

        def build(pk: Any) -> QuerySet:
            return self._ordered(order, [pk])[:count].values_list(*paths)

        found: Iterable[Sequence[Any]]
        if place is None or not order.by_id:
            found = self._ordered(order, place)[:count].values_list(*paths)
        else:
            found = rows_with(self._question(), build, STAND_IN, place[0])
        return [dict(zip(names, row, strict=True)) for row in found]

    def _ordered(self, order: Order, place: Place | None) -> QuerySet:
        rows = order.apply(self.filter_queryset(self.get_queryset()))
        return order.start_after(rows, place) if place else rows

    def _question(self) -> Hashable:
        """Everything that decides which rows a page has, but for where it starts."""
        user, asked = self.request.user, self.request.query_params
        told = tuple((name, tuple(asked.getlist(name))) for name in asked if name != "cursor")
        return type(self), user.pk, user.is_superuser, getattr(user, "only_project_id", None), told

    def _csv(self, request: Request) -> StreamingHttpResponse:
        """Every row, not a page; as many as `limit` says where it is given."""
        columns = columns_of(self.row_class())
        queryset = self._ordered(self.order_of(request), None)
        if "limit" in request.query_params:
            queryset = queryset[: page_size(request)]
        rows: Iterator[Sequence[Any]] = queryset.values_list(*columns.values()).iterator(chunk_size=2000)
        return StreamingHttpResponse(
            csv_pieces(list(columns), rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{self.basename}.csv"'},
        )
