from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from cells.cycling.technique import CYCLING
from dashboards.demo.simulate.files import simulate, write_files
from dashboards.demo.simulate.programs import POWER_CUT, AgeingTest, run_cycles
from dashboards.demo.simulate.specimens import specimens
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches


def short(code: str, ageing_cycles: int = 5):
    """A cell of the study with only a few ageing cycles."""
    found = next(cell for cell in specimens() if cell.code == code)
    assert isinstance(found.program, AgeingTest)
    return replace(found, program=replace(found.program, ageing_cycles=ageing_cycles))


@pytest.fixture(scope="module")
def half_cell(tmp_path_factory):
    specimen = short("GP-NCM-H1")
    return specimen, write_files(specimen, tmp_path_factory.mktemp("files")).paths[0]


def test_the_first_record_says_that_nothing_was_measured(half_cell):
    _, path = half_cell
    remarks = pl.read_csv(path)["Remarks"].to_list()
    assert remarks[0] == "SIMULATED GP-NCM-H1"
    assert set(remarks[1:]) == {None}
    assert "simulated" in path.name


def test_labdb_reads_that_nothing_was_measured(half_cell):
    _, path = half_cell
    (match,) = matches(FileHead.of(path), [CYCLING])
    assert match.reader.name == "neware-text"
    assert match.reader.read(path, path.name).metadata["comment"] == "SIMULATED GP-NCM-H1"


def test_the_step_counters_are_the_capacities_of_the_model(half_cell):
    specimen, path = half_cell
    discharges = (
        pl.read_csv(path).filter(pl.col("Step Type") == "CC DChg").group_by("Cycle Index", maintain_order=True).last()
    )
    simulated = [
        cycle.ledger.discharged * specimen.cell.active_mass_mg / 1000
        for _, cycle in run_cycles(specimen.cell, specimen.program.limits, specimen.program.rates(), specimen.seed)
    ]
    assert discharges["Capacity(mAh)"].to_list() == pytest.approx(simulated, abs=5.1e-6)


def test_integrating_the_records_gives_the_counter(half_cell):
    _, path = half_cell
    step = pl.read_csv(path).filter(pl.col("Step Type") == "CV Chg", pl.col("Cycle Index") == 4)
    hours = step["Time"].str.strptime(pl.Time, "%H:%M:%S%.f").cast(pl.Int64) / 3.6e12
    current = step["Current(mA)"]
    charge = float((hours.diff() * (current + current.shift(1)) / 2).sum())
    # Six records of a decay that is convex: the trapezoids lie above it by some percent.
    assert charge == pytest.approx(step["Capacity(mAh)"][-1], rel=0.05)


def test_time_never_runs_back_and_each_step_begins_at_zero(half_cell):
    _, path = half_cell
    table = pl.read_csv(path)
    parts = table["Total Time"].str.split(":").list
    seconds = parts.get(0).cast(float) * 3600 + parts.get(1).cast(float) * 60 + parts.get(2).cast(float)
    assert seconds.is_sorted()
    first = table.group_by("Cycle Index", "Step Index", maintain_order=True).first()
    assert set(first["Time"]) == {"00:00:00.000"}
    assert set(first["Capacity(mAh)"]) == {0.0}


def test_discharge_currents_are_negative_and_the_window_is_kept(half_cell):
    _, path = half_cell
    table = pl.read_csv(path)
    assert table.filter(pl.col("Step Type") == "CC DChg")["Current(mA)"].max() < 0
    ends = table.filter(pl.col("Step Type") == "CC DChg").group_by("Cycle Index").last()["Voltage(V)"]
    assert set(ends) == {2.8}
    assert table["Voltage(V)"].max() <= 4.301


def test_the_same_cell_gives_the_same_bytes(half_cell, tmp_path):
    specimen, path = half_cell
    assert write_files(specimen, tmp_path).paths[0].read_bytes() == path.read_bytes()


def test_processes_of_their_own_give_the_same_bytes(half_cell, tmp_path):
    specimen, path = half_cell
    other = short("P-Ni96-P2")
    alike = [found.paths[0] for found in simulate([specimen, other], tmp_path, processes=2)]
    assert alike[0].read_bytes() == path.read_bytes()
    assert [found.name for found in alike] == ["GP-NCM-H1 simulated.csv", "P-Ni96-P2 simulated.csv"]


def test_a_power_cut_makes_two_files_whose_cycles_begin_anew(tmp_path):
    specimen = short("GP-Ni96-P1")
    specimen = replace(specimen, program=replace(specimen.program, cut_after=5))
    first, second = (pl.read_csv(path) for path in write_files(specimen, tmp_path).paths)
    assert first["Cycle Index"].unique().to_list() == [1, 2, 3, 4, 5]
    assert second["Cycle Index"].unique().to_list() == [1, 2, 3]
    assert second["Total Time"][0] == "00:00:00.000"
    clock = pl.Series([first["Date"][-1], second["Date"][0]]).str.to_datetime("%Y-%m-%d %H:%M:%S")
    assert (clock[1] - clock[0]).total_seconds() == pytest.approx(POWER_CUT.total_seconds(), abs=1)
