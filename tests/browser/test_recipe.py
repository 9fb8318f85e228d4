"""The paper's recipe is entered in the browser, from scratch, and tells what to weigh."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import save_chemical, save_lot
from synthesis.recipe.models import RecipeVersion

pytestmark = pytest.mark.django_db(transaction=True)

MATERIALS = (
    ("Ni83 hydroxide", "Ni0.83Co0.11Mn0.06(OH)2", Chemical.Role.PRECURSOR, 100.0),
    ("lithium hydroxide", "LiOH·H2O", Chemical.Role.LITHIUM, 99.0),
    ("potassium sulfate", "K2SO4", Chemical.Role.FLUX, 99.0),
)


@pytest.fixture
def shelf(project, ada):
    """The chemicals of the reference study, a lot of each."""
    for name, formula, role, assay in MATERIALS:
        chemical = save_chemical(Chemical(name=name, formula=formula, role=role), ada)
        save_lot(Lot(chemical=chemical, supplier="S", number=f"{name}-1", assay_percent=assay, amount_g=1000), ada)


def test_ada_enters_the_recipe_of_the_paper_and_weighs_it_out(shelf, log_in):
    page = log_in("ada")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.get_by_role("link", name="New recipe").click()
    page.get_by_label("Code").fill("GP-NCM")
    for number, (name, formula, _, _) in enumerate(MATERIALS, start=1):
        page.get_by_label(f"Chemical {number}").select_option(f"{name} ({formula})")
    # The precursor says what the product is.
    expect(page.get_by_label("Target composition")).to_have_value("LiNi0.83Co0.11Mn0.06O2")
    page.locator("#component-2-ratio").fill("0.1")
    expect(page.locator("#component-2-mass")).to_have_text("174.253 g/mol: 18.84 g")
    expect(page.locator("#lithium-to-metals")).to_have_text("1.05")
    expect(page.locator(".step").nth(1).locator(".plot-summary")).to_contain_text("peak 760 °C")

    page.get_by_role("button", name="Save as draft").last.click()
    expect(page.get_by_role("heading", name="GP-NCM v1")).to_be_visible()
    weigh_out = page.locator("#weigh-out")
    expect(weigh_out.get_by_label("Precursor")).to_have_value("100")
    expect(weigh_out.get_by_role("row", name="lithium hydroxide")).to_contain_text("48.11")
    expect(weigh_out.get_by_role("row", name="potassium sulfate")).to_contain_text("19.03")
    weigh_out.get_by_label("Precursor").fill("50")
    weigh_out.get_by_label("Precursor").press("Enter")
    expect(weigh_out.get_by_role("row", name="potassium sulfate")).to_contain_text("9.513")
    version = RecipeVersion.objects.get()
    assert version.ratios == "1 : 1.05 : 0.1"
    assert [step["kind"] for step in version.process] == ["mix", "heat", "wash", "wash", "dry", "heat", "store"]


def test_a_wrong_segment_is_said_while_one_types_and_rows_move_by_the_keyboard(shelf, log_in):
    page = log_in("ada")
    page.goto("/recipes/new")
    page.wait_for_load_state()
    page.locator("#step-1-segment-2-target_celsius").fill("900")
    said = "it cools from 760 to 900 °C, which is upwards; make it a ramp."
    expect(page.locator("#step-1-segment-2-kind_error")).to_have_text(said)
    expect(page.locator(".step").nth(1).locator(".plot-summary")).to_contain_text(said)
    page.locator("#step-1-segment-2-target_celsius").fill("300")
    expect(page.locator("#step-1-segment-2-kind_error")).to_be_hidden()
    expect(page.locator("#step-1-words")).to_contain_text("cool 2 °C/min to 300 °C")

    page.get_by_label("Code").fill("kept")
    up = page.locator("#do-up-step-2")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".step").nth(1).locator("h3")).to_have_text("Wash")
    expect(page.locator("#do-up-step-1")).to_be_focused()
    expect(page.get_by_label("Code")).to_have_value("kept")
    page.get_by_role("group", name="Add a step").get_by_role("button", name="sieve").click()
    expect(page.get_by_label("Mesh")).to_be_focused()
    expect(page.locator(".step")).to_have_count(8)


def test_a_formula_is_weighed_while_one_types(project, log_in):
    page = log_in("ada")
    page.goto("/inventory/chemicals/new")
    page.wait_for_load_state()
    page.get_by_label("Formula").fill("LiOH.H2O")
    expect(page.locator("#molar-mass")).to_contain_text("41.962 g/mol (LiOH·H2O; 1 H2O of hydrate)")
    page.get_by_label("Formula").fill("Lx")
    expect(page.locator("#id_formula_error")).to_contain_text("there is no element Lx")


@pytest.mark.parametrize("path", ["/inventory/", "/inventory/lots/new", "/recipes/", "/recipes/new"])
def test_axe_finds_nothing_on_the_pages_of_the_shelf(shelf, log_in, path):
    from axe_playwright_python.sync_playwright import Axe

    page = log_in("ada")
    page.goto(path)
    page.wait_for_load_state()
    found = Axe().run(page)
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found.response["violations"]] == []
