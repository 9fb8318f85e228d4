"""The verbs of recipes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from labdb.accounts.models import Project, Role, User
from labdb.accounts.services import require_role
from labdb.history import because
from synthesis.chemical.formula import parse
from synthesis.chemical.material import Material
from synthesis.chemical.models import Chemical
from synthesis.recipe.arithmetic import Component, lithium_to_metals
from synthesis.recipe.models import Recipe, RecipeComponent, RecipeVersion

State = RecipeVersion.State
# Chemicals with their moles per mole of precursor, the precursor first.
Lines = Sequence[tuple[Chemical, float]]


class RecipeError(ValueError):
    """A recipe that does not add up, or may not be changed; says why.

    Attributes:
        field: to blame: "components", "composition", "control_of"; empty where none is.
        line: of the components, from 0; None where none, or several, are to blame.
    """

    def __init__(self, sentence: str, field: str = "", line: int | None = None) -> None:
        super().__init__(sentence)
        self.field, self.line = field, line


@transaction.atomic
def create_recipe(user: User, project: Project, code: str, **fields: Any) -> Recipe:
    """A new recipe without a version.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValidationError: a field is wrong.
    """
    require_role(user, project)
    recipe = Recipe(project=project, code=code, created_by=user, **fields)
    _save_recipe(recipe, user)
    return recipe


@transaction.atomic
def draft_recipe(recipe: Recipe, version: RecipeVersion, components: Lines, user: User) -> RecipeVersion:
    """A new recipe with its first version: both, or neither.

    Raises:
        PermissionDenied: the user may not write in the project.
        RecipeError: its ratios do not add up.
        ValidationError: a field is wrong.
    """
    require_role(user, recipe.project)
    recipe.created_by = user
    _save_recipe(recipe, user)
    version.recipe = recipe
    return save_version(version, components, user)


@transaction.atomic
def change_recipe(recipe: Recipe, user: User, reason: str = "") -> Recipe:
    """Save a changed code, description or control.

    Raises:
        PermissionDenied: the user may not write in the project.
        RecipeError: it would be the control of itself, or of a recipe of another project.
        ValidationError: a field is wrong.
    """
    require_role(user, recipe.project)
    _save_recipe(recipe, user, reason)
    return recipe


def _save_recipe(recipe: Recipe, user: User, reason: str = "") -> None:
    control = recipe.control_of
    if control is not None and control.pk == recipe.pk:
        raise RecipeError(f"{recipe} cannot be its own control.", "control_of")
    if control is not None and control.project_id != recipe.project_id:
        raise RecipeError(f"{control} is of another project; a control is of the same, {recipe.project}.", "control_of")
    recipe.full_clean()
    because(recipe, user, reason)
    recipe.save()


@transaction.atomic
def save_version(version: RecipeVersion, components: Lines, user: User, reason: str = "") -> RecipeVersion:
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
    because(version, user, reason)
    version.save()
    _save_components(version, components, user, reason)
    return version


def _save_components(version: RecipeVersion, components: Lines, user: User, reason: str) -> None:
    """Line by line, so that the history tells a changed ratio and not three new components."""
    before = {component.chemical_id: component for component in version.components.all()}
    for chemical_id in before.keys() - {chemical.pk for chemical, _ in components}:
        because(before[chemical_id], user, reason)
        before[chemical_id].delete()
    for position, (chemical, ratio) in enumerate(components):
        known = before.get(chemical.pk)
        if known and (known.position, known.ratio) == (position, ratio):
            continue
        component = known or RecipeComponent(version=version, chemical=chemical)
        component.position, component.ratio = position, ratio
        because(component, user, reason)
        component.save()


def check_components(composition: str, components: Lines) -> None:
    """Refuse ratios that do not add up.

    Raises:
        RecipeError: not one precursor at ratio 1, a ratio that is not positive, a chemical twice, too little lithium
            for the target, or transition metals that are not those of the target.
        FormulaError: the target composition is no formula.
    """
    places = [n for n, (chemical, _) in enumerate(components) if chemical.role == Chemical.Role.PRECURSOR]
    if len(places) != 1:
        raise RecipeError(
            f"A recipe has one precursor, this has {len(places)}; ratios are per mole of it.",
            "components",
            places[1] if places else None,
        )
    precursor_chemical, precursor_ratio = components[places[0]]
    if precursor_ratio != 1:
        raise RecipeError(
            f"Ratios are per mole of precursor: that of {precursor_chemical} is 1, not {precursor_ratio:g}.",
            "components",
            places[0],
        )
    seen: set[int] = set()
    for number, (chemical, ratio) in enumerate(components):
        if chemical.pk in seen:
            raise RecipeError(f"{chemical} stands in the recipe twice; add its ratios up.", "components", number)
        seen.add(chemical.pk)
        if not ratio > 0 or not math.isfinite(ratio):
            raise RecipeError(
                f"The ratio of {chemical} is {ratio:g}; it must be over 0, or the line left out.", "components", number
            )
    target, precursor = parse(composition), precursor_chemical.substance
    if not precursor.metals:
        raise RecipeError(f"The precursor {precursor.text} holds no transition metal.", "components", places[0])
    if not target.metals:
        raise RecipeError(f"The target {target.text} holds no transition metal.", "composition")
    wanted, given = target.metal_fractions(), precursor.metal_fractions()
    for metal in wanted.keys() | given.keys():
        if abs(wanted.get(metal, 0.0) - given.get(metal, 0.0)) > 0.005:
            raise RecipeError(
                f"The precursor {precursor.text} has {given.get(metal, 0.0):.3g} {metal} of its metals, the target"
                f" {target.text} has {wanted.get(metal, 0.0):.3g}; dopants belong into the precursor's formula.",
                "composition",
            )
    lines = [Component(str(chemical), Material(chemical.substance), ratio) for chemical, ratio in components]
    found = lithium_to_metals(lines, [ratio for _, ratio in components])
    needed = target.atoms.get("Li", 0.0) / target.metals
    if found < 0.9 * needed:
        raise RecipeError(
            f"The ratios give Li/TM = {found:.3g}, the target {target.text} needs {needed:.3g}.", "components"
        )


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
    because(version, user)
    version.save()
    return version


@transaction.atomic
def withdraw_version(version: RecipeVersion, user: User, reason: str = "") -> RecipeVersion:
    """Take an approved version out of use; batches made by it keep it.

    Raises:
        PermissionDenied: the user is no verifier of the project.
        RecipeError: it is not approved.
    """
    require_role(user, version.recipe.project, Role.VERIFIER)
    version = RecipeVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != State.APPROVED:
        raise RecipeError(f"{version} is a {version.get_state_display()}; only an approved version is withdrawn.")
    version.state = State.WITHDRAWN
    because(version, user, reason)
    version.save()
    return version
