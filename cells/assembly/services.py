"""The verbs of cells that write."""

from __future__ import annotations

from django.db import transaction

from cells.assembly.models import Cell
from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.ingest.services import current_parameters, request_run
from labdb.provenance.models import AnalysisRun, Measurement


@transaction.atomic
def save_cell(cell: Cell, user: User) -> list[AnalysisRun]:
    """Save a new or changed cell; measurements whose numbers depend on what changed are analysed again.

    Returns:
        The runs that were asked for.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    require_role(user, cell.project)
    if cell.pk is None:
        cell.created_by = user
    cell.save()
    stale = []
    for measurement in Measurement.objects.filter(cyclingtest__cell=cell).select_related("project"):
        latest = measurement.latest_run
        if latest is None or latest.parameters != current_parameters(measurement):
            stale.append(request_run(measurement, user))
    return stale
