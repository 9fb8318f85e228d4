"""Measurements over REST: what a page can do, a script can."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import AgedCell
from labdb.instruments.models import Calibration, Instrument


@pytest.fixture
def api(ada):
    client = APIClient()
    client.force_authenticate(ada)
    return client


def as_person(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_measurements_are_listed_by_batch_also_those_of_its_cells(api, measure, sample, cell):
    first, taken = measure(sample), measure(AgedCell(cell, 3), b"scale\n9\n")
    assert [row["id"] for row in api.get("/api/v1/measurements").data["results"]] == [taken.pk, first.pk]
    of_cell = api.get(f"/api/v1/measurements?batch={cell.batch_id}").data["results"]
    assert [(row["cell_code"], row["batch_code"], row["cycle_count"]) for row in of_cell] == [("C-001", "GP-NCM-01", 3)]
    of_batch = api.get("/api/v1/measurements?batch_code=GP-NCM-B1&stage=washed&technique=scale&state=succeeded").data
    assert [row["id"] for row in of_batch["results"]] == [first.pk]
    assert api.get("/api/v1/measurements?product=P-NCM").data["results"] == []


def test_one_measurement_has_its_files_results_and_figures(api, measure, sample):
    measured = measure(sample)
    told = api.get(f"/api/v1/measurements/{measured.pk}").data
    assert told["figures"] == ["masses", "alone"]
    assert told["results"][0]["value"] == pytest.approx(1.75)
    assert told["files"][0]["sha256"] == measured.raw_files.get().sha256
    assert told["current_parameters"] == {"factor": None, "tare": None}
    assert api.get(f"/api/v1/measurements/{measured.pk}/figures/masses").data["data"]
    assert api.get(f"/api/v1/measurements/{measured.pk}/figures/none").status_code == 404
    table = api.get(f"/api/v1/measurements/{measured.pk}/tables/masses?format=csv")
    assert b"mass_g" in b"".join(table.streaming_content)


def test_parameters_and_who_measured_are_said(api, measure, sample, ada):
    measured = measure(sample)
    balance = Instrument.objects.create(name="Balance 3", created_by=ada)
    Calibration.objects.create(instrument=balance, performed_on="2024-01-01", due_on="2025-01-01", created_by=ada)
    said = {"parameters": {"factor": 2}, "instrument": balance.pk, "measured_on": "2026-02-01", "reason": "checked"}
    told = api.patch(f"/api/v1/measurements/{measured.pk}", said, format="json")
    assert told.status_code == 200
    assert told.data["parameters"] == {"factor": 2.0}
    assert "due for calibration on 2025-01-01" in told.data["calibration_doubt"]
    assert measured.runs.count() == 2
    refused = api.patch(f"/api/v1/measurements/{measured.pk}", {"parameters": {"factor": 0}}, format="json")
    assert refused.status_code == 400
    assert "is not from 0.1 to 20" in str(refused.data)


def test_values_are_typed_in_corrected_hung_elsewhere_and_moved(api, sample, batch):
    entry = {"technique": "scale", "sample": str(sample.pk), "rows": [{"mass_g": 1}], "operator": "Ada"}
    made = api.post("/api/v1/measurements/entries", entry, format="json")
    assert made.status_code == 201
    pk = made.data["test"]
    assert SampleMeasurement.objects.get(pk=pk).operator == "Ada"
    wrong = api.post("/api/v1/measurements/entries", {**entry, "rows": [{"mass_g": -1}]}, format="json")
    assert (wrong.status_code, "row 1" in str(wrong.data)) == (400, True)
    nowhere = {name: value for name, value in entry.items() if name != "sample"}
    assert api.post("/api/v1/measurements/entries", nowhere, format="json").status_code == 400
    corrected = api.post(
        f"/api/v1/measurements/{pk}/correct", {"rows": [{"mass_g": 2}], "reason": "misread"}, format="json"
    )
    assert corrected.status_code == 202
    also = api.post(f"/api/v1/measurements/{pk}/also", {"batch": str(batch.pk)}, format="json")
    assert also.status_code == 202
    moved = api.post(f"/api/v1/measurements/{pk}/move", {"batch": str(batch.pk), "reason": "powder"}, format="json")
    assert (moved.status_code, moved.data["sample"]) == (200, None)


def test_techniques_tell_what_can_be_typed_in_and_chosen(api):
    told = {row["name"]: row for row in api.get("/api/v1/techniques").data}
    assert [column["name"] for column in told["scale"]["entry"]] == ["mass_g", "note"]
    assert [choice["name"] for choice in told["scale"]["parameters"]] == ["factor", "tare"]
    assert told["cycling"]["entry"] == []


def test_a_technique_is_compared_across_batches(api, measure, sample, batch):
    measure(sample)
    measure(batch, b"scale\n3\n")
    rows = api.get("/api/v1/measurements/compared?technique=scale&by=batch").data
    assert {(row["group"], row["value"]) for row in rows} == {("GP-NCM-B1", 1.75), ("GP-NCM-B1", 3.0)}
    figure = api.get("/api/v1/measurements/compared/figures/points-amount_g?technique=scale")
    assert "n = 2 measurements" in figure.data["summary"]
    assert api.get("/api/v1/measurements/compared?technique=none").status_code == 400
    assert api.get("/api/v1/measurements/compared/figures/none?technique=scale").status_code == 404


def test_ben_reads_and_cleo_sees_nothing(measure, sample, ben, cleo):
    measured = measure(sample)
    entry = {"technique": "scale", "sample": str(sample.pk), "rows": [{"mass_g": 1}]}
    colleague, outsider = as_person(ben), as_person(cleo)
    assert colleague.get(f"/api/v1/measurements/{measured.pk}").status_code == 200
    assert colleague.patch(f"/api/v1/measurements/{measured.pk}", {"note": "x"}, format="json").status_code == 403
    assert colleague.post("/api/v1/measurements/entries", entry, format="json").status_code == 403
    assert outsider.get(f"/api/v1/measurements/{measured.pk}").status_code == 404
    assert outsider.get("/api/v1/measurements").data["results"] == []
    assert outsider.get("/api/v1/measurements/compared?technique=scale").data == []
    assert outsider.post("/api/v1/measurements/entries", entry, format="json").status_code == 400


def test_the_list_asks_the_same_queries_for_more_rows(api, measure, batch, django_assert_num_queries):
    measure(batch)
    api.get("/api/v1/measurements")
    with django_assert_num_queries(1):
        api.get("/api/v1/measurements")
    measure(batch, b"scale\n5\n")
    with django_assert_num_queries(1):
        assert len(api.get("/api/v1/measurements").data["results"]) == 2


def test_evidence_is_attached_over_rest(api, batch, ben):
    entry = {"technique": "scale", "batch": str(batch.pk), "rows": [{"mass_g": 1}]}
    pk = api.post("/api/v1/measurements/entries", entry, format="json").data["test"]

    def sent() -> dict:
        return {"file": SimpleUploadedFile("r.out", b"Rwp 4.2")}

    address = f"/api/v1/measurements/{pk}/evidence"
    assert as_person(ben).post(address, sent(), format="multipart").status_code == 403
    assert api.post(address, sent(), format="multipart").status_code == 201
    told = api.get(f"/api/v1/measurements/{pk}").data
    assert [file["name"] for file in told["evidence"]] == ["r.out"]
    assert len(told["files"]) == 1
