"""Furnace logs: on the page of their batch, and each on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.figures import Figure
from labdb.files.uploads import HashedUpload
from labdb.ingest.services import current_parameters, ingest
from labdb.provenance.models import AnalysisRun, Result
from labdb.quantities import Quantity
from synthesis.batch.models import Batch
from synthesis.heat_treatment.forms import LogForm
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.heat_treatment.programme import Stretch
from synthesis.heat_treatment.services import HeatTreatmentOf, change_log, check_number
from synthesis.heat_treatment.stored import against_programme, channels_of, figure_of, stretches_of
from synthesis.recipe.process import words


@dataclass(frozen=True)
class HeatOfBatch:
    """One heat treatment of a batch as its page shows it.

    Attributes:
        number: from 1.
        name, words: of the step of the process; without one, a log hangs on a treatment that nobody described.
        logs: each with its newest run, the newest first.
        shown: whose trace is drawn.
        results: of the shown log: result, quantity, what the programme says.
    """

    number: int
    name: str
    words: str
    logs: Sequence[tuple[FurnaceLog, AnalysisRun | None]]
    shown: FurnaceLog | None
    results: Sequence[tuple[Result, Quantity, float | None]]
    drawn: bool

    @property
    def unfinished(self) -> bool:
        return any(run is not None and not run.finished for _, run in self.logs)


def heats_of(batch: Batch) -> list[HeatOfBatch]:
    """The heat treatments of a batch with their logs; a constant number of queries."""
    logs = list(
        FurnaceLog.objects.filter(batch=batch)
        .select_related("current_run", "batch", "project")
        .prefetch_related("current_run__results")
        .order_by("-pk")
    )
    newest: dict[int, AnalysisRun] = {}
    for one in AnalysisRun.objects.filter(measurement__in=logs).select_related("measurement").defer("traceback"):
        newest.setdefault(one.measurement_id, one)
    heats = batch.heats
    count = max([len(heats), *(log.heat_treatment for log in logs)], default=0)
    found = []
    for number in range(1, count + 1):
        step = heats[number - 1] if number <= len(heats) else None
        own = [log for log in logs if log.heat_treatment == number]
        shown = next((log for log in own if log.current_run_id), None)
        run = shown.current_run if shown else None
        stretches = _programme_of(run) if run else []
        found.append(
            HeatOfBatch(
                number,
                step.name if step else "heat treatment",
                words(step) if step else "",
                [(log, newest.get(log.pk)) for log in own],
                shown,
                against_programme(run.results.all(), stretches) if run else [],
                bool(step or shown),
            )
        )
    return found


def _programme_of(run: AnalysisRun) -> list[Stretch]:
    return stretches_of(run.parameters.get("programme") or [])


def _batch(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("project"), pk=pk)


def _may_write(request: HttpRequest, project: Project) -> bool:
    return Project.objects.editable_by(request.user).filter(pk=project.pk).exists()


@never_cache
def heat(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One heat treatment of a batch, for its page to take up when a log is analysed."""
    batch = _batch(request, pk)
    found = next((one for one in heats_of(batch) if one.number == number), None)
    if found is None:
        raise Http404("this batch has no such heat treatment")
    context = {"batch": batch, "heat": found, "may_write": _may_write(request, batch.project)}
    return render(request, "synthesis/heat_treatment/_heat.html", context)


@never_cache
def waiting(request: HttpRequest, pk: int, number: int, run: int) -> HttpResponse:
    """How far one run of a heat treatment's logs is, for the page of the batch that waits for it."""
    batch = _batch(request, pk)
    logs = FurnaceLog.objects.filter(batch=batch, heat_treatment=number)
    found = get_object_or_404(AnalysisRun.objects.filter(measurement__in=logs).select_related("measurement"), pk=run)
    context = {"batch": batch, "heat": {"number": number}, "run": found}
    return render(request, "synthesis/heat_treatment/_waiting.html", context)


