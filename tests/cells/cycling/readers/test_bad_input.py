"""Bad input in every layout in which it can stand: corrected and said so, doubted, or refused with what to do."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from cells.cycling.readers import READERS
from cells.cycling.technique import analyse
from labdb.ingest.reader import FileHead, ReaderError, Reading
from tests.cells.cycling.readers import samples
from tests.cells.cycling.readers.samples import Row
from tests.cells.cycling.readers.test_maccor import export as maccor
from tests.cells.cycling.readers.test_other_text import basytec, novonix

LAYOUTS: dict[str, Callable[[Path], object]] = {
    "neware flat": lambda path: path.write_text(samples.neware_flat()),
    "neware flat, other units": lambda path: path.write_bytes(samples.neware_flat_other_units().encode("latin-1")),
    "neware, chinese": lambda path: path.write_bytes(samples.neware_chinese().encode("gb18030")),
    "neware nested": lambda path: path.write_text(samples.neware_nested()),
    "neware workbook": samples.neware_workbook,
    "arbin": lambda path: path.write_text(samples.arbin_csv()),
    "arbin workbook": samples.arbin_workbook,
    "landt": lambda path: path.write_text(samples.landt_classic()),
    "landt, a table a step": lambda path: path.write_text(samples.landt_steps()),
    "landt, SI": lambda path: path.write_text(samples.landt_si()),
    "landt workbook": samples.landt_workbook,
    "bdf": lambda path: path.write_text(samples.bdf().write_csv()),
    "bdf, old names": lambda path: path.write_text(samples.bdf_deprecated().write_csv()),
    "bdf, gz": lambda path: path.write_bytes(gzip.compress(samples.bdf().write_csv().encode())),
    "bdf, parquet": lambda path: samples.bdf().write_parquet(path),
    "plain": lambda path: path.write_text(samples.plain()),
}
NUMBER_NO_CYCLES = {"landt", "landt, a table a step"}
KEEP_NO_TEST_TIME = {"neware nested"}  # only the time since the step began
KEEP_NO_STEP_TIME = {"bdf", "bdf, old names", "bdf, gz", "bdf, parquet"}
GOOD = samples.rows()


@pytest.fixture
def read(monkeypatch, tmp_path):
    """The reading of rows in a layout, or the error that refuses them."""

    def read(layout: str, rows: Sequence[Row]) -> Reading:
        monkeypatch.setattr(samples, "rows", lambda: list(rows))
        path = tmp_path / "export"
        LAYOUTS[layout](path)
        (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
        return reader.read(path, path.name)

    return read


def corrections(reading: Reading) -> str:
    """What was put right; each sentence is a warning, too."""
    found = reading.metadata.get("corrections", [])
    assert set(found) <= set(reading.warnings)
    return "; ".join(found)


def capacities(reading: Reading) -> list[float]:
    return analyse(reading.table, {}).tables["cycles"]["discharge_capacity_mah"].to_list()


# Files of one cycle: charge and discharge currents as written, and both with the other sign.
OTHER_SIGN = {
    "novonix": (novonix(), [(b"0.50000000,", b"-0.50000000,"), (b"-1.00000000,", b"1.00000000,")]),
    "maccor": (maccor(sign=""), [(b"\t1.0\t3.5\tC", b"\t-1.0\t3.5\tC"), (b"\t1.0\t4.2\tC", b"\t-1.0\t4.2\tC")]),
    "basytec": (basytec(sign=""), [(b"3.6\t0.5", b"3.6\t-0.5"), (b"4.2\t0.5", b"4.2\t-0.5")]),
}
WANTED = [0.5 * 70 / 60] * 2  # mAh, of both cycles


@pytest.mark.parametrize("layout", LAYOUTS)
def test_good_rows_have_nothing_to_correct(layout, read):
    reading = read(layout, GOOD)
    assert "corrections" not in reading.metadata
    assert capacities(reading) == pytest.approx(WANTED, rel=1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_current_of_the_wrong_sign_is_turned(layout, read):
    reading = read(layout, [replace(row, current=-row.current) for row in GOOD])
    assert "the sign of the current was turned" in corrections(reading)
    assert capacities(reading) == pytest.approx(WANTED, rel=1e-4)


@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - NUMBER_NO_CYCLES))
def test_cycles_that_are_numbered_anew_go_on(layout, read):
    end, last = GOOD[-1], GOOD[-1].executed
    again = [
        replace(row, record=row.record + end.record, time=row.time + end.time, executed=row.executed + last)
        for row in GOOD
    ]
    # The second test gives a little less, as a second test does.
    again = [replace(row, voltage=round(row.voltage - 0.001, 4)) for row in again]
    reading = read(layout, [*GOOD, *again])
    assert reading.table["cycle_count"].unique(maintain_order=True).to_list() == [1, 2, 3, 4]
    assert "counts its cycles anew" in corrections(reading)
    assert capacities(reading) == pytest.approx(WANTED * 2, rel=1e-4)


def set_back(rows: Sequence[Row], second: float) -> list[Row]:
    """The clock is set back in the middle of the charge of the second cycle."""
    begin = next(number for number, row in enumerate(rows) if row.cycle == 2 and row.step == 2) + 3
    return [replace(row, time=row.time - second) if number >= begin else row for number, row in enumerate(rows)]


@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - KEEP_NO_STEP_TIME - KEEP_NO_TEST_TIME))
def test_a_clock_that_is_set_back_goes_on_by_the_time_since_the_step_began(layout, read):
    reading = read(layout, set_back(GOOD, 3600.0))
    assert "it was continued by the time since the step began" in corrections(reading)
    assert reading.table["test_time_second"].to_list() == pytest.approx([row.time for row in GOOD], abs=1e-3)
    assert capacities(reading) == pytest.approx(WANTED, rel=1e-4)


@pytest.mark.parametrize("layout", sorted(KEEP_NO_STEP_TIME))
def test_without_it_a_clock_that_is_set_back_is_refused_with_its_record(layout, read):
    rows = set_back(GOOD, 3600.0)
    record = next(n for n in range(1, len(rows)) if rows[n].time < rows[n - 1].time) + 1
    with pytest.raises(ReaderError, match=f"export: time runs backwards at record {record} "):
        read(layout, rows)


# The tables of a step are numbered; two of one number would be a damaged file.
@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - KEEP_NO_TEST_TIME))
def test_a_file_that_was_appended_to_itself_is_read_once(layout, read):
    reading = read(layout, [*GOOD, *GOOD])
    assert f"{len(GOOD)} records from record {len(GOOD) + 1} on repeat earlier ones" in corrections(reading)
    assert reading.table.height == len(GOOD)
    assert capacities(reading) == pytest.approx(WANTED, rel=1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_records_written_twice_change_no_number(layout, read):
    reading = read(layout, [row for row in GOOD for _ in range(1 if row.step_time == 0 else 2)])
    assert capacities(reading) == pytest.approx(WANTED, rel=1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_voltage_that_is_no_number_is_refused_with_its_place(layout, read):
    rows = [replace(row, voltage=float("nan")) if number == 20 else row for number, row in enumerate(GOOD)]
    with pytest.raises(ReaderError, match=r"export: .*(voltage of record 21|line \d+|row \d+)"):
        read(layout, rows)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_of_rest_alone_is_read_and_has_no_capacity(layout, read):
    reading = read(layout, [row for row in GOOD if row.kind == "Rest" and row.cycle == 1])
    found = analyse(reading.table, {})
    assert found.warnings == ("no current flows in this test, so it has no capacity",)
    assert {scalar.quantity for scalar in found.scalars} == {"cycles", "ageing_cycles"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_current_in_milliampere_under_a_header_of_ampere_is_doubted_and_left_as_it_is(layout, read):
    reading = read(layout, [replace(row, current=row.current * 1000) for row in GOOD])
    assert any("a header names a wrong unit" in warning for warning in reading.warnings)
    assert "corrections" not in reading.metadata
    assert reading.table["current_ampere"].max() == pytest.approx(0.5)


@pytest.mark.parametrize("layout", OTHER_SIGN)
def test_the_exports_of_other_makers_are_turned_too(layout, tmp_path):
    data, changes = OTHER_SIGN[layout]
    for old, new in changes:
        assert old in data
        data = data.replace(old, new)
    path = tmp_path / "export"
    path.write_bytes(data)
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    reading = reader.read(path, path.name)
    assert any("sign" in warning and "turned" in warning for warning in reading.warnings)
    steps = reading.table.filter(reading.table["current_ampere"] != 0)
    rises = steps.group_by("step_count", maintain_order=True).agg(
        pl.col("voltage_volt").last() - pl.col("voltage_volt").first(), pl.col("current_ampere").first()
    )
    assert all((rise > 0) == (current > 0) for _, rise, current in rises.iter_rows())
