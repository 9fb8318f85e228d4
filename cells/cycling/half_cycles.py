"""The charge and the discharge of a cycle, each as voltage against capacity. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
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
    names = table.collect_schema().names()
    records_of = table.select(pl.col(name).cast(pl.Float64) for name in COLUMNS if name in names)
    for batch in _batches(chosen):
        start = int(batch["first_row"][0])
        rows = int(batch["first_row"][-1] + batch["rows"][-1]) - start
        # A table in memory is sliced at once: planning a query for each of many cycles takes longer than the cycle.
        batch_records = records_of.slice(start, rows)
        whole = batch_records.collect() if isinstance(batch_records, pl.LazyFrame) else batch_records
        records = whole.to_dict(as_series=True)
        arrays = {name: series.to_numpy() for name, series in records.items()}
        for cycle, of_cycle in groupby(batch.iter_rows(named=True), key=itemgetter("cycle_count")):
            own_steps = list(of_cycle)
            for half, sign in (("charge", 1.0), ("discharge", -1.0)):
                parts = [
                    _part(arrays, step["first_row"] - start, step, sign, constant_current)
                    for step in own_steps
                    if sign * (step["charge_capacity_mah"] - step["discharge_capacity_mah"]) > 0
                    and not (constant_current and step["step_type"].startswith("CV_"))
                ]
                if parts:
                    yield _half(cycle, half, parts)


def to_frame(curves: Iterable[tuple[HalfCycle, Mapping[str, np.ndarray]]], columns: Sequence[str]) -> pl.DataFrame:
    """One table of many curves, each under the cycle and the half that it belongs to."""
    cycles, halves, sizes = [], [], []
    arrays: dict[str, list[np.ndarray]] = {name: [np.empty(0)] for name in columns}
    for half, curve in curves:
        cycles.append(half.cycle_count)
        halves.append(half.half)
        sizes.append(curve[columns[0]].size)
        for name in columns:
            arrays[name].append(curve[name])
    keys = pl.DataFrame({"cycle_count": cycles, "half": halves}, schema={"cycle_count": pl.Int32, "half": pl.String})
    repeated = keys[np.repeat(np.arange(len(sizes)), sizes)]
    return repeated.with_columns(pl.Series(name, np.concatenate(parts)) for name, parts in arrays.items())


def _batches(steps: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The steps, cut between cycles into parts that hold a bounded number of records and lie together in the table."""
    if steps.is_empty():
        return
    ends = (steps["first_row"] + steps["rows"]).to_list()
    first_rows, cycles = steps["first_row"].to_list(), steps["cycle_count"].to_list()
    begin = 0
    for position in range(1, steps.height):
        apart = first_rows[position] != ends[position - 1]
        full = ends[position] - first_rows[begin] > BATCH_ROWS and cycles[position] != cycles[position - 1]
        if apart or full:
            yield steps[begin:position]
            begin = position
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
