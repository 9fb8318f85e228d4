"""The list of stored cells."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.http import HttpRequest
from django.utils import timezone

from cells.storage.models import StoragePlan
from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing

STATES = [
    ("late", "check late"),
    ("due-soon", "check due within 2 days"),
    ("waiting", "waiting"),
    ("checked", "all checks made"),
    ("ended", "ended"),
]


class StoragePlanFilter(ListFilter):
    searched = ("cell__code", "cell__product", "note")

    state = django_filters.ChoiceFilter("state", label="State", empty_label="Any state", choices=STATES)

    class Meta:
        model = StoragePlan
        fields: ClassVar[list[str]] = []


class StoragePlanListing(Listing):
    columns = (
        Column("cell", "Cell", path="cell__code", value="cell.code", about="text"),
        Column("product", "Product", path="cell__product", value="cell.product", about="text"),
        Column("state", "State", about="status", sortable=False),
        Column("next_due_at", "Next check", about="date", missing="None is waited for"),
        Column("storage_temperature_celsius", path="temperature_celsius", value="temperature_celsius"),
        Column("charged_text", "Charged to", about="text", sortable=False),
        Column("days_text", "Checks after / d", about="text", sortable=False, missing="None planned"),
        Column("started_at", "Stored since", about="date"),
        Column("ended_at", "Ended", about="date", missing="Still stored"),
        Column("note", "Note", about="text", sortable=False, shown=False),
    )
    filter_class = StoragePlanFilter
    default_sort = "next_due_at"
    words = "storage plan,storage plans"
    file_name = "storage-plans"

    def __init__(self, request: HttpRequest) -> None:
        rows = in_view(request, StoragePlan.objects.all()).with_state(timezone.now())
        super().__init__(request, rows.select_related("cell").prefetch_related("checks"))
