"""The verbs of batches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.history import because
from labdb.ingest.services import current_parameters, request_run
from labdb.provenance.models import AnalysisRun, Measurement
from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.chemical.models import Lot
from synthesis.chemical.services import LotError, check_use
from synthesis.recipe.models import RecipeVersion


class BatchError(ValueError):
    """Something that a batch cannot be; says why."""


@transaction.atomic
def start_batch(
    user: User,
    project: Project,
    code: str,
    recipe_version: RecipeVersion | None,
    *,
    lots: Iterable[Lot] = (),
    **fields: Any,
) -> Batch:
    """A new batch; its process starts as a copy of the recipe's.

    Args:
        lots: from which it is to be weighed.

    Raises:
        PermissionDenied: the user may not write in the project.
        BatchError: the recipe is of another project, or withdrawn; two lots are of one chemical.
        ValidationError: a field is wrong.
    """
    batch = planned_batch(user, project, code, recipe_version, **fields)
    return save_batch(batch, user, lots=lots)


def planned_batch(
    user: User, project: Project, code: str, recipe_version: RecipeVersion | None, **fields: Any
) -> Batch:
    """A batch that is not saved yet; its process and product are those of the recipe where nothing else is said."""
    batch = Batch(project=project, code=code, recipe_version=recipe_version, created_by=user, **fields)
    if recipe_version is not None:
        batch.process = batch.process or recipe_version.process
        batch.product = batch.product or recipe_version.recipe.code
    return batch


def check_batch(batch: Batch) -> None:
    """Refuse what no single field can know.

    Raises:
        BatchError: the recipe is of another project, or withdrawn; more came out than went in.
    """
    version = batch.recipe_version
    if version is not None:
        if version.recipe.project_id != batch.project_id:
            raise BatchError(f"{version} is a recipe of another project; choose one of {batch.project}.")
        if batch.pk is None and version.state == RecipeVersion.State.WITHDRAWN:
            raise BatchError(f"{version} was withdrawn; choose a newer version.")
    sintered, washed = batch.mass_after_sintering_g, batch.mass_after_washing_g
    if sintered is not None and washed is not None and washed > sintered:
        raise BatchError(f"The mass after washing, {washed:g} g, is more than that after sintering, {sintered:g} g.")


@transaction.atomic
def plan_lots(batch: Batch, user: User, lots: Iterable[Lot]) -> None:
    """Say from which lots a batch is to be weighed.

    Raises:
        PermissionDenied: the user may not write in the project.
        BatchError: two of them are of one chemical.
    """
    require_role(user, batch.project)
    chosen: dict[int, Lot] = {}
    for lot in lots:
        if lot.chemical_id in chosen and chosen[lot.chemical_id] != lot:
            raise BatchError(
                f"{chosen[lot.chemical_id]} and {lot} are of one chemical; plan one, weigh both if need be."
            )
        chosen[lot.chemical_id] = lot
    batch.planned_lots.set(chosen.values())


@transaction.atomic
def save_batch(batch: Batch, user: User, reason: str = "", *, lots: Iterable[Lot] | None = None) -> Batch:
    """Save a new or changed batch; furnace logs are measured again where their programme changed.

    Args:
        reason: of the change; the history shows it.
        lots: from which it is to be weighed; None leaves them as they are.

    Raises:
        PermissionDenied: the user may not write in the project.
        BatchError: the recipe is of another project, or withdrawn; more came out than went in.
        ValidationError: a field is wrong.
    """
    require_role(user, batch.project)
    check_batch(batch)
    new = batch.pk is None
    batch.full_clean()
    because(batch, user, reason)
    batch.save()
    if lots is not None:
        plan_lots(batch, user, lots)
    if not new:
        measure_again(batch, user)
    return batch


def measure_again(batch: Batch, user: User) -> list[AnalysisRun]:
    """Ask for a run of each furnace log whose numbers depend on what changed in its batch."""
    logs = Measurement.objects.filter(furnacelog__batch=batch).select_related("project")
    asked = []
    for log in logs:
        latest = log.latest_run
        if latest is not None and latest.parameters != current_parameters(log):
            asked.append(request_run(log, user))
    return asked


def objections(batch: Batch, lot: Lot, mass_g: float, day: date, left_g: float | None = None) -> list[str]:
    """What needs a reason before so much of a lot is weighed into a batch; none where all is well.

    Args:
        left_g: in the lot, where the caller has it already.
    """
    found = []
    try:
        check_use(lot, mass_g, day, left_g=left_g)
    except LotError as error:
        found.append(str(error))
    version = batch.recipe_version
    if version is not None and lot.chemical_id not in {line.chemical_id for line in version.components.all()}:
        found.append(f"{lot.chemical} is not in {version}; choose another lot, or give the reason for weighing it.")
    return found


@transaction.atomic
def weigh(batch: Batch, lot: Lot, mass_g: float, user: User, reason: str = "", at: datetime | None = None) -> Weighing:
    """Record what was weighed of a lot into a batch; the lot has that much less.

    Raises:
        PermissionDenied: the user may not write in the project.
        LotError: the mass is not positive, the lot is expired or does not hold it (unless a reason is given), or its
            chemical is not in the batch's recipe.
    """
    require_role(user, batch.project)
    lot = Lot.objects.select_for_update().select_related("chemical").get(pk=lot.pk)
    at = at or timezone.now()
    if not mass_g > 0:
        raise LotError(f"The mass of {lot} is {mass_g:g} g; it must be over 0.")
    if not reason.strip() and (found := objections(batch, lot, mass_g, at.date())):
        raise LotError(" ".join(found))
    weighing = Weighing(
        batch=batch,
        chemical=lot.chemical,
        lot=lot,
        mass_g=mass_g,
        reason=reason.strip()[:300],
        weighed_by=user,
        weighed_at=at,
    )
    because(weighing, user, reason)
    weighing.save()
    return weighing


@transaction.atomic
def take_back_weighing(weighing: Weighing, user: User, reason: str) -> None:
    """Undo a weighing that was entered wrongly; the history keeps it with the reason.

    Raises:
        PermissionDenied: the user may not write in the project.
        BatchError: no reason is given.
    """
    require_role(user, weighing.batch.project)
    if not reason.strip():
        raise BatchError("Taking a weighing back needs its reason.")
    because(weighing, user, reason)
    weighing.delete()


@transaction.atomic
def link(child: Batch, parent: Batch, kind: str, user: User, mass_g: float | None = None) -> BatchLink:
    """Say what a batch was made from, or is the control of.

    Raises:
        PermissionDenied: the user may not write in the child's project.
        BatchError: the two are of different projects, the same, linked so already, or the link would close a circle;
            or the mass is not positive.
    """
    require_role(user, child.project)
    if parent.project_id != child.project_id:
        raise BatchError(f"{parent} is of another project.")
    if kind != BatchLink.Kind.CONTROL and child.pk in {parent.pk, *ancestors(parent)}:
        raise BatchError(f"{child} cannot come from {parent}: {parent} comes from it.")
    if parent.pk == child.pk:
        raise BatchError(f"{child} cannot be its own {BatchLink.Kind(kind).label.removesuffix(' of')}.")
    if mass_g is not None and not mass_g > 0:
        raise BatchError(f"The mass taken is {mass_g:g} g; it must be over 0, or left out.")
    if BatchLink.objects.filter(child=child, parent=parent, kind=kind).exists():
        raise BatchError(f"{child} is a {BatchLink.Kind(kind).label} {parent} already.")
    made = BatchLink(child=child, parent=parent, kind=kind, mass_g=mass_g, created_by=user)
    because(made, user)
    made.save()
    return made


@transaction.atomic
def unlink(made: BatchLink, user: User, reason: str) -> None:
    """Undo a link that was entered wrongly; the history keeps it with the reason.

    Raises:
        PermissionDenied: the user may not write in the child's project.
        BatchError: no reason is given.
    """
    require_role(user, made.child.project)
    if not reason.strip():
        raise BatchError("Taking a link back needs its reason.")
    because(made, user, reason)
    made.delete()


def ancestors(batch: Batch) -> set[int]:
    """Keys of all batches that a batch was made from, one query a generation."""
    found: set[int] = set()
    generation = {batch.pk}
    while generation:
        generation = (
            set(
                BatchLink.objects.filter(child__in=generation)
                .exclude(kind=BatchLink.Kind.CONTROL)
                .values_list("parent_id", flat=True)
            )
            - found
        )
        found |= generation
    return found


@transaction.atomic
def copy_batch(batch: Batch, user: User, code: str) -> Batch:
    """A new batch that is planned as this one was done; nothing weighed, no results.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValidationError: the code is taken.
    """
    return start_batch(
        user,
        batch.project,
        code,
        batch.recipe_version,
        product=batch.product,
        scale=batch.scale,
        operator=batch.operator,
        furnace=batch.furnace,
        process=batch.process,
        wanted_precursor_mass_g=batch.wanted_precursor_mass_g,
        lots=batch.planned_lots.all(),
    )
