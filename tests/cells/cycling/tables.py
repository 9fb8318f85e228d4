"""Cycling tables made of steps whose charge and energy can be computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cells.cycling.table import CYCLING


@dataclass(frozen=True)
class Step:
    """A step in which current and voltage go straight from begin to end."""

    hours: float
    current_ma: float | tuple[float, float]
    voltage_volt: float | tuple[float, float] = (3.0, 4.0)
    step_type: str | None = None
    rows: int = 61


def charge(current_ma: float = 1.0, hours: float = 1.0) -> Step:
    return Step(hours, current_ma, (3.0, 4.0), "CC_CHG")


def discharge(current_ma: float = 1.0, hours: float = 1.0) -> Step:
    return Step(hours, -current_ma, (4.0, 3.0), "CC_DCHG")


def rest(hours: float = 0.5) -> Step:
    return Step(hours, 0.0, 3.5, "REST")


def cycling_table(cycles: Sequence[Sequence[Step]], counters: bool = False, types: bool = True) -> pl.DataFrame:
    """The `CYCLING` table of a test of those cycles; with the cycler's own counters where asked for."""
    rows, start, step_count = [], 0.0, 0
    for cycle, steps in enumerate(cycles, 1):
        for step in steps:
            step_count += 1
            seconds = np.linspace(0, step.hours * 3600, step.rows)
            current = np.linspace(*_ends(step.current_ma), step.rows) / 1000
            voltage = np.linspace(*_ends(step.voltage_volt), step.rows)
            columns = {
                "test_time_second": start + seconds,
                "voltage_volt": voltage,
                "current_ampere": current,
                "cycle_count": np.full(step.rows, cycle),
                "step_count": np.full(step.rows, step_count),
            }
            frame = pl.DataFrame(columns)
            if types:
                frame = frame.with_columns(step_type=pl.lit(step.step_type))
            if counters:
                hours = np.diff(seconds, prepend=0.0) / 3600
                frame = frame.with_columns(
                    step_cumulative_capacity_ah=np.cumsum(np.abs(current) * hours),
                    step_cumulative_energy_wh=np.cumsum(np.abs(current) * voltage * hours),
                )
            rows.append(frame)
            start += step.hours * 3600
    return CYCLING.conform(pl.concat(rows))


def _ends(value: float | tuple[float, float]) -> tuple[float, float]:
    return value if isinstance(value, tuple) else (value, value)
