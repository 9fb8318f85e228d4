"""The verbs of exclusions: leave out, and withdraw that."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest
from cells.exclusion.models import Exclusion
from cells.exclusion.ranges import LAST_CYCLE, words
from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.history import because

LONGEST_REASON = 500


class ExclusionError(ValueError):
    """What cannot be left out, or not be withdrawn; says why.

    Attributes:
        field: to blame.
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def leave_out(
    cell: Cell,
    user: User,
    reason: str,
    *,
    test: CyclingTest | None = None,
    first_cycle: int | None = None,
    last_cycle: int | None = None,
) -> Exclusion:
    """Leave a cell, a test of it, or cycles of the test out of means and comparisons. No run is touched.

    Args:
        last_cycle: that of `first_cycle` where it is None.

    Raises:
        PermissionDenied: the user may not write in the project.
        ExclusionError: no reason; no such cycle; or it is left out already.
    """
    require_role(user, cell.project)
    if test is not None and test.cell_id != cell.pk:
        raise ExclusionError(f"{test} is a test of another cell.", "test")
    first, last = _range(test, first_cycle, last_cycle)
    Cell.objects.select_for_update().get(pk=cell.pk)  # of two people at once one is told that it is done
    there = Exclusion.objects.current().filter(Q(test=None) | Q(test=test), cell=cell).select_related("test", "cell")
    for one in there:
        if one.test_id is None or one.covers(first, last):
            raise ExclusionError(f"{one.what[0].upper()}{one.what[1:]} is left out already: {one.reason}", "reason")
    made = Exclusion(
        project=cell.project,
        cell=cell,
        test=test,
        first_cycle=first,
        last_cycle=last,
        reason=_reason(reason, "Say why it is left out: who reads the mean will ask."),
        created_by=user,
    )
    because(made, user, made.reason)
    made.save()
    return made


@transaction.atomic
def leave_out_cells(cells: Iterable[Cell], user: User, reason: str) -> list[Exclusion]:
    """Leave several cells out for one reason, all or none.

    Raises:
        PermissionDenied, ExclusionError: as `leave_out`.
    """
    return [leave_out(cell, user, reason) for cell in cells]


@transaction.atomic
def withdraw(exclusion: Exclusion, user: User, reason: str) -> Exclusion:
    """Take what was left out back into means and comparisons. The row stays, with both reasons.

    Raises:
        PermissionDenied: the user may not write in the project.
        ExclusionError: no reason, or it was withdrawn before.
    """
    require_role(user, exclusion.project)
    held = Exclusion.objects.select_for_update().get(pk=exclusion.pk)
    if not held.current:
        raise ExclusionError("This exclusion was withdrawn before; its history says when and why.", "reason")
    held.withdrawn_reason = _reason(reason, "Say why it counts again.")
    held.withdrawn_by, held.withdrawn_at = user, timezone.now()
    because(held, user, held.withdrawn_reason)
    held.save(update_fields=["withdrawn_reason", "withdrawn_by", "withdrawn_at"])
    return held


def _range(test: CyclingTest | None, first: int | None, last: int | None) -> tuple[int | None, int | None]:
    if first is None:
        if last is not None:
            raise ExclusionError("Say from which cycle on.", "first_cycle")
        return None, None
    if test is None:
        raise ExclusionError("Say of which test: cycles are counted in each by itself.", "test")
    last = first if last is None else last
    if last > LAST_CYCLE:
        raise ExclusionError("No test has so many cycles; write the last one of the range.", "last_cycle")
    if last < first:
        raise ExclusionError(f"The range ends before it begins: write a cycle from {first} on.", "last_cycle")
    if not CycleRow.objects.filter(run=test.current_run_id, cycle_count__range=(first, last)).exists():
        raise ExclusionError(f"The test has no {words(first, last)}.", "first_cycle")
    return first, last


def _reason(reason: str, otherwise: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise ExclusionError(otherwise, "reason")
    if len(said) > LONGEST_REASON:
        raise ExclusionError(f"Say it in {LONGEST_REASON} characters; a note of the cell can be longer.", "reason")
    return said
