"""(b) the per-cycle table, and dQ/dV of all half cycles, against the bare arithmetic."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks import plain
from benchmarks.long_test import long_test
from benchmarks.measure import Line, own_peak_mebibytes, peak_mebibytes, ratio, side_by_side
from cells.cycling.analysis import summarise_cycles
from cells.cycling.dq_dv import differentiate
from cells.cycling.steps import summarise_steps
from labdb.tables import parquet

PEAK_MEBIBYTES = 600


def per_cycle(table: pl.LazyFrame) -> pl.DataFrame:
    return summarise_cycles(summarise_steps(table, nominal_capacity_mah=1.0), active_mass_mg=10)


def run(long_path: Path) -> list[Line]:
    short = long_test(100)
    scan = parquet.scan(long_path)
    ours, floor = side_by_side(lambda: per_cycle(short.lazy()), lambda: plain.per_cycle(short.lazy()))
    lines = [ratio("b", "per-cycle table, 10⁶ rows in memory", ours, floor, "bare group-by", 2)]
    ours, floor = side_by_side(lambda: per_cycle(scan), lambda: plain.per_cycle(scan), repeats=3)
    lines.append(ratio("b", "per-cycle table, 10⁷ stored rows", ours, floor, "bare group-by", 2))
    without = scan.drop("step_cumulative_capacity_ah", "step_cumulative_energy_wh")
    ours, floor = side_by_side(lambda: per_cycle(without), lambda: plain.per_cycle(scan), repeats=3)
    lines.append(ratio("b", "the same, integrated for want of counters", ours, floor, "bare group-by", 2))
    peak = peak_mebibytes("benchmarks.cycles", str(long_path))
    goal = f"< {PEAK_MEBIBYTES} MiB"
    lines.append(Line("b", "peak memory of it, the whole process", f"{peak:.0f} MiB", goal, peak < PEAK_MEBIBYTES))
    steps = summarise_steps(short)
    voltage, current = short["voltage_volt"].to_numpy(), short["current_ampere"].to_numpy()
    capacity, cycle = short["step_cumulative_capacity_ah"].to_numpy(), short["cycle_count"].to_numpy()
    ours, floor = side_by_side(
        lambda: differentiate(short, steps), lambda: plain.dq_dv(voltage, current, capacity, cycle)
    )
    lines.append(ratio("b", "dQ/dV of 200 half cycles, smoothed", ours, floor, "interpolate, difference", 5))
    return lines


if __name__ == "__main__":
    per_cycle(parquet.scan(sys.argv[1]))
    print(own_peak_mebibytes())
