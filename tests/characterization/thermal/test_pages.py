"""A thermogram from upload to numbers on its page and over REST; for Ada who owns, Ben who looks, Cleo who may not."""

from __future__ import annotations

from datetime import datetime

import pytest
from rest_framework.test import APIClient

from dashboards.demo.simulate.dsc import Exotherm, write_scan
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample
from tests.characterization.thermal.samples import SAMPLES


@pytest.fixture
def sample(project, ada):
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    return Sample.objects.create(batch=batch, code="GP-NCM-B1-W2", stage="washed", stage_number=2, created_by=ada)


@pytest.fixture
def measured(project, ada, sample, calls, tmp_path, django_capture_on_commit_callbacks):
    """Uploads a file on the sample as Ada, and analyses it."""

    def upload(path):
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, path.name, project, ada, subject=sample)
        calls.run_all()
        assert done.measurement is not None, done.sentence
        done.measurement.refresh_from_db()
        return done.measurement

    return upload


@pytest.fixture
def scan(measured, tmp_path):
    path = tmp_path / "charged NCM.txt"
    write_scan(path, Exotherm(208, 221, 1450), "charged NCM", datetime(2026, 3, 2, 9), seed=5)
    return measured(path)


def as_person(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_a_thermogram_has_its_figures_and_numbers_on_its_page(client, ada, scan):
    client.force_login(ada)
    page = " ".join(client.get(scan.get_absolute_url()).content.decode().split())
    for words in ("DSC of", "Thermogram", "Onset", "Heat", "J/g", "Exothermic peaks point up", "Heat per gram of"):
        assert words in page
    figure = client.get(f"/measurements/{scan.pk}/figures/thermogram.json").json()
    assert "exothermic, onset 208" in figure["summary"]


def test_the_limits_of_a_peak_are_chosen_over_rest_and_give_a_run_beside_the_old_one(
    ada, scan, calls, django_capture_on_commit_callbacks
):
    api = as_person(ada)
    before = {row["quantity"]: row["value"] for row in api.get(f"/api/v1/measurements/{scan.pk}").data["results"]}
    assert before["dsc_enthalpy_joule_per_gram"] == pytest.approx(1450, rel=0.01)
    refused = api.patch(
        f"/api/v1/measurements/{scan.pk}", {"parameters": {"from_celsius": 250, "to_celsius": 200}}, format="json"
    )
    assert refused.status_code == 400
    assert "wrong way round" in str(refused.data)
    with django_capture_on_commit_callbacks(execute=True):
        api.patch(f"/api/v1/measurements/{scan.pk}", {"parameters": {"reference_mass_mg": 10}}, format="json")
    calls.run_all()
    after = {row["quantity"]: row["value"] for row in api.get(f"/api/v1/measurements/{scan.pk}").data["results"]}
    assert after["dsc_enthalpy_joule_per_gram"] == pytest.approx(725, rel=0.01)  # 5 mg of sample, per 10 mg
    assert scan.runs.count() == 2


def test_ben_looks_and_cleo_sees_nothing(ben, cleo, scan):
    address = f"/api/v1/measurements/{scan.pk}"
    assert as_person(ben).get(address).status_code == 200
    assert as_person(ben).patch(address, {"parameters": {"segment": 1}}, format="json").status_code == 403
    assert as_person(cleo).get(address).status_code == 404


@pytest.mark.parametrize("name", SAMPLES)
def test_every_layout_is_stored_and_analysed(name, measured, tmp_path):
    path = tmp_path / name
    path.write_bytes(SAMPLES[name][0])
    found = measured(path)
    assert found.technique == SAMPLES[name][1]
    assert found.current_run is not None
    assert {"thermogram"} <= {table.name for table in found.current_run.tables.all()}
