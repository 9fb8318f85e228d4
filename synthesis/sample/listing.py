"""The list of samples."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.http import HttpRequest

from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing
from synthesis.sample.models import Sample


class SampleFilter(ListFilter):
    searched = ("code", "batch__code", "batch__product", "location", "saggar", "note")

    stage = django_filters.ChoiceFilter(label="Stage", empty_label="Any stage", choices=Sample.Stage.choices)
    batch = django_filters.CharFilter("batch__code", label="Batch")

    class Meta:
        model = Sample
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed through
        self.form.fields["q"].widget.attrs["placeholder"] = "Code, batch, location"
        self.form.fields["batch"].widget.attrs["placeholder"] = "Batch"


class SampleListing(Listing):
    columns = (
        Column("code", "Code", about="text"),
        Column("batch", "Batch", path="batch__code", value="batch.code", about="text"),
        Column("product", "Product", path="batch__product", value="batch.product", about="text"),
        Column("stage", "Stage", value="get_stage_display", about="text"),
        Column("stage_number", "Number", shown=False),
        Column("saggar", "Saggar", about="text", missing="Not from a saggar"),
        Column("furnace_zone", "Zone", about="text", missing="Not from a furnace zone"),
        Column("amount_g", "Amount", missing="Not weighed"),
        Column("location", "Kept at", about="text"),
        Column("note", "Note", about="text", sortable=False, shown=False),
        Column("created_by", "Taken by", path="created_by__last_name", value="created_by", about="text", shown=False),
        Column("created_at", "Taken", about="date"),
    )
    filter_class = SampleFilter
    default_sort = "-created_at"
    words = "sample,samples"
    file_name = "samples"

    def __init__(self, request: HttpRequest) -> None:
        rows = in_view(request, Sample.objects.all()).select_related("batch", "created_by")
        super().__init__(request, rows)
