"""Recipes over the API."""

from __future__ import annotations

import pytest

from labdb.accounts.models import Role
from labdb.accounts.services import set_member
from synthesis.recipe.models import Recipe, RecipeVersion
from synthesis.recipe.services import create_recipe, save_version
from tests.synthesis.recipe.forms import TARGET
from tests.synthesis.recipe.test_process import process


def errors(response) -> dict[str, str]:
    return {error["attr"]: error["detail"] for error in response.json()["errors"]}


@pytest.fixture
def asked(project, chemicals):
    components = [("lithium", 1.05), ("precursor", 1), ("flux", 0.1)]
    return {
        "project": project.pk,
        "code": "GP-NCM",
        "version": {
            "composition": TARGET,
            "components": [{"chemical": chemicals[key].pk, "ratio": ratio} for key, ratio in components],
            "process": process(),
        },
    }


@pytest.fixture
def verifier(project, ada, cleo):
    set_member(ada, project, cleo, Role.VERIFIER)
    return cleo


def test_a_recipe_is_made_with_its_first_version(api, ada, asked):
    made = api(ada).post("/api/v1/recipes/", asked)
    assert made.status_code == 201
    version = api(ada).get(f"/api/v1/recipe-versions/{made.json()['versions'][0]['id']}/").json()
    assert (version["recipe_code"], version["number"], version["state"]) == ("GP-NCM", 1, "draft")
    assert version["process"] == process()
    assert version["words"][4] == "dry at 80 °C for 5 h"
    assert version["lithium_to_metals"] == pytest.approx(1.05)
    assert [round(row["mass_g"], 2) for row in version["components"]] == [100.0, 47.63, 18.84]


@pytest.mark.parametrize(
    ("change", "attr", "says"),
    [
        ({"composition": "LiXx"}, "version.composition", "no element Xx"),
        ({"composition": "LiNiO2"}, "composition", "of its metals"),
        ({"components": []}, "components", "one precursor, this has 0"),
        ({"process": [{"kind": "dry", "temperature_celsius": 80}]}, "version.process", "needs duration_hour"),
        ({"warn_deviation": 0.5}, "", "not wider than the fail band"),
    ],
)
def test_what_does_not_add_up_is_refused_whole(api, ada, asked, change, attr, says):
    asked["version"] |= change
    response = api(ada).post("/api/v1/recipes/", asked)
    assert response.status_code == 400
    found = errors(response)
    assert says in next(detail for name, detail in found.items() if (name or "").startswith(attr))
    assert not Recipe.objects.exists()


def test_the_weigh_out_is_that_of_the_bench(api, ada, recipe_version, lots):
    url = f"/api/v1/recipe-versions/{recipe_version.pk}/weigh_out/"
    chosen = f"{lots['lithium'].pk},{lots['flux'].pk}"
    told = api(ada).get(url, {"precursor_mass_g": 100, "lots": chosen}).json()
    assert [round(row["mass_g"], 2) for row in told["components"]] == [100.0, 48.11, 19.03]
    assert [row["lot_number"] for row in told["components"]] == ["precursor-1", "lithium-1", "flux-1"]
    pure = api(ada).get(url, {"precursor_mass_g": 100, "pure": "true"}).json()
    assert [round(row["mass_g"], 2) for row in pure["components"]] == [100.0, 47.63, 18.84]
    for query, attr in (
        ({"precursor_mass_g": 0}, "precursor_mass_g"),
        ({"precursor_mass_g": "much"}, "precursor_mass_g"),
        ({"precursor_mass_g": 1, "product_mass_g": 1}, "product_mass_g"),
        ({"lots": "999"}, "lots"),
        ({"lots": "x"}, "lots"),
    ):
        refused = api(ada).get(url, query)
        assert refused.status_code == 400
        assert attr in errors(refused)


