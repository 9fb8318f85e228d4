"""The verbs of planned storage: plan, change, end, remove. Tests whose numbers a plan changes are analysed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cells.assembly.masses import measure_again
from cells.assembly.models import Cell
from cells.storage.models import ENOUGH, StorageCheck, StoragePlan
from cells.storage.planned import LONGEST_DAY, check_storage
from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.history import because
from labdb.provenance.models import AnalysisRun

HIGHEST_VOLT = 10.0
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class StorageError(ValueError):
    """What cannot be planned; says why.

    Attributes:
        field: to blame, where there is one.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def save_plan(plan: StoragePlan, check_days: Sequence[float], user: User, reason: str = "") -> list[AnalysisRun]:
    """Save a new or changed plan with its checks.

    Args:
        check_days: since it was put away, rising.

    Returns:
        The runs that were asked for: a plan tells the temperature of files that are silent, and names their checks.

    Raises:
        PermissionDenied: the user may not write in the project.
        StorageError: a value has no sense, or the cell is stored by another plan.
    """
    require_role(user, plan.cell.project)
    Cell.objects.select_for_update().get(pk=plan.cell_id)  # of two plans at once one is told of the other
    plan.project = plan.cell.project
    _check(plan, check_days)
    if plan.pk is None:
        plan.created_by = user
    because(plan, user, reason)
    plan.save()
    _save_checks(plan, [float(day) for day in check_days], user, reason)
    return measure_again([plan.cell], user)


@transaction.atomic
def plan_for_cells(
    cells: Sequence[Cell], plan: StoragePlan, check_days: Sequence[float], user: User
) -> list[StoragePlan]:
    """The same plan for several cells, as replicates are put into one oven; all or none.

    Args:
        plan: without a cell; one like it is made for each.

    Raises:
        PermissionDenied, StorageError: as `save_plan`.
    """
    made = []
    for cell in cells:
        own = StoragePlan(
            cell=cell,
            started_at=plan.started_at,
            temperature_celsius=plan.temperature_celsius,
            voltage_volt=plan.voltage_volt,
            state_of_charge=plan.state_of_charge,
            note=plan.note,
            ended_at=plan.ended_at,
        )
        save_plan(own, check_days, user)
        made.append(own)
    return made


@transaction.atomic
def end_plan(plan: StoragePlan, user: User, ended_at: datetime | None = None, reason: str = "") -> StoragePlan:
    """The cell is stored no more; checks that were not made are no longer waited for.

    Raises:
        PermissionDenied: the user may not write in the project.
        StorageError: it has ended before, or would end before it began.
    """
    require_role(user, plan.project)
    held = StoragePlan.objects.select_for_update(of=("self",)).select_related("cell", "project").get(pk=plan.pk)
    if held.ended_at is not None:
        raise StorageError(f"This storage ended on {held.ended_at:%Y-%m-%d} already.", "ended_at")
    held.ended_at = ended_at or timezone.now()
    _check_moments(held)
    because(held, user, reason)
    held.save(update_fields=["ended_at"])
    return held


@transaction.atomic
def remove_plan(plan: StoragePlan, user: User) -> list[AnalysisRun]:
    """Take away a plan that was entered by mistake; its history stays.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    require_role(user, plan.project)
    because(plan, user)
    cell = plan.cell
    plan.delete()
    return measure_again([cell], user)


def _save_checks(plan: StoragePlan, days: Sequence[float], user: User, reason: str) -> None:
    there = {check.day: check for check in plan.checks.all()}
    for day in set(there) - set(days):
        because(there[day], user, reason)
        there[day].delete()
    for day in days:
        check = there.get(day) or StorageCheck(plan=plan, day=day)
        due_at = plan.started_at + timedelta(days=day)
        if check.due_at != due_at:
            check.due_at, check.counts_from = due_at, plan.started_at + timedelta(days=ENOUGH * day)
            because(check, user, reason)
            check.save()


def _check(plan: StoragePlan, check_days: Sequence[float]) -> None:
    if plan.temperature_celsius is None:
        raise StorageError("Say at which temperature it is stored.", "temperature_celsius")
    try:
        check_storage(plan.temperature_celsius, ())
    except ValueError as error:
        raise StorageError(_sentence(error), "temperature_celsius") from error
    try:
        check_storage(None, check_days)
    except ValueError as error:
        raise StorageError(_sentence(error), "check_days") from error
    if plan.voltage_volt is not None and not 0 < plan.voltage_volt <= HIGHEST_VOLT:
        raise StorageError(f"A cell is charged to more than 0 and at most {HIGHEST_VOLT:g} V.", "voltage_volt")
    if plan.state_of_charge is not None and not 0 <= plan.state_of_charge <= 1:
        raise StorageError("A state of charge is from 0 to 100 %.", "state_of_charge")
    if plan.voltage_volt is not None and plan.state_of_charge is not None:
        raise StorageError("Say the voltage or the state of charge, not both.", "state_of_charge")
    _check_moments(plan)
    others = StoragePlan.objects.filter(cell=plan.cell, ended_at=None).exclude(pk=plan.pk)
    if plan.ended_at is None and (other := others.first()) is not None:
        raise StorageError(f"{plan.cell} is stored since {other.started_at:%Y-%m-%d} already; end that first.")


def _check_moments(plan: StoragePlan) -> None:
    for field, moment in (("started_at", plan.started_at), ("ended_at", plan.ended_at)):
        if moment is not None and not FIRST_MOMENT <= moment <= timezone.now() + timedelta(days=LONGEST_DAY):
            raise StorageError(f"{moment:%Y-%m-%d} is no day of this storage; correct the year.", field)
    if plan.ended_at is not None and plan.ended_at < plan.started_at:
        raise StorageError(f"It would end before it began, on {plan.started_at:%Y-%m-%d}.", "ended_at")


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
