"""Tap density in the browser: typed in at a batch, corrected, compared, and followed to its history."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from characterization.measurement.services import enter
from synthesis.batch.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)


def type_in(page, rows) -> None:
    for number, (mass, volume) in enumerate(rows, start=1):
        page.get_by_label(f"Powder of replicate {number}").fill(mass)
        page.get_by_label(f"Volume after tapping of replicate {number}").fill(volume)
    page.get_by_role("button", name="Keep, and analyse").click()


def test_tap_density_from_typing_to_the_comparison(log_in, work, ada, project):
    for code in ("GP-NCM-B1", "P-NCM-B1"):
        Batch.objects.create(project=project, code=code, product=code[:-3], created_by=ada)
    page = log_in("ada")
    for code, volumes in (("GP-NCM-B1", ("11.4", "11.5", "11.3")), ("P-NCM-B1", ("9.2", "9.3", "9.1"))):
        page.goto("/batches/")
        page.get_by_role("link", name=code, exact=True).click()
        page.get_by_role("link", name="New measurement").click()
        page.get_by_role("link", name="Type in Tap density").click()
        type_in(page, [("20.0", volume) for volume in volumes])
        expect(page.get_by_text("waits for a worker")).to_be_visible()
        work()
        expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_text("2.174 ± 0.024", exact=True)).to_be_visible()
    page.get_by_role("link", name="Correct the values").click()
    page.get_by_label("Volume after tapping of replicate 3").fill("9.25")
    page.get_by_label("Why the values change").fill("meniscus misread")
    page.get_by_role("button", name="Keep, and analyse").click()
    work()
    expect(page.get_by_text("“meniscus misread”")).to_be_visible()
    page.goto("/measurements/compare?technique=tap_density")
    expect(page.get_by_role("heading", name="Tap density across batches")).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.get_by_role("link", name=re.compile(r"1\.754 ± ")).click()
    drawer = page.locator("#drawer-body")
    expect(drawer.get_by_text("labdb-tap-density, version")).to_be_visible()
    expect(drawer.get_by_text("Batch GP-NCM-B1")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing_on_the_pages_of_measurements(theme, log_in, work, ada, project):
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    done = enter("tap_density", batch, [{"mass_g": 20, "volume_cm3": 11.4}, {"mass_g": 20, "volume_cm3": 11.5}], ada)
    work()
    page = log_in("ada")
    page.emulate_media(color_scheme=theme)
    reports = []
    for address in (
        "/measurements/",
        done.measurement.get_absolute_url(),
        f"/measurements/{done.measurement.pk}/correct",
        f"/measurements/new?batch={batch.pk}",
        f"/measurements/type-in/tap_density?batch={batch.pk}",
        "/measurements/compare",
        "/measurements/compare?technique=tap_density",
        batch.get_absolute_url(),
    ):
        page.goto(address)
        found = Axe().run(page)
        if found.violations_count:
            reports.append(f"{address}\n{found.generate_report()}")
    assert reports == []
