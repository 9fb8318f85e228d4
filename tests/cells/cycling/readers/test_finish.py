"""What no cycling file may get past."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.readers.finish import finish, mass_mg
from cells.cycling.readers.order import mend_time
from labdb.ingest.reader import ReaderError


def rows(**columns):
    return pl.DataFrame(
        {
            "test_time_second": [0.0, 1.0, 2.0],
            "voltage_volt": [3.0, 3.1, 3.2],
            "current_ampere": [0.1, 0.1, 0.1],
            "cycle_count": [1, 1, 1],
            **columns,
        }
    )


def test_no_rows_are_refused_with_what_to_do():
    with pytest.raises(ReaderError, match=r"a\.csv: no records below the header; export the record layer"):
        finish(rows().clear(), "a.csv")


def test_a_missing_column_is_named():
    with pytest.raises(ReaderError, match=r"a\.csv: no column of current"):
        finish(rows().drop("current_ampere"), "a.csv")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_voltage_that_is_no_number_is_refused(value):
    with pytest.raises(ReaderError, match=r"the voltage of record 2"):
        finish(rows(voltage_volt=[3.0, value, 3.2]), "a.csv")


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("voltage_volt", "voltage of record 3 is 3.2e\\+15 in volts"),
        ("current_ampere", "current of record 3 is 3.2e\\+15 in amperes"),
    ],
)
def test_a_value_that_no_cycler_reaches_is_refused(column, sentence):
    with pytest.raises(ReaderError, match=sentence):
        finish(rows(**{column: [3.0, 3.1, 3.2e15]}), "a.csv")


@pytest.mark.parametrize("count", [1.5, 2.1e16])
def test_a_count_is_a_whole_number_of_32_bits(count):
    with pytest.raises(ReaderError, match="cycle_count is not a count in every record"):
        finish(rows(cycle_count=[1.0, 1.0, count]), "a.csv")


def test_a_single_record_out_of_place_takes_the_time_of_the_record_before():
    time, said = mend_time(pl.Series("t", [0.0, 10.0, 20.0, 0.0, 20.01, 30.0]), "a.csv")
    assert time.to_list() == [0.0, 10.0, 20.0, 20.0, 20.01, 30.0]
    assert "1 record out of place" in said


def test_a_clock_that_begins_again_at_zero_goes_on():
    time, said = mend_time(pl.Series("t", [0.0, 500.0, 1000.0, 0.0, 5.0, 10.0]), "a.csv")
    assert time.to_list() == [0.0, 500.0, 1000.0, 1000.0, 1005.0, 1010.0]
    assert "began again at 0 1 time" in said


def test_records_out_of_order_are_refused():
    with pytest.raises(ReaderError, match="time runs backwards at record 4"):
        mend_time(pl.Series("t", [0.0, 500.0, 1000.0, 600.0, 700.0]), "a.csv")


def test_cycles_that_the_file_does_not_number_are_counted_and_said_so():
    reading = finish(rows(current_ampere=[0.1, -0.1, 0.1]).drop("cycle_count"), "a.csv")
    assert reading.table["cycle_count"].to_list() == [1, 1, 2]
    assert any("does not number its cycles" in warning for warning in reading.warnings)


def test_a_test_of_many_years_is_doubted():
    reading = finish(rows(test_time_second=[0.0, 1.0, 6e8]), "a.csv")
    assert any("19 years" in warning for warning in reading.warnings)


def test_the_mass_that_an_instrument_fills_in_is_no_mass():
    assert [mass_mg(value) for value in (0.0, 1.0, 4.0, 0.001, 7000.0, None)] == [None] * 6
    assert mass_mg(3.04) == 3.04
