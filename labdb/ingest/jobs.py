"""The run row as a job: claimed by one worker at a time, under a lease, with a bounded number of attempts.

A Celery message only wakes a worker. Whatever happens to broker or worker, the row says what is still to be done,
the reaper calls a worker again, and a result is written only by the worker that still holds the claim.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections, connection, models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from labdb.provenance.models import AnalysisRun

logger = logging.getLogger(__name__)
State = AnalysisRun.State


class LostLeaseError(Exception):
    """Another worker has the run now: whatever this one found is thrown away."""


@dataclass(frozen=True)
class Claim:
    """The right to finish a run: valid while the row still names this owner and this attempt."""

    run_id: int
    owner: str
    attempt: int

    def rows(self) -> models.QuerySet[AnalysisRun]:
        return AnalysisRun.objects.filter(pk=self.run_id, state=State.RUNNING, owner=self.owner, attempts=self.attempt)


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def call_worker(run_id: int) -> None:
    """Wake a worker for a run; a broker that is away is no loss, the reaper calls again."""
    from labdb.ingest.tasks import work

    try:
        work.delay(run_id)
    except (OperationalError, OSError) as error:
        logger.warning("run %s: the broker does not answer (%s); it will be called again", run_id, error)


def claim(run_id: int) -> Claim | None:
    """Take a run that is queued, or whose worker is gone. None where another has it, or it is finished."""
    now = timezone.now()
    free = models.Q(state=State.QUEUED) | models.Q(state=State.RUNNING, lease_until__lt=now)
    owner = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}:{time.monotonic_ns()}"
    taken = AnalysisRun.objects.filter(free, pk=run_id, attempts__lt=settings.RUN_MAX_ATTEMPTS).update(
        state=State.RUNNING,
        owner=owner,
        attempts=models.F("attempts") + 1,
        lease_until=lease_end(),
        started_at=now,
        progress=0.0,
        doing="starting",
    )
    if not taken:
        return None
    return Claim(run_id, owner, AnalysisRun.objects.values_list("attempts", flat=True).get(pk=run_id))


def report(claim: Claim, fraction: float, doing: str) -> None:
    """Say how far the run is, and renew its lease.

    Raises:
        LostLeaseError: another worker has the run.
    """
    if not claim.rows().update(progress=min(max(fraction, 0.0), 1.0), doing=doing[:200], lease_until=lease_end()):
        raise LostLeaseError(f"run {claim.run_id} belongs to another worker")


@contextmanager
def heartbeat(claim: Claim) -> Iterator[None]:
    """Renew the lease from a thread while a long step computes, up to the time limit of a run."""
    stop = threading.Event()
    last = time.monotonic() + settings.RUN_TIME_LIMIT_SECONDS

    def beat() -> None:
        while not stop.wait(settings.RUN_LEASE_SECONDS / 3) and time.monotonic() < last:
            close_old_connections()
            claim.rows().update(lease_until=lease_end())
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of run {claim.run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def finish(claim: Claim, **fields: object) -> None:
    """Write the end of a run; to be called inside the transaction that writes its results.

    Raises:
        LostLeaseError: another worker has the run; the transaction must not be committed.
    """
    done = {"finished_at": timezone.now(), "lease_until": None, "doing": "", **fields}
    if not claim.rows().update(**done):
        raise LostLeaseError(f"run {claim.run_id} belongs to another worker")


def reap() -> dict[str, int]:
    """Find runs that nobody works on, and call a worker; give up those that had their attempts.

    Returns:
        How many were called again, and how many given up.
    """
    now = timezone.now()
    silent = now - timedelta(seconds=settings.RUN_RESEND_SECONDS)
    orphaned = models.Q(state=State.RUNNING, lease_until__lt=now)
    forgotten = models.Q(state=State.QUEUED, sent_at__lt=silent)
    spent = AnalysisRun.objects.filter(
        models.Q(state=State.RUNNING, lease_until__lt=now), attempts__gte=settings.RUN_MAX_ATTEMPTS
    )
    given_up = spent.update(
        state=State.FAILED,
        fault=AnalysisRun.Fault.LABDB,
        finished_at=now,
        doing="",
        lease_until=None,
        error=f"Given up after {settings.RUN_MAX_ATTEMPTS} attempts: each time the worker died or ran out of time over"
        " this file. The file is kept; tell whoever runs this labdb, and analyse it again after an upgrade.",
    )
    with transaction.atomic():
        waiting = list(
            AnalysisRun.objects.filter(orphaned | forgotten, sent_at__lt=now - timedelta(seconds=1))
            .order_by("pk")
            .values_list("pk", flat=True)[:500]
        )
        AnalysisRun.objects.filter(pk__in=waiting).update(sent_at=now)
    for run_id in waiting:
        call_worker(run_id)
    return {"called": len(waiting), "given_up": given_up}
