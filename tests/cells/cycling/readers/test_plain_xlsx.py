"""A lab's own workbook: which heads it may have, what is assumed, and which way the current runs."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from cells.cycling.readers import READERS, plain_xlsx
from labdb.ingest.reader import FileHead, ReaderError

HEADS = ("Time", "Current", "Voltage")
# 10 s at rest, 10 s at 3 A, 10 s at rest.
FALLING = [(0, 0, 4.2), (10, 0, 4.2), (11, 3, 4.1), (20, 3, 4.0), (21, 0, 4.1), (30, 0, 4.15)]


@pytest.fixture
def workbook(tmp_path):
    def write(heads, *sheets):
        path = tmp_path / "pulse.xlsx"
        book = Workbook()
        for number, rows in enumerate(sheets):
            sheet = book.create_sheet(f"Sheet{number}", number)
            for row in [heads, *rows]:
                sheet.append(row)
        book.save(path)
        return path

    return write


def read(path):
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    assert reader is plain_xlsx.READER
    return reader.read(path, "pulse.xlsx")


def test_a_positive_current_that_lets_the_voltage_fall_is_turned_and_said(workbook):
    reading = read(workbook(HEADS, FALLING))
    assert reading.table["current_ampere"].to_list() == [0, 0, -3, -3, 0, 0]
    assert any("its sign was turned" in sentence for sentence in reading.warnings)
    assert any("its sign was turned" in sentence for sentence in reading.metadata["corrections"])


def test_a_current_that_carries_its_sign_is_left_alone(workbook):
    reading = read(workbook(HEADS, [(time, -current, volt) for time, current, volt in FALLING]))
    assert reading.table["current_ampere"].to_list() == [0, 0, -3, -3, 0, 0]
    assert not any("sign" in sentence for sentence in reading.warnings)


def test_currents_without_sign_that_run_both_ways_are_refused(workbook):
    rising = [(time + 30, current, 8.2 - volt) for time, current, volt in FALLING]
    with pytest.raises(ReaderError, match=r"pulse\.xlsx: the current has no sign"):
        read(workbook(HEADS, FALLING + rising))


def test_heads_without_units_are_seconds_amperes_and_volts_and_this_is_said(workbook):
    reading = read(workbook(HEADS, FALLING))
    assert any("name no unit and were taken in s, A and V" in sentence for sentence in reading.warnings)


def test_units_in_the_heads_convert(workbook):
    rows = [(time / 60, -current * 1000, volt * 1000) for time, current, volt in FALLING]
    reading = read(workbook(("Time (min)", "Current (mA)", "Voltage (mV)"), rows))
    assert reading.table["test_time_second"].to_list() == pytest.approx([0, 10, 11, 20, 21, 30])
    assert reading.table["current_ampere"].to_list() == pytest.approx([0, 0, -3, -3, 0, 0])
    assert reading.table["voltage_volt"].to_list() == pytest.approx([4.2, 4.2, 4.1, 4.0, 4.1, 4.15])
    assert not any("no unit" in sentence for sentence in reading.warnings)


def test_a_test_that_goes_on_in_the_next_sheet_is_one(workbook):
    later = [(time + 31, current, volt) for time, current, volt in FALLING]
    assert read(workbook(HEADS, FALLING, later)).table.height == 12


def test_cycles_and_steps_of_the_sheet_are_kept(workbook):
    rows = [(*row, 1 + number // 3, 7) for number, row in enumerate(FALLING)]
    reading = read(workbook((*HEADS, "Cycle", "Step"), rows))
    assert reading.table["cycle_count"].to_list() == [1, 1, 1, 2, 2, 2]
    assert reading.table["step_id"].to_list() == [7] * 6


def test_a_row_without_its_voltage_is_refused(workbook):
    with pytest.raises(ReaderError, match=r"voltage of record 2 has no value"):
        read(workbook(HEADS, [FALLING[0], (10, 0, None), *FALLING[2:]]))


@pytest.mark.parametrize("heads", [("Time", "Current"), ("Potential", "Current", "Time"), (*HEADS, "Frequency")])
def test_other_sheets_are_no_such_test(workbook, heads):
    head = FileHead.of(workbook(heads, [(0, 0, 0, 0)]))
    assert not any(reader.recognises(head) for reader in READERS)
