"""The history of a point or a number: in the drawer for htmx, as a page of its own for everyone else."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cells.cycling.models import CycleRow
from characterization.measurement.views import crumbs_of
from dashboards.history.services import History, history_of_cycle, history_of_result, history_of_run
from labdb.accounts.models import Project
from labdb.provenance.models import AnalysisRun, Result

RUN = ("run__measurement__project", "run__measurement__current_run", "run__requested_by")


def cycle(request: HttpRequest, run: int, cycle: int) -> HttpResponse:
    """A cycle by the number that the cycler gave it."""
    rows = CycleRow.objects.visible_to(request.user).select_related(*RUN)
    return _answer(request, history_of_cycle(get_object_or_404(rows, run=run, cycle_count=cycle)))


def ageing_cycle(request: HttpRequest, run: int, cycle: int) -> HttpResponse:
    """A cycle by its number among the ageing cycles."""
    rows = CycleRow.objects.visible_to(request.user).select_related(*RUN)
    return _answer(request, history_of_cycle(get_object_or_404(rows, run=run, ageing_index=cycle)))


def result(request: HttpRequest, pk: int) -> HttpResponse:
    """A number of a whole test."""
    rows = Result.objects.visible_to(request.user).select_related(*RUN)
    return _answer(request, history_of_result(get_object_or_404(rows, pk=pk)))


def run(request: HttpRequest, pk: int) -> HttpResponse:
    """All numbers of a run."""
    rows = AnalysisRun.objects.visible_to(request.user).filter(state=AnalysisRun.State.SUCCEEDED)
    related = ("measurement__project", "measurement__current_run", "requested_by")
    found = get_object_or_404(rows.select_related(*related).prefetch_related("results"), pk=pk)
    return _answer(request, history_of_run(found))


def _came_from(request: HttpRequest) -> str:
    """The page that the drawer was opened on."""
    address = request.headers.get("HX-Current-URL", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    return urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()


def _answer(request: HttpRequest, history: History) -> HttpResponse:
    in_drawer = request.headers.get("HX-Request") == "true"
    crumbs = [("Cells", reverse("cell-list"))]
    if history.measured:
        crumbs = crumbs_of(history.measured)[:-1]
        crumbs.append((history.measured.name, history.measured.get_absolute_url()))
    elif history.cell and history.test:
        crumbs += [
            (history.cell.code, history.cell.get_absolute_url()),
            (history.test.name, history.test.get_absolute_url()),
        ]
    return render(
        request,
        "dashboards/history/_history.html" if in_drawer else "dashboards/history/history.html",
        {
            "history": history,
            "run": history.run,
            "here": request.get_full_path(),
            "crumbs": [*crumbs, ("History", "")],
            "back": _came_from(request),
            "may_write": Project.objects.editable_by(request.user)
            .filter(pk=history.run.measurement.project_id)
            .exists(),
        },
    )
