"""Stored tables: what goes in comes out, small, and in parts."""

from __future__ import annotations

import io

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cells.cycling.readers import READERS
from labdb.ingest.reader import FileHead
from labdb.tables import parquet
from tests.cells.cycling.tables import charge, cycling_table, discharge


@pytest.fixture
def stored(tmp_path):
    table = cycling_table([[charge(), discharge()]] * 30, counters=True)
    parquet.write(table, tmp_path / "test.parquet")
    return table, tmp_path / "test.parquet"


def test_a_stored_table_comes_back_with_its_rows_and_columns(stored):
    table, path = stored
    back = parquet.read(path)
    assert back.columns == table.columns
    assert back["test_time_second"].equals(table["test_time_second"])
    assert back["cycle_count"].equals(table["cycle_count"])
    assert back["step_type"].to_list() == table["step_type"].to_list()
    assert back["voltage_volt"].to_list() == pytest.approx(table["voltage_volt"].to_list(), rel=1e-7)


def test_a_stored_cycling_table_is_plain_to_any_tool(stored):
    _, path = stored
    schema = pl.read_parquet_schema(path)
    assert all(schema[name].is_float() for name in ("test_time_second", "voltage_volt", "current_ampere"))
    assert schema["step_type"] == pl.String


def test_chosen_columns_of_chosen_cycles_are_read_alone(stored):
    table, path = stored
    part = parquet.read(path, ["cycle_count", "voltage_volt"], cycles=(7, 8))
    assert part.columns == ["cycle_count", "voltage_volt"]
    assert part["cycle_count"].unique().sort().to_list() == [7, 8]
    assert part.height == table.filter(pl.col("cycle_count").is_between(7, 8)).height
    assert parquet.read(path, cycles=(None, 2))["cycle_count"].max() == 2
    assert parquet.read(path, cycles=(29, None))["cycle_count"].min() == 29


def test_a_column_that_is_not_there_is_named_with_those_that_are(stored):
    with pytest.raises(ValueError, match=r"no column volts; it has test_time_second, .*voltage_volt"):
        parquet.read(stored[1], ["volts"])


def test_cycles_of_a_table_without_cycles_are_refused(tmp_path):
    parquet.write(pl.DataFrame({"two_theta_degree": [10.0]}), tmp_path / "pattern.parquet")
    with pytest.raises(ValueError, match="no column cycle_count"):
        parquet.read(tmp_path / "pattern.parquet", cycles=(1, 2))


@pytest.mark.parametrize("rows", [0, 1])
def test_tables_of_no_row_or_one_are_stored(tmp_path, rows):
    table = cycling_table([[charge()]]).head(rows)
    parquet.write(table, tmp_path / "few.parquet")
    assert parquet.read(tmp_path / "few.parquet").height == rows


def test_missing_values_stay_missing(tmp_path):
    table = pl.DataFrame({"kind": pl.Series(["a", None], dtype=pl.Categorical), "value_volt": [None, 1.5]})
    parquet.write(table, tmp_path / "gaps.parquet")
    assert parquet.read(tmp_path / "gaps.parquet").rows() == [("a", None), (None, 1.5)]


def test_what_was_float32_or_its_thousandth_is_stored_as_float32():
    noise = np.random.default_rng(1).normal(3.7, 0.1, 1000).astype(np.float32)
    assert parquet.narrow(pl.Series(noise).cast(pl.Float64)).dtype == pl.Float32
    assert parquet.narrow(pl.Series(noise).cast(pl.Float64) / 1000).dtype == pl.Float32


def test_decimals_that_float32_tells_apart_are_stored_as_float32_and_printed_as_they_were():
    volts = pl.Series([3.0001, 4.2999, 2.75, 0.0])
    assert parquet.narrow(volts).dtype == pl.Float32
    assert parquet.narrow(volts).cast(pl.String).to_list() == ["3.0001", "4.2999", "2.75", "0.0"]


def test_numbers_with_more_digits_than_float32_keeps_stay_float64():
    for values in ([3.123456789, 1.0], [12345678.5, 0.1], [1e300, 1.0], [1 / 3, 2 / 3]):
        column = pl.Series(values)
        assert parquet.narrow(column).equals(column)
        assert parquet.narrow(column).dtype == pl.Float64


@settings(deadline=None, max_examples=200)
@given(st.lists(st.decimals(-100, 100, places=4), min_size=1), st.integers(0, 4))
def test_no_decimal_of_a_file_is_lost(decimals, places):
    printed = [f"{decimal:.{places}f}" for decimal in decimals]
    column = pl.Series([float(text) for text in printed])
    narrowed = parquet.narrow(column)
    assert [f"{value:.{places}f}" for value in narrowed.to_list()] == [f"{value:.{places}f}" for value in column]


def test_time_keeps_its_milliseconds_over_years(tmp_path):
    times = pl.DataFrame({"test_time_second": [0.001, 123_456_789.123], "unix_time_second": [1.5, 1_742_977_375.474]})
    parquet.write(times, tmp_path / "times.parquet")
    assert parquet.read(tmp_path / "times.parquet").equals(times)


def test_a_table_is_handed_out_as_csv_parquet_and_arrow(stored):
    table, path = stored
    chosen = parquet.select(path, ["cycle_count", "current_ampere"], cycles=(2, 3))
    expected = table.filter(pl.col("cycle_count").is_between(2, 3)).height
    text = b"".join(parquet.csv_stream(chosen))
    assert text.startswith(b"cycle_count,current_ampere\n2,0.001\n")
    assert pl.read_csv(text).height == expected
    assert pl.read_parquet(io.BytesIO(b"".join(parquet.parquet_stream(chosen)))).height == expected
    assert pl.read_ipc(io.BytesIO(b"".join(parquet.arrow_stream(chosen)))).height == expected


@pytest.mark.parametrize("name", ["test_2.ndax", "nw4-120-6-1-36.ndax", "navani_test.ndax", "interp-test.ndax"])
def test_a_real_file_is_stored_in_no_more_bytes_than_it_came_in(real_data, tmp_path, name):
    path = real_data / "cycling" / "neware" / name
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    table = reader.read(path, name).table
    parquet.write(table, tmp_path / "test.parquet")
    assert (tmp_path / "test.parquet").stat().st_size <= 1.1 * path.stat().st_size
