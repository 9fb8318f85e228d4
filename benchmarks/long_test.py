"""A long test, made: charge, rest, discharge, rest, with noise on what is measured and the cycler's own counters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from cells.cycling.table import CYCLING
from labdb.tables import parquet

ROWS_A_CYCLE = 10_000
KINDS = ("CC_CHG", "REST", "CC_DCHG", "REST")


def long_test(cycles: int, first_cycle: int = 1) -> pl.DataFrame:
    """`cycles` × 10,000 records of 1 s, 1 mA, 3.0 to 4.2 V with two plateaus, fading by 0.02 % a cycle."""
    rows_a_step = ROWS_A_CYCLE // len(KINDS)
    rng = np.random.default_rng(first_cycle)
    row = np.arange(cycles * ROWS_A_CYCLE, dtype=np.int64)
    step = row // rows_a_step
    phase = (step % len(KINDS)).astype(np.int8)
    share = (row % rows_a_step) / (rows_a_step - 1)
    curve = 3.0 + 1.2 * (0.5 * share + 0.5 * (0.5 + 0.5 * np.tanh((share - 0.5) * 6)))
    voltage = np.select([phase == 0, phase == 1, phase == 2], [curve, 4.15, 7.2 - curve], 3.05)
    fade = 1 - 0.0002 * (first_cycle + step // len(KINDS))
    current = np.select([phase == 0, phase == 2], [0.001 * fade, -0.001 * fade], 0.0)
    current = np.where(current == 0, 0.0, current + rng.normal(0, 2e-7, row.size))
    seconds = (row % rows_a_step).astype(np.float64)
    capacity = np.where(phase % 2 == 0, 0.001 * fade * seconds / 3600, 0.0)
    first_step = (first_cycle - 1) * len(KINDS)
    return CYCLING.conform(
        pl.DataFrame(
            {
                "test_time_second": row + (first_cycle - 1) * float(ROWS_A_CYCLE),
                "voltage_volt": (voltage + rng.normal(0, 1e-4, row.size)).astype(np.float32).astype(np.float64),
                "current_ampere": current.astype(np.float32).astype(np.float64),
                "cycle_count": first_cycle + step // len(KINDS),
                "step_count": first_step + step + 1,
                "step_type": np.asarray(KINDS)[phase],
                "step_time_second": seconds,
                "step_cumulative_capacity_ah": capacity.astype(np.float32).astype(np.float64),
                "step_cumulative_energy_wh": (capacity * 3.6).astype(np.float32).astype(np.float64),
            }
        )
    )


def store_long_test(path: Path, cycles: int) -> None:
    """Make a long test a hundred cycles at a time, and store it."""
    parts = [long_test(min(100, cycles - done), done + 1) for done in range(0, cycles, 100)]
    parquet.write(pl.concat(parts), path)
