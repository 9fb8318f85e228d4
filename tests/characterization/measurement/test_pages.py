"""Pages of measurements: one, the list, typing in, comparing; for Ada who owns, Ben who looks, Cleo who may not."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import AgedCell, enter
from labdb.files.models import RawFile
from labdb.instruments.models import Instrument
from synthesis.batch.models import Batch
from tests.characterization.measurement.scale import FILE


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def measured(measure, sample):
    return measure(sample)


def test_a_measurement_shows_its_figures_numbers_parameters_and_file(client, ada, measured):
    client.force_login(ada)
    page = text_of(client.get(measured.get_absolute_url()))
    for words in (
        "Scale of",
        "GP-NCM-B1-W2, washed 2",
        "Masses",
        "1.750 ± 0.071",
        "Factor",
        "2026-03-04, says the file",
    ):
        assert words in page
    assert measured.raw_files.get().sha256 in page
    figure = client.get(f"/measurements/{measured.pk}/figures/masses.json").json()
    assert figure["summary"] == "Masses of GP-NCM-B1-W2, washed 2."
    assert client.get(f"/measurements/{measured.pk}/figures/none.json").status_code == 404
    picture = client.get(f"/runs/{measured.current_run_id}/pictures/view.png")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")


def test_other_parameters_are_chosen_on_the_page(client, ada, measured, calls, django_capture_on_commit_callbacks):
    client.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/measurements/{measured.pk}/parameters", {"factor": "2", "tare": "true"})
    assert answer.url == measured.get_absolute_url()
    assert "waits for a worker" in text_of(client.get(f"/measurements/{measured.pk}/status"))
    calls.run_all()
    page = text_of(client.get(measured.get_absolute_url()))
    assert "3.500" in page
    assert "What the newest run changed" in page
    refused = client.post(f"/measurements/{measured.pk}/parameters", {"factor": "13"})
    assert "13 brings no luck." in text_of(refused)
    assert "Ensure this value is less than or equal to 20" in text_of(
        client.post(f"/measurements/{measured.pk}/parameters", {"factor": "99"})
    )


def test_who_measured_it_is_said_on_the_page(client, ada, measured):
    client.force_login(ada)
    balance = Instrument.objects.create(name="Balance 3", technique="scale", created_by=ada)
    said = {"name": "tap 1", "instrument": balance.pk, "operator": "M. Curie", "measured_on": "2026-03-01", "note": ""}
    client.post(f"/measurements/{measured.pk}/about", {**said, "reason": "label misread"})
    page = text_of(client.get(measured.get_absolute_url()))
    for words in ("Balance 3", "M. Curie", "2026-03-01", "label misread"):
        assert words in page
    refused = client.post(f"/measurements/{measured.pk}/about", {**said, "measured_on": "2999-01-01"})
    assert "still to come" in text_of(refused)


def test_a_file_is_uploaded_on_what_was_measured(client, ada, sample, calls, django_capture_on_commit_callbacks):
    client.force_login(ada)
    assert "labdb finds out by content" in text_of(client.get(f"/measurements/new?sample={sample.pk}"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/measurements/new?sample={sample.pk}", {"file": SimpleUploadedFile("w.txt", FILE)})
    assert SampleMeasurement.objects.get().sample == sample
    missing = client.post(f"/measurements/new?sample={sample.pk}", {}, follow=True)
    assert "Choose the instrument&#x27;s file." in text_of(missing)
    unknown = SimpleUploadedFile("notes.txt", b"nothing of ours")
    client.post(f"/measurements/new?sample={sample.pk}", {"file": unknown})
    assert RawFile.objects.get(name="notes.txt").state == RawFile.State.INBOX


def test_values_are_typed_in_and_corrected(client, ada, batch, calls, django_capture_on_commit_callbacks):
    client.force_login(ada)
    address = f"/measurements/type-in/scale?batch={batch.pk}"
    assert "Mass of replicate 1" in text_of(client.get(address))
    refused = client.post(address, {"rows": "3", "mass_g-0": "1.5", "mass_g-1": "x", "operator": "Ada"})
    assert "Row 2: Mass is x, which is no number." in text_of(refused)
    assert 'value="1.5"' in text_of(refused)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"rows": "3", "mass_g-0": "1.5", "mass_g-2": "2.5", "operator": "Ada"})
    calls.run_all()
    measured = SampleMeasurement.objects.get()
    assert (measured.operator, measured.current_run.results.get().value) == ("Ada", 2.0)
    correct = f"/measurements/{measured.pk}/correct"
    assert 'value="2.5"' in text_of(client.get(correct))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(correct, {"rows": "2", "mass_g-0": "1.5", "mass_g-1": "3.5", "reason": "misread"})
    calls.run_all()
    page = text_of(client.get(measured.get_absolute_url()))
    assert "2.500" in page
    assert "corrected since" in page


def test_a_technique_without_typed_values_has_no_such_page(client, ada, batch):
    client.force_login(ada)
    assert client.get(f"/measurements/type-in/cycling?batch={batch.pk}").status_code == 404


def test_the_file_is_hung_on_another_sample_as_well(client, ada, measured, batch):
    client.force_login(ada)
    client.post(f"/measurements/{measured.pk}/also", {"code": "gp-ncm-b1"})
    assert SampleMeasurement.objects.filter(batch=batch, sample=None).count() == 1
    page = client.post(f"/measurements/{measured.pk}/also", {"code": "nowhere"}, follow=True)
    assert "no sample, batch or cell nowhere" in text_of(page)


def test_measurements_stand_on_the_pages_of_batch_sample_and_cell(client, ada, measure, measured, sample, cell):
    taken = measure(AgedCell(cell, 100), b"scale\n9\n", "taken.txt")
    client.force_login(ada)
    for record in (sample.batch, sample):
        page = text_of(client.get(record.get_absolute_url()))
        assert "weighed.txt" in page
        assert "1.750 ± 0.071 (2)" in page
    assert "C-001 after 100 cycles" in text_of(client.get(cell.get_absolute_url()))
    assert "taken.txt" in text_of(client.get(cell.batch.get_absolute_url()))
    found = text_of(client.get("/search?q=taken"))
    assert taken.get_absolute_url() in found


@pytest.fixture
def products(measure, project, ada):
    """Two batches of GP-NCM and one of P-NCM, weighed 1.70 and 1.80, 1.90, and 2.20."""
    made = {
        code: Batch.objects.create(project=project, code=code, product=code[:-3], created_by=ada)
        for code in ("GP-NCM-B5", "GP-NCM-B6", "P-NCM-B5")
    }
    for number, (code, mass) in enumerate(
        [("GP-NCM-B5", 1.7), ("GP-NCM-B5", 1.8), ("GP-NCM-B6", 1.9), ("P-NCM-B5", 2.2)]
    ):
        measure(made[code], f"scale\n{mass}\n".encode(), f"{number}.txt")
    return made


def test_batches_are_compared_with_mean_sd_and_n(client, ada, products):
    client.force_login(ada)
    page = text_of(client.get("/measurements/compare?technique=scale"))
    assert "1.800 ± 0.100 (3)" in page
    assert "2.200 (1)" in page
    by_batch = text_of(client.get("/measurements/compare?technique=scale&by=batch"))
    assert "1.750 ± 0.071 (2)" in by_batch
    of_batches = text_of(client.get("/measurements/compare?technique=scale&count=batch"))
    assert "1.825 ± 0.106 (2)" in of_batches
    figure = client.get("/measurements/compare/figures/points-amount_g.json?technique=scale").json()
    assert "GP-NCM 1.800 ± 0.100 (n = 3 measurements); P-NCM 2.200 (n = 1 measurements)" in figure["summary"]
    overlay = client.get("/measurements/compare/figures/masses.json?technique=scale").json()
    assert len(overlay["data"]) == 4
    assert client.get("/measurements/compare/figures/alone.json?technique=scale").status_code == 404
    csv = client.get("/measurements/compare.csv?technique=scale&product=P-NCM").content.decode()
    assert csv.count("\n") == 2
    assert client.get("/measurements/compare?technique=scale&by=colour").status_code == 404
    assert "1 analysed" not in text_of(client.get("/measurements/compare"))


def test_nobody_sees_or_writes_what_is_not_theirs(client, ada, ben, cleo, measured, sample):
    address = measured.get_absolute_url()
    client.force_login(cleo)
    for path in (address, f"/measurements/{measured.pk}/figures/masses.json", f"/measurements/{measured.pk}/status"):
        assert client.get(path).status_code == 404
    assert "weighed.txt" not in text_of(client.get("/measurements/"))
    assert "GP-NCM" not in text_of(client.get("/measurements/compare?technique=scale"))
    assert client.get(f"/measurements/new?sample={sample.pk}").status_code == 404
    assert client.get(f"/runs/{measured.current_run_id}/pictures/view.png").status_code == 404
    client.force_login(ben)
    assert client.get(address).status_code == 200
    assert "Analyse with these" not in text_of(client.get(address))
    for path in ("parameters", "about", "also"):
        assert client.post(f"/measurements/{measured.pk}/{path}", {"name": "x", "code": "x"}).status_code == 403
    assert client.get(f"/measurements/{measured.pk}/correct").status_code == 403
    assert client.get(f"/measurements/new?sample={sample.pk}").status_code == 403
    assert client.get(f"/measurements/type-in/scale?sample={sample.pk}").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/measurements/", "/measurements/compare?technique=scale", "/measurements/compare.csv?technique=scale", "BATCH"],
)
def test_more_measurements_ask_no_more_queries(address, client, ada, batch, measure, django_assert_max_num_queries):
    client.force_login(ada)
    address = batch.get_absolute_url() if address == "BATCH" else address
    balance = Instrument.objects.create(name="Balance 3", created_by=ada)
    for number in range(2):
        measure(batch, f"scale\n{number + 1}\n".encode(), f"{number}.txt")
    SampleMeasurement.objects.update(instrument=balance)
    client.get(address)
    with django_assert_max_num_queries(60) as before:
        client.get(address)
    for number in range(5, 9):
        measure(batch, f"scale\n{number}\n".encode(), f"{number}.txt")
    SampleMeasurement.objects.update(instrument=balance)
    with django_assert_max_num_queries(len(before)):
        client.get(address)


def test_the_lineage_of_a_batch_counts_its_measurements_by_technique(client, ada, measure, batch, sample):
    measure(batch)
    measure(sample, b"scale\n4\n")
    client.force_login(ada)
    page = text_of(client.get(f"/batches/{batch.pk}/lineage", follow=True))
    assert "Scale" in page
    assert "2 measurements" in page
    assert client.get(f"/api/v1/batches/{batch.pk}/lineage").status_code == 200


def test_the_file_that_typed_values_come_from_is_attached_on_the_page(client, ada, ben, cleo, batch, calls):
    measured = enter("scale", batch, [{"mass_g": 1}], ada).measurement
    address = f"/measurements/{measured.pk}/evidence"
    for person, code in ((ben, 403), (cleo, 404)):
        client.force_login(person)
        assert client.post(address, {"file": SimpleUploadedFile("r.out", b"Rwp 4.2")}).status_code == code
    client.force_login(ada)
    assert "Choose the file that shows" in text_of(client.post(address, {}, follow=True))
    page = text_of(client.post(address, {"file": SimpleUploadedFile("r.out", b"Rwp 4.2")}, follow=True))
    assert "r.out is kept with this measurement." in page
    assert "evidence; 7 B" in page
