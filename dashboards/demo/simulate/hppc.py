"""Pouch cells whose resistance is measured by pulses after the first and the fiftieth ageing cycle. Pure.

As in the manual of the US DOE: from the full cell down in steps of 10 % of its capacity, an hour at rest after each,
then 10 s of discharge at 1 C, 40 s at rest, 10 s of charge at 0.75 C. Of what a current costs, the ohmic part is there
at once; the rest builds up, and goes again, within seconds, which the model of a cell knows nothing of (chosen).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dashboards.demo.simulate.cell import MAH_PER_AH, SECOND_PER_HOUR, Cell, Limits, State, Step, StepKind
from dashboards.demo.simulate.electrodes import Array
from dashboards.demo.simulate.model import (
    charge,
    discharge,
    hold,
    open_circuit_volt,
    pristine,
    run_cycle,
    terminal_volt,
    worn,
)
from dashboards.demo.simulate.products import Product
from dashboards.demo.simulate.programs import AGEING_C_RATE, FORMATION_C_RATE, FORMATION_CYCLES, Part
from dashboards.demo.simulate.recorder import Recorded, Recorder

AFTER_CYCLES = (1, 50)
LEVELS, LEVEL_SHARE = 9, 0.1
PORTION_C_RATE = 1 / 3
DISCHARGE_C_RATE, CHARGE_C_RATE = 1.0, 0.75
PULSE_SECOND, PAUSE_SECOND, REST_SECOND = 10.0, 40.0, SECOND_PER_HOUR
RISE_SECOND, FALL_SECOND = 1.2, 5.0
# A cycler records every tenth of a second after a step of the current, and every second later on.
PULSE_TIMES = np.concatenate([np.arange(0.0, 1.0, 0.1), np.arange(1.0, PULSE_SECOND + 0.5)])
PAUSE_TIMES = np.concatenate([PULSE_TIMES, np.arange(15.0, PAUSE_SECOND + 1.0, 5.0)])
REST_TIMES = np.concatenate([PULSE_TIMES, np.arange(60.0, REST_SECOND + 1.0, 60.0)])


@dataclass(frozen=True)
class HppcTest:
    """Formation, ageing cycles, and pulses after some of them.

    Attributes:
        limits: voltage window and end of the hold.
        after_cycles: ageing cycles after which there are pulses; the last ends the test.
    """

    limits: Limits
    after_cycles: tuple[int, ...] = AFTER_CYCLES

    endings = ("",)

    def run(self, cell: Cell, seed: int) -> Iterator[Part]:
        recorder = Recorder(cell.active_mass_mg, seed)
        steps = [recorder.rest(open_circuit_volt(cell, pristine(cell)))]
        state, number = pristine(cell), 0
        for ageing in range(1 - FORMATION_CYCLES, self.after_cycles[-1] + 1):
            number += 1
            rate, first_step = (AGEING_C_RATE, 5) if ageing > 0 else (FORMATION_C_RATE, 2)
            cycle = run_cycle(cell, worn(cell, state), self.limits, rate, rate)
            steps += recorder.cycle(number, cycle, first_step, fine=number <= FORMATION_CYCLES + 1)
            state = cycle.end
            if ageing in self.after_cycles:
                number += 1
                pulsed = PulsedCycle(cell, self.limits, recorder, number)
                steps += pulsed.run(state, cycle.ledger.discharged)
                state = pulsed.end
        yield Part(steps)


class PulsedCycle:
    """One cycle of pulses, as recorded; `end` is the state of the cell after it, which does not age in it."""

    def __init__(self, cell: Cell, limits: Limits, recorder: Recorder, number: int) -> None:
        self.cell, self.limits, self.recorder, self.number = cell, limits, recorder, number
        self.end = State(0.0, 0.0)
        self._steps: list[Recorded] = []

    def run(self, state: State, capacity_mah_per_g: float) -> list[Recorded]:
        """
        Args:
            state: of the discharged cell.
            capacity_mah_per_g: of which each portion takes a tenth.
        """
        state = worn(self.cell, state)
        step, state = charge(self.cell, state, self.limits, PORTION_C_RATE)
        self._record(step)
        step, state = hold(self.cell, state, self.limits, PORTION_C_RATE)
        self._record(step)
        self._rest(state, REST_TIMES, self.limits.high_volt)
        for _ in range(LEVELS):
            step, state = discharge(
                self.cell, state, self.limits, PORTION_C_RATE, at_most_mah_per_g=LEVEL_SHARE * capacity_mah_per_g
            )
            self._record(step)
            self._rest(state, REST_TIMES, float(step.voltage_volt[-1]))
            for c_rate, times in ((-DISCHARGE_C_RATE, PAUSE_TIMES), (CHARGE_C_RATE, PAUSE_TIMES)):
                step, state = pulse(self.cell, state, c_rate)
                self._record(step, PULSE_TIMES)
                self._rest(state, times, float(step.voltage_volt[-1]))
        step, self.end = discharge(self.cell, state, self.limits, PORTION_C_RATE)
        self._record(step)
        self._rest(self.end, REST_TIMES, float(step.voltage_volt[-1]))
        return self._steps

    def _record(self, step: Step, times: Array | None = None) -> None:
        program_step = 8 + len(self._steps)
        if times is None:
            self._steps.append(self.recorder.step(self.number, program_step, step, fine=True))
        else:
            self._steps.append(self.recorder.step_at(self.number, program_step, step, times))

    def _rest(self, state: State, times: Array, from_volt: float) -> None:
        """Back to the open-circuit voltage from where the current has left the terminals."""
        settled = open_circuit_volt(self.cell, state)
        nothing = np.zeros_like(times)
        volt = settled + (from_volt - settled) * np.exp(-times / FALL_SECOND)
        self._record(Step(StepKind.REST, 0.0, times, nothing, volt, nothing, nothing), times)


def pulse(cell: Cell, state: State, c_rate: float, seconds: float = PULSE_SECOND) -> tuple[Step, State]:
    """At constant current for a time; a positive rate charges."""
    current = c_rate * cell.one_c_a_per_g
    times = np.linspace(0.0, seconds, 201)
    passed = abs(current) * MAH_PER_AH * times / SECOND_PER_HOUR
    stored = passed * (1.0 - cell.shuttled) if current > 0 else -passed
    resting = np.array([open_circuit_volt(cell, moved(state, each)) for each in stored])
    ohmic = current * state.polarisation * cell.ohmic_ohm_gram
    slower = terminal_volt(cell, state, stored, current) - resting - ohmic
    volt = resting + ohmic + slower * (1.0 - np.exp(-times / RISE_SECOND))
    energy = np.concatenate([[0.0], np.cumsum(0.5 * (volt[1:] + volt[:-1]) * np.diff(passed))])
    kind = StepKind.CC_CHARGE if current > 0 else StepKind.CC_DISCHARGE
    step = Step(kind, abs(c_rate), times, np.full_like(times, current), volt, passed, energy)
    return step, moved(state, float(stored[-1]))


def moved(state: State, stored_mah_per_g: float) -> State:
    """The state with so much more stored."""
    return replace(
        state,
        vacancies=state.vacancies + stored_mah_per_g / state.active,
        lithium=state.lithium + stored_mah_per_g,
    )


def hppc_test(product: Product) -> HppcTest:
    return HppcTest(Limits(product.pouch_low_volt, 4.2))
