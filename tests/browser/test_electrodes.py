"""An electrode from its formulation to the weight of its discs, as somebody at the balance does it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import add_discs, save_sheet

pytestmark = pytest.mark.django_db(transaction=True)

PASTE = """(input, text) => {
    const data = new DataTransfer();
    data.setData("text", text);
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def sheet(project, ada):
    made = ElectrodeSheet(project=project, code="E-1", foil_material="none", specific_capacity_mah_per_g=200.0)
    made.formulation = [{"role": "active", "mass_fraction": 0.9}, {"role": "binder", "mass_fraction": 0.1}]
    save_sheet(made, ada)
    add_discs([ElectrodeDisc(sheet=made, code=f"E-1-{n:02}", area_cm2=1.0) for n in (1, 2, 3)], ada)
    return made


def test_a_sheet_is_described_while_its_numbers_follow(project, log_in):
    page: Page = log_in("ada")
    page.goto("/electrodes/new")
    page.get_by_label("Code").fill("E-9")
    for number, share in enumerate((90, 5, 5)):
        page.locator(f"#id_component-{number}-mass_fraction").fill(str(share))
    page.locator("#id_coating_areal_mass_mg_per_cm2").fill("8")
    expect(page.locator("#numbers")).to_contain_text("7.200 mg/cm²")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="E-9")).to_be_visible()
    assert ElectrodeSheet.objects.get().ratio == "90 : 5 : 5"


def test_a_column_pasted_from_a_spreadsheet_fills_the_grid(sheet, log_in):
    page: Page = log_in("ada")
    page.goto(f"/electrodes/{sheet.pk}/discs/weigh")
    fields = page.locator("[data-grid] tbody td:nth-child(3) input")
    fields.first.evaluate(PASTE, "10,0\n12.0\n14.0\n")
    expect(page.locator("#weighed")).to_contain_text("10.80 ± 1.80 (3) mg/cm²")
    fields.first.press("Enter")
    expect(fields.nth(1)).to_be_focused()
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#discs")).to_be_visible()
    assert list(ElectrodeDisc.objects.values_list("mass_mg", flat=True)) == [10.0, 12.0, 14.0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing_of_electrodes(theme, sheet, log_in):
    page: Page = log_in("ada")
    page.emulate_media(color_scheme=theme)
    disc = sheet.discs.first()
    reports = []
    for address in (
        "/electrodes/",
        "/electrodes/new",
        f"/electrodes/{sheet.pk}/",
        f"/electrodes/{sheet.pk}/change",
        f"/electrodes/{sheet.pk}/discs/new",
        f"/electrodes/{sheet.pk}/discs/weigh",
        f"/electrodes/discs/{disc.pk}/",
        f"/electrodes/discs/{disc.pk}/change",
    ):
        page.goto(address)
        found = Axe().run(page)
        if found.violations_count:
            reports.append(f"{address}: {found.generate_report()}")
    assert not reports, "\n".join(reports)
