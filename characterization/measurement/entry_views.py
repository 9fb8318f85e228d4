"""Bringing a measurement: by file or typed in, and correcting what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from cells.assembly.models import Cell
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import (
    AgedCell,
    Subject,
    change_measurement,
    correct_entry,
    enter,
    entry_of,
    instruments_for,
    of_samples,
    presentation,
)
from characterization.measurement.stored import shown
from characterization.measurement.views import crumbs_of, visible
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.files.uploads import HashedUpload
from labdb.ingest.installed import technique
from labdb.ingest.presentation import Column
from labdb.ingest.services import Ingested, ingest
from labdb.ingest.technique import Technique
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample

MOST_ROWS = 60


def _subject(request: HttpRequest, given: Mapping[str, Any]) -> tuple[Subject, str]:
    """What a page's address names, `sample=12`, `batch=3` or `cell=14`, and the query that names it again."""
    kinds: tuple[tuple[str, Any], ...] = (("sample", Sample), ("batch", Batch), ("cell", Cell))
    for name, model in kinds:
        key = str(given.get(name, ""))
        if key.isdecimal() and len(key) < 19:
            rows = model.objects.visible_to(request.user)
            rows = rows.select_related("batch__project") if model is Sample else rows.select_related("project")
            return get_object_or_404(rows, pk=key), f"{name}={key}"
    raise Http404("say what is measured: a sample, a batch or a cell")


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """What was measured on a sample, batch or cell: by file, or typed in."""
    subject, query = _subject(request, request.GET or request.POST)
    project = subject.batch.project if isinstance(subject, Sample) else cast(Any, subject).project
    user = person(request)
    require_role(user, project)
    if request.method == "POST":
        done = _upload(request, project, subject)
        if done is not None:
            return redirect(done.measurement if done.measurement else done.raw_file)
    offered = [(of, presentation(of.name).entry is not None) for of in of_samples()]
    return render(
        request,
        "characterization/measurement/new.html",
        {
            "subject": subject,
            "query": query,
            "offered": offered,
            "is_cell": isinstance(subject, Cell),
            "crumbs": [(str(subject), subject.get_absolute_url()), ("New measurement", "")],  # type: ignore[union-attr]
        },
    )


def _upload(request: HttpRequest, project: Project, subject: Subject) -> Ingested | None:
    """Take in the files of the form; the answer is the last one's."""
    refused = getattr(request, "upload_refused", "")
    files = [cast(HashedUpload, file) for file in request.FILES.getlist("file")]
    if refused or not files:
        messages.error(request, refused or "Choose the instrument's file.")
        return None
    said = request.POST.get("technique", "")
    if said not in {"", *(of.name for of in of_samples())}:
        messages.error(request, f"There is no technique {said}.")
        return None
    cycles = request.POST.get("cycle_count", "")
    on = AgedCell(subject, int(cycles)) if isinstance(subject, Cell) and cycles.isdecimal() else subject
    done = None
    for file in files:
        path, name = Path(file.temporary_file_path()), str(file.name)
        done = ingest(path, name, project, person(request), subject=on, said=said, sha256=file.sha256, move=True)
        (messages.success if done.run else messages.warning)(request, done.sentence)
    return done


@dataclass(frozen=True)
class TypedCell:
    """One field of the table of typed values."""

    column: Column
    name: str
    value: str


def _rows_of(request: HttpRequest, columns: list[Column]) -> list[dict[str, str]]:
    count = request.POST.get("rows", "")
    number = min(int(count), MOST_ROWS) if count.isdecimal() else 0
    rows = [
        {column.name: request.POST.get(f"{column.name}-{row}", "").strip() for column in columns}
        for row in range(number)
    ]
    return [row for row in rows if any(row.values())]


def _typed_table(columns: list[Column], rows: list[dict[str, Any]], offered: int) -> list[list[TypedCell]]:
    """The fields of the form: what was typed, then empty rows."""
    count = min(max(offered, len(rows) + 1), MOST_ROWS)
    return [
        [
            TypedCell(
                column,
                f"{column.name}-{row}",
                _as_typed(rows[row].get(column.name)) if row < len(rows) else "",
            )
            for column in columns
        ]
        for row in range(count)
    ]


