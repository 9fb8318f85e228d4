"""From a sample to its label, and from the label to the sample; and a lineage of many that one finds one's way in."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from synthesis.batch.models import Batch, BatchLink
from synthesis.batch.services import link, start_batch
from synthesis.bulk.services import keep_list
from synthesis.sample.models import Sample
from synthesis.sample.services import Series, add_series

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pilot(project, ada):
    return start_batch(ada, project, "GP-Ni96-P7", None, scale="pilot", product="GP-Ni96")


def test_ada_takes_eight_saggars_prints_their_labels_and_ben_scans_one(pilot, ben, log_in, browser, live_server):
    page = log_in("ada")
    page.goto(f"/batches/{pilot.pk}/samples/new")
    page.get_by_label("How many").fill("8")
    page.get_by_label("Furnace zones").fill("4")
    expect(page.locator("#preview")).to_contain_text("GP-Ni96-P7-S8")
    expect(page.locator("#preview")).to_contain_text("sub-lot 8, saggar 8, zone 4")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/batches/\d+/#samples$"))

    page.goto("/samples/")
    page.get_by_label("Tick all of this page").check()
    expect(page.get_by_role("status").filter(has_text="8 samples")).to_be_visible()
    page.get_by_role("button", name="Print labels").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_have_count(8)
    page.get_by_label("Begin at label").fill("20")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("svg.sheet")).to_have_count(2)
    page.get_by_role("link", name="Begin at label 5").click()
    expect(page.locator("svg.sheet")).to_have_count(1)

    third = Sample.objects.get(code="GP-Ni96-P7-S3")
    label = page.locator("g.label").filter(has_text=third.code)
    expect(label).to_contain_text("saggar 3, zone 2")
    address = label.locator("[data-address]").get_attribute("data-address")
    assert address
    assert address.startswith(f"{live_server.url}/s/sample/")

    page.emulate_media(media="print")
    expect(page.locator("svg.sheet").first).to_be_visible()
    for gone in (".side", ".top", ".page-head", ".label-form"):
        expect(page.locator(gone)).to_be_hidden()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1

    # A telephone that is not logged in yet opens what the code holds.
    telephone = browser.new_context(base_url=live_server.url).new_page()
    telephone.goto(address)
    telephone.get_by_label("Username").fill("ben")
    telephone.get_by_label("Password").fill("analytical-engine")
    telephone.get_by_role("button", name="Log in").click()
    expect(telephone.get_by_role("heading", name=third.code)).to_be_visible()
    assert telephone.url == f"{live_server.url}{third.get_absolute_url()}"
    telephone.context.close()


def test_a_lineage_of_five_hundred_is_searched_moved_and_zoomed(pilot, ada, project, log_in):
    rows = [Batch(project=project, code=f"B-{n:03d}", created_by=ada) for n in range(499)]
    made = Batch.objects.bulk_create(rows)
    BatchLink.objects.bulk_create(
        BatchLink(parent=made[(n - 1) // 6] if n else pilot, child=batch, kind="split", created_by=ada)
        for n, batch in enumerate(made)
    )
    page = log_in("ada")
    page.goto(f"/batches/{pilot.pk}/lineage/")
    picture = page.locator("svg.lineage-picture")
    expect(picture.locator("a.node")).to_have_count(500)
    view = picture.get_attribute("viewBox")

    page.get_by_label("Find by code").fill("b-321")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("batch B-321")
    found = picture.get_by_role("link", name="batch B-321")
    box, frame = found.bounding_box(), picture.bounding_box()
    assert box
    assert frame
    assert frame["x"] < box["x"]
    assert box["x"] + box["width"] < frame["x"] + frame["width"]
    assert box["width"] > 80  # it can be read

    now = picture.get_attribute("viewBox")
    assert now != view
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    assert picture.get_attribute("viewBox") != now
    page.keyboard.press("0")
    fitted = picture.get_attribute("viewBox")
    page.mouse.move(frame["x"] + 300, frame["y"] + 200)
    page.mouse.down()
    page.mouse.move(frame["x"] + 200, frame["y"] + 150, steps=4)
    page.mouse.up()
    assert picture.get_attribute("viewBox") != fitted
    assert page.url.endswith("/lineage/")  # a drag opens nothing

    page.get_by_label("Find by code").fill("b-321")
    page.keyboard.press("Enter")
    found.click()
    page.wait_for_url(re.compile(rf"/batches/{made[321].pk}/$"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing_on_lineages_samples_labels_and_lists(theme, pilot, ada, project, log_in, tmp_path):
    link(start_batch(ada, project, "part", None), pilot, "split", ada)
    samples = add_series(pilot, ada, Series("sub_lot", count=14, from_saggars=True))
    path = tmp_path / "list.csv"
    path.write_text("code,scale,colour\nB1,lab,red\nB2,plant,\n")
    kept = keep_list(path, "list.csv", project, ada)
    page = log_in("ada")
    page.emulate_media(color_scheme=theme)
    reports = []
    for address in (
        f"/batches/{pilot.pk}/lineage/",
        "/samples/",
        samples[0].get_absolute_url(),
        f"{samples[0].get_absolute_url()}change",
        f"/batches/{pilot.pk}/samples/new",
        f"/labels/?sample={samples[0].pk},{samples[1].pk}&batch={pilot.pk}&start=3",
        "/labels/",
        "/batches/import",
        f"/batches/import/{kept.pk}/",
    ):
        page.goto(address)
        found = Axe().run(page)
        if found.violations_count:
            reports.append(f"{address}\n{found.generate_report()}")
    assert not reports, "\n\n".join(reports)
