"""The verbs of batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.chemical.models import Lot
from synthesis.chemical.services import LotError, check_use
from synthesis.recipe.models import RecipeVersion


class BatchError(ValueError):
    """Something that a batch cannot be; says why."""


@transaction.atomic
def start_batch(user: User, project: Project, code: str, recipe_version: RecipeVersion | None, **fields: Any) -> Batch:
    """A new batch; its process starts as a copy of the recipe's.

    Raises:
        PermissionDenied: the user may not write in the project.
        BatchError: the recipe is of another project, or withdrawn.
        ValidationError: a field is wrong.
    """
    batch = Batch(project=project, code=code, recipe_version=recipe_version, created_by=user, **fields)
    if recipe_version is not None:
        batch.process = batch.process or recipe_version.process
        batch.product = batch.product or recipe_version.recipe.code
    return save_batch(batch, user)


@transaction.atomic
def save_batch(batch: Batch, user: User) -> Batch:
    """Save a new or changed batch.

    Raises:
        PermissionDenied: the user may not write in the project.
        BatchError: the recipe is of another project, or withdrawn; more came out than went in.
        ValidationError: a field is wrong.
    """
    require_role(user, batch.project)
    version = batch.recipe_version
    if version is not None:
        if version.recipe.project_id != batch.project_id:
            raise BatchError(f"{version} is a recipe of another project; choose one of {batch.project}.")
        if batch.pk is None and version.state == RecipeVersion.State.WITHDRAWN:
            raise BatchError(f"{version} was withdrawn; choose a newer version.")
    sintered, washed = batch.mass_after_sintering_g, batch.mass_after_washing_g
    if sintered is not None and washed is not None and washed > sintered:
        raise BatchError(f"The mass after washing, {washed:g} g, is more than that after sintering, {sintered:g} g.")
    batch.full_clean()
    batch.save()
    return batch


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
    check_use(lot, mass_g, at.date(), reason)
    version = batch.recipe_version
    if version is not None and not version.components.filter(chemical=lot.chemical).exists() and not reason.strip():
        raise LotError(f"{lot.chemical} is not in {version}; choose another lot, or give the reason for weighing it.")
    return Weighing.objects.create(
        batch=batch,
        chemical=lot.chemical,
        lot=lot,
        mass_g=mass_g,
        reason=reason.strip(),
        weighed_by=user,
        weighed_at=at,
    )


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
    weighing._change_reason = reason.strip()[:100]  # type: ignore[attr-defined]  # read by the history
    weighing.delete()


@transaction.atomic
def link(child: Batch, parent: Batch, kind: str, user: User, mass_g: float | None = None) -> BatchLink:
    """Say what a batch was made from, or is the control of.

    Raises:
        PermissionDenied: the user may not write in the child's project.
        BatchError: the two are of different projects, the same, or the link would close a circle.
    """
    require_role(user, child.project)
    if parent.project_id != child.project_id:
        raise BatchError(f"{parent} is of another project.")
    if kind != BatchLink.Kind.CONTROL and child.pk in {parent.pk, *ancestors(parent)}:
        raise BatchError(f"{child} cannot come from {parent}: {parent} comes from it.")
    if parent.pk == child.pk:
        raise BatchError(f"{child} cannot be its own {BatchLink.Kind(kind).label.removesuffix(' of')}.")
    return BatchLink.objects.create(child=child, parent=parent, kind=kind, mass_g=mass_g, created_by=user)


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
    )
