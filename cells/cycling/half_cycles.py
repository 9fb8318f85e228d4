"""The charge and the discharge of a cycle, each as voltage against capacity. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from polars import col

from cells.cycling.steps import CAPACITY, MAX_GAP_SECOND

BATCH_ROWS = 500_000
AT_LIMIT_VOLT = 0.001  # from the limit of a step that ends at constant voltage: there that part begins
COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", CAPACITY)


@dataclass(frozen=True)
class HalfCycle:
    """One charge or one discharge; its rests are left out, its steps are put one after the other.

    Attributes:
        cycle_count: of the cycle it is half of.
        half: "charge" or "discharge".
        voltage_volt: of each record.
        capacity_mah: since the half cycle began; it rises in both halves.
    """

    cycle_count: int
    half: str
    voltage_volt: np.ndarray
    capacity_mah: np.ndarray


def half_cycles(
    table: pl.DataFrame | pl.LazyFrame,
    steps: pl.DataFrame,
    cycles: Collection[int] | None = None,
    *,
    constant_current: bool = False,
) -> Iterator[HalfCycle]:
    """The half cycles of the chosen cycles, charge before discharge, read a batch of cycles at a time.

    Args:
        table: one test, a `CYCLING` table, whole or as a scan of the stored one.
        steps: its `STEPS` table.
        cycles: cycle numbers; all where none are given.
        constant_current: without the records in which a constant voltage lets the current fall.
    """
    chosen = steps if cycles is None else steps.filter(col("cycle_count").is_in(list(cycles)))
    scan = table.lazy()
    names = scan.collect_schema().names()
    scan = scan.select(pl.col(name).cast(pl.Float64) for name in COLUMNS if name in names)
    for batch in _batches(chosen):
        start = int(batch["first_row"][0])
        rows = int(batch["first_row"][-1] + batch["rows"][-1]) - start
        records = scan.slice(start, rows).collect().to_dict(as_series=True)
        arrays = {name: series.to_numpy() for name, series in records.items()}
        for (cycle,), of_cycle in batch.group_by("cycle_count", maintain_order=True):
            for half, sign in (("charge", 1.0), ("discharge", -1.0)):
                own, other = f"{half}_capacity_mah", f"{'discharge' if half == 'charge' else 'charge'}_capacity_mah"
                parts = [
                    _part(arrays, step["first_row"] - start, step, sign, constant_current)
                    for step in of_cycle.filter(col(own) > col(other)).iter_rows(named=True)
                    if not (constant_current and step["step_type"].startswith("CV_"))
                ]
                if parts:
                    yield _half(int(cycle), half, parts)


def _batches(steps: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The steps, cut between cycles into parts that hold a bounded number of records and lie together in the table."""
    if steps.is_empty():
        return
    ends = steps["first_row"] + steps["rows"]
    new_cycle = steps["cycle_count"] != steps["cycle_count"].shift(1)
    apart = steps["first_row"] != ends.shift(1)
    begin, first_row = 0, int(steps["first_row"][0])
    for position in range(1, steps.height):
        full = int(ends[position]) - first_row > BATCH_ROWS
        if apart[position] or (full and new_cycle[position]):
            yield steps[begin:position]
            begin, first_row = position, int(steps["first_row"][position])
    yield steps[begin:]


def _part(
    arrays: dict[str, np.ndarray], begin: int, step: dict[str, Any], sign: float, constant_current: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Voltage and capacity of one step, the capacity from where the step began."""
    inside = slice(begin, begin + int(step["rows"]))
    voltage, current = arrays["voltage_volt"][inside], arrays["current_ampere"][inside]
    counter = arrays[CAPACITY][inside] if CAPACITY in arrays else None
    both_ways = step["charge_capacity_mah"] > 0 and step["discharge_capacity_mah"] > 0
    if counter is None or both_ways or np.isnan(counter).any():
        interval = np.diff(arrays["test_time_second"][inside])
        moved = np.where(interval <= MAX_GAP_SECOND, interval * (current[1:] + current[:-1]) / 2, 0.0)
        capacity = np.concatenate(([0.0], np.cumsum(moved))) * sign / 3.6
    else:
        capacity = counter * 1000
    if constant_current and str(step["step_type"]).startswith("CCCV_"):
        reached = int(np.argmax(sign * voltage >= np.max(sign * voltage) - AT_LIMIT_VOLT)) + 1
        return voltage[:reached], capacity[:reached]
    return voltage, capacity


def _half(cycle: int, half: str, parts: list[tuple[np.ndarray, np.ndarray]]) -> HalfCycle:
    if len(parts) == 1:
        return HalfCycle(cycle, half, *parts[0])
    base, capacities = 0.0, []
    for _, capacity in parts:
        capacities.append(base + capacity)
        base += capacity[-1] if capacity.size else 0.0
    return HalfCycle(cycle, half, np.concatenate([voltage for voltage, _ in parts]), np.concatenate(capacities))
