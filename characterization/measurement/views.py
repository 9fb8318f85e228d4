"""Pages of measurements: the list, one measurement, typing values in, choosing parameters."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import orjson
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cells.assembly.models import Cell
from characterization.measurement.calibration import doubts_of
from characterization.measurement.choices import AboutForm, ChoicesForm, printed
from characterization.measurement.comparison import (
    BY,
    COUNT,
    MOST_DRAWN,
    Selection,
    compare,
    offered_beside,
    selected,
)
from characterization.measurement.listing import MeasurementListing
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import (
    AgedCell,
    Subject,
    attach_evidence,
    change_measurement,
    correct_entry,
    enter,
    entry_of,
    instruments_for,
    measure_also,
    presentation,
)
from characterization.measurement.stored import shown
from labdb.accounts.current import in_view
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.files.uploads import HashedUpload
from labdb.history import changes_of
from labdb.ingest.installed import technique, techniques
from labdb.ingest.presentation import Column, Presentation
from labdb.ingest.services import Ingested, current_parameters, ingest
from labdb.ingest.technique import Technique
from labdb.provenance.models import AnalysisRun
from labdb.tables.comma_separated import safe_cell
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample

MOST_ROWS = 60


def measurement_list(request: HttpRequest) -> HttpResponseBase:
    listing = MeasurementListing(request)
    if listing.wants_csv:
        return listing.csv()
    return render(request, "characterization/measurement/measurement_list.html", {"listing": listing})


def _visible(request: HttpRequest) -> QuerySet[SampleMeasurement]:
    return cast("QuerySet[SampleMeasurement]", SampleMeasurement.objects.visible_to(request.user).with_subject())


def _may_write(request: HttpRequest, project: Project) -> bool:
    return Project.objects.editable_by(request.user).filter(pk=project.pk).exists()


@never_cache
def measurement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request), pk=pk)
    return _page(request, found)


def _page(
    request: HttpRequest,
    found: SampleMeasurement,
    form: ChoicesForm | None = None,
    about: AboutForm | None = None,
) -> HttpResponse:
    how = presentation(found.technique)
    of = technique(found.technique)
    runs = list(found.runs.select_related("requested_by", "measurement").defer("traceback"))
    latest, run = (runs[0] if runs else None), found.current_run
    used = run.parameters if run else current_parameters(found)
    start = ChoicesForm.start(how, found.parameters)
    return render(
        request,
        "characterization/measurement/measurement.html",
        {
            "measurement": found,
            "technique": of,
            "how": how,
            "run": run,
            "latest": latest,
            "runs": runs,
            "results": list(run.results.all()) if run else [],
            "drawings": _drawings(found, run, how) if run else [],
            "tables": list(run.tables.all()) if run else [],
            "pictures": pictures_of(run),
            "parameters": [printed(name, value, how.choices) for name, value in sorted(used.items())],
            "doubt": doubts_of([found]).get(found.pk, ""),
            "stale": bool(latest and latest.finished and latest.parameters != current_parameters(found)),
            "files": found.measurement_files.select_related("raw_file__uploaded_by"),
            "siblings": _siblings(request, found),
            "form": form or ChoicesForm(presentation=how, used=used, initial=start),
            "about": about or AboutForm(instance=found),
            "may_write": _may_write(request, found.project),
            "changes": changes_of(found, leave_out=("current_run", "measurement_ptr", "parameters", "technique")),
            "crumbs": crumbs_of(found),
        },
    )


def crumbs_of(found: SampleMeasurement) -> list[tuple[str, str]]:
    crumbs = [("Measurements", reverse("measurement-list"))]
    batch = found.of_batch
    if batch:
        crumbs.append((batch.code, batch.get_absolute_url()))
    if found.sample:
        crumbs.append((found.sample.code, found.sample.get_absolute_url()))
    if found.cell:
        crumbs.append((found.cell.code, found.cell.get_absolute_url()))
    return [*crumbs, (found.name, "")]


def pictures_of(run: AnalysisRun | None) -> dict[str, str]:
    """The pictures of a run by name, as addresses."""
    if run is None:
        return {}
    names = run.pictures.values_list("name", flat=True)
    return {name: reverse("run-picture", args=[run.pk, name]) for name in names}


@dataclass(frozen=True)
class DrawingOnPage:
    name: str
    title: str
    about: str
    src: str
    quantities: tuple[str, ...]
    numbers: str


def _drawings(found: SampleMeasurement, run: AnalysisRun, how: Presentation) -> list[DrawingOnPage]:
    return [
        DrawingOnPage(
            drawing.name,
            drawing.title,
            drawing.about,
            reverse("sample-measurement-figure", args=[found.pk, drawing.name]),
            tuple(drawing.quantities),
            reverse("run-table", args=[run.pk, drawing.table]) if drawing.table else "",
        )
        for drawing in how.drawings
    ]


def _siblings(request: HttpRequest, found: SampleMeasurement) -> QuerySet[SampleMeasurement]:
    """The other measurements of the same technique and batch: what this one is compared with first."""
    batch = found.of_batch
    rows = _visible(request).filter(technique=found.technique, current_run__isnull=False).exclude(pk=found.pk)
    return rows.of_batches([batch.pk])[:20] if batch else rows.none()  # type: ignore[attr-defined]  # ours has it


@never_cache
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the newest run is; once it is finished the page takes up what it found."""
    found = get_object_or_404(_visible(request), pk=pk)
    context = {"measurement": found, "latest": found.latest_run, "asked": True}
    return render(request, "characterization/measurement/_status.html", context)


