"""The simulated scan gives back what it was made of."""

from __future__ import annotations

from datetime import datetime

import pytest

from characterization.dsc.technique import DSC
from dashboards.demo.simulate.dsc import Exotherm, write_scan
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches

BEGIN = datetime(2026, 3, 2, 9, 0)


def analysed(path, technique=DSC, **parameters):
    (match,) = matches(FileHead.of(path), [technique])
    reading = match.reader.read(path, path.name)
    table = technique.schema.conform(reading.table)
    return reading, technique.analysed([], table, {**technique.defaults, **parameters}, lambda done, doing: None)


@pytest.mark.parametrize(
    "exotherm", [Exotherm(208.0, 221.0, 1450.0), Exotherm(214.5, 226.0, 1180.0), Exotherm(190.0, 215.0, 600.0)]
)
@pytest.mark.parametrize("rate", [5.0, 10.0])
def test_a_simulated_scan_is_read_and_analysed_to_its_targets(tmp_path, exotherm, rate):
    path = tmp_path / "GP-NCM-01 simulated.txt"
    write_scan(path, exotherm, "GP-NCM-01", BEGIN, seed=7, rate_celsius_per_min=rate)
    reading, analysis = analysed(path)
    found = {scalar.quantity: scalar.value for scalar in analysis.scalars}
    assert found["dsc_onset_celsius"] == pytest.approx(exotherm.onset_celsius, abs=0.5)
    assert found["dsc_peak_celsius"] == pytest.approx(exotherm.peak_celsius, abs=0.5)
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(exotherm.heat_joule_per_gram, rel=0.01)
    assert found["scan_rate_celsius_per_min"] == pytest.approx(rate, rel=0.01)
    assert analysis.tables["peaks"]["direction"].to_list() == ["exothermic"]
    assert analysis.warnings == ()
    assert reading.metadata["comment"] == "SIMULATED GP-NCM-01"
    assert reading.metadata["start_time_local"] == "2026-03-02T09:00:00"


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    path, written = tmp_path / "scan.txt", []
    for _ in range(2):
        write_scan(path, Exotherm(208, 221, 1450), "GP-NCM-01", BEGIN, seed=3)
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_heat_per_gram_of_the_powder_is_that_of_the_sample_times_the_ratio_of_the_masses(tmp_path):
    path = tmp_path / "scan.txt"
    write_scan(path, Exotherm(208, 221, 1000), "GP-NCM-01", BEGIN, seed=3, sample_mass_mg=7.0)
    _, analysis = analysed(path, reference_mass_mg=5.0)
    found = {scalar.quantity: scalar.value for scalar in analysis.scalars}
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(1400, rel=0.01)  # 1000 J/g × 7 mg / 5 mg
    assert found["dsc_reference_mass_mg"] == 5.0
