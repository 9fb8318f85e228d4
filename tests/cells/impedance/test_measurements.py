"""Impedances in labdb: of a cell after so many cycles, by page and REST; Ada owns, Ben looks, Cleo sees nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import AgedCell
from dashboards.demo.simulate.eis import AgedElectrode, write_gamry
from labdb.ingest.services import ingest

TRANSFER = {25: 20.0, 50: 27.0, 100: 42.0}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def measure(project, ada, cell, calls, tmp_path, django_capture_on_commit_callbacks):
    """Ingests a simulated spectrum of the cell after so many cycles, and analyses it."""

    def measured(cycles: int, name: str = "") -> SampleMeasurement:
        path = tmp_path / "spectrum"
        write_gamry(path, AgedElectrode(f"{cell.code} after {cycles} cycles", TRANSFER[cycles]), seed=cycles)
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, name or f"eis {cycles}.DTA", project, ada, subject=AgedCell(cell, cycles))
        calls.run_all()
        assert done.measurement is not None, done.sentence
        return SampleMeasurement.objects.with_subject().get(pk=done.measurement.pk)

    return measured


@pytest.fixture
def series(measure):
    return [measure(cycles) for cycles in TRANSFER]


def results(measurement) -> dict[str, float]:
    return {result.quantity: result.value for result in measurement.current_run.results.all()}


def test_a_spectrum_of_a_cell_gives_its_charge_transfer_resistance(series):
    for measurement, (cycles, transfer) in zip(series, TRANSFER.items(), strict=True):
        found = results(measurement)
        assert (measurement.technique, measurement.cycle_count) == ("eis", cycles)
        assert found["charge_transfer_resistance_ohm"] == pytest.approx(transfer, rel=0.01)
        assert found["ohmic_resistance_ohm"] == pytest.approx(4.2, rel=0.01)
        assert (
            found["charge_transfer_resistance_low_ohm"]
            < found["charge_transfer_resistance_ohm"]
            < found["charge_transfer_resistance_high_ohm"]
        )
        run = measurement.current_run
        assert run.parameters == {"circuit": "R0-p(R1,CPE1)-p(R2,CPE2)-W1"}
        assert run.metadata["comment"].startswith("SIMULATED")
        assert sorted(table.name for table in run.tables.all()) == ["elements", "fit", "kramers_kronig", "spectrum"]


def test_its_page_shows_figures_and_numbers_and_lets_another_circuit_be_chosen(
    client, ada, series, calls, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    measurement = series[-1]
    page = text_of(client.get(measurement.get_absolute_url()))
    for words in (
        "Impedance (EIS) of",
        "C-001 after 100 cycles",
        "Nyquist plot",
        "Charge-transfer resistance",
        "Own circuit",
    ):
        assert words in page
    for name in ("nyquist", "bode", "kramers-kronig", "rct-cycles"):
        figure = client.get(f"/measurements/{measurement.pk}/figures/{name}.json").json()
        assert "C-001 after 100 cycles" in figure["summary"] or name == "rct-cycles", name
        assert figure["data"], name
    wrong = client.post(f"/measurements/{measurement.pk}/parameters", {"circuit_text": "R0-p(R1,Q1)"})
    assert "there is no element Q" in text_of(wrong)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/measurements/{measurement.pk}/parameters",
            {"circuit_text": "R0-p(R1,CPE1)-p(R2-W1,CPE2)", "rct_element": "R1"},
        )
    calls.run_all()
    changed = SampleMeasurement.objects.get(pk=measurement.pk)
    assert changed.current_run.parameters["rct_element"] == "R1"
    assert results(changed)["charge_transfer_resistance_ohm"] == pytest.approx(9.5, rel=0.1)
    assert measurement.current_run_id != changed.current_run_id


def test_the_cell_shows_its_spectra_and_they_are_compared_by_cycle(client, ada, cell, series):
    client.force_login(ada)
    page = text_of(client.get(cell.get_absolute_url()))
    assert "Impedance (EIS)" in page
    assert "eis 100.DTA" in page
    for name in ("nyquist", "bode"):
        figure = client.get(f"/measurements/compare/figures/{name}.json?technique=eis").json()
        assert figure["summary"].count("after") == 3
    figure = client.get("/measurements/compare/figures/rct-cycles.json?technique=eis").json()
    assert figure["summary"].startswith("GP-NCM: 25 cycles ")
    assert figure["layout"]["yaxis"]["title"]["text"] == "Charge-transfer resistance / ohm"
    assert "Charge-transfer resistance" in text_of(client.get("/measurements/compare?technique=eis"))


def test_the_page_of_a_cell_lays_its_spectra_over_each_other(client, ada, cell, series):
    client.force_login(ada)
    page = client.get(f"/cells/{cell.pk}/").content.decode()
    ids = "&amp;".join(f"id={one.pk}" for one in sorted(series, key=lambda one: -one.pk))
    for name in ("nyquist", "bode", "rct-cycles"):
        assert f'data-figure="/measurements/compare/figures/{name}.json?technique=eis&amp;{ids}"' in page, name
    assert "kramers-kronig" not in page


def test_one_spectrum_is_not_laid_over_anything(client, ada, cell, measure):
    measure(25)
    client.force_login(ada)
    assert "/measurements/compare/figures/" not in client.get(f"/cells/{cell.pk}/").content.decode()


def test_means_are_not_taken_over_numbers_of_cycles_unless_asked_for(client, api, ada, measure, series):
    measure(25, "again.DTA")
    client.force_login(ada)
    page = text_of(client.get("/measurements/compare?technique=eis"))
    for words in ("GP-NCM, 25 cycles", "GP-NCM, 50 cycles", "GP-NCM, 100 cycles"):
        assert words in page
    assert '<option value="cycles" selected>' in page
    points = client.get("/measurements/compare/figures/points-charge_transfer_resistance_ohm.json?technique=eis").json()
    assert points["layout"]["xaxis"]["ticktext"][0].startswith("GP-NCM, 25 cycles")
    together = text_of(client.get("/measurements/compare?technique=eis&by=product"))
    assert "GP-NCM, 25 cycles" not in together


def test_a_file_is_uploaded_on_a_cell_after_its_cycles(
    client, ada, cell, calls, tmp_path, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    path = tmp_path / "spectrum"
    write_gamry(path, AgedElectrode("C-001", 30.0), seed=3)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/measurements/new?cell={cell.pk}",
            {"file": SimpleUploadedFile("a.DTA", path.read_bytes()), "cycle_count": "75"},
        )
    calls.run_all()
    measurement = SampleMeasurement.objects.get()
    assert (measurement.technique, measurement.cell, measurement.cycle_count) == ("eis", cell, 75)
    assert results(measurement)["charge_transfer_resistance_ohm"] == pytest.approx(30, rel=0.01)


def test_rest_takes_a_spectrum_gives_its_tables_and_finds_it_by_its_cycles(
    api, ada, cell, calls, tmp_path, django_capture_on_commit_callbacks
):
    client = api(ada)
    path = tmp_path / "spectrum"
    write_gamry(path, AgedElectrode("C-001", 30.0), seed=3)
    with django_capture_on_commit_callbacks(execute=True), path.open("rb") as file:
        answer = client.post("/api/v1/files", {"file": file, "aged_cell": f"{cell.pk}:75"}, format="multipart")
    assert answer.status_code in (200, 201, 202), answer.content
    calls.run_all()
    measurement = SampleMeasurement.objects.get()
    found = client.get("/api/v1/results?quantity=charge_transfer_resistance_ohm").json()["results"]
    assert [row["value"] for row in found] == pytest.approx([30], rel=0.01)
    (listed,) = client.get("/api/v1/techniques").json() and [
        one for one in client.get("/api/v1/techniques").json() if one["name"] == "eis"
    ]
    assert "nyquist" in str(listed)
    assert client.get(f"/api/v1/measurements/{measurement.pk}").json()["technique"] == "eis"


def test_who_looks_may_not_choose_and_who_is_outside_sees_nothing(client, api, ben, cleo, series):
    measurement = series[0]
    client.force_login(ben)
    assert client.get(measurement.get_absolute_url()).status_code == 200
    assert client.get(f"/measurements/{measurement.pk}/figures/nyquist.json").status_code == 200
    assert client.post(f"/measurements/{measurement.pk}/parameters", {"circuit_text": "R0-C1"}).status_code == 403
    client.force_login(cleo)
    assert client.get(measurement.get_absolute_url()).status_code == 404
    assert client.get(f"/measurements/{measurement.pk}/figures/nyquist.json").status_code == 404
    assert client.get("/measurements/compare/figures/nyquist.json?technique=eis").json()["empty"]
    assert api(cleo).get(f"/api/v1/measurements/{measurement.pk}").status_code == 404


def test_a_file_of_one_point_is_kept_and_its_run_says_why_it_failed(
    project, ada, cell, calls, tmp_path, django_capture_on_commit_callbacks
):
    path = tmp_path / "one"
    path.write_text("freq. /Hz\tZ1 /ohm\tZ2 /ohm\n1000\t3\t-4\n")
    with django_capture_on_commit_callbacks(execute=True):
        done = ingest(path, "one.txt", project, ada, subject=AgedCell(cell, 10))
    calls.run_all()
    (run,) = done.measurement.runs.all()
    assert run.state == "failed"
    assert "has 1 point, and a spectrum needs at least 3 frequencies" in run.error
