"""What only a process of the same machine can know of a worker: whether it lives, and how to end it.

A lease tells every machine after its time that a worker is gone. Beside the worker one need not wait: a run whose
worker has ended is free at once, and a worker that lost its lease but still computes is killed, since nothing else
stops a computation that hangs (a solo worker of Celery has no time limits).
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from pathlib import Path

from django.utils import timezone

from labdb.provenance.models import AnalysisRun

logger = logging.getLogger(__name__)


def process_of(owner: str) -> int | None:
    """The process number in a claim's owner, where the claim was made on this machine."""
    machine, _, rest = owner.partition(":")
    number = rest.partition(":")[0]
    return int(number) if machine == socket.gethostname() and number.isdigit() else None


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_sibling(process: int) -> bool:
    """Whether a process has our parent: the same supervisor started both, so it is a worker, and ours to kill."""
    try:
        about = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return int(about.rpartition(")")[2].split()[1]) == os.getppid()


def end_leases_of_the_dead() -> int:
    """End the lease of each run whose worker was of this machine and is no more.

    Returns:
        How many runs that freed.
    """
    freed = 0
    held = AnalysisRun.objects.filter(state=AnalysisRun.State.RUNNING, lease_until__gt=timezone.now())
    for run_id, owner in held.values_list("pk", "owner"):
        process = process_of(owner)
        if process is not None and not is_alive(process):
            logger.warning("run %s: its worker, process %s, has ended", run_id, process)
            freed += AnalysisRun.objects.filter(pk=run_id, owner=owner).update(lease_until=timezone.now())
    return freed


def kill_overdue_workers() -> int:
    """Kill each worker beside this process that computes a run longer than its lease; its supervisor starts another.

    Returns:
        How many were killed.
    """
    killed = 0
    overdue = AnalysisRun.objects.filter(state=AnalysisRun.State.RUNNING, lease_until__lt=timezone.now())
    for run_id, owner in overdue.values_list("pk", "owner"):
        process = process_of(owner)
        if process is not None and is_sibling(process):
            logger.error("run %s: its lease is over; killing its worker, process %s", run_id, process)
            os.kill(process, signal.SIGKILL)
            killed += 1
    return killed
