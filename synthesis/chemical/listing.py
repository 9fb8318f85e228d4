"""The lists of lots and of chemicals."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from labdb.listing import Column, ListFilter, Listing
from synthesis.chemical.models import Chemical, Lot

EXPIRY = [
    ("in-date", "in date"),
    ("expires-soon", "expires within 30 days"),
    ("past-date", "expired"),
    ("no-expiry", "no expiry date"),
]
FILLING = [("some", "not empty"), ("nearly-empty", "nearly empty"), ("empty", "empty")]


class LotFilter(ListFilter):
    searched = ("number", "supplier", "chemical__name", "chemical__formula", "note")

    chemical = django_filters.ChoiceFilter("chemical_id", label="Chemical", empty_label="Any chemical")
    expiry = django_filters.ChoiceFilter("expiry", label="Expiry", empty_label="Any expiry", choices=EXPIRY)
    filling = django_filters.ChoiceFilter(label="Left", empty_label="Any amount", choices=FILLING, method="filled")

    class Meta:
        model = Lot
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.form.fields["q"].widget.attrs["placeholder"] = "Lot, supplier, chemical"
        names = Chemical.objects.order_by("name").values_list("pk", "name")
        self.form.fields["chemical"].choices = [("", "Any chemical"), *((str(pk), name) for pk, name in names)]

    def filled(self, rows: QuerySet[Lot], name: str, value: str) -> QuerySet[Lot]:
        return rows.filter(~Q(filling="empty") if value == "some" else Q(filling=value))


class LotListing(Listing):
    columns = (
        Column("lot", "Lot", path="number", value="number", about="text"),
        Column("chemical", "Chemical", path="chemical__name", value="chemical.name", about="text"),
        Column("formula", "Formula", path="chemical__formula", value="chemical.formula", about="text"),
        Column("supplier", "Supplier", about="text"),
        Column("left_g"),
        Column("filling", "Filling", about="status", missing="Enough left"),
        Column("amount_g", shown=False),
        Column("assay_percent"),
        Column("moisture_percent"),
        Column("expiry", "Expiry", path="expires_on", about="status"),
        Column("expires_on", "Expires", about="date", missing="No expiry date"),
        Column("received_on", "Received on", about="date", shown=False),
        Column("opened_on", "Opened", about="date", shown=False, missing="Not opened, or not said"),
        Column("certificate", "Certificate", value="certificate_name", about="text", sortable=False, shown=False),
    )
    filter_class = LotFilter
    default_sort = "chemical"
    words = "lot,lots"
    file_name = "lots"

    def __init__(self, request: HttpRequest) -> None:
        rows = Lot.objects.with_state(timezone.localdate()).select_related("chemical")
        super().__init__(request, rows)
