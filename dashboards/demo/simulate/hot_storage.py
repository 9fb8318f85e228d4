"""Pouch cells that are stored hot: charged, kept at 60 °C, and checked after 15 and after 42 days. Pure.

Over a storage of d days a cell loses lithium for good to the film on its graphite, √d of it as a film grows that
hinders its own growth, and some charge that goes round inside the cell and comes back with the next charge. What 42
days cost for good is solved for the recovered capacity that the article reports (`calibration.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from dashboards.demo.reported import reported
from dashboards.demo.simulate.cell import SECOND_PER_HOUR, Cell, Limits, State, Step, StepKind
from dashboards.demo.simulate.model import charge, discharge, hold, open_circuit_volt, pristine, run_cycle, worn
from dashboards.demo.simulate.products import CALIBRATED, Product
from dashboards.demo.simulate.programs import FORMATION_C_RATE, FORMATION_CYCLES, Part
from dashboards.demo.simulate.recorder import Recorded, Recorder

CHECK_C_RATE = 0.33
CHECK_DAYS = (15.0, 42.0)
STORAGE_CELSIUS = 60.0
STORAGE_LIMITS = Limits(3.1, 4.2)
PLACES = (-1.0, 1.0, 0.0)  # of the replicates around their mean; their sample standard deviation is 1
# Recorded at rest before a cell goes into the oven, and after it has come back and cooled.
REST_BEFORE_HOUR, REST_AFTER_HOUR = 1, 2
# Chosen: the article has no retained capacity.
CIRCLED_MAH_PER_G_DAY = {"GP-Ni96": 0.20, "P-Ni96": 0.30}


@dataclass(frozen=True)
class StorageSolved:
    """Lithium that 42 days bind for good, per gram of cathode; solved for the recovered capacity after them."""

    bound_mah_per_g: float


STORAGE_SOLVED: Mapping[str, StorageSolved] = {
    "GP-Ni96": StorageSolved(10.62438),
    "P-Ni96": StorageSolved(17.06123),
}


@dataclass(frozen=True)
class StorageTest:
    """Formation, a check, then storage after storage, each with what is retained and a check.

    Attributes:
        limits: voltage window and end of the hold.
        bound_mah_per_g: lithium lost for good in all days of storage.
        circled_mah_per_g_day: charge that goes round inside the stored cell.
        spread: of the lithium lost by replicates, a share of it.
        check_days: days since the storage began; each begins a file.
    """

    limits: Limits
    bound_mah_per_g: float
    circled_mah_per_g_day: float
    spread: float = 0.0
    check_days: Sequence[float] = CHECK_DAYS

    @property
    def endings(self) -> tuple[str, ...]:
        return ("", *(f", after {day:g} days" for day in self.check_days))

    def of_replicate(self, index: int) -> StorageTest:
        """Of one of several cells, from 0: what they lose for good has the relative standard deviation `spread`."""
        return replace(self, bound_mah_per_g=self.bound_mah_per_g * (1.0 + PLACES[index] * self.spread))

    def run(self, cell: Cell, seed: int) -> Iterator[Part]:
        recorder = Recorder(cell.active_mass_mg, seed)
        steps = [recorder.rest(open_circuit_volt(cell, pristine(cell)))]
        state, number = pristine(cell), 0
        for rate in [FORMATION_C_RATE] * FORMATION_CYCLES + [CHECK_C_RATE]:
            number += 1
            cycle = run_cycle(cell, worn(cell, state), self.limits, rate, rate)
            steps += recorder.cycle(number, cycle, 2 if rate == FORMATION_C_RATE else 5, fine=True)
            state = cycle.end
        number, pause = number + 1, timedelta()
        for before, day in zip((0.0, *self.check_days), self.check_days, strict=False):
            charged, state = charge(cell, worn(cell, state), self.limits, CHECK_C_RATE)
            held, state = hold(cell, state, self.limits, CHECK_C_RATE)
            steps += _recorded(recorder, number, 8, [charged, held])
            steps.append(_rest(number, 10, REST_BEFORE_HOUR, open_circuit_volt(cell, state)))
            yield Part(steps, pause)
            pause = timedelta(days=day - before, hours=-REST_BEFORE_HOUR - REST_AFTER_HOUR)
            state = self.stored(state, before, day)
            steps = [_rest(number + 1, 1, REST_AFTER_HOUR, open_circuit_volt(cell, state))]
            drawn, state = discharge(cell, worn(cell, state), self.limits, CHECK_C_RATE)
            steps += _recorded(recorder, number + 1, 2, [drawn])
            check = run_cycle(cell, worn(cell, state), self.limits, CHECK_C_RATE, CHECK_C_RATE)
            steps += recorder.cycle(number + 2, check, 3, fine=True)
            state, number = check.end, number + 3
        yield Part(steps, pause)

    def stored(self, state: State, from_day: float, to_day: float) -> State:
        """The cell after it was stored from one day of its storage to another."""
        longest = self.check_days[-1]
        bound = self.bound_mah_per_g * (math.sqrt(to_day / longest) - math.sqrt(from_day / longest))
        circled = self.circled_mah_per_g_day * (to_day - from_day)
        return replace(
            state,
            vacancies=state.vacancies - circled / state.active,
            lithium=state.lithium - circled - bound,
        )


def storage_cell(product: Product) -> Cell:
    return product.pouch_cell(CALIBRATED[product.code])


def storage_test(product: Product) -> StorageTest:
    return storage_test_of(product, STORAGE_SOLVED[product.code])


def storage_test_of(product: Product, solved: StorageSolved) -> StorageTest:
    said = reported(product.code, "storage", "recovered_capacity_share_after_42_day")
    spread = (said.sd or 0.0) / (1.0 - said.value)
    return StorageTest(STORAGE_LIMITS, solved.bound_mah_per_g, CIRCLED_MAH_PER_G_DAY[product.code], spread)


def recovered_share(product: Product, solved: StorageSolved) -> float:
    """The last recovered capacity over the one before the storage, as the cycler's counters have them."""
    parts = list(storage_test_of(product, solved).run(storage_cell(product), seed=1))
    before, after = (
        [step for step in part.steps if step.kind is StepKind.CC_DISCHARGE][-1] for part in (parts[0], parts[-1])
    )
    return float(after.capacity_mah[-1] / before.capacity_mah[-1])


def _recorded(recorder: Recorder, cycle: int, first_step: int, steps: Sequence[Step]) -> list[Recorded]:
    return [recorder.step(cycle, first_step + position, step, fine=True) for position, step in enumerate(steps)]


def _rest(cycle: int, program_step: int, hours: int, voltage_volt: float) -> Recorded:
    """At rest, a record every ten minutes."""
    time = np.arange(0.0, hours * SECOND_PER_HOUR + 1.0, 600.0)
    nothing = np.zeros_like(time)
    return Recorded(
        cycle, program_step, StepKind.REST, time, nothing, np.full_like(time, voltage_volt), nothing, nothing
    )
