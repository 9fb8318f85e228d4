"""A person compares cells, clicks a point, and sees the file it comes from; with the mouse and without."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cells.assembly.models import Cell
from tests.cells.cycling.made import made_run, made_table
from tests.conftest import batch_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cells(project, ada) -> list[Cell]:
    """Three cells, 10 mg each, with tests of 20 cycles that begin at 200, 210 and 190 mAh/g."""
    made = []
    for code, product, first in (("GP-1", "GP-NCM", 2.0), ("GP-2", "GP-NCM", 2.1), ("P-1", "P-NCM", 1.9)):
        cell = Cell.objects.create(
            project=project,
            code=code,
            product=product,
            batch=batch_of(project, f"{product}-01"),
            active_mass_mg=10.0,
            nominal_specific_capacity_mah_per_g=200.0,
            created_by=ada,
        )
        made_run(cell, ada, made_table(20, first_mah=first, check_ups=(10,)))
        made.append(cell)
    return made


def ids(cells: list[Cell]) -> str:
    return ",".join(str(cell.pk) for cell in cells)


def drawn(page: Page, title: str):
    """The figure of that title, once its curves are there."""
    figure = page.locator("figure", has=page.get_by_role("heading", name=title, exact=True))
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".scatterlayer .trace").first).to_be_attached()
    return figure


def click_a_point(page: Page, figure, trace: int, point: int) -> None:
    """Where plotly drew the point, by its own account of the axes."""
    place = figure.locator(".plot").evaluate(
        """(plot, [trace, point]) => {
            const {x, y} = plot.calcdata[trace][point];
            const box = plot.getBoundingClientRect();
            const {xaxis, yaxis} = plot._fullLayout;
            return [box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(y)];
        }""",
        [trace, point],
    )
    page.mouse.move(place[0] - 2, place[1])
    page.mouse.move(*place)
    page.wait_for_timeout(200)  # plotly looks for the nearest point at most every 50 ms
    page.mouse.click(*place)


def test_ada_ticks_cells_compares_them_and_clicks_a_point(cells, log_in):
    page = log_in("ada")
    page.get_by_role("link", name="Cells").click()
    page.get_by_label("Tick GP-1").check()
    page.get_by_label("Tick P-1").check()
    expect(page.locator(".action-bar")).to_contain_text("2 cells")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(rf"/compare/\?cells={cells[0].pk},{cells[2].pk}$"))

    figure = drawn(page, "Discharge capacity")
    expect(figure.locator(".plot-summary")).to_contain_text("of 2 cells, one line a cell: GP-NCM, P-NCM")
    click_a_point(page, figure, trace=0, point=5)
    drawer = page.get_by_role("dialog", name="History")
    run = cells[0].cycling_tests.get().current_run
    expect(drawer).to_contain_text(run.inputs[0]["sha256"])
    expect(drawer).to_contain_text("Cycle 8 of GP-1")
    expect(drawer).to_contain_text("GP-NCM-01")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_point_is_reached_with_the_keyboard(cells, log_in):
    page = log_in("ada")
    page.goto(f"/compare/?cells={ids(cells)}")
    figure = drawn(page, "Discharge capacity")
    figure.locator(".plot").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(figure.locator("[data-said]")).to_have_text(re.compile(r"5: 198\. Enter shows its history\."))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="History")).to_contain_text("Cycle 5 of GP-1")


def test_a_mean_tells_its_cells_and_each_tells_its_history(cells, log_in):
    page = log_in("ada")
    page.goto(f"/compare/?cells={ids(cells)}")
    page.locator("select[name=show]").select_option(label="mean ± SD")
    page.wait_for_url(re.compile("show=mean"))
    figure = drawn(page, "Discharge capacity")
    click_a_point(page, figure, trace=1, point=4)
    drawer = page.get_by_role("dialog", name="History")
    expect(drawer).to_contain_text("201.0 ± 7.1 (2)")
    drawer.get_by_role("button", name="GP-2: history").click()
    expect(drawer).to_contain_text("Cycle 7 of GP-2")


def test_a_result_in_the_table_leads_to_its_file(cells, log_in):
    page = log_in("ada")
    page.goto(f"/compare/?cells={ids(cells)}")
    page.get_by_role("button", name=re.compile("^First Coulombic efficiency .*: history$")).first.press("Enter")
    expect(page.get_by_role("dialog", name="History")).to_contain_text("Download the original")


def test_figures_are_redrawn_for_the_other_theme(cells, log_in):
    page = log_in("ada")
    page.goto(f"/compare/?cells={ids(cells)}")
    title = drawn(page, "Discharge capacity").locator(".xtitle")
    before = title.evaluate("element => getComputedStyle(element).fill")
    page.get_by_label(re.compile("profile, theme, log out")).click()
    page.get_by_role("button", name="Dark").click()
    expect(title).not_to_have_css("fill", before)


def test_zooming_into_time_asks_for_the_window(cells, log_in):
    page = log_in("ada")
    page.goto(cells[0].cycling_tests.get().get_absolute_url())
    figure = drawn(page, "Voltage and current against time")
    box = figure.locator(".xy .drag, .nsewdrag").first.bounding_box()
    with page.expect_response(re.compile(r"time\.json\?from=[\d.]+&to=")) as answer:
        page.mouse.move(box["x"] + 60, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 22, steps=5)
        page.mouse.up()
    assert answer.value.ok


def test_other_cycles_can_be_asked_for_in_a_figure(cells, log_in):
    page = log_in("ada")
    page.goto(cells[0].get_absolute_url())
    figure = drawn(page, "Voltage profiles")
    with page.expect_response(re.compile("profiles.json")):
        figure.get_by_label("Cycles").fill("5")
        figure.get_by_label("Cycles").press("Enter")
    expect(figure.locator(".plot-summary")).to_have_text("Voltage against capacity, charge and discharge: cycle 5.")


def test_a_figure_is_saved_as_svg(cells, log_in):
    page = log_in("ada")
    page.goto(f"/compare/?cells={ids(cells)}")
    figure = drawn(page, "Discharge capacity")
    with page.expect_download() as download:
        figure.get_by_role("button", name="SVG").click()
    assert download.value.suggested_filename == "discharge_capacity_mah_per_g.svg"
    assert "Discharge capacity / mAh/g" in download.value.path().read_text()


def test_the_nominal_capacity_is_computed_while_one_types(cells, log_in):
    page = log_in("ada")
    page.goto("/cells/new")
    page.get_by_label(re.compile("^active mass", re.IGNORECASE)).fill("9.5")
    page.get_by_label(re.compile("^1 C")).fill("190")
    expect(page.locator("[data-computed]")).to_contain_text("1.805 mAh")


def test_the_form_of_a_cell_shows_the_fields_of_the_format_that_is_chosen(cells, log_in):
    page = log_in("ada")
    page.goto("/cells/new")
    expect(page.get_by_label(re.compile("^Solid electrolyte"))).to_be_hidden()
    page.get_by_label("Format").select_option("solid_state")
    expect(page.get_by_label(re.compile("^Solid electrolyte"))).to_be_visible()
    expect(page.get_by_label(re.compile("^Electrolyte, by volume"))).to_be_hidden()
    expect(page.get_by_label("Reference electrode")).to_have_value("Li-In")
    expect(page.get_by_label(re.compile("^Anode .optional"))).to_have_value("lithium_indium")
    expect(page.locator("[data-computed]")).to_contain_text("The capacity of an alloy is not known from its size.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing(theme, cells, log_in):
    page = log_in("ada")
    page.emulate_media(color_scheme=theme)
    run = cells[0].cycling_tests.get().current_run
    reports = []
    for address, figure in (
        ("/cells/", ""),
        (f"/compare/?cells={ids(cells)}", "Discharge capacity"),
        ("/compare/", ""),
        (cells[0].get_absolute_url(), "Capacity and efficiency"),
        (f"/cells/{cells[0].pk}/change", ""),
        (f"/cells/series?like={cells[0].pk}", ""),
        ("/cells/import", ""),
        (f"/cycling/{run.measurement_id}/", "Capacity and efficiency"),
        (f"/provenance/runs/{run.pk}/at/4", ""),
    ):
        page.goto(address)
        if figure:
            drawn(page, figure)
        found = Axe().run(page)
        if found.violations_count:
            reports.append(f"{address}\n{found.generate_report()}")
    assert not reports, "\n".join(reports)


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_overflows_the_page(width, cells, log_in):
    page = log_in("ada")
    page.set_viewport_size({"width": width, "height": 844})
    for address in ("/cells/", f"/compare/?cells={ids(cells)}", cells[0].get_absolute_url(), "/cycling/1/"):
        page.goto(address.replace("/1/", f"/{cells[0].cycling_tests.get().pk}/"))
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
