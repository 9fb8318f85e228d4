"""What a screen shows of a long profile: a stored first view, and the window that a person zooms into. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from polars import col
from tsdownsample import MinMaxLTTBDownsampler

from labdb.tables import parquet

SCREEN_POINTS = 2_000  # a wide screen has about that many columns
STORED_POINTS = 32_000  # of the longest tests: a twentieth of the whole is still a screen full
ROWS_A_POINT = 50
PROFILE = ("voltage_volt", "current_ampere")


def overview(table: pl.DataFrame, profiles: Sequence[str] = PROFILE) -> pl.DataFrame:
    """The stored first view of a table: enough for the whole on a screen, and for a twentieth of a long one."""
    points = max(SCREEN_POINTS, min(STORED_POINTS, table.height // ROWS_A_POINT))
    return downsample(table, points, profiles=profiles)


def downsample(
    table: pl.DataFrame, points: int = SCREEN_POINTS, x: str = "test_time_second", profiles: Sequence[str] = PROFILE
) -> pl.DataFrame:
    """The rows that the picture of a profile is made of; every row where they are few.

    Chosen by MinMaxLTTB for each profile, so that no peak is lost, and the rows of all are kept: a point of
    the voltage has its current beside it. Source: J. Van Der Donckt et al., MinMaxLTTB, IEEE VIS (2023).

    Args:
        table: rows in the order of x.
        points: for each profile.
    """
    drawn = [name for name in profiles if name in table.columns]
    if table.height <= points or not drawn:
        return table
    along = np.ascontiguousarray(table[x].to_numpy(), dtype=np.float64)
    return table[np.unique(np.concatenate([_chosen(along, table[name], points) for name in drawn]))]


def _chosen(along: np.ndarray, profile: pl.Series, points: int) -> np.ndarray:
    values = profile.cast(pl.Float64).fill_null(strategy="forward").to_numpy()
    return MinMaxLTTBDownsampler().downsample(along, np.nan_to_num(values), n_out=points)


def window(
    path: Path | str,
    overview_path: Path | str | None = None,
    start: float | None = None,
    end: float | None = None,
    points: int = SCREEN_POINTS,
    columns: Sequence[str] = ("test_time_second", *PROFILE, "cycle_count"),
    profiles: Sequence[str] = PROFILE,
) -> pl.DataFrame:
    """What a screen shows of the time from start to end, seconds of the test; None is the beginning or the end.

    A wide window is taken from the stored overview, as long as that has a screen full in it; a narrow one
    from the records themselves, of which no more than the window is read.
    """
    if overview_path is not None:
        seen = _between(overview_path, start, end, columns)
        if seen.height >= points:
            return downsample(seen, points, profiles=profiles)
    return downsample(_between(path, start, end, columns), points, profiles=profiles)


def _between(path: Path | str, start: float | None, end: float | None, columns: Sequence[str]) -> pl.DataFrame:
    table, time = parquet.scan(path), col("test_time_second")
    names = table.collect_schema().names()
    if start is not None:
        table = table.filter(time >= start)
    if end is not None:
        table = table.filter(time <= end)
    return table.select(name for name in columns if name in names).collect()
