"""What a screen shows of a long profile: a stored first view, and the window that a person zooms into. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from tsdownsample import MinMaxLTTBDownsampler

SCREEN_POINTS = 2000  # a wide screen has about that many columns
PROFILE = ("voltage_volt", "current_ampere")


def overview(
    table: pl.DataFrame,
    points: int = SCREEN_POINTS,
    x: str = "test_time_second",
    profiles: Sequence[str] = PROFILE,
) -> pl.DataFrame:
    """The records of a profile that its picture is made of; every record where they are few.

    Chosen by MinMaxLTTB for each profile, so that no peak is lost, and the rows of all are kept: a point of
    the voltage has its current beside it. Source: J. Van Der Donckt et al., MinMaxLTTB, IEEE VIS (2023).

    Args:
        table: rows in the order of x.
        points: for each profile.
    """
    if table.height <= points:
        return table
    along = np.ascontiguousarray(table[x].to_numpy(), dtype=np.float64)
    chosen = np.unique(
        np.concatenate([_chosen(along, table[name], points) for name in profiles if name in table.columns])
    )
    return table[chosen]


def _chosen(along: np.ndarray, profile: pl.Series, points: int) -> np.ndarray:
    values = np.ascontiguousarray(profile.cast(pl.Float64).fill_null(strategy="forward").to_numpy(), dtype=np.float64)
    return MinMaxLTTBDownsampler().downsample(along, np.nan_to_num(values), n_out=points)
