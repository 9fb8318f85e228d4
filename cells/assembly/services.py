"""The verbs of cells that write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import ProtectedError, Q, prefetch_related_objects
from simple_history.utils import bulk_create_with_history

from cells.assembly.masses import follow, measure_again
from cells.assembly.models import Cell
from cells.electrode.arithmetic import ElectrodeError
from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.history import because
from labdb.provenance.models import AnalysisRun
from synthesis.batch.models import Batch


@transaction.atomic
def save_cell(cell: Cell, user: User, reason: str = "") -> list[AnalysisRun]:
    """Save a new or changed cell; measurements whose numbers depend on what changed are analysed again.

    Its active mass follows its positive electrode (see `cells/assembly/masses.py`).

    Returns:
        The runs that were asked for.

    Raises:
        PermissionDenied: the user may not write in the project.
        ElectrodeError: an electrode is of another project, or in another cell.
    """
    require_role(user, cell.project)
    check_electrodes([cell])
    follow(cell)
    if cell.pk is None:
        cell.created_by = user
    because(cell, user, reason)
    cell.save()
    return measure_again([cell], user)


def check_electrodes(cells: Sequence[Cell]) -> None:
    """Refuse electrodes that a cell cannot have; one query.

    Raises:
        ElectrodeError: one is of another project, or in two cells, or twice in one.
    """
    taken: dict[int, Cell] = {}
    wanted = [(cell, disc) for cell in cells for disc in (cell.positive_electrode, cell.negative_electrode) if disc]
    for cell, disc in wanted:
        if disc.project_id != cell.project_id:
            raise ElectrodeError(f"{disc} is of another project; choose an electrode of {cell.project}.")
        if disc.pk in taken:
            where = f"both electrodes of {cell}" if taken[disc.pk] is cell else f"in {taken[disc.pk]} and in {cell}"
            raise ElectrodeError(f"{disc} would be {where}; it goes into one cell, once.")
        taken[disc.pk] = cell
    if not taken:
        return
    others = Cell.objects.exclude(pk__in=[cell.pk for cell in cells if cell.pk])
    for other in others.filter(Q(positive_electrode__in=taken) | Q(negative_electrode__in=taken))[:1]:
        key = other.positive_electrode_id if other.positive_electrode_id in taken else other.negative_electrode_id
        disc = next(disc for _, disc in wanted if disc.pk == key)
        raise ElectrodeError(f"{disc} is in {other} already; choose another electrode.")


def taken_electrodes(discs: Iterable[int]) -> dict[int, str]:
    """Those of these electrodes that are in a cell, with its code; one query."""
    wanted = set(discs)
    if not wanted:
        return {}
    rows = Cell.objects.filter(Q(positive_electrode__in=wanted) | Q(negative_electrode__in=wanted))
    found = rows.values_list("code", "positive_electrode_id", "negative_electrode_id")
    return {key: code for code, *keys in found for key in keys if key in wanted}


def add_cells(cells: Sequence[Cell], user: User, reason: str = "") -> list[Cell]:
    """Save many new cells at once, all or none.

    Args:
        reason: for their history, "from cells.xlsx".

    Raises:
        PermissionDenied: the user may not write in one of the projects.
        ElectrodeError: an electrode is of another project, or in another cell.
    """
    for project in {cell.project for cell in cells}:
        require_role(user, project)
    prefetch_related_objects(list(cells), "positive_electrode__sheet__batch", "negative_electrode")
    check_electrodes(cells)
    for cell in cells:
        follow(cell)
        cell.created_by = user
    return bulk_create_with_history(list(cells), Cell, default_user=user, default_change_reason=reason[:100])


def remove_cell(cell: Cell, user: User) -> None:
    """Remove a cell that nothing was measured on.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: it has tests.
    """
    require_role(user, cell.project)
    because(cell, user)
    try:
        cell.delete()
    except ProtectedError as error:
        raise ValueError(f"{cell} has tests, so it stays; nothing that was measured loses its cell.") from error


def batch_of(project: Project, code: str) -> Batch | None:
    """The project's batch of a code."""
    return Batch.objects.filter(project=project, code=code).first()


def no_batch_sentence(project: Project, code: str) -> str:
    return f"{project} has no batch {code}; make it first: a batch whose making is not recorded needs its code alone."
