"""Pages about analysis runs."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.ingest.installed import technique
from labdb.ingest.services import current_parameters, request_run
from labdb.provenance.comparison import compare
from labdb.provenance.models import AnalysisRun, Measurement

State = AnalysisRun.State


def _visible(request: HttpRequest, pk: int) -> AnalysisRun:
    rows = AnalysisRun.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("measurement__project", "requested_by"), pk=pk)


@never_cache
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run; `?against=` names the run to compare with, the one that succeeded before where none is named."""
    found = _visible(request, pk)
    siblings = AnalysisRun.objects.filter(measurement=found.measurement_id).defer("metadata", "traceback")
    finished = siblings.filter(state=State.SUCCEEDED).exclude(pk=pk)
    against = request.GET.get("against", "")
    if against.isdecimal():
        other = finished.filter(pk=against).first()
    else:
        other = finished.filter(pk__lt=pk).first()
    succeeded = found.state == State.SUCCEEDED
    return render(
        request,
        "labdb/provenance/run.html",
        {
            "run": found,
            "results": list(found.results.all()) if succeeded else [],
            "tables": list(found.tables.all()) if succeeded else [],
            "technique": technique(found.technique),
            "siblings": list(siblings.select_related("requested_by")),
            "finished": finished,
            "comparison": compare(other, found) if succeeded and other else None,
            "stale": found.parameters != current_parameters(found.measurement),
            "may_change": Project.objects.editable_by(request.user).filter(pk=found.measurement.project_id).exists(),
            "crumbs": [(found.measurement.name, found.measurement.get_absolute_url()), (f"run {found.pk}", "")],
        },
    )


@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """One run's state in a line, for the pages that wait for it; asks for itself again until the run is finished."""
    return render(request, "labdb/provenance/_progress.html", {"run": _visible(request, pk)})


@require_POST
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Analyse the measurement of a run again, with what is known now."""
    new = request_run(_visible(request, pk).measurement, person(request))
    messages.success(request, f"Asked for run {new.pk}. The earlier runs stay as they are.")
    return redirect("run", new.pk)


def measurement(request: HttpRequest, pk: int) -> HttpResponse:
    """To the page of the technique's own record."""
    found = get_object_or_404(Measurement.objects.visible_to(request.user), pk=pk)
    for kind in Measurement.__subclasses__():
        own = kind._default_manager.filter(pk=pk).first()
        if own is not None:
            return redirect(own)
    newest = get_object_or_404(found.runs.order_by("-pk")[:1])
    return redirect(newest)


def table(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """A table of a run as the Parquet file that is kept."""
    found = get_object_or_404(_visible(request, pk).tables, name=name)
    return FileResponse(
        default_storage.open(found.key),
        as_attachment=True,
        filename=f"run-{pk}-{name}.parquet",
        content_type="application/vnd.apache.parquet",
    )


@cache_control(private=True, max_age=31_536_000, immutable=True)
def picture(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """A picture of a run; a run never changes, so a browser may keep it."""
    found = get_object_or_404(_visible(request, pk).pictures, name=name)
    return FileResponse(default_storage.open(found.key), content_type="image/png")
