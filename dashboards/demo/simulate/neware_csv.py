"""Write a simulated test as Neware's BTSDA exports the records of a real one. Pure.

The format is the flat record layer: one header line, comma separated, a line a record, UTF-8, decimal points. Units
stand in the header and are those of a small cell: mA, mAh, mWh. `Time` counts from the begin of the step, `Total Time`
from that of the file, both as hours:minutes:seconds.milliseconds; `Capacity` and `Energy` are the cycler's own
counters of the step; `Current` is negative in a discharge; `Date` is the instrument's clock. A step begins and ends
with a record, and records in between come where voltage or charge have changed enough, so that the counters are exact
however few they are. `Remarks` says in the first record that nothing here was measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from dashboards.demo.simulate.electrodes import Array
from dashboards.demo.simulate.model import SECOND_PER_HOUR, Cycle, Step, StepKind
from dashboards.demo.simulate.protocol import FORMATION_CYCLES

SIMULATED = "SIMULATED"
MILLISECOND = 1000.0
WAIT_HOURS = 6  # at rest before the first cycle
FINE_POINTS, COARSE_POINTS = 110, 20
FINE_HOLD_POINTS, COARSE_HOLD_POINTS = 16, 6
# Voltage curves and dQ/dV are looked at in some cycles, capacities in all: slow ones, these, every so many, counted
# by the cycler or from the end of formation.
FINE_CYCLES, FINE_EVERY = (4, 10, 25), 50
VOLTAGE_NOISE_VOLT = 0.00012
CURRENT_NOISE = 2e-5


@dataclass(frozen=True)
class Recorded:
    """One step as recorded: its numbers, and a column each of what the cycler notes."""

    cycle: int
    program_step: int
    kind: StepKind
    time_second: Array
    current_ma: Array
    voltage_volt: Array
    capacity_mah: Array
    energy_mwh: Array


class Recorder:
    """The cycler's side of a test: which points of a step it keeps, and how they read."""

    def __init__(self, active_mass_mg: float, seed: int) -> None:
        self.mass_g = active_mass_mg / 1000.0
        self.noise = np.random.default_rng([seed, 1])

    def rest(self, voltage_volt: float) -> Recorded:
        """The wait before the first cycle, a record an hour."""
        hours = np.arange(WAIT_HOURS + 1, dtype=np.float64)
        nothing = np.zeros_like(hours)
        voltage = voltage_volt + self._noise(VOLTAGE_NOISE_VOLT, len(hours))
        return Recorded(1, 1, StepKind.REST, hours * SECOND_PER_HOUR, nothing, voltage, nothing, nothing)

    def cycle(self, number: int, cycle: Cycle, slow: bool) -> list[Recorded]:
        fine = slow or number in FINE_CYCLES or 0 in (number % FINE_EVERY, (number - FORMATION_CYCLES) % FINE_EVERY)
        first_step = 2 if slow else 4
        return [self._step(number, first_step + position, step, fine) for position, step in enumerate(cycle.steps)]

    def _step(self, number: int, program_step: int, step: Step, fine: bool) -> Recorded:
        if step.kind is StepKind.CV_CHARGE:
            where = np.linspace(0, len(step.time_second) - 1, FINE_HOLD_POINTS if fine else COARSE_HOLD_POINTS)
        else:
            where = _spaced(step, FINE_POINTS if fine else COARSE_POINTS)
        grid = np.arange(len(step.time_second))
        points = len(where)

        def at(values: Array) -> Array:
            return np.interp(where, grid, values)

        voltage = at(step.voltage_volt) + self._noise(VOLTAGE_NOISE_VOLT, points)
        voltage[-1] = step.voltage_volt[-1]
        return Recorded(
            cycle=number,
            program_step=program_step,
            kind=step.kind,
            time_second=at(step.time_second),
            current_ma=at(step.current_a_per_g) * self.mass_g * 1000.0 * (1.0 + self._noise(CURRENT_NOISE, points)),
            voltage_volt=voltage,
            capacity_mah=at(step.capacity_mah_per_g) * self.mass_g,
            energy_mwh=at(step.energy_mwh_per_g) * self.mass_g,
        )

    def _noise(self, size: float, points: int) -> Array:
        return size * self.noise.standard_normal(points)


def _spaced(step: Step, points: int) -> Array:
    """Places on the fine grid that share the change of voltage and of charge evenly, both ends among them."""
    voltage = np.abs(np.diff(step.voltage_volt))
    charge = np.diff(step.capacity_mah_per_g)
    change = voltage / voltage.sum() + charge / charge.sum()
    travelled = np.concatenate([[0.0], np.cumsum(change)])
    return np.interp(np.linspace(0.0, travelled[-1], points), travelled, np.arange(len(travelled)))


def write(path: Path, steps: Iterable[Recorded], begin: datetime, remark: str) -> datetime:
    """Write the file.

    Args:
        path: where to.
        steps: in order; cycles may begin anywhere and are counted from 1, as a cycler does after a restart.
        begin: the instrument's clock at the first record.
        remark: what the operator calls the cell; `SIMULATED` is put before it.

    Returns:
        The clock at the last record.
    """
    executed = list(steps)
    lengths = np.array([len(step.time_second) for step in executed])
    step_ms = np.round(np.concatenate([step.time_second for step in executed]) * MILLISECOND).astype(np.int64)
    ends = np.array([round(float(step.time_second[-1]) * MILLISECOND) for step in executed], dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(ends)[:-1]])
    total_ms = step_ms + np.repeat(begins, lengths)
    first_cycle = executed[0].cycle
    table = pl.DataFrame(
        {
            "DataPoint": np.arange(1, len(step_ms) + 1),
            "Cycle Index": np.repeat([step.cycle - first_cycle + 1 for step in executed], lengths),
            "Step Index": np.repeat([step.program_step for step in executed], lengths),
            "Step Type": pl.Series(np.repeat([step.kind.value for step in executed], lengths)),
            "Time": _clock(step_ms),
            "Total Time": _clock(total_ms),
            "Current(mA)": np.round(np.concatenate([step.current_ma for step in executed]), 5),
            "Voltage(V)": np.round(np.concatenate([step.voltage_volt for step in executed]), 4),
            "Capacity(mAh)": np.round(np.concatenate([step.capacity_mah for step in executed]), 5),
            "Energy(mWh)": np.round(np.concatenate([step.energy_mwh for step in executed]), 5),
            "Date": pl.Series(np.datetime64(begin, "ms") + total_ms.astype("timedelta64[ms]")),
        }
    )
    table = table.with_columns(
        pl.col("Date").dt.strftime("%Y-%m-%d %H:%M:%S"),
        pl.when(pl.col("DataPoint") == 1).then(pl.lit(f"{SIMULATED} {remark}")).alias("Remarks"),
    )
    table.write_csv(path, line_terminator="\n")
    return begin + timedelta(milliseconds=int(total_ms[-1]))


def _clock(milliseconds: np.ndarray) -> pl.Series:
    """`102:03:04.567`; hours do not end at 24."""
    ms = pl.col("ms")
    return (
        pl.DataFrame({"ms": milliseconds})
        .select(
            pl.concat_str(
                (ms // 3_600_000).cast(pl.String).str.zfill(2),
                pl.lit(":"),
                (ms // 60_000 % 60).cast(pl.String).str.zfill(2),
                pl.lit(":"),
                (ms // 1000 % 60).cast(pl.String).str.zfill(2),
                pl.lit("."),
                (ms % 1000).cast(pl.String).str.zfill(3),
            )
        )
        .to_series()
    )
