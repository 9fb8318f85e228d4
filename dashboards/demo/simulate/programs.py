"""What the cycler was told to do, and a cell doing it. Pure.

A program runs a cell from as it was built and gives what the cycler records, one part a file. A new kind of test is a
class of these members, here or in a file of its own, and a line in `specimens.py: KINDS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol

import numpy as np

from dashboards.demo.simulate.cell import SECOND_PER_HOUR, Cell, Cycle, Limits
from dashboards.demo.simulate.model import open_circuit_volt, pristine, run_cycle, worn
from dashboards.demo.simulate.recorder import Recorded, Recorder

FORMATION_CYCLES = 3
FORMATION_C_RATE = 0.1
AGEING_C_RATE = 1.0
SECOND_PER_DAY = 24 * SECOND_PER_HOUR
# The chamber: a cell is a little stiffer in the cool of the night.
DAILY_SWING = 0.008
CHAMBER_NOISE = 0.003
# Voltage curves and dQ/dV are looked at in some cycles, capacities in all: slow ones, these, and every so many ageing
# ones, through which peaks are followed.
FINE_CYCLES, FINE_EVERY = (4, 10, 13, 25, 100, 200, 300), 25
POWER_CUT = timedelta(hours=2, minutes=40)


@dataclass(frozen=True)
class Part:
    """What one file of a test holds, and how long nothing was recorded before it."""

    steps: Sequence[Recorded]
    pause: timedelta = timedelta()


class Program(Protocol):
    """What a test does with a cell."""

    @property
    def limits(self) -> Limits:
        """The voltage window."""

    @property
    def endings(self) -> tuple[str, ...]:
        """What the name of each of its files ends with, in order; the first is empty."""

    def run(self, cell: Cell, seed: int) -> Iterable[Part]:
        """One part a file, in order; the same seed gives the same records."""


class Rate(NamedTuple):
    """C-rates of one cycle."""

    charge: float
    discharge: float


@dataclass(frozen=True)
class AgeingTest:
    """Three formation cycles, then ageing cycles, with check-up cycles among them.

    Attributes:
        limits: voltage window and end of the hold.
        ageing_cycles: how many, check-ups not counted.
        check_up_every: a check-up at the formation rate follows every so many ageing cycles; 0 for none.
        ageing_c_rate: of charge and discharge.
        cut_after: the power failed after this cycle, and the test goes on in a second file; 0 for never.
    """

    limits: Limits
    ageing_cycles: int
    check_up_every: int = 0
    ageing_c_rate: float = AGEING_C_RATE
    cut_after: int = 0

    @property
    def endings(self) -> tuple[str, ...]:
        return ("", ", restarted") if self.cut_after else ("",)

    def rates(self) -> list[Rate]:
        """One a cycle."""
        slow, fast = Rate(FORMATION_C_RATE, FORMATION_C_RATE), Rate(self.ageing_c_rate, self.ageing_c_rate)
        rates = [slow] * FORMATION_CYCLES
        for number in range(1, self.ageing_cycles + 1):
            rates.append(fast)
            if self.check_up_every and number % self.check_up_every == 0:
                rates.append(slow)
        return rates

    def run(self, cell: Cell, seed: int) -> Iterator[Part]:
        steps = record_cycles(cell, self.limits, self.rates(), seed)
        if not self.cut_after:
            yield Part(steps)
            return
        yield Part([step for step in steps if step.cycle <= self.cut_after])
        yield Part([step for step in steps if step.cycle > self.cut_after], POWER_CUT)


@dataclass(frozen=True)
class RateTest:
    """So many cycles at each rate, one after the other.

    Attributes:
        limits: voltage window and end of the hold.
        blocks: number of cycles, and their rates.
    """

    limits: Limits
    blocks: Sequence[tuple[int, Rate]]

    endings = ("",)

    def rates(self) -> list[Rate]:
        """One a cycle."""
        return [rate for cycles, rate in self.blocks for _ in range(cycles)]

    def run(self, cell: Cell, seed: int) -> Iterator[Part]:
        yield Part(record_cycles(cell, self.limits, self.rates(), seed, all_fine=True))


def run_cycles(
    cell: Cell, limits: Limits, rates: Iterable[Rate], seed: int | None = None
) -> Iterator[tuple[Rate, Cycle]]:
    """Each cycle with its rates, in order. Without a seed the chamber stands still, for calibration."""
    chamber = np.random.default_rng(seed) if seed is not None else None
    state, elapsed = pristine(cell), 0.0
    for rate in rates:
        stiffer = 1.0
        if chamber is not None:
            swing = DAILY_SWING * np.sin(2 * np.pi * elapsed / SECOND_PER_DAY)
            stiffer += swing + CHAMBER_NOISE * chamber.standard_normal()
        cycle = run_cycle(cell, worn(cell, state, stiffer), limits, rate.charge, rate.discharge)
        state = cycle.end
        elapsed += sum(float(step.time_second[-1]) for step in cycle.steps)
        yield rate, cycle


def record_cycles(
    cell: Cell, limits: Limits, rates: Sequence[Rate], seed: int, all_fine: bool = False
) -> list[Recorded]:
    """What the cycler records of a wait and of the cycles after it.

    Slow cycles, and some of the fast ones, have more records than the others; all of them have where so told.
    """
    recorder = Recorder(cell.active_mass_mg, seed)
    steps = [recorder.rest(open_circuit_volt(cell, pristine(cell)))]
    first_steps = _program_steps(rates)
    for number, (rate, cycle) in enumerate(run_cycles(cell, limits, rates, seed), 1):
        chosen = number in FINE_CYCLES or (number - FORMATION_CYCLES) % FINE_EVERY == 0
        fine = all_fine or chosen or rate.discharge == FORMATION_C_RATE
        steps += recorder.cycle(number, cycle, first_steps[rate], fine)
    return steps


def _program_steps(rates: Sequence[Rate]) -> dict[Rate, int]:
    """The number in the cycler's program of the first step at each rate; three steps a cycle after the wait."""
    return {rate: 2 + 3 * position for position, rate in enumerate(dict.fromkeys(rates))}
