"""The floors: the same results written plainly, as one would in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fastnda
import numpy as np
import polars as pl
from polars import col


def per_cycle(table: pl.LazyFrame) -> pl.DataFrame:
    """A bare group-by of the table with the columns that a per-cycle table is made of."""
    charging = col("current_ampere") > 0
    discharging = col("current_ampere") < 0
    counter, energy = col("step_cumulative_capacity_ah"), col("step_cumulative_energy_wh")
    return (
        table.group_by("cycle_count", maintain_order=True)
        .agg(
            col("test_time_second").first().alias("start"),
            col("test_time_second").last().alias("end"),
            counter.filter(charging).max().alias("charge"),
            counter.filter(discharging).max().alias("discharge"),
            energy.filter(charging).max().alias("charge_energy"),
            energy.filter(discharging).max().alias("discharge_energy"),
            col("current_ampere").max().alias("charge_current"),
            col("current_ampere").min().alias("discharge_current"),
            col("voltage_volt").filter(charging).last().alias("end_of_charge"),
            col("voltage_volt").filter(discharging).last().alias("end_of_discharge"),
        )
        .collect(engine="streaming")
    )


def half_cycles(
    voltage: np.ndarray, current: np.ndarray, capacity: np.ndarray, cycle: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    bounds = np.flatnonzero(np.diff(cycle)) + 1
    for begin, end in zip(np.r_[0, bounds], np.r_[bounds, cycle.size], strict=True):
        of_cycle = slice(begin, end)
        for sign in (1, -1):
            chosen = np.flatnonzero(sign * current[of_cycle] > 0)
            if chosen.size > 10:
                yield sign * voltage[of_cycle][chosen], capacity[of_cycle][chosen]


def dq_dv(
    voltage: np.ndarray, current: np.ndarray, capacity: np.ndarray, cycle: np.ndarray, grid_volt: float = 0.002
) -> list[np.ndarray]:
    """Interpolation to a voltage grid and difference, of every half cycle; not smoothed."""
    slopes = []
    for rising, charge in half_cycles(voltage, current, capacity, cycle):
        monotonic = np.maximum.accumulate(rising)
        grid = np.arange(monotonic[0], monotonic[-1], grid_volt)
        slopes.append(np.diff(np.interp(grid, monotonic, charge)) / grid_volt)
    return slopes


def file_to_parquet(path: Path, folder: Path) -> None:
    """A Neware file, read by fastnda, stored, grouped by cycle, and differentiated."""
    table = fastnda.read(path)
    table.write_parquet(folder / "time_series.parquet")
    signed, charged = col("current_mA"), col("capacity_mAh").abs()
    table.group_by("cycle_count", maintain_order=True).agg(
        charged.filter(signed > 0).max().alias("charge"),
        charged.filter(signed < 0).max().alias("discharge"),
        col("voltage_V").filter(signed > 0).last().alias("end_of_charge"),
        col("voltage_V").filter(signed < 0).last().alias("end_of_discharge"),
    ).write_parquet(folder / "cycles.parquet")
    columns = ("voltage_V", "current_mA", "capacity_mAh", "cycle_count")
    slopes = dq_dv(*(table[name].to_numpy() for name in columns))
    pl.DataFrame({"dq_dv": np.concatenate(slopes)}).write_parquet(folder / "dq_dv.parquet")
