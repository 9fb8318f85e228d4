"""What a worker does: thin callers, safe to be called twice."""

from __future__ import annotations

from celery import shared_task

from labdb.ingest import jobs


@shared_task
def work(run_id: int) -> None:
    """Compute a run, if it is still to be done."""
    from labdb.ingest.execution import execute

    if claim := jobs.claim(run_id):
        with jobs.heartbeat(claim):
            execute(claim)