def test_a_version_is_approved_by_another_then_frozen_then_withdrawn(api, ada, verifier, recipe_version):
    url = f"/api/v1/recipe-versions/{recipe_version.pk}/"
    assert api(ada).patch(url, {"note": "first"}).json()["note"] == "first"
    assert len(api(ada).get(url).json()["components"]) == 3
    assert api(ada).post(f"{url}approve/").status_code == 403
    assert api(verifier).post(f"{url}approve/").json()["approved_by"] == "cleo"
    frozen = api(ada).patch(url, {"note": "second"})
    assert frozen.status_code == 409
    assert "never changes" in frozen.json()["errors"][0]["detail"]
    assert api(verifier).post(f"{url}approve/").status_code == 409
    assert "reason" in errors(api(verifier).post(f"{url}withdraw/", {}))
    assert api(verifier).post(f"{url}withdraw/", {"reason": "K is left"}).json()["state"] == "withdrawn"


def test_a_new_version_is_a_copy_and_their_difference_is_told(api, ada, recipe_version, chemicals):
    made = api(ada).post(f"/api/v1/recipe-versions/{recipe_version.pk}/new_version/")
    assert made.json()["number"] == 2
    url = f"/api/v1/recipe-versions/{made.json()['id']}/"
    two = [{"chemical": chemicals["precursor"].pk, "ratio": 1}, {"chemical": chemicals["lithium"].pk, "ratio": 1.05}]
    assert api(ada).patch(url, {"components": two}).status_code == 200
    told = api(ada).get(f"/api/v1/recipe-versions/{recipe_version.pk}/difference/?with={made.json()['id']}").json()
    assert told["differences"] == [{"what": "K2SO4", "before": "0.1", "after": "none"}]
    assert "id of the other" in errors(api(ada).get(f"{url}difference/"))["with"]


def test_a_control_says_what_it_differs_in(api, ada, project, recipe_version, chemicals):
    control = create_recipe(ada, project, "P-NCM", control_of=recipe_version.recipe)
    version = RecipeVersion(recipe=control, composition=TARGET, process=recipe_version.process)
    save_version(version, [(chemicals["precursor"], 1.0), (chemicals["lithium"], 1.05)], ada)
    told = api(ada).get(f"/api/v1/recipes/{control.pk}/").json()
    assert told["differs_from_control"] == [{"what": "K2SO4", "before": "0.1", "after": "none"}]
    itself = api(ada).patch(f"/api/v1/recipes/{control.pk}/", {"control_of": control.pk})
    assert "its own control" in errors(itself)["control_of"]


def test_outsiders_find_no_recipe_and_viewers_read_it(api, ben, cleo, recipe_version, asked):
    recipe, version = f"/api/v1/recipes/{recipe_version.recipe_id}/", f"/api/v1/recipe-versions/{recipe_version.pk}/"
    for url in (recipe, version, f"{version}weigh_out/"):
        assert api(ben).get(url).status_code == 200
        assert api(cleo).get(url).status_code == 404
    for refused in (
        api(ben).patch(recipe, {"description": "mine"}),
        api(ben).patch(version, {"note": "mine"}),
        api(ben).post(f"{version}approve/"),
        api(ben).post(f"{version}new_version/"),
        api(ben).post("/api/v1/recipes/", asked | {"code": "X"}),
    ):
        assert refused.status_code == 403
    for url in (f"{version}approve/", f"{version}new_version/", f"{version}withdraw/"):
        assert api(cleo).post(url, {"reason": "x"}).status_code == 404
    assert api(cleo).get("/api/v1/recipes/").json()["results"] == []
    assert "that you may see" in errors(api(cleo).post("/api/v1/recipes/", asked | {"code": "X"}))["project"]


def test_versions_are_found_by_recipe_state_and_chemical(api, ada, recipe_version, chemicals):
    client = api(ada)
    for query, count in (
        (f"recipe={recipe_version.recipe_id}", 1),
        ("state=approved", 0),
        ("recipe_code=GP-NCM", 1),
        (f"chemical={chemicals['flux'].pk}", 1),
    ):
        assert len(client.get(f"/api/v1/recipe-versions/?{query}").json()["results"]) == count