def heat_figure(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The programme of a heat treatment, and the newest log over it."""
    batch = _batch(request, pk)
    logs = batch.furnace_logs.filter(heat_treatment=number, current_run__isnull=False)
    log = logs.select_related("current_run").order_by("-pk").first()
    heats = batch.heats
    if log is None and not 1 <= number <= len(heats):
        raise Http404("this batch has no such heat treatment")
    stretches = heats[number - 1].stretches() if 1 <= number <= len(heats) else []
    return _json(figure_of(stretches, log.current_run if log else None, batch.simulated))


@require_POST
def upload(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A furnace log for a heat treatment, from the page of its batch."""
    batch = _batch(request, pk)
    require_role(person(request), batch.project)
    there = f"{batch.get_absolute_url()}#heat-{number}"
    refused = getattr(request, "upload_refused", "")
    file = cast("HashedUpload | None", request.FILES.get("file"))
    if refused or file is None:
        messages.error(request, refused or "Choose the file of the furnace's logger.")
        return redirect(there)
    try:
        check_number(batch, number)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(there)
    path, name = Path(file.temporary_file_path()), str(file.name)
    subject = HeatTreatmentOf(batch, number)
    done = ingest(path, name, batch.project, person(request), subject=subject, sha256=file.sha256, move=True)
    (messages.success if done.run else messages.warning)(request, done.sentence)
    return redirect(there)


def _log(request: HttpRequest, pk: int) -> FurnaceLog:
    rows = FurnaceLog.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("batch__project", "project", "current_run", "created_by"), pk=pk)


@never_cache
def furnace_log(request: HttpRequest, pk: int) -> HttpResponse:
    log = _log(request, pk)
    form = _form(log)
    return _page(request, log, form)


def _form(log: FurnaceLog, data: Mapping[str, Any] | None = None) -> LogForm:
    channels = channels_of(log.current_run) if log.current_run else []
    heats = [(number, step.name) for number, step in enumerate(log.batch.heats, start=1)]
    start = {"channel": log.parameters.get("channel", 1), "heat_treatment": log.heat_treatment}
    return LogForm(data, channels=channels, heats=heats, initial=start)


def _page(request: HttpRequest, log: FurnaceLog, form: LogForm) -> HttpResponse:
    runs = list(log.runs.select_related("requested_by", "measurement").defer("traceback"))
    latest, run = (runs[0] if runs else None), log.current_run
    stretches = _programme_of(run) if run else []
    return render(
        request,
        "synthesis/heat_treatment/furnace_log.html",
        {
            "log": log,
            "batch": log.batch,
            "files": log.measurement_files.select_related("raw_file__uploaded_by"),
            "run": run,
            "latest": latest,
            "runs": runs,
            "results": against_programme(run.results.all(), stretches) if run else [],
            "channel": dict(channels_of(run)).get(run.parameters.get("channel", 1), "") if run else "",
            "programme": ", ".join(stretch.segment.words() for stretch in stretches),
            "stale": bool(latest and latest.finished and latest.parameters != current_parameters(log)),
            "form": form,
            "may_write": _may_write(request, log.project),
            "crumbs": [
                ("Batches", reverse("batch-list")),
                (log.batch.code, f"{log.batch.get_absolute_url()}#heat-{log.heat_treatment}"),
                (log.name, ""),
            ],
        },
    )


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another thermocouple, or another heat treatment: adds a run."""
    log = _log(request, pk)
    require_role(person(request), log.project)
    form = _form(log, request.POST)
    if not form.is_valid():
        return _page(request, log, form)
    said = form.cleaned_data
    run = change_log(
        log,
        person(request),
        heat_treatment=said.get("heat_treatment"),
        parameters={"channel": said["channel"]} if said.get("channel") else None,
    )
    if run:
        messages.success(request, "Changed; the log is being analysed again, and the earlier runs stay.")
    else:
        messages.info(request, "That is what the numbers depend on already: nothing changed.")
    return redirect(log)


@never_cache
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the newest run is; once it is finished the page takes up what it found."""
    log = _log(request, pk)
    context = {"log": log, "latest": log.latest_run, "asked": True}
    return render(request, "synthesis/heat_treatment/_status.html", context)


def log_figure(request: HttpRequest, pk: int) -> HttpResponse:
    """The log over the programme that its numbers are measured against; `?run=` cites a run."""
    log = _log(request, pk)
    cited = request.GET.get("run", "")
    run = log.current_run
    if cited.isdecimal():
        run = get_object_or_404(log.runs.filter(state=AnalysisRun.State.SUCCEEDED), pk=cited)
    if run is None:
        raise Http404("nothing has been found in this log yet")
    return _json(figure_of(_programme_of(run), run, log.batch.simulated))


def _json(figure: Figure) -> HttpResponse:
    return HttpResponse(orjson.dumps(figure), content_type="application/json")
