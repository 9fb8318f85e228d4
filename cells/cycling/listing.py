"""The list of cycling tests: what each was for, how far it is, what it found first."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest
from cells.cycling.table import CYCLE_KINDS
from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing
from labdb.provenance.models import AnalysisRun, Result

RESULTS = ("cycles", "ageing_cycles", "first_discharge_capacity_mah_per_g", "first_coulombic_efficiency")


def _kind(number: int) -> str:
    """The annotation that says whether a test has cycles of a kind."""
    return f"of_kind_{number}"


def with_list_fields(rows: QuerySet[CyclingTest]) -> QuerySet[Any]:
    """Adds what a list shows: the kinds of its cycles, the state of the newest run, first results; one query."""
    latest = AnalysisRun.objects.filter(measurement=OuterRef("pk")).order_by("-pk")
    cycles = CycleRow.objects.filter(run=OuterRef("current_run"))
    found = Result.objects.filter(run=OuterRef("current_run"))
    return rows.select_related("cell__batch", "created_by").annotate(
        state=Subquery(latest.values("state")[:1]),
        **{_kind(number): Exists(cycles.filter(kind=kind)) for number, kind in enumerate(CYCLE_KINDS)},
        **{name: Subquery(found.filter(quantity=name).values("value")[:1]) for name in RESULTS},
    )


class TestFilter(ListFilter):
    searched = ("name", "cell__code", "cell__product", "cell__batch__code")

    kind = django_filters.ChoiceFilter(
        label="With", empty_label="Any cycles", method="with_kind", choices=[(kind, kind) for kind in CYCLE_KINDS]
    )
    state = django_filters.ChoiceFilter(label="State", empty_label="Any state", choices=AnalysisRun.State.choices)
    format = django_filters.ChoiceFilter(
        "cell__format", label="Format", empty_label="Any format", choices=Cell.Format.choices
    )

    without_protocol = django_filters.BooleanFilter(
        label="Without protocol", method="untold", widget=forms.CheckboxInput
    )

    class Meta:
        model = CyclingTest
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed through
        self.form.fields["q"].widget.attrs["placeholder"] = "File, cell, product, batch"

    def untold(self, rows: QuerySet[CyclingTest], name: str, value: bool | None) -> QuerySet[CyclingTest]:
        """An unticked box asks for nothing."""
        return rows.filter(pk__in=CyclingTest.objects.without_protocol().values("pk")) if value else rows

    def with_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(**{_kind(CYCLE_KINDS.index(value)): True})


class Kinds(Column):
    """What the cycles of a test were for, "formation, ageing, check-up"; nothing until they are known."""

    def of(self, row: Any) -> str | None:
        return ", ".join(kind for number, kind in enumerate(CYCLE_KINDS) if getattr(row, _kind(number))) or None


class TestListing(Listing):
    columns = (
        Column("name", "Test", about="text"),
        Column("cell", "Cell", path="cell__code", value="cell.code", about="text"),
        Column("product", "Product", path="cell__product", value="cell.product", about="text"),
        Column(
            "batch",
            "Batch",
            path="cell__batch__code",
            value="cell.batch_code",
            about="text",
            missing="Of no batch",
            shown=False,
        ),
        Column("format", "Format", path="cell__format", value="cell.get_format_display", about="text", shown=False),
        Kinds("kinds", "Cycles for", about="text", sortable=False, missing="Not analysed yet"),
        Column("state", "State", about="status", missing="Not analysed yet"),
        Column("cycles"),
        Column("ageing_cycles", shown=False),
        Column("first_discharge_capacity_mah_per_g", missing="No complete cycle, or no active mass"),
        Column("first_coulombic_efficiency", shown=False),
        Column("created_by", "Kept by", path="created_by__last_name", value="created_by", about="text", shown=False),
        Column("created_at", "Kept", about="date"),
    )
    filter_class = TestFilter
    default_sort = "-created_at"
    words = "test,tests"
    file_name = "tests"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, with_list_fields(in_view(request, CyclingTest.objects.all())))
