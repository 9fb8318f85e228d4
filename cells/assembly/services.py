"""The verbs of cells that write."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import ProtectedError

from cells.assembly.models import Cell
from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.ingest.services import current_parameters, request_run
from labdb.provenance.models import AnalysisRun, Measurement
from synthesis.batch.models import Batch


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


def add_cells(cells: Sequence[Cell], user: User) -> None:
    """Save many new cells at once, all or none.

    Raises:
        PermissionDenied: the user may not write in one of the projects.
    """
    for project in {cell.project for cell in cells}:
        require_role(user, project)
    for cell in cells:
        cell.created_by = user
    Cell.objects.bulk_create(cells)


def remove_cell(cell: Cell, user: User) -> None:
    """Remove a cell that nothing was measured on.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: it has tests.
    """
    require_role(user, cell.project)
    try:
        cell.delete()
    except ProtectedError as error:
        raise ValueError(f"{cell} has tests, so it stays; nothing that was measured loses its cell.") from error


def batch_of(project: Project, code: str) -> Batch | None:
    """The project's batch of a code."""
    return Batch.objects.filter(project=project, code=code).first()


def no_batch_sentence(project: Project, code: str) -> str:
    return f"{project} has no batch {code}; make it first: a batch whose making is not recorded needs its code alone."
