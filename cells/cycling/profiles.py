"""Voltage profiles: voltage against the capacity since the half cycle began, as many points as a screen shows. Pure."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl
from tsdownsample import MinMaxLTTBDownsampler

from cells.cycling.half_cycles import HalfCycle, half_cycles, to_frame
from labdb.tables.schema import TableSchema

POINTS = 400  # of each half cycle

PROFILES = TableSchema(
    "profile",
    required={
        "cycle_count": pl.Int32,
        "half": pl.Categorical,  # charge or discharge
        "capacity_mah": pl.Float64,  # since the half cycle began; it rises in both halves
        "capacity_mah_per_g": pl.Float64,  # null where the active mass is not known
        "voltage_volt": pl.Float64,
    },
)


def voltage_profiles(
    table: pl.DataFrame | pl.LazyFrame,
    steps: pl.DataFrame,
    cycles: Collection[int] | None = None,
    active_mass_mg: float | None = None,
    points: int | None = POINTS,
) -> pl.DataFrame:
    """The voltage profiles of the chosen cycles, a `PROFILES` table.

    Args:
        table: one test, a `CYCLING` table, whole or as a scan of the stored one.
        steps: its `STEPS` table.
        cycles: cycle numbers; all where none are given.
        active_mass_mg: active material only; without it nothing is per gram.
        points: of each half cycle, chosen by MinMaxLTTB; None gives every record.
    """
    curves = ((half, _thinned(half, points)) for half in half_cycles(table, steps, cycles))
    profiles = to_frame(curves, ("capacity_mah", "voltage_volt"))
    mass_g = pl.lit(None if active_mass_mg is None else active_mass_mg / 1000, dtype=pl.Float64)
    return PROFILES.conform(profiles.with_columns(capacity_mah_per_g=pl.col("capacity_mah") / mass_g))


def _thinned(half: HalfCycle, points: int | None) -> dict[str, np.ndarray]:
    voltage, capacity = half.voltage_volt, half.capacity_mah
    if points is not None and voltage.size > points:
        # A counter that is read between two updates may stand still or step back in its last digit.
        along = np.maximum.accumulate(capacity)
        chosen = MinMaxLTTBDownsampler().downsample(along, np.ascontiguousarray(np.nan_to_num(voltage)), n_out=points)
        voltage, capacity = voltage[chosen], capacity[chosen]
    return {"capacity_mah": capacity, "voltage_volt": voltage}
