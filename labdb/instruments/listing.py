"""The list of instruments."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpRequest
from django.utils import timezone

from labdb.ingest.installed import techniques
from labdb.instruments.models import Instrument
from labdb.listing import Column, ListFilter, Listing

STATES = [
    ("late", "late"),
    ("failed", "failed"),
    ("due-soon", "due within 30 days"),
    ("in-date", "in date"),
    ("none-kept", "none kept"),
    ("retired", "retired"),
]


def technique_choices() -> list[tuple[str, str]]:
    return [(of.name, of.label) for of in techniques()]


class InstrumentFilter(ListFilter):
    searched = ("name", "maker", "model", "serial_number", "location", "note")

    technique = django_filters.ChoiceFilter(label="Technique", empty_label="Any technique", choices=technique_choices)
    state = django_filters.ChoiceFilter("state", label="Calibration", empty_label="Any calibration", choices=STATES)

    class Meta:
        model = Instrument
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.form.fields["q"].widget.attrs["placeholder"] = "Name, maker, serial number, place"


class InstrumentListing(Listing):
    columns = (
        Column("name", "Instrument", about="text"),
        Column("technique", "Technique", value="technique_label", about="text", missing="Anything"),
        Column("maker", "Maker", about="text"),
        Column("model", "Model", about="text"),
        Column("serial_number", "Serial number", about="text", shown=False),
        Column("location", "Place", about="text"),
        Column("state", "Calibration", path="due_on", value="state", about="status"),
        Column("calibrated_on", "Calibrated", about="date", missing="No calibration kept"),
        Column("due_on", "Due", about="date", missing="Does not run out, or none kept"),
        Column("note", "Note", about="text", sortable=False, shown=False),
    )
    filter_class = InstrumentFilter
    default_sort = "due_on"
    words = "instrument,instruments"
    file_name = "instruments"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, Instrument.objects.with_state(timezone.localdate()))