def _as_typed(value: Any) -> str:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)


@never_cache
def type_in(request: HttpRequest, technique_name: str) -> HttpResponse:
    """Typed-in values of a sample, batch or cell."""
    try:
        entry, of = entry_of(technique_name), technique(technique_name)
    except ValueError as error:
        raise Http404(str(error)) from error
    subject, query = _subject(request, request.GET)
    project = subject.batch.project if isinstance(subject, Sample) else cast(Any, subject).project
    user = person(request)
    require_role(user, project)
    columns = list(entry.columns)
    rows = _rows_of(request, columns)
    refused = ""
    if request.method == "POST":
        cycles = request.POST.get("cycle_count", "")
        on = AgedCell(subject, int(cycles)) if isinstance(subject, Cell) and cycles.isdecimal() else subject
        try:
            about = _about(request, technique_name)
            done = enter(technique_name, on, rows, user)
            if done.measurement is not None and done.run is not None and about:
                change_measurement(SampleMeasurement.objects.get(pk=done.measurement.pk), user, **about)
        except ValueError as error:
            refused = str(error)
        else:
            (messages.success if done.run else messages.warning)(request, done.sentence)
            return redirect(done.measurement if done.measurement else done.raw_file)
    return render(
        request,
        "characterization/measurement/type_in.html",
        {
            "technique": of,
            "entry": entry,
            "table": _typed_table(columns, rows, entry.offered),
            "subject": subject,
            "query": query,
            "refused": refused,
            "instruments": instruments_for(technique_name),
            "said": request.POST,
            "is_cell": isinstance(subject, Cell),
            "crumbs": [
                (str(subject), subject.get_absolute_url()),  # type: ignore[union-attr]
                ("New measurement", f"{reverse('measurement-new')}?{query}"),
                (of.label, ""),
            ],
        },
    )


def _about(request: HttpRequest, technique_name: str) -> dict[str, Any]:
    """Instrument, operator and day of a form of typed values.

    Raises:
        ValueError: the day is none.
    """
    about: dict[str, Any] = {"operator": request.POST.get("operator", "").strip()[:100]}
    key = request.POST.get("instrument", "")
    if key.isdecimal():
        about["instrument"] = instruments_for(technique_name).filter(pk=key).first()
    day = request.POST.get("measured_on", "")
    if day:
        try:
            about["measured_on"] = date.fromisoformat(day)
        except ValueError:
            raise ValueError(f"measured on {day}: write the day as 2026-11-22.") from None
        if about["measured_on"] > date.today():
            raise ValueError(f"{day} is still to come; give the day on which it was measured.")
    return {name: value for name, value in about.items() if value}


@never_cache
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Other typed values in place of those of a measurement."""
    found = get_object_or_404(visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    try:
        entry, of = entry_of(found.technique), technique(found.technique)
    except ValueError as error:
        raise Http404(str(error)) from error
    columns = list(entry.columns)
    refused = ""
    if request.method == "POST":
        rows = _rows_of(request, columns)
        try:
            run = correct_entry(found, user, rows, request.POST.get("reason", ""))
        except ValueError as error:
            refused = str(error)
        else:
            messages.success(request, f"Corrected; run {run.pk} is asked for, and the earlier ones stay.")
            return redirect(found)
    else:
        rows = _typed_rows(found, of, columns)
    return render(
        request,
        "characterization/measurement/type_in.html",
        {
            "technique": of,
            "entry": entry,
            "table": _typed_table(columns, rows, 0),
            "measurement": found,
            "refused": refused,
            "said": request.POST,
            "crumbs": [*crumbs_of(found)[:-1], (found.name, found.get_absolute_url()), ("Correct", "")],
        },
    )


def _typed_rows(found: SampleMeasurement, of: Technique, columns: list[Column]) -> list[dict[str, Any]]:
    """The values that the current run read."""
    if found.current_run is None:
        return []
    table = shown([(found, found.current_run)])[0].table(of.table_name)
    if table is None:
        return []
    names = [column.name for column in columns if column.name in table.columns]
    return table.select(names).to_dicts()
