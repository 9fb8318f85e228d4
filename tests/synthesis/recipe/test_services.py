"""Recipes: versions that freeze, and ratios that must add up."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from labdb.accounts.models import Role
from labdb.accounts.services import set_member
from synthesis.chemical.models import Chemical
from synthesis.chemical.services import save_chemical
from synthesis.recipe.difference import differences
from synthesis.recipe.models import RecipeVersion
from synthesis.recipe.services import (
    RecipeError,
    approve_version,
    check_components,
    create_recipe,
    new_version,
    save_version,
    withdraw_version,
)

TARGET = "LiNi0.83Co0.11Mn0.06O2"


@pytest.fixture
def verifier(project, ada, cleo):
    set_member(ada, project, cleo, Role.VERIFIER)
    return cleo


def lines(version):
    return [(c.chemical, c.ratio) for c in version.components.all()]


def test_an_approved_version_never_changes(recipe_version, verifier, ada):
    approved = approve_version(recipe_version, verifier)
    assert approved.approved_by == verifier
    approved.composition = "LiNi0.83Co0.11Mn0.06O2"
    with pytest.raises(RecipeError, match="GP-NCM v1 is approved and never changes"):
        save_version(approved, lines(approved), ada)


def test_a_new_version_starts_as_a_copy(recipe_version, verifier, ada):
    approve_version(recipe_version, verifier)
    copy = new_version(recipe_version, ada)
    assert (copy.number, copy.state) == (2, "draft")
    assert lines(copy) == lines(recipe_version)
    assert differences(recipe_version.plan, copy.plan) == []


def test_nobody_approves_what_they_wrote(recipe_version, project, ada, ben):
    set_member(ada, project, ben, Role.VERIFIER)
    mine = new_version(recipe_version, ben)
    with pytest.raises(RecipeError, match="somebody else approves"):
        approve_version(mine, ben)
    with pytest.raises(PermissionDenied):
        approve_version(recipe_version, ada)  # a researcher


def test_a_withdrawn_version_was_approved(recipe_version, verifier):
    with pytest.raises(RecipeError, match="only an approved version"):
        withdraw_version(recipe_version, verifier)
    assert withdraw_version(approve_version(recipe_version, verifier), verifier).state == "withdrawn"


def test_the_control_recipe_differs_in_the_flux_alone(recipe_version, project, ada, chemicals):
    control = create_recipe(ada, project, "P-NCM", control_of=recipe_version.recipe)
    version = RecipeVersion(recipe=control, composition=TARGET, process=recipe_version.process)
    save_version(version, [(chemicals["precursor"], 1.0), (chemicals["lithium"], 1.05)], ada)
    assert [str(d) for d in differences(recipe_version.plan, version.plan)] == ["K2SO4: 0.1 → none"]


def test_ratios_that_do_not_add_up_are_refused(chemicals, ada):
    precursor, lithium, flux = chemicals["precursor"], chemicals["lithium"], chemicals["flux"]
    other = save_chemical(
        Chemical(name="Ni96 hydroxide", formula="Ni0.96Co0.02Mn0.02(OH)2", role=Chemical.Role.PRECURSOR), ada
    )
    for components, says in [
        ([(lithium, 1.05)], "one precursor, this has 0"),
        ([(precursor, 1.0), (other, 1.0), (lithium, 2.1)], "one precursor, this has 2"),
        ([(precursor, 2.0), (lithium, 1.05)], "is 1, not 2"),
        ([(precursor, 1.0), (lithium, 0.5)], r"Li/TM = 0\.5"),
        ([(precursor, 1.0), (lithium, 1.05), (flux, 0.0)], "must be over 0"),
        ([(precursor, 1.0), (lithium, 0.5), (lithium, 0.55)], "stands in the recipe twice"),
        ([(other, 1.0), (lithium, 1.05)], "of its metals"),
    ]:
        with pytest.raises(RecipeError, match=says):
            check_components(TARGET, components)
    check_components(TARGET, [(precursor, 1.0), (lithium, 1.05), (flux, 0.1)])


def test_a_version_with_a_senseless_process_is_not_saved(recipe_version, ada):
    recipe_version.process = [{"kind": "dry", "temperature_celsius": 80, "duration_hour": -1}]
    with pytest.raises(ValidationError, match="must be over 0"):
        save_version(recipe_version, lines(recipe_version), ada)
    recipe_version.refresh_from_db()
    assert len(recipe_version.process) == 7


def test_members_see_recipes_and_outsiders_none(recipe_version, ada, ben, cleo):
    assert RecipeVersion.objects.visible_to(ben).count() == 1
    assert not RecipeVersion.objects.visible_to(cleo).exists()
    for who in (ben, cleo):
        with pytest.raises(PermissionDenied):
            new_version(recipe_version, who)
