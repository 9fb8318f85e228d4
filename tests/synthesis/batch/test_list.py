"""The list of batches: filters, ranges, columns, CSV, and a page of 50 out of 10,000."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labdb.provenance.models import AnalysisRun, Measurement, Result
from labdb.saved_views.services import save_view
from synthesis.batch.models import Batch, Weighing
from synthesis.batch.services import save_batch, start_batch
from synthesis.heat_treatment.models import FurnaceLog


def names(response) -> list[str]:
    return [row.code for row, _ in response.context["listing"].lines]


@pytest.fixture
def others(project, ada, recipe_version, weighed, furnace_log, log_of):
    """GP-NCM-01 weighed and logged; GP-NCM-02 of Kim, pilot; P-NCM-01 sintered."""
    log_of(weighed, furnace_log)
    start_batch(ada, project, "GP-NCM-02", recipe_version, operator="Kim", scale="pilot", started_on="2026-03-02")
    start_batch(ada, project, "P-NCM-01", recipe_version, product="P-NCM", mass_after_sintering_g=120.0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=ncm-0+kim", ["GP-NCM-02"]),
        ("product=P-NCM", ["P-NCM-01"]),
        ("scale=pilot", ["GP-NCM-02"]),
        ("operator=Kim", ["GP-NCM-02"]),
        ("min_started_on=2026-03-01&max_started_on=2026-03-03", ["GP-NCM-02"]),
        ("min_mass_after_sintering_g=100", ["P-NCM-01"]),
        ("min_peak_temperature_celsius=762.9&max_peak_temperature_celsius=763.1", ["GP-NCM-01"]),
        ("min_peak_temperature_celsius=764", []),
        ("awaiting_mass=on", ["GP-NCM-01"]),
        ("sort=-code", ["P-NCM-01", "GP-NCM-02", "GP-NCM-01"]),
        ("sort=-peak_temperature_celsius&columns=scale", ["GP-NCM-01", "P-NCM-01", "GP-NCM-02"]),
        ("product=no-such", ["GP-NCM-01", "GP-NCM-02", "P-NCM-01"]),
    ],
)
def test_batches_are_found_by_what_they_are_and_by_what_their_furnace_did(query, expected, client, ada, others):
    client.force_login(ada)
    found = names(client.get(f"/batches/?{query}"))
    assert (found if "sort" in query else sorted(found)) == expected


def test_the_list_shows_achieved_ratios_and_the_peak(client, ada, others):
    client.force_login(ada)
    page = client.get("/batches/?q=GP-NCM-01&columns=flux_ratio&columns=ratio_verdict&columns=peak_temperature_celsius")
    ((_, cells),) = page.context["listing"].lines
    assert {column.name: text for column, _, text in cells} == {
        "code": "GP-NCM-01", "ratio_verdict": "fail", "flux_ratio": "0.1025", "peak_temperature_celsius": "763.0",
    }  # fmt: skip


def test_the_csv_has_every_row_in_stored_units(client, ada, others):
    client.force_login(ada)
    said = client.get("/batches/?as=csv&sort=code&columns=mass_after_sintering_g&columns=product_yield").getvalue()
    rows = list(csv.reader(io.StringIO(said.decode())))
    assert rows[0] == ["code", "mass_after_sintering_g", "product_yield"]
    assert [row[0] for row in rows[1:]] == ["GP-NCM-01", "GP-NCM-02", "P-NCM-01"]
    assert rows[3][1] == "120.0"


def test_only_visible_batches_are_listed(client, ada, ben, cleo, others):
    for who, count in ((ada, 3), (ben, 3), (cleo, 0)):
        client.force_login(who)
        assert len(names(client.get("/batches/"))) == count


def test_a_view_of_the_list_is_saved_and_opened(client, ada, others, project):
    view = save_view(ada, "batch-list", "Pilot", "scale=pilot&columns=operator", project)
    client.force_login(ada)
    page = client.get(view.get_absolute_url())
    assert names(page) == ["GP-NCM-02"]
    assert "Pilot" in page.content.decode()


def test_an_empty_list_offers_the_first_step(client, ada, project):
    client.force_login(ada)
    assert "Start the first batch" in client.get("/batches/").content.decode()


def test_a_page_of_50_out_of_10000_batches_asks_as_often_as_one_of_50(
    client, ada, project, recipe_version, lots, django_assert_num_queries
):
    def make(first: int, last: int) -> None:
        rows = [
            Batch(
                project=project, code=f"B-{number:05d}", product=f"P{number % 7}", recipe_version=recipe_version,
                operator=f"op {number % 5}", started_on=timezone.localdate(), process=recipe_version.process,
                created_by=ada,
            )
            for number in range(first, last)
        ]  # fmt: skip
        made = Batch.objects.bulk_create(rows, batch_size=500)
        weighings = [
            Weighing(batch=row, chemical=lot.chemical, lot=lot, mass_g=0.01, weighed_by=ada)
            for row in made[-60:]
            for lot in lots.values()
        ]
        Weighing.objects.bulk_create(weighings)

    make(0, 60)
    client.force_login(ada)
    addresses = ("/batches/", "/batches/?q=B-0&sort=-peak_temperature_celsius", "/batches/?min_soak_time_hour=1")
    counts = []
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    make(60, 10_000)
    log = FurnaceLog.objects.create(
        project=project, technique="furnace", name="log", batch=Batch.objects.get(code="B-09999"), created_by=ada
    )
    run = AnalysisRun.objects.create(
        measurement=log, technique="furnace", inputs=[], parameters={}, requested_by=ada, state="succeeded"
    )
    Result.objects.create(run=run, project=project, quantity="peak_temperature_celsius", value=763)
    Measurement.objects.filter(pk=log.pk).update(current_run=run)
    for address, count in zip(addresses, counts, strict=True):
        with django_assert_num_queries(count):
            page = client.get(address)
    assert page.context["listing"].page.paginator.count == 0
    first = client.get(addresses[1])
    assert first.context["listing"].page.paginator.count == 10_000
    assert names(first)[0] == "B-09999"
    assert len(names(first)) == 50


def test_a_mass_out_of_band_and_one_that_is_missing_are_work_to_do(client, ada, ben, cleo, weighed):
    for who, told in ((ada, True), (ben, True), (cleo, False)):
        client.force_login(who)
        page = client.get("/").content.decode()
        assert ("Weighed out of band" in page) is told
        assert ("potassium sulfate" in page) is told
    weighed.started_on = timezone.localdate() - timedelta(days=5)
    save_batch(weighed, ada)
    client.force_login(ada)
    assert "Batches without mass after sintering" in client.get("/").content.decode()
    weighed.mass_after_sintering_g = 124.0
    save_batch(weighed, ada)
    page = client.get("/").content.decode()
    assert "Weighed out of band" not in page
    assert "Batches without mass" not in page


def test_a_batch_is_searched_by_code_product_and_recipe(client, ada, cleo, weighed):
    client.force_login(ada)
    for text in ("gp-ncm-01", "GP-NCM"):
        assert "/batches/" in client.get("/search", {"q": text}).content.decode()
    client.force_login(cleo)
    assert weighed.get_absolute_url() not in client.get("/search", {"q": "GP-NCM"}).content.decode()
