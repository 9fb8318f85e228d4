"""The worklist of the spine: runs that wait, run, failed or finished, and files in the inbox."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.current import in_view
from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun
from labdb.worklist.section import LONGEST, Section

State = AnalysisRun.State
RECENT = timedelta(days=3)


def _runs(request: HttpRequest) -> QuerySet[AnalysisRun]:
    rows = in_view(request, AnalysisRun.objects.all())
    return rows.select_related("measurement", "measurement__project", "requested_by").defer("metadata", "traceback")


def running(request: HttpRequest) -> Section:
    rows = _runs(request).filter(state__in=(State.QUEUED, State.RUNNING))
    # Running ones first, then the queue in its order.
    shown = rows.order_by(F("started_at").asc(nulls_last=True), "pk")[:LONGEST]
    return _section("running", "In progress", rows, shown, "labdb/worklist/_running.html", live=True)


def failed(request: HttpRequest) -> Section:
    """Measurements whose newest run failed; an older failure that was mended is history."""
    newest = (
        AnalysisRun.objects.filter(measurement=OuterRef("measurement"))
        .order_by()
        .values("measurement")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows = _runs(request).filter(state=State.FAILED, pk=Subquery(newest))
    more = f"{reverse('file-list')}?state=failed"
    return _section("failed", "Failed", rows, rows[:LONGEST], "labdb/worklist/_failed.html", more=more)


def inbox(request: HttpRequest) -> Section:
    rows = in_view(request, RawFile.objects.all()).in_inbox().select_related("project", "uploaded_by")
    return _section("inbox", "Inbox", rows, rows[:LONGEST], "labdb/worklist/_inbox.html", more=reverse("inbox"))


def finished(request: HttpRequest) -> Section:
    rows = _runs(request).filter(state=State.SUCCEEDED, finished_at__gte=timezone.now() - RECENT)
    shown = rows.order_by("-finished_at")[:LONGEST]
    return _section("finished", "Finished in the last three days", rows, shown, "labdb/worklist/_finished.html")


def _section(
    key: str, title: str, rows: QuerySet, shown: QuerySet, template: str, *, more: str = "", live: bool = False
) -> Section:
    lines = list(shown)
    count = len(lines) if len(lines) < LONGEST else rows.count()
    return Section(key, title, lines, count, template, more if count > len(lines) or key == "inbox" else "", live)
