"""The list of files: each with the newest analysis run that used it, filtered and sorted as the address says."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import django_filters
from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery

from labdb.files.models import RawFile, RawFileQuerySet
from labdb.ingest.installed import techniques
from labdb.provenance.models import AnalysisRun

SORTABLE = {
    "name": "name",
    "size": "size",
    "uploaded": "uploaded_at",
    "technique": "technique",
    "by": "uploaded_by__last_name",
}
STATES = [("inbox", "in the inbox"), *AnalysisRun.State.choices]


def with_newest_run(rows: RawFileQuerySet) -> QuerySet[RawFile]:
    """Adds `run_id`, `run_state`, `run_progress` of the newest run that a file is an input of."""
    runs = AnalysisRun.objects.filter(measurement__measurement_files__raw_file=OuterRef("pk")).order_by("-pk")
    with_run = rows.annotate(
        run_id=Subquery(runs.values("pk")[:1]),
        run_state=Subquery(runs.values("state")[:1]),
        run_progress=Subquery(runs.values("progress")[:1]),
    )
    return cast("QuerySet[RawFile]", with_run)


class RawFileFilter(django_filters.FilterSet):
    """The filter chips above the list; `q` is in a name or begins a SHA-256."""

    q = django_filters.CharFilter(
        label="Name or SHA-256",
        method="named",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name or SHA-256"}),
    )
    technique = django_filters.ChoiceFilter(label="Technique", empty_label="Any technique")
    state = django_filters.ChoiceFilter(label="State", method="in_state", choices=STATES, empty_label="Any state")
    uploaded_from = django_filters.DateFilter(
        "uploaded_at", "date__gte", label="Uploaded from", widget=forms.DateInput(attrs={"type": "date"})
    )
    uploaded_to = django_filters.DateFilter(
        "uploaded_at", "date__lte", label="Uploaded to", widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = RawFile
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["technique"].extra["choices"] = [(of.name, of.label) for of in techniques()]

    def named(self, rows: QuerySet[RawFile], name: str, value: str) -> QuerySet[RawFile]:
        return rows.filter(Q(name__icontains=value) | Q(sha256__startswith=value.lower()))

    def in_state(self, rows: QuerySet[RawFile], name: str, value: str) -> QuerySet[RawFile]:
        if value == "inbox":
            return rows.filter(state=RawFile.State.INBOX)
        return rows.filter(state=RawFile.State.FILED, run_state=value)  # type: ignore[misc]  # annotated by listed()


def listed(rows: RawFileQuerySet, sort: str) -> QuerySet[RawFile]:
    """The rows of the list in order; newest first where nothing, or nonsense, is asked for."""
    column = SORTABLE.get(sort.removeprefix("-"))
    order = [f"-{column}" if sort.startswith("-") else column, "-pk"] if column else ["-uploaded_at", "-pk"]
    return with_newest_run(rows).select_related("project", "uploaded_by").order_by(*order)
