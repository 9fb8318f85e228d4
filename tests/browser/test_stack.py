"""A person looks at the sections of a stack and sets a sphere on them."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from characterization.measurement.models import SampleMeasurement
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch
from tests.characterization.tomography.stacks import ball, write_imagej

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def measured(project, ada, work, tmp_path) -> SampleMeasurement:
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    path = write_imagej(tmp_path / "particle.tif", ball(41, 17, {(20, 20, 20): 5, (20, 20, 31): 2}))
    done = ingest(path, "particle.tif", project, ada, subject=batch)
    work()
    return SampleMeasurement.objects.get(measurement_files__raw_file=done.raw_file)


def test_clicks_on_the_sections_set_the_centre_of_a_sphere_in_which_pores_are_looked_for(ada, log_in, work, measured):
    page = log_in("ada")
    page.goto(measured.get_absolute_url())
    expect(page.get_by_alt_text("Middle slice, pores in orange")).to_be_visible()
    page.get_by_text("Look for pores inside a sphere").click()
    for name in ("xy", "xz"):
        section = page.locator(f"[data-section={name}]")
        box = section.bounding_box()
        section.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.get_by_label("Centre x")).to_have_value("20")
    expect(page.get_by_label("Centre y")).to_have_value("20")
    expect(page.get_by_label("Centre z (slice)")).to_have_value("20")
    expect(page.get_by_text("All four are needed")).to_be_visible()
    page.get_by_label("Radius").fill("7")
    expect(page.get_by_text("Set.", exact=True)).to_be_visible()
    results = Axe().run(page, context="section[aria-labelledby=panel]")
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="Analyse with this sphere").click()
    expect(page.get_by_text("the earlier runs stay").first).to_be_visible()
    assert work() == 1
    measured.refresh_from_db()
    assert measured.current_run.parameters["sphere"] == [20, 20, 20, 7]
    page.goto(measured.get_absolute_url())
    expect(page.get_by_label("Radius")).to_have_value("7")
