"""The verbs of recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from labdb.accounts.models import Project, Role, User
from labdb.accounts.services import require_role
from synthesis.chemical.formula import parse
from synthesis.chemical.material import Material
from synthesis.chemical.models import Chemical
from synthesis.recipe.arithmetic import Component, lithium_to_metals
from synthesis.recipe.models import Recipe, RecipeComponent, RecipeVersion

State = RecipeVersion.State


class RecipeError(ValueError):
    """A recipe that does not add up, or may not be changed; says why."""


@transaction.atomic
def create_recipe(user: User, project: Project, code: str, **fields: Any) -> Recipe:
    """A new recipe without a version.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValidationError: a field is wrong.
    """
    require_role(user, project)
    recipe = Recipe(project=project, code=code, created_by=user, **fields)
    recipe.full_clean()
    recipe.save()
    return recipe


@transaction.atomic
def save_version(version: RecipeVersion, components: Sequence[tuple[Chemical, float]], user: User) -> RecipeVersion:
    """Save a draft with its components, the precursor first; a version without a number gets the next.

    Raises:
        PermissionDenied: the user may not write in the project.
        RecipeError: the version is frozen, or its ratios do not add up.
        ValidationError: a field is wrong.
    """
    require_role(user, version.recipe.project)
    if version.pk is None:
        Recipe.objects.select_for_update().get(pk=version.recipe_id)
        latest = version.recipe.latest
        version.number = latest.number + 1 if latest else 1
        version.created_by = user
    elif RecipeVersion.objects.select_for_update().get(pk=version.pk).frozen:
        raise RecipeError(f"{version} is {version.get_state_display()} and never changes; make a new version of it.")
    check_components(version.composition, components)
    version.full_clean()
    version.save()
    version.components.all().delete()
    for position, (chemical, ratio) in enumerate(components):
        RecipeComponent.objects.create(version=version, position=position, chemical=chemical, ratio=ratio)
    return version


def check_components(composition: str, components: Sequence[tuple[Chemical, float]]) -> None:
    """Refuse ratios that do not add up.

    Raises:
        RecipeError: not one precursor at ratio 1, a ratio that is not positive, a chemical twice, too little lithium
            for the target, or transition metals that are not those of the target.
    """
    precursors = [(chemical, ratio) for chemical, ratio in components if chemical.role == Chemical.Role.PRECURSOR]
    if len(precursors) != 1:
        raise RecipeError(f"A recipe has one precursor, this has {len(precursors)}; ratios are per mole of it.")
    if precursors[0][1] != 1:
        raise RecipeError(
            f"Ratios are per mole of precursor: that of {precursors[0][0]} is 1, not {precursors[0][1]:g}."
        )
    names = [chemical.pk for chemical, _ in components]
    if len(set(names)) != len(names):
        raise RecipeError("A chemical stands in the recipe twice; add its ratios up.")
    for chemical, ratio in components:
        if not ratio > 0:
            raise RecipeError(f"The ratio of {chemical} is {ratio:g}; it must be over 0, or the line left out.")
    target, precursor = parse(composition), precursors[0][0].substance
    if not precursor.metals:
        raise RecipeError(f"The precursor {precursor.text} holds no transition metal.")
    wanted, given = target.metal_fractions(), precursor.metal_fractions()
    for metal in wanted.keys() | given.keys():
        if abs(wanted.get(metal, 0.0) - given.get(metal, 0.0)) > 0.005:
            raise RecipeError(
                f"The precursor {precursor.text} has {given.get(metal, 0.0):.3g} {metal} of its metals, the target"
                f" {target.text} has {wanted.get(metal, 0.0):.3g}; dopants belong into the precursor's formula."
            )
    lines = [Component(str(chemical), Material(chemical.substance), ratio) for chemical, ratio in components]
    found = lithium_to_metals(lines, [ratio for _, ratio in components])
    needed = target.atoms.get("Li", 0.0) / target.metals
    if found < 0.9 * needed:
        raise RecipeError(f"The ratios give Li/TM = {found:.3g}, the target {target.text} needs {needed:.3g}.")


@transaction.atomic
def new_version(version: RecipeVersion, user: User) -> RecipeVersion:
    """A draft that starts as a copy.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    components = [(c.chemical, c.ratio) for c in version.components.select_related("chemical")]
    copy = RecipeVersion(
        recipe=version.recipe,
        composition=version.composition,
        process=version.process,
        warn_deviation=version.warn_deviation,
        fail_deviation=version.fail_deviation,
        expected_yield=version.expected_yield,
    )
    return save_version(copy, components, user)


@transaction.atomic
def approve_version(version: RecipeVersion, user: User) -> RecipeVersion:
    """Freeze a draft; from now on only a new version can change it.

    Raises:
        PermissionDenied: the user is no verifier of the project.
        RecipeError: it is no draft, or its author approves it.
    """
    require_role(user, version.recipe.project, Role.VERIFIER)
    version = RecipeVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != State.DRAFT:
        raise RecipeError(f"{version} is {version.get_state_display()} already.")
    if version.created_by_id == user.pk:
        raise RecipeError(f"{version} was written by you; somebody else approves it.")
    version.state, version.approved_by, version.approved_at = State.APPROVED, user, timezone.now()
    version.save()
    return version


@transaction.atomic
def withdraw_version(version: RecipeVersion, user: User) -> RecipeVersion:
    """Take an approved version out of use; batches made by it keep it.

    Raises:
        PermissionDenied: the user is no verifier of the project.
        RecipeError: it is not approved.
    """
    require_role(user, version.recipe.project, Role.VERIFIER)
    if version.state != State.APPROVED:
        raise RecipeError(f"{version} is a {version.get_state_display()}; only an approved version is withdrawn.")
    version.state = State.WITHDRAWN
    version.save()
    return version
