"""What the cycler was told to do, and a cell doing it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dashboards.demo.simulate.model import SECOND_PER_HOUR, Cell, Cycle, Limits, pristine, run_cycle, worn

FORMATION_CYCLES = 3
FORMATION_C_RATE = 0.1
AGEING_C_RATE = 1.0
SECOND_PER_DAY = 24 * SECOND_PER_HOUR
# The chamber: a cell is a little stiffer in the cool of the night.
DAILY_SWING = 0.008
CHAMBER_NOISE = 0.003


@dataclass(frozen=True)
class Protocol:
    """A cycling test: three formation cycles, then ageing cycles, with check-up cycles among them.

    Attributes:
        limits: voltage window and end of the hold.
        ageing_cycles: how many, check-ups not counted.
        check_up_every: a check-up at the formation rate follows every so many ageing cycles; 0 for none.
    """

    limits: Limits
    ageing_cycles: int
    check_up_every: int = 0

    def c_rates(self) -> list[float]:
        """One C-rate a cycle, for charge and discharge alike."""
        rates = [FORMATION_C_RATE] * FORMATION_CYCLES
        for number in range(1, self.ageing_cycles + 1):
            rates.append(AGEING_C_RATE)
            if self.check_up_every and number % self.check_up_every == 0:
                rates.append(FORMATION_C_RATE)
        return rates


def run_protocol(cell: Cell, protocol: Protocol, seed: int | None = None) -> Iterator[tuple[float, Cycle]]:
    """Each cycle with its C-rate, in order. Without a seed the chamber stands still, for calibration."""
    chamber = np.random.default_rng(seed) if seed is not None else None
    state, elapsed = pristine(cell), 0.0
    for c_rate in protocol.c_rates():
        stiffer = 1.0
        if chamber is not None:
            swing = DAILY_SWING * np.sin(2 * np.pi * elapsed / SECOND_PER_DAY)
            stiffer += swing + CHAMBER_NOISE * chamber.standard_normal()
        cycle = run_cycle(cell, worn(cell, state, stiffer), protocol.limits, c_rate, c_rate)
        state = cycle.end
        elapsed += sum(float(step.time_second[-1]) for step in cycle.steps)
        yield c_rate, cycle
