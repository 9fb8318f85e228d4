"""From a recipe to a furnace log: a batch is planned, three lots are weighed in, a log is uploaded and drawn."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import save_chemical, save_lot
from synthesis.recipe.models import RecipeVersion
from synthesis.recipe.services import create_recipe, save_version
from tests.synthesis.heat_treatment.test_furnace_log import write
from tests.synthesis.recipe.test_process import process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recipe(project, ada):
    """GP-NCM v1 and a lot of each of its chemicals, the flux expired."""
    lines = []
    for name, formula, role, ratio in (
        ("Ni83 hydroxide", "Ni0.83Co0.11Mn0.06(OH)2", Chemical.Role.PRECURSOR, 1.0),
        ("lithium hydroxide", "LiOH·H2O", Chemical.Role.LITHIUM, 1.05),
        ("potassium sulfate", "K2SO4", Chemical.Role.FLUX, 0.1),
    ):
        chemical = save_chemical(Chemical(name=name, formula=formula, role=role), ada)
        old = {"received_on": date(2024, 1, 1), "expires_on": date(2025, 1, 1)} if ratio == 0.1 else {}
        lot = Lot(chemical=chemical, number=f"lot {formula[:2]}", amount_g=1000, **old)
        save_lot(lot, ada)
        lines.append((chemical, ratio))
    version = RecipeVersion(
        recipe=create_recipe(ada, project, "GP-NCM"), composition="LiNi0.83Co0.11Mn0.06O2", process=process()
    )
    return save_version(version, lines, ada)


def test_from_recipe_to_weighed_lots_to_the_furnace_log(recipe, log_in, work, tmp_path):
    page = log_in("ada")
    page.get_by_role("link", name="Batches").first.click()
    page.get_by_role("link", name="Start the first batch").click()
    page.get_by_role("link", name="Start a batch by GP-NCM v1").click()
    page.get_by_label("Precursor", exact=True).fill("100")
    expect(page.locator("#weigh-out")).to_contain_text("47.63")  # pure LiOH·H2O for 100 g at 1.05
    page.get_by_role("button", name="Plan the batch").click()
    expect(page.get_by_role("heading", name="GP-NCM-01")).to_be_visible()

    weigh = page.locator("form.weigh")
    for lot, mass in (("lot Ni", "100"), ("lot Li", "47.63")):
        option = weigh.locator("option").filter(has_text=lot).first
        weigh.get_by_label("Lot").select_option(option.get_attribute("value"))
        weigh.get_by_label("Mass as weighed").fill(mass)
        expect(weigh.locator("#weigh-check")).to_contain_text("To weigh")
        expect(weigh.get_by_label("Reason")).to_be_hidden()
        weigh.get_by_role("button", name="Weigh it in").click()
        page.wait_for_load_state()
    option = weigh.locator("option").filter(has_text="lot K2").first
    weigh.get_by_label("Lot").select_option(option.get_attribute("value"))
    weigh.get_by_label("Mass as weighed").fill("18.84")
    expect(weigh.locator("#weigh-check")).to_contain_text("expired on 2025-01-01")
    weigh.get_by_label("Reason").fill("the only one here")
    weigh.get_by_role("button", name="Weigh it in").click()
    table = page.locator("table.weighed")
    expect(table).to_contain_text("0.1000")
    expect(table.locator(".chip.good")).to_have_count(2)

    log = tmp_path / "furnace.csv"
    write(log, "Time (s),TC1 (°C)", lambda minute, celsius: f"{minute * 60:.0f},{celsius:.2f}")
    heat = page.locator("#heat-1")
    heat.get_by_label("Furnace log").set_input_files(log)
    heat.get_by_role("button", name="Upload the log").click()
    expect(heat).to_contain_text("waits for a worker")
    assert work() == 1
    expect(heat).to_contain_text("Peak temperature")
    expect(heat).to_contain_text("763.0")
    expect(heat.locator(".figure .plot-summary")).to_contain_text("at most 763 °C")
    expect(heat.locator(".figure .js-plotly-plot")).to_be_visible()
