"""The list of measurements."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest

from characterization.measurement.models import SampleMeasurement
from labdb.accounts.current import in_view
from labdb.ingest.installed import techniques
from labdb.instruments.models import Instrument
from labdb.listing import Column, ListFilter, Listing
from labdb.provenance.models import AnalysisRun


def technique_choices() -> list[tuple[str, str]]:
    return [(of.name, of.label) for of in techniques() if of.presentation]


def with_list_fields(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds what a list shows: batch, product and the state of the newest run, in the one query of the rows."""
    latest = AnalysisRun.objects.filter(measurement=OuterRef("pk")).order_by("-pk")
    product = NullIf("cell__product", Value(""))
    return rows.annotate(
        batch_code=Coalesce("batch__code", "cell__batch__code"),
        product_name=Coalesce(product, "cell__batch__product", "batch__product"),
        state=Subquery(latest.values("state")[:1]),
        subject_code=Coalesce("cell__code", "sample__code", "batch__code"),
        stage=F("sample__stage"),
    )


class MeasurementFilter(ListFilter):
    searched = ("name", "batch__code", "sample__code", "cell__code", "cell__batch__code", "operator", "note")

    technique = django_filters.ChoiceFilter(label="Technique", empty_label="Any technique", choices=technique_choices)
    state = django_filters.ChoiceFilter(label="State", empty_label="Any state", choices=AnalysisRun.State.choices)
    instrument = django_filters.ModelChoiceFilter(
        label="Instrument", empty_label="Any instrument", queryset=Instrument.objects.all()
    )

    class Meta:
        model = SampleMeasurement
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed through
        self.form.fields["q"].widget.attrs["placeholder"] = "File, batch, sample, cell"


class MeasurementListing(Listing):
    columns = (
        Column("name", "Measurement", about="text"),
        Column("technique", "Technique", about="text", value="technique_label"),
        Column("subject", "Of", path="subject_code", value="subject_words", about="text"),
        Column(
            "batch", "Batch", path="batch_code", value="batch_code", about="text", missing="Of no batch", shown=False
        ),
        Column("product", "Product", path="product_name", value="product_name", about="text"),
        Column("state", "State", about="status", missing="Not analysed yet"),
        Column("instrument", "Instrument", path="instrument__name", value="instrument", about="text"),
        Column("operator", "Operator", about="text", shown=False),
        Column("measured_on", "Measured", value="day", about="date"),
        Column("created_by", "Kept by", path="created_by__last_name", value="created_by", about="text", shown=False),
        Column("created_at", "Kept", about="date"),
    )
    filter_class = MeasurementFilter
    default_sort = "-created_at"
    words = "measurement,measurements"
    file_name = "measurements"

    def __init__(self, request: HttpRequest) -> None:
        rows = in_view(request, SampleMeasurement.objects.all())
        super().__init__(request, with_list_fields(rows.with_subject()))
