"""Furnace logs: on the page of their batch, on their own, and from anywhere that files are uploaded."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun
from synthesis.batch.services import save_batch
from synthesis.heat_treatment.models import FurnaceLog


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def sent(furnace_log):
    return lambda: SimpleUploadedFile("furnace.csv", furnace_log.read_bytes())


def test_a_log_is_uploaded_on_the_page_of_its_batch_and_drawn_over_the_programme(
    client, ada, batch, sent, calls, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/batches/{batch.pk}/heats/1/upload", {"file": sent()})
    assert answer.url == f"/batches/{batch.pk}/#heat-1"
    run = AnalysisRun.objects.get()
    waiting = f"/batches/{batch.pk}/heats/1/runs/{run.pk}"
    assert waiting in text_of(client.get(f"/batches/{batch.pk}/"))
    assert "waits for a worker" in text_of(client.get(waiting))
    calls.run_all()
    assert f'hx-get="/batches/{batch.pk}/heats/1"' in text_of(client.get(waiting))
    drawn = text_of(client.get(f"/batches/{batch.pk}/heats/1"))
    assert "Peak temperature" in drawn
    assert "763.0" in drawn
    figure = client.get(f"/batches/{batch.pk}/heats/1/figure.json").json()
    assert [trace["name"] for trace in figure["data"]][-2:] == ["thermocouple 1", "thermocouple 2"]
    assert "at most 763 °C" in figure["summary"]


@pytest.mark.parametrize(("number", "name", "sentence"), [(9, "file", "no number 9"), (1, "none", "Choose the file")])
def test_an_upload_that_cannot_be_is_said(number, name, sentence, client, ada, batch, sent):
    client.force_login(ada)
    page = client.post(f"/batches/{batch.pk}/heats/{number}/upload", {name: sent()}, follow=True)
    assert sentence in text_of(page)
    assert not FurnaceLog.objects.exists()


def test_a_file_that_is_no_log_waits_in_the_inbox(client, ada, batch):
    client.force_login(ada)
    file = SimpleUploadedFile("notes.txt", b"the furnace was cold")
    page = client.post(f"/batches/{batch.pk}/heats/1/upload", {"file": file}, follow=True)
    assert "no reader recognises" in text_of(page)
    assert RawFile.objects.get().state == RawFile.State.INBOX


def test_the_page_of_a_log_shows_what_it_found_against_the_programme(client, ada, batch, furnace_log, log_of):
    log = log_of(batch, furnace_log)
    client.force_login(ada)
    page = text_of(client.get(log.get_absolute_url()))
    run = f"run {log.latest_run.pk}"
    for words in ("Peak temperature", "763.0", "760.0", "Thermocouple that is measured", "furnace.csv", run):
        assert words in page, words
    figure = client.get(f"/furnace-logs/{log.pk}/figure.json").json()
    assert not figure["empty"]
    assert client.get(f"/furnace-logs/{log.pk}/figure.json?run=99").status_code == 404


def test_another_thermocouple_adds_a_run(
    client, ada, batch, furnace_log, log_of, calls, django_capture_on_commit_callbacks
):
    log = log_of(batch, furnace_log)
    client.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/furnace-logs/{log.pk}/change", {"channel": "2", "heat_treatment": "1"})
    assert "waits for a worker" in text_of(client.get(f"/furnace-logs/{log.pk}/status"))
    calls.run_all()
    assert "Analysed." in text_of(client.get(f"/furnace-logs/{log.pk}/status"))
    assert "759.0" in text_of(client.get(log.get_absolute_url()))
    assert log.runs.count() == 2
    same = client.post(f"/furnace-logs/{log.pk}/change", {"channel": "2", "heat_treatment": "1"}, follow=True)
    assert "nothing changed" in text_of(same)
    wrong = client.post(f"/furnace-logs/{log.pk}/change", {"channel": "7", "heat_treatment": "1"})
    assert "Select a valid choice" in text_of(wrong)


def test_a_changed_programme_has_its_logs_measured_again(
    ada, batch, furnace_log, log_of, calls, django_capture_on_commit_callbacks
):
    log = log_of(batch, furnace_log)
    batch.process = [dict(step) for step in batch.process]
    heat = next(step for step in batch.process if step["kind"] == "heat")
    heat["segments"] = [dict(segment) for segment in heat["segments"]]
    hold = next(segment for segment in heat["segments"] if segment["kind"] == "hold")
    hold["hold_hour"] = 10
    with django_capture_on_commit_callbacks(execute=True):
        save_batch(batch, ada)
    calls.run_all()
    log.refresh_from_db()
    deviation = log.current_run.results.get(quantity="soak_time_deviation_hour")
    assert deviation.value == pytest.approx(2, abs=0.1)  # 12 h logged, 10 h meant
    save_batch(batch, ada)
    assert log.runs.count() == 2


@pytest.mark.parametrize("path", ["", "figure.json", "status"])
def test_cleo_sees_no_furnace_log(path, client, cleo, batch, furnace_log, log_of):
    log = log_of(batch, furnace_log)
    client.force_login(cleo)
    assert client.get(f"/furnace-logs/{log.pk}/{path}").status_code == 404


def test_ben_looks_at_a_log_and_changes_nothing(client, ben, batch, furnace_log, log_of):
    log = log_of(batch, furnace_log)
    client.force_login(ben)
    assert "Thermocouple that is measured" not in text_of(client.get(log.get_absolute_url()))
    assert client.post(f"/furnace-logs/{log.pk}/change", {"channel": "2"}).status_code == 403


def test_a_log_uploaded_anywhere_is_hung_on_a_batch(client, ada, batch, sent, project):
    client.force_login(ada)
    said = {"project": project.pk, "onto": "batch", "batch": "gp-ncm-01", "heat_treatment": "1", "files": sent()}
    assert "being analysed" in text_of(client.post("/files/upload", said))
    assert FurnaceLog.objects.get().batch == batch


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"batch": ""}, "Give the code of the batch."),
        ({"batch": "X-404"}, "has no batch X-404"),
        ({"batch": "GP-NCM-01", "heat_treatment": "9"}, "no number 9"),
    ],
)
def test_a_batch_that_is_none_is_said_at_its_field(fields, sentence, client, ada, batch, sent, project):
    client.force_login(ada)
    said = {"project": project.pk, "onto": "batch", "files": sent(), **fields}
    assert sentence in text_of(client.post("/files/upload", said))
    assert not RawFile.objects.exists()


def test_a_log_without_a_batch_waits_and_is_hung_from_the_inbox(client, ada, batch, sent, project):
    client.force_login(ada)
    client.post("/files/upload", {"project": project.pk, "onto": "later", "files": sent()})
    waiting = RawFile.objects.get()
    said = {"reader": f"furnace:{waiting.reader}", "project": project.pk, "onto": "batch", "batch": "GP-NCM-01"}
    client.post(f"/files/{waiting.pk}/choose", said)
    assert FurnaceLog.objects.get().batch == batch


def test_a_log_on_a_cell_is_refused_in_a_sentence(client, ada, batch, sent, project):
    client.force_login(ada)
    page = text_of(client.post("/files/upload", {"project": project.pk, "onto": "new", "files": sent()}))
    assert "belongs to a heat treatment of a batch" in page
