"""What a screen shows of a long profile."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from labdb.tables import parquet
from labdb.tables.overview import downsample, overview, window

ROWS = 400_000


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overview")
    time = np.arange(ROWS, dtype=float)
    voltage = 3.5 + 0.5 * np.sin(time / 500)
    voltage[123_456] = 5.0
    table = pl.DataFrame(
        {"test_time_second": time, "voltage_volt": voltage, "current_ampere": np.sign(np.cos(time / 500)) / 1000}
    )
    parquet.write(table, folder / "test.parquet")
    parquet.write(overview(table), folder / "overview.parquet")
    return folder / "test.parquet", folder / "overview.parquet", table


def test_a_short_table_is_its_own_overview():
    table = pl.DataFrame({"test_time_second": [0.0, 1.0], "voltage_volt": [3.0, 4.0]})
    assert overview(table).equals(table)


def test_no_peak_is_lost(stored):
    _, overview_path, _ = stored
    assert parquet.read(overview_path)["voltage_volt"].max() == pytest.approx(5.0)
    whole = window(*stored[:2])
    assert whole["voltage_volt"].max() == pytest.approx(5.0)
    assert whole.height <= 2 * 2000


def test_a_wide_window_comes_from_the_overview_and_a_narrow_one_from_the_records(stored, tmp_path):
    path, overview_path, table = stored
    elsewhere = tmp_path / "not-there.parquet"
    assert window(elsewhere, overview_path, start=0.0, end=ROWS / 2).height >= 2000
    narrow = window(path, overview_path, start=100_000, end=100_999)
    assert narrow["test_time_second"].to_list() == table["test_time_second"][100_000:101_000].to_list()


def test_a_window_outside_the_test_is_empty(stored):
    assert window(*stored[:2], start=1e9).is_empty()


def test_missing_values_do_not_hide_the_rest():
    table = pl.DataFrame({"test_time_second": np.arange(5000.0), "voltage_volt": [None, *range(4999)]})
    assert downsample(table, 100, profiles=["voltage_volt"])["voltage_volt"].max() == 4998
