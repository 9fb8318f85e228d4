"""The cycler's side of a test: which points of a simulated step it keeps, and how they read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboards.demo.simulate.cell import SECOND_PER_HOUR, Cycle, Step, StepKind
from dashboards.demo.simulate.electrodes import Array

WAIT_HOURS = 6  # at rest before the first cycle
FINE_POINTS, COARSE_POINTS = 110, 20
FINE_HOLD_POINTS, COARSE_HOLD_POINTS = 16, 6
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

    def cycle(self, number: int, cycle: Cycle, first_step: int, fine: bool) -> list[Recorded]:
        """The steps of a cycle; `first_step` is the number of the first in the cycler's program."""
        return [self.step(number, first_step + position, step, fine) for position, step in enumerate(cycle.steps)]

    def step(self, number: int, program_step: int, step: Step, fine: bool) -> Recorded:
        if step.kind is StepKind.CV_CHARGE:
            where = np.linspace(0, len(step.time_second) - 1, FINE_HOLD_POINTS if fine else COARSE_HOLD_POINTS)
        else:
            where = _spaced(step, FINE_POINTS if fine else COARSE_POINTS)
        return self._recorded(number, program_step, step, where)

    def step_at(self, number: int, program_step: int, step: Step, time_second: Array) -> Recorded:
        """The step at the times of a cycler that records by its clock."""
        where = np.interp(time_second, step.time_second, np.arange(len(step.time_second)))
        return self._recorded(number, program_step, step, where)

    def _recorded(self, number: int, program_step: int, step: Step, where: Array) -> Recorded:
        """
        Args:
            where: places on the fine grid of the step.
        """
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
