"""Whether this labdb is alive (`/healthz`) and fit to serve (`/readyz`), for supervisors, proxies and containers.

Both are open to anyone and tell nothing but states and counts.
"""

from __future__ import annotations

import os
import shutil

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labdb.provenance.models import AnalysisRun

ENOUGH_DISK_BYTES = 256 * 1024**2


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing of anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """What serving depends on, check by check; status 503 while one of them fails."""
    checks = {"database": _database_answers(), "files": _files_can_be_written(), "disk": _disk_has_room()}
    checks["migrations"] = checks["database"] and not _migrations_wait()
    ready = all(checks.values())
    about = {"ready": ready, "checks": checks, "oldest_waiting_second": _oldest_waiting_second() if ready else None}
    return JsonResponse(about, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _files_can_be_written() -> bool:
    return os.access(settings.FILE_UPLOAD_TEMP_DIR, os.W_OK)


def _disk_has_room() -> bool:
    return shutil.disk_usage(settings.DATA_DIR).free > ENOUGH_DISK_BYTES


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _oldest_waiting_second() -> float | None:
    """How long the oldest queued run has waited; a number that grows says that no worker takes any."""
    queued = AnalysisRun.objects.filter(state=AnalysisRun.State.QUEUED).order_by("queued_at")
    oldest = queued.values_list("queued_at", flat=True).first()
    return None if oldest is None else round((timezone.now() - oldest).total_seconds(), 1)
