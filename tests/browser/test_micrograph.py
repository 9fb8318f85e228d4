"""A person moves a circle on a micrograph, sets a threshold, measures lengths: by mouse, by keyboard, on a phone."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import change_measurement
from dashboards.demo.simulate.sem import SurfaceLayer, write_haadf
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch
from tests.characterization.sem.discs import RADIUS, X, Y, particle, ring_of_pores

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def section(project, ada, work, tmp_path) -> SampleMeasurement:
    """A disc of radius 240 at 310, 290 with 4.5 % of pores, 10 µm across."""
    import numpy as np
    import tifffile

    noise = np.random.default_rng(2).normal(0, 6, (600, 600))
    levels = np.clip(particle(ring_of_pores()) + noise, 0, 255).astype(np.uint8)
    path = tmp_path / "section.tif"
    tifffile.imwrite(path, levels, imagej=True, resolution=(48, 48), metadata={"unit": "um"})
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    done = ingest(path, path.name, project, ada, subject=batch)
    work()
    assert done.measurement is not None
    return SampleMeasurement.objects.get(pk=done.measurement.pk)


def opened(page: Page, section: SampleMeasurement) -> Page:
    page.goto(section.get_absolute_url())
    expect(page.locator("[data-micrograph][data-ready]")).to_be_visible()
    return page


def circles(page: Page) -> list[list[float]]:
    return json.loads(page.locator("#choices [name=circles]").input_value())


def test_the_found_circle_is_on_the_picture_with_a_scale_bar(section, log_in):
    page = opened(log_in("ada"), section)
    expect(page.locator(".mark")).to_have_count(1)
    mark = page.locator(".mark .line")
    assert float(mark.get_attribute("cx")) == pytest.approx(X, abs=1)
    assert float(mark.get_attribute("cy")) == pytest.approx(Y, abs=1)
    assert float(mark.get_attribute("r")) == pytest.approx(RADIUS, abs=2)
    expect(page.locator(".scale text")).to_have_text("2 µm")  # of 12.5 µm
    # 2 µm are 96 pixels of the picture.
    assert float(page.locator(".scale rect").get_attribute("width")) == pytest.approx(96)
    expect(page.get_by_role("button", name="Analyse with these")).to_be_disabled()
    expect(page.locator("img.pores")).to_be_visible()
    page.get_by_label("Pores", exact=True).uncheck()
    expect(page.locator("img.pores")).to_be_hidden()


def test_the_circle_is_moved_and_resized_with_the_mouse(section, log_in):
    page = opened(log_in("ada"), section)
    stage = page.locator(".stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    unit = 600 / box["width"]
    middle = (box["x"] + X / unit, box["y"] + Y / unit)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 20 / unit, middle[1] - 10 / unit, steps=3)
    page.mouse.up()
    ((x, y, radius),) = circles(page)
    assert (x, y, radius) == pytest.approx((X + 20, Y - 10, RADIUS), abs=2)
    page.mouse.move(box["x"] + (x + radius) / unit, box["y"] + y / unit)
    page.mouse.down()
    page.mouse.move(box["x"] + (x + radius - 60) / unit, box["y"] + y / unit, steps=3)
    page.mouse.up()
    assert circles(page)[0] == pytest.approx([x, y, radius - 60], abs=2)
    expect(page.locator("canvas.pores")).to_be_visible()
    expect(page.get_by_text("Preview: about")).to_be_visible()


def test_circle_and_threshold_are_set_by_keyboard_and_analysed_beside_the_old_run(section, log_in, work):
    page = opened(log_in("ada"), section)
    mark = page.get_by_role("group", name="Circle 1: middle at")
    before = [float(mark.locator(".line").get_attribute(name)) for name in ("cx", "cy", "r")]
    mark.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "-", "PageDown"):
        page.keyboard.press(key)
    assert circles(page)[0] == pytest.approx([before[0] + 2, before[1] + 10, before[2] - 11], abs=0.06)
    page.get_by_role("button", name="Add a circle").click()
    expect(page.get_by_role("group", name="Circle 2: middle at")).to_be_focused()
    assert len(circles(page)) == 2
    page.keyboard.press("Delete")
    assert len(circles(page)) == 1
    slider = page.get_by_label("Grey-level threshold: pores are at or below it")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("automatic")).not_to_be_checked()
    threshold = float(page.locator("#choices [name=threshold]").input_value())
    page.get_by_role("button", name="Analyse with these").click()
    page.wait_for_load_state()
    assert work() == 1
    run = section.runs.first()
    assert run.parameters["threshold"] == pytest.approx(threshold)
    assert run.parameters["circles"][0] == pytest.approx([before[0] + 2, before[1] + 10, before[2] - 11], abs=0.06)
    assert section.runs.count() == 2


def test_numbers_of_a_circle_may_be_typed(section, log_in):
    page = opened(log_in("ada"), section)
    page.get_by_label("Radius of circle 1 in pixels").fill("100")
    page.keyboard.press("Tab")
    assert circles(page)[0][2] == 100
    expect(page.locator("[data-rows] .diameter")).to_have_text("4.167")  # 200 / 48


def test_who_may_only_look_moves_nothing(section, log_in):
    page = opened(log_in("ben"), section)
    expect(page.locator(".mark")).to_have_count(1)
    expect(page.get_by_role("button", name="Analyse with these")).to_have_count(0)
    expect(page.locator(".mark[tabindex]")).to_have_count(0)
    expect(page.locator("[data-rows]")).to_contain_text("9.9")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing_and_nothing_overflows_on_a_phone(section, log_in, theme):
    page = log_in("ada")
    page.emulate_media(color_scheme=theme)
    opened(page, section)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, section)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def surface(project, ada, work, tmp_path) -> SampleMeasurement:
    """A simulated HAADF picture of 512 pixels of 0.04 nm: 20.48 nm."""
    path = tmp_path / "haadf.tif"
    write_haadf(path, SurfaceLayer(7.0))
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    done = ingest(path, path.name, project, ada, subject=batch, said="image")
    work()
    assert done.measurement is not None
    return SampleMeasurement.objects.get(pk=done.measurement.pk)


def values(page: Page) -> list[dict]:
    return json.loads(page.locator("#choices [name=values]").input_value())


def test_a_layer_is_measured_with_a_line_and_kept_with_its_place(surface, log_in, work):
    page = opened(log_in("ada"), surface)
    expect(page.locator(".scale text")).to_have_text("5 nm")
    page.get_by_role("button", name="Measure a length").click()
    # The line begins as a quarter of the picture: 128 pixels, 5.12 nm.
    assert values(page)[0]["value"] == pytest.approx(5.12)
    expect(page.get_by_role("group", name="First end of line 1")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")
    assert values(page)[0]["value"] == pytest.approx(168 * 0.04)
    stage = page.locator(".stage")
    box = stage.bounding_box()
    unit = 512 / box["width"]
    x1, y1, x2, y2 = values(page)[0]["line"]
    page.mouse.move(box["x"] + x2 / unit, box["y"] + y2 / unit)
    page.mouse.down()
    page.mouse.move(box["x"] + x2 / unit, box["y"] + (y1 + 175) / unit, steps=3)
    page.mouse.up()
    assert values(page)[0]["value"] == pytest.approx(7.0, abs=0.05)
    page.get_by_role("button", name="Type a value").click()
    page.keyboard.type("7.4")
    page.get_by_label("Note to value 2").fill("second grain")
    page.get_by_role("button", name="Keep these values").click()
    page.wait_for_load_state()
    assert work() == 1
    layer = surface.runs.first().results.get(quantity="rock_salt_layer_nm")
    assert (layer.n, layer.value) == (2, pytest.approx(7.2, abs=0.03))
    opened(page, surface)
    expect(page.get_by_label("Value 2 in nm")).to_have_value("7.4")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_who_may_only_look_sees_the_values(surface, log_in, ada, work):
    told = [{"quantity": "rock_salt_layer_nm", "value": 7.1, "line": [256, 90, 256, 268]}]
    change_measurement(surface, ada, parameters={"values": told})
    work()
    page = opened(log_in("ben"), surface)
    expect(page.locator("[data-rows]")).to_contain_text("Rock-salt layer / nm")
    expect(page.locator("[data-rows]")).to_contain_text("7.1")
    expect(page.locator(".line-mark .end")).to_have_count(0)
    expect(page.get_by_role("button", name="Keep these values")).to_have_count(0)