def figure(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A figure of one measurement; `?run=` cites a run."""
    found = get_object_or_404(_visible(request), pk=pk)
    run = found.current_run
    cited = request.GET.get("run", "")
    if cited.isdecimal():
        run = get_object_or_404(found.runs.filter(state=AnalysisRun.State.SUCCEEDED), pk=cited)
    if run is None:
        raise Http404("nothing has been found in this measurement yet")
    try:
        drawing = presentation(found.technique).drawing(name)
    except ValueError as error:
        raise Http404(str(error)) from error
    return HttpResponse(orjson.dumps(drawing.draw(shown([(found, run)]))), content_type="application/json")


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Other parameters: a new run beside the old ones."""
    found = get_object_or_404(_visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    used = found.current_run.parameters if found.current_run else {}
    form = ChoicesForm(request.POST, presentation=presentation(found.technique), used=used)
    if not form.is_valid():
        return _page(request, found, form=form)
    run = change_measurement(found, user, parameters=form.parameters)
    if run:
        messages.success(request, f"Run {run.pk} is asked for with these parameters; the earlier runs stay.")
    else:
        messages.info(request, "These are the parameters that the newest run had: nothing to do.")
    return redirect(found)


@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """Instrument, operator, day, note."""
    found = get_object_or_404(_visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    form = AboutForm(request.POST, instance=get_object_or_404(_visible(request), pk=pk))
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in form.fields if name != "reason"}
        try:
            change_measurement(found, user, reason=form.cleaned_data["reason"], **said)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Kept.")
            return redirect(found)
    return _page(request, found, about=form)


# What is measured: a sample, a batch, a cell.


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


def _of_samples() -> list[Technique]:
    return [of for of in techniques() if of.presentation]


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
    offered = [(of, presentation(of.name).entry is not None) for of in _of_samples()]
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
    if said not in {"", *(of.name for of in _of_samples())}:
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
    found = get_object_or_404(_visible(request), pk=pk)
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


@require_POST
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that shows where typed values come from."""
    found = get_object_or_404(_visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    refused = getattr(request, "upload_refused", "")
    file = cast("HashedUpload | None", request.FILES.get("file"))
    if refused or file is None:
        messages.error(request, refused or "Choose the file that shows where the values come from.")
        return redirect(found)
    path, name = Path(file.temporary_file_path()), str(file.name)
    kept = attach_evidence(found, path, name, user, sha256=file.sha256, move=True)
    messages.success(request, f"{kept.name} is kept with this measurement.")
    return redirect(found)


@require_POST
def also(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of a measurement, hung on another sample as well."""
    found = get_object_or_404(_visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    code = request.POST.get("code", "").strip()
    subject = subject_of_code(found.project, code)
    raw_file = found.raw_files.first()
    if subject is None or raw_file is None:
        messages.error(request, f"{found.project} has no sample, batch or cell {code}; check the code.")
        return redirect(found)
    try:
        run = measure_also(raw_file, subject, user)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"Hung on {code} as well; choose there which part of the file it is.")
    return redirect(SampleMeasurement.objects.get(pk=run.measurement_id))


def subject_of_code(project: Project, code: str) -> Subject | None:
    """The sample, batch or cell of a code in a project; None where there is none, or several samples have it."""
    samples = list(Sample.objects.filter(batch__project=project, code__iexact=code).select_related("batch")[:2])
    if len(samples) == 1:
        return samples[0]
    batch = Batch.objects.filter(project=project, code__iexact=code).first()
    return batch or Cell.objects.filter(project=project, code__iexact=code).first()


# One technique across batches.


def _selection(request: HttpRequest) -> Selection:
    """What is compared; where the address names measurements but no technique, theirs."""
    try:
        selection = Selection.of(request.GET)
    except ValueError as error:
        raise Http404(str(error)) from error
    if not selection.technique and selection.ids:
        first = _visible(request).filter(pk__in=selection.ids).first()
        if first:
            selection = replace(selection, technique=first.technique)
    return selection


def compare_page(request: HttpRequest) -> HttpResponse:
    """Overlay, points with mean ± SD, and table of one technique."""
    selection = _selection(request)
    user = person(request)
    offered = _of_samples()
    if not selection.technique:
        counted = in_view(request, SampleMeasurement.objects.filter(current_run__isnull=False))
        counts = dict(counted.order_by().values_list("technique").annotate(Count("pk")))
        context = {"offered": [(of, counts.get(of.name, 0)) for of in offered]}
        return render(request, "characterization/measurement/compare_choose.html", context)
    try:
        found = compare(user, selection)
    except ValueError as error:
        raise Http404(str(error)) from error
    of = technique(selection.technique)
    mixed = selection.ids and _visible(request).filter(pk__in=selection.ids).exclude(technique=of.name).count()
    query = request.GET.copy()
    query["technique"] = of.name
    everything = replace(selection, ids=(), products=(), batches=())
    products = selected(user, everything).exclude(product_name=None).exclude(product_name="")
    return render(
        request,
        "characterization/measurement/compare.html",
        {
            "found": found,
            "technique": of,
            "offered": offered,
            "query": query.urlencode(),
            "drawings": [drawing for drawing in found.how.drawings if not drawing.single],
            "by": BY,
            "count": COUNT,
            "stages": Sample.Stage.choices,
            "products": list(products.order_by("product_name").values_list("product_name", flat=True).distinct()[:60]),
            "selection": selection,
            "beside": list(offered_beside(user, found.how)[:100]) if found.how.beside else [],
            "mixed": mixed,
            "most_drawn": MOST_DRAWN,
            "doubts": doubts_of([row.measurement for row in found.rows]),
            "crumbs": [("Measurements", reverse("measurement-list")), (f"Compare {of.label}", "")],
        },
    )


def compare_figure(request: HttpRequest, name: str) -> HttpResponse:
    """A figure of the comparison, by the query of its page."""
    try:
        drawn = compare(person(request), _selection(request)).figure(name)
    except ValueError as error:
        raise Http404(str(error)) from error
    return HttpResponse(orjson.dumps(drawn), content_type="application/json")


def compare_csv(request: HttpRequest) -> HttpResponse:
    """The table of the comparison."""
    try:
        found = compare(person(request), _selection(request))
    except ValueError as error:
        raise Http404(str(error)) from error
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.selection.technique}.csv"'
    writer = csv.writer(response)
    heads = [head for about in found.columns for head in (about.name, f"{about.name}_sd", f"{about.name}_n")]
    writer.writerow(["measurement", "name", "of", "batch", "group", "run", "simulated", *heads])
    for row in found.rows:
        one = row.measurement
        values = [v for _, r in row.values for v in ((r.value, r.sd, r.n) if r else (None, None, None))]
        cells = [one.pk, one.name, one.subject_words, one.batch_code, row.group, one.current_run_id, one.simulated]
        writer.writerow([safe_cell(value) for value in [*cells, *values]])
    return response
