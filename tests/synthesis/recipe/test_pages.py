"""Recipes in the browser: entered, refused at the field, approved, compared, weighed out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from labdb.accounts.models import Role
from labdb.accounts.services import set_member
from synthesis.batch.services import start_batch
from synthesis.recipe.models import Recipe, RecipeVersion
from synthesis.recipe.process import parse
from synthesis.recipe.services import approve_version, create_recipe, new_version, save_version
from tests.synthesis.recipe.forms import TARGET, form_of, typed


@pytest.fixture
def as_ada(client, ada, project):
    client.force_login(ada)
    return client


@pytest.fixture
def verifier(project, ada, cleo):
    set_member(ada, project, cleo, Role.VERIFIER)
    return cleo


@pytest.fixture
def control(recipe_version, project, ada, chemicals):
    """P-NCM: the same without K2SO4."""
    recipe = create_recipe(ada, project, "P-NCM", control_of=recipe_version.recipe)
    version = RecipeVersion(recipe=recipe, composition=TARGET, process=recipe_version.process)
    return save_version(version, [(chemicals["precursor"], 1.0), (chemicals["lithium"], 1.05)], ada)


def page(response) -> str:
    return response.content.decode()


def errors_of(draft) -> dict[str, str]:
    rows = [(f"component-{n}", row) for n, row in enumerate(draft.components)]
    for n, step in enumerate(draft.steps):
        rows += [(f"step-{n}", step), *((f"step-{n}-segment-{m}", row) for m, row in enumerate(step.segments))]
    return {f"{at}-{name}".rstrip("-"): text for at, row in rows for name, text in row.errors.items()}


def test_the_reference_recipe_is_entered_from_scratch_in_one_form(as_ada, project, chemicals):
    start = as_ada.get("/recipes/new")
    assert "hot-sealed vacuum pouch" in page(start)
    done = as_ada.post("/recipes/new", typed(project, chemicals))
    version = RecipeVersion.objects.get()
    assert done.url == version.get_absolute_url()
    assert (version.composition, version.state, version.ratios) == (TARGET, "draft", "1 : 1.05 : 0.1")
    assert (version.warn_deviation, version.fail_deviation, version.expected_yield) == (0.005, 0.02, 0.95)
    assert [type(step).__name__ for step in version.steps] == ["Mix", "Heat", "Wash", "Wash", "Dry", "Heat", "Store"]
    shown = page(as_ada.get(done.url))
    assert "Sintering: ramp 5 °C/min to 760 °C in O2, hold 12 h, cool 2 °C/min to 300 °C, natural cooling" in shown
    assert "Wash 2 × with cold deionised water" in shown


def test_grams_for_a_hundred_grams_of_precursor_are_those_of_the_bench(as_ada, recipe_version, lots):
    # Ni0.83Co0.11Mn0.06(OH)2 is 92.509 g/mol: 1.08098 mol.
    # LiOH·H2O: × 1.05 × 41.962 / 0.99; K2SO4: × 0.1 × 174.259 / 0.99.
    url = recipe_version.get_absolute_url()
    out = as_ada.get(url).context["weigh_out"]
    assert [round(line.mass_g, 2) for line in out.lines] == [100.00, 48.11, 19.03]
    shown = page(as_ada.get(url))
    assert [line.warning for line in out.lines] == ["", "", ""]
    assert "<strong>48.11</strong>" in shown
    assert "<strong>19.03</strong>" in shown
    pure = {f"lot-{lots['lithium'].chemical_id}": ""}
    assert round(as_ada.get(url, pure).context["weigh_out"].lines[1].mass_g, 2) == 47.63
    wanted = as_ada.get(url, {"product_mass_g": "100"}).context["weigh_out"]
    # 100 g / 0.95 / 97.4325 g/mol × 92.509 g/mol
    assert wanted.precursor_mass_g == pytest.approx(99.944, abs=2e-3)


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ({"precursor_mass_g": "0"}, "precursor_mass_g", "give a mass over 0"),
        ({"precursor_mass_g": "much"}, "precursor_mass_g", "not a mass in grams"),
        ({"precursor_mass_g": "1", "product_mass_g": "1"}, "product_mass_g", "not both"),
    ],
)
def test_a_weigh_out_that_cannot_be_says_so_at_its_field(as_ada, recipe_version, query, field, says):
    answer = as_ada.get(recipe_version.get_absolute_url(), query)
    assert says in answer.context["weigh_out"].errors[field]
    assert says in page(answer)


def test_a_lot_that_does_not_hold_the_mass_is_warned_about(as_ada, recipe_version, lots):
    out = as_ada.get(recipe_version.get_absolute_url(), {"precursor_mass_g": "900"}).context["weigh_out"]
    assert [line.warning for line in out.lines] == ["", "", ""]
    out = as_ada.get(recipe_version.get_absolute_url(), {"precursor_mass_g": "5000"}).context["weigh_out"]
    assert [line.warning for line in out.lines] == ["only 1000 g are left", "only 1000 g are left", ""]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"component-1-ratio": "0.5"}, "", "Li/TM = 0.5, the target LiNi0.83Co0.11Mn0.06O2 needs 1"),
        ({"component-1-ratio": "-1"}, "component-1-ratio", "must be over 0"),
        ({"component-1-ratio": "much"}, "component-1-ratio", "“much” is not a number"),
        ({"component-0-ratio": "2"}, "component-0-ratio", "is 1, not 2"),
        ({"component-1-chemical": ""}, "component-1-chemical", "Choose the chemical of this ratio"),
        ({"component-2-ratio": ""}, "component-2-ratio", "Give the moles of potassium sulfate"),
        ({"composition": "LiXxO2"}, "composition", "there is no element Xx"),
        ({"composition": "LiNiO2"}, "composition", "of its metals"),
        ({"composition": ""}, "composition", "required"),
        ({"step-1-segment-2-target_celsius": "900"}, "step-1-segment-2", "upwards; make it a ramp"),
        ({"step-1-segment-0-rate_celsius_per_min": ""}, "step-1-segment-0-rate_celsius_per_min", "needs its rate"),
        ({"step-1-segment-1-hold_hour": "long"}, "step-1-segment-1", "“long”, not a number"),
        ({"step-2-solvent": ""}, "step-2-solvent", "Give the solvent, or remove the step"),
        ({"step-4-duration_hour": "-5"}, "step-4-duration_hour", "must be over 0"),
        ({"fail_deviation": "0.1"}, "__all__", "not wider than the fail band"),
        ({"code": ""}, "code", "required"),
    ],
)
def test_what_does_not_add_up_is_said_at_its_field_and_nothing_is_half_saved(
    as_ada, project, chemicals, change, field, says
):
    answer = as_ada.post("/recipes/new", typed(project, chemicals, description="keep me", **change))
    assert answer.status_code == 200
    draft, form, recipe_form = (answer.context[name] for name in ("draft", "form", "recipe_form"))
    told = {**errors_of(draft), "": " ".join(draft.errors)}
    told |= {name: str(text) for one in (form, recipe_form) for name, text in one.errors.items()}
    assert says in told[field]
    shown = page(answer)
    assert says.split("“")[0] in shown.replace("&#x27;", "'")
    for text in ("keep me", *(str(value) for value in change.values())):
        assert text in shown
    assert not Recipe.objects.exists()


def test_rows_are_added_moved_and_removed_without_a_script_and_nothing_typed_is_lost(as_ada, project, chemicals):
    told = typed(project, chemicals, description="keep me", warn_deviation="0.7")
    answer = as_ada.post("/recipes/new", told | {"do": "up step 2"})
    draft = answer.context["draft"]
    assert [step.kind for step in draft.steps] == ["mix", "wash", "heat", "wash", "dry", "heat", "store"]
    assert draft.focus == "up step 1"
    assert 'value="up step 1" id="do-up-step-1"' in page(answer)
    for text in ("keep me", 'value="0.7"', "GP-NCM"):
        assert text in page(answer)
    told = {**told, **form_of(draft)}
    again = as_ada.post("/recipes/new", told | {"do": "add step sieve"}).context["draft"]
    assert again.steps[-1].kind == "sieve"
    assert again.focus == "step-7-mesh"
    fewer = as_ada.post("/recipes/new", told | {"do": "remove component 2"}).context["draft"]
    assert len(fewer.components) == 2
    segments = as_ada.post("/recipes/new", told | {"do": "remove segment 2 3"}).context["draft"]
    assert [row.values["kind"] for row in segments.steps[2].segments] == ["ramp", "hold", "cool"]
    assert not Recipe.objects.exists()


@pytest.mark.parametrize(
    "order", ["", "fly step 1", "up step 99", "up step", "add step rocket", "remove segment 0 0", "add"]
)
def test_an_order_that_makes_no_sense_changes_nothing(as_ada, project, chemicals, order):
    answer = as_ada.post("/recipes/new", typed(project, chemicals) | {"do": order or "look"})
    assert len(answer.context["draft"].steps) == 7


def test_the_script_is_answered_with_the_rows_alone(as_ada, project, chemicals):
    answer = as_ada.post(
        "/recipes/new", typed(project, chemicals) | {"do": "add component"}, headers={"HX-Request": "true"}
    )
    assert page(answer).lstrip().startswith('<div class="stack wide" id="editor">')
    assert "component-3-chemical" in page(answer)


def test_masses_words_and_sentences_come_while_one_types(as_ada, project, chemicals):
    told = as_ada.post("/recipes/preview", typed(project, chemicals, composition="")).json()
    assert told["suggested_composition"] == TARGET
    assert told["lithium_to_metals"] == pytest.approx(1.05)
    # Pure: × 0.99 of what the 99 % lots need.
    assert [round(told["components"][n]["mass_g"], 2) for n in "012"] == [100.0, 47.63, 18.84]
    assert told["steps"]["4"]["words"] == "dry at 80 °C for 5 h"
    assert told["errors"] == {}
    wrong = typed(project, chemicals, **{"step-1-segment-2-target_celsius": "900", "component-1-ratio": "x"})
    assert as_ada.post("/recipes/preview", wrong).json()["errors"] == {
        "component-1-ratio": "“x” is not a number.",
        "step-1-segment-2-kind": "it cools from 760 to 900 °C, which is upwards; make it a ramp.",
    }
    unfinished = typed(project, chemicals, **{"step-1-segment-0-rate_celsius_per_min": "", "component-2-ratio": ""})
    assert as_ada.post("/recipes/preview", unfinished).json()["errors"] == {}


def test_a_programme_is_drawn_while_one_types_and_a_senseless_one_is_told(as_ada):
    good = as_ada.get(
        "/recipes/programme", {"segments": '[{"kind":"ramp","target_celsius":"760","rate_celsius_per_min":"5"}]'}
    )
    assert [trace["name"] for trace in good.json()["data"]] == ["programme"]
    for segments, says in (
        ('[{"kind":"cool","target_celsius":"300","rate_celsius_per_min":"5"}]', "Segment 1: it cools from 25 to 300"),
        ('[{"kind":"ramp","target_celsius":"hot"}]', "not a number"),
        ("[]", "at least one segment"),
        ("{", "no segments"),
        ('"x"', "at least one segment"),
    ):
        told = as_ada.get("/recipes/programme", {"segments": segments}).json()
        assert told["empty"]
        assert says in told["summary"]


def test_a_heat_treatment_of_a_version_is_a_figure(as_ada, recipe_version):
    url = reverse("recipe-version-programme", args=[recipe_version.recipe_id, 1, 2])
    assert "760 °C" in as_ada.get(url).json()["summary"]
    assert as_ada.get(reverse("recipe-version-programme", args=[recipe_version.recipe_id, 1, 1])).status_code == 404


def test_a_new_version_starts_as_a_copy_and_its_changes_are_told(as_ada, recipe_version, project, chemicals):
    url = reverse("recipe-new-version", args=[recipe_version.recipe_id])
    start = as_ada.get(url)
    assert [row.values["ratio"] for row in start.context["draft"].components] == ["1", "1.05", "0.1"]
    told = typed(project, chemicals, **form_of(start.context["draft"]))
    told |= {"component-2-ratio": "0.2", "note": "more flux"}
    assert as_ada.post(url, told).status_code == 302
    shown = page(as_ada.get(recipe_version.recipe.get_absolute_url()))
    assert "K2SO4: 0.1 → 0.2" in shown
    assert "more flux" in shown
    draft = RecipeVersion.objects.get(number=2)
    change = reverse("recipe-version-change", args=[draft.recipe_id, 2])
    assert as_ada.post(change, told | {"component-2-ratio": "0.15", "step-2-repeats": "3"}).status_code == 302
    lines = [line for entry in as_ada.get(draft.get_absolute_url()).context["changes"] for line in entry.lines]
    three = "wash 3 × with deionised water at 5 °C"
    assert ("wash with deionised water", "wash 2 × with deionised water at 5 °C", three) in lines


def test_a_verifier_approves_what_somebody_else_wrote_and_then_it_never_changes(client, ada, verifier, recipe_version):
    url, approve = (
        recipe_version.get_absolute_url(),
        reverse("recipe-version-approve", args=[recipe_version.recipe_id, 1]),
    )
    client.force_login(ada)
    assert "Approve" not in page(client.get(url)).replace("Approved", "")
    assert client.post(approve).status_code == 403
    client.force_login(verifier)
    assert [s.key for s in client.get("/").context["sections"]] == ["drafts"]
    assert "is approved" in page(client.post(approve, follow=True))
    assert client.get("/").context["sections"] == []
    recipe_version.refresh_from_db()
    assert (recipe_version.state, recipe_version.approved_by) == ("approved", verifier)
    change = client.get(reverse("recipe-version-change", args=[recipe_version.recipe_id, 1]), follow=True)
    assert "never changes; make a new version" in page(change)


def test_a_version_is_withdrawn_with_a_reason(client, verifier, recipe_version):
    approve_version(recipe_version, verifier)
    client.force_login(verifier)
    url = reverse("recipe-version-withdraw", args=[recipe_version.recipe_id, 1])
    assert "Say why it goes out of use" in page(client.post(url, {"reason": ""}))
    shown = client.post(url, {"reason": "washing leaves K"}, follow=True)
    assert "no new batch takes it" in page(shown)
    assert shown.context["changes"][0].why == "washing leaves K"
    assert ("state", "approved", "withdrawn") in shown.context["changes"][0].lines


def test_the_author_is_told_that_somebody_else_approves(client, ada, ben, project, recipe_version):
    set_member(ada, project, ben, Role.VERIFIER)
    mine = new_version(recipe_version, ben)
    client.force_login(ben)
    answer = client.post(reverse("recipe-version-approve", args=[mine.recipe_id, 2]), follow=True)
    assert "somebody else approves it" in page(answer)


def test_a_control_recipe_states_what_it_differs_in(as_ada, control, recipe_version):
    for url in (control.get_absolute_url(), control.recipe.get_absolute_url()):
        shown = page(as_ada.get(url))
        assert "the same but for 1 thing" in shown
        assert "<strong>K2SO4</strong>: 0.1 → none" in shown


def test_a_control_starts_as_a_copy(as_ada, recipe_version):
    start = as_ada.get(f"/recipes/new?like={recipe_version.pk}&control=1")
    assert start.context["recipe_form"].initial["control_of"] == recipe_version.recipe
    assert len(start.context["draft"].components) == 3


def test_two_versions_stand_side_by_side_in_the_labs_words(as_ada, control, recipe_version):
    answer = as_ada.get(f"/recipes/difference?before={recipe_version.pk}&after={control.pk}")
    assert [str(line) for line in answer.context["differences"]] == ["K2SO4: 0.1 → none"]
    assert "GP-NCM v1 against P-NCM v1" in page(answer)
    same = as_ada.get(f"/recipes/difference?before={control.pk}&after={control.pk}")
    assert "Nothing differs" in page(same)
    assert "Choose two versions" in page(as_ada.get("/recipes/difference?before=x"))


def test_outsiders_find_nothing_and_viewers_do_not_write(client, ben, cleo, recipe_version, project, chemicals):
    recipe = recipe_version.recipe_id
    pages = [
        reverse("recipe", args=[recipe]),
        recipe_version.get_absolute_url(),
        reverse("recipe-version-programme", args=[recipe, 1, 2]),
    ]
    writes = [
        reverse("recipe-change", args=[recipe]),
        reverse("recipe-new-version", args=[recipe]),
        reverse("recipe-version-change", args=[recipe, 1]),
    ]
    client.force_login(ben)
    assert {client.get(url).status_code for url in pages} == {200}
    assert {client.get(url).status_code for url in writes} == {403}
    assert "written by researchers" in page(client.get("/recipes/new"))
    assert client.post(reverse("recipe-version-approve", args=[recipe, 1])).status_code == 403
    client.force_login(cleo)
    assert {client.get(url).status_code for url in [*pages, *writes]} == {404}
    assert client.post(reverse("recipe-version-approve", args=[recipe, 1])).status_code == 404
    assert client.get("/recipes/").context["listing"].page.paginator.count == 0
    assert "GP-NCM" not in page(client.get(f"/recipes/difference?before={recipe_version.pk}"))
    assert client.get("/search?q=GP-NCM").context["groups"] == []
    refused = client.post("/recipes/new", typed(project, chemicals, code="X"))
    assert "written by researchers" in page(refused)
    assert Recipe.objects.count() == 1


def test_the_list_shows_what_the_newest_versions_say(as_ada, ada, recipe_version, control, project):
    start_batch(ada, project, "B-1", recipe_version)
    listing = as_ada.get("/recipes/").context["listing"]
    rows = {row.code: {column.name: text for column, _, text in cells} for row, cells in listing.lines}
    assert rows["GP-NCM"]["ratios"] == "1 : 1.05 : 0.1"
    assert rows["GP-NCM"]["peak_temperature_celsius"] == "760.0"
    assert rows["GP-NCM"]["batches"] == "1"
    assert rows["P-NCM"]["control_of"] == "GP-NCM"

    def codes(query: str) -> list[str]:
        return [row.code for row in as_ada.get(f"/recipes/?{query}").context["listing"].page]

    assert codes("control=yes") == ["P-NCM"]
    assert codes("q=P-NCM&sort=-code") == ["P-NCM", "GP-NCM"]
    assert codes("state=approved") == []
    assert codes("min_batches=1") == ["GP-NCM"]
    text = b"".join(as_ada.get("/recipes/?as=csv&columns=ratios").streaming_content).decode()
    assert text.splitlines() == ["code,ratios", "GP-NCM,1 : 1.05 : 0.1", "P-NCM,1 : 1.05"]


def test_the_pages_cost_the_same_for_many_rows(
    as_ada, ada, recipe_version, project, chemicals, django_assert_max_num_queries
):
    lines = [(chemicals["precursor"], 1.0), (chemicals["lithium"], 1.05), (chemicals["flux"], 0.1)]
    for number in range(20):
        recipe = create_recipe(ada, project, f"R-{number}")
        save_version(RecipeVersion(recipe=recipe, composition=TARGET, process=recipe_version.process), lines, ada)
        new_version(recipe_version, ada)
    with django_assert_max_num_queries(14):
        assert len(as_ada.get("/recipes/").context["listing"].page) == 21
    with django_assert_max_num_queries(14):
        assert len(as_ada.get(recipe_version.recipe.get_absolute_url()).context["versions"]) == 21
    with django_assert_max_num_queries(24):
        as_ada.get(recipe_version.get_absolute_url())


def test_the_facts_of_a_recipe_are_changed(as_ada, recipe_version, control):
    url = reverse("recipe-change", args=[recipe_version.recipe_id])
    told = {"code": "GP-NCM-83", "description": "porous", "control_of": ""}
    assert as_ada.post(url, told).status_code == 302
    assert Recipe.objects.get(pk=recipe_version.recipe_id).code == "GP-NCM-83"
    taken = as_ada.post(url, told | {"code": "P-NCM"})
    assert "has a recipe of that code already" in page(taken)


def test_the_steps_of_a_stored_version_come_back_from_the_form_as_they_were(as_ada, recipe_version, project, chemicals):
    url = reverse("recipe-version-change", args=[recipe_version.recipe_id, 1])
    told = typed(project, chemicals, **form_of(as_ada.get(url).context["draft"]))
    assert as_ada.post(url, told).status_code == 302
    after = RecipeVersion.objects.get(pk=recipe_version.pk)
    assert parse(after.process) == parse(recipe_version.process)
