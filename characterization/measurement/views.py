"""Pages of measurements: the list, one measurement, what a person chooses and tells about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import orjson
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from characterization.measurement.calibration import doubts_of
from characterization.measurement.choices import AboutForm, ChoicesForm, printed
from characterization.measurement.forms import specimen
from characterization.measurement.listing import MeasurementListing
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import (
    attach_evidence,
    change_measurement,
    measure_also,
    presentation,
)
from characterization.measurement.stored import shown
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.files.uploads import HashedUpload
from labdb.history import changes_of
from labdb.ingest.installed import technique
from labdb.ingest.presentation import Presentation
from labdb.ingest.services import current_parameters
from labdb.provenance.models import AnalysisRun


def measurement_list(request: HttpRequest) -> HttpResponseBase:
    listing = MeasurementListing(request)
    if listing.wants_csv:
        return listing.csv()
    return render(request, "characterization/measurement/measurement_list.html", {"listing": listing})


def visible(request: HttpRequest) -> QuerySet[SampleMeasurement]:
    return cast("QuerySet[SampleMeasurement]", SampleMeasurement.objects.visible_to(request.user).with_subject())


def _may_write(request: HttpRequest, project: Project) -> bool:
    return Project.objects.editable_by(request.user).filter(pk=project.pk).exists()


@never_cache
def measurement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible(request), pk=pk)
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
    rows = visible(request).filter(technique=found.technique, current_run__isnull=False).exclude(pk=found.pk)
    return rows.of_batches([batch.pk])[:20] if batch else rows.none()  # type: ignore[attr-defined]  # ours has it


@never_cache
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the newest run is; once it is finished the page takes up what it found."""
    found = get_object_or_404(visible(request), pk=pk)
    context = {"measurement": found, "latest": found.latest_run, "asked": True}
    return render(request, "characterization/measurement/_status.html", context)


def figure(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A figure of one measurement; `?run=` cites a run."""
    found = get_object_or_404(visible(request), pk=pk)
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
    found = get_object_or_404(visible(request), pk=pk)
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
    found = get_object_or_404(visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    form = AboutForm(request.POST, instance=get_object_or_404(visible(request), pk=pk))
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


@require_POST
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that shows where typed values come from."""
    found = get_object_or_404(visible(request), pk=pk)
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
    found = get_object_or_404(visible(request), pk=pk)
    user = person(request)
    require_role(user, found.project)
    code = request.POST.get("code", "").strip()
    try:
        run = measure_also(found.raw_files[0], specimen(found.project, code), user)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"Hung on {code} as well; choose there which part of the file it is.")
    return redirect(SampleMeasurement.objects.get(pk=run.measurement_id))
