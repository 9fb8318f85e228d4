"""Pages by key: each starts after the last row of the one before, so depth costs nothing and new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

if TYPE_CHECKING:
    from labdb.api.viewsets import RowViewSet

PAGE = 100
MOST = 1000


class Order:
    """A unique order of rows: by one field of theirs, then by id."""

    def __init__(self, ordering: str, path: str) -> None:
        self.ordering = ordering
        self.name = ordering.lstrip("-")
        self.path = path
        self.sign = "-" if ordering.startswith("-") else ""
        self.after = "lt" if self.sign else "gt"

    @property
    def by_id(self) -> bool:
        return self.name == "id"

    def apply(self, rows: QuerySet) -> QuerySet:
        return rows.order_by(*([f"{self.sign}pk"] if self.by_id else [f"{self.sign}{self.path}", f"{self.sign}pk"]))

    def start_after(self, rows: QuerySet, place: list[Any]) -> QuerySet:
        if self.by_id:
            return rows.filter(**{f"pk__{self.after}": place[0]})
        value, pk = place
        # The first term lets an index find the place; the second is for rows with the same value.
        return rows.filter(
            Q(**{f"{self.path}__{self.after}e": value}),
            Q(**{f"{self.path}__{self.after}": value}) | Q(**{f"pk__{self.after}": pk}),
        )

    def place_of(self, row: dict[str, Any]) -> list[Any]:
        return [row["id"]] if self.by_id else [row[self.name], row["id"]]


def encode(order: Order, row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([order.ordering, *order.place_of(row)])).decode().rstrip("=")


def decode(order: Order, cursor: str) -> list[Any]:
    wrong = ValidationError({"cursor": "This cursor is not one of this list; start again without it."})
    try:
        ordering, *place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, orjson.JSONDecodeError):
        raise wrong from None
    if ordering != order.ordering or len(place) != (1 if order.by_id else 2):
        raise wrong
    if type(place[-1]) is not int or (len(place) == 2 and not isinstance(place[0], int | float | str)):
        raise wrong
    return place


def page_size(request: Request) -> int:
    text = request.query_params.get("limit")
    if text is None:
        return PAGE
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ValidationError({"limit": f"{text[:80]!r} is not a whole number from 1 to {MOST}."})
    return int(text)


class Keyset(BasePagination):
    """Asks its view for an order and for rows."""

    next: str | None = None

    def page(self, request: Request, view: RowViewSet) -> list[dict[str, Any]]:
        order, size = view.order_of(request), page_size(request)
        cursor = request.query_params.get("cursor")
        rows = view.page_rows(order, decode(order, cursor) if cursor else None, size + 1)
        self.next = None
        if len(rows) > size:
            rows.pop()
            self.next = replace_query_param(request.build_absolute_uri(), "cursor", encode(order, rows[-1]))
        return rows

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "nullable": True, "format": "uri", "description": "The next page."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts; part of `next`.",
                "schema": {"type": "string"},
            },
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "description": "Rows in a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
            },
            {
                "name": "ordering",
                "in": "query",
                "required": False,
                "description": "`-` in front turns it round.",
                "schema": {"type": "string", "enum": view.known_orderings()},  # type: ignore[attr-defined]
            },
        ]
