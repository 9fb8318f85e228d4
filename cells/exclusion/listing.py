"""The list of what is and was left out."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import Case, CharField, Value, When
from django.http import HttpRequest

from cells.exclusion.models import Exclusion
from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing

STATES = [("excluded", "excluded"), ("withdrawn", "withdrawn")]


class ExclusionFilter(ListFilter):
    searched = ("cell__code", "cell__product", "test__name", "reason", "withdrawn_reason")

    state = django_filters.ChoiceFilter("state", label="State", empty_label="Excluded and withdrawn", choices=STATES)

    class Meta:
        model = Exclusion
        fields: ClassVar[list[str]] = []


class ExclusionListing(Listing):
    columns = (
        Column("cell", "Cell", path="cell__code", value="cell.code", about="text"),
        Column("what", "What of it", about="text", sortable=False),
        Column("state", "State", about="status"),
        Column("reason", "Reason", about="text", sortable=False),
        Column("created_by", "By", path="created_by__username", value="created_by", about="text"),
        Column("created_at", "When", about="date"),
        Column("withdrawn_at", "Withdrawn", about="date", missing="It is left out at present"),
        Column("withdrawn_reason", "Why withdrawn", about="text", sortable=False, missing="It is left out at present"),
    )
    filter_class = ExclusionFilter
    default_sort = "-created_at"
    words = "exclusion,exclusions"
    file_name = "exclusions"

    def __init__(self, request: HttpRequest) -> None:
        state = Case(
            When(withdrawn_at=None, then=Value("excluded")), default=Value("withdrawn"), output_field=CharField()
        )
        rows = in_view(request, Exclusion.objects.all()).annotate(state=state)
        super().__init__(request, rows.select_related("cell", "test", "created_by"))
