"""Pulse tests whose resistances are known: 0.1 Ah taken out in ten portions, 4.2 V when full and 3.2 V when empty."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cells.cycling.analysis import summarise_cycles
from cells.cycling.claims import claim_steps
from cells.cycling.parameters import Parameters
from cells.cycling.part import Tested
from cells.cycling.protocol import find_blocks
from cells.cycling.steps import summarise_steps
from tests.cells.cycling.tables import Step, cycling_table

CAPACITY_MAH = 100.0
PULSE_SECOND, REST_SECOND = 10.0, 40.0
PULSE_MA = 100.0  # 1 C
FULL, EMPTY = 4.2, 3.2


def open_circuit(soc: float) -> float:
    return EMPTY + (FULL - EMPTY) * soc


def rest(volt: float, seconds: float = 3600.0) -> Step:
    return Step(seconds / 3600, 0.0, volt, "REST", rows=5)


def pulse(
    volt: float, ohm: float, ohmic: float, ma: float = -PULSE_MA, seconds: float = PULSE_SECOND, rows: int = 101
) -> Step:
    """From the rest at `volt`: at once by the ohmic share, then straight to the whole resistance."""
    ampere = ma / 1000
    way = "CHG" if ma > 0 else "DCHG"
    return Step(seconds / 3600, ma, (volt + ampere * ohmic, volt + ampere * ohm), f"CC_{way}", rows=rows)


def charge(ma: float = 50.0, mah: float = CAPACITY_MAH) -> Step:
    return Step(mah / ma, ma, (EMPTY, FULL), "CC_CHG")


def discharge(ma: float = 50.0, mah: float = CAPACITY_MAH) -> Step:
    return Step(mah / ma, -ma, (FULL, EMPTY), "CC_DCHG")


def portion(soc: float, share: float = 0.1, ma: float = 50.0) -> Step:
    hours = share * CAPACITY_MAH / ma
    return Step(hours, -ma, (open_circuit(soc) - 0.01, open_circuit(soc - share) - 0.01), "CC_DCHG", rows=21)


def pulse_sequence(ohm: float = 2.0, ohmic: float = 1.0, regen: bool = True, levels: int = 9) -> list[Step]:
    """After a full charge: at 90, 80 … % a discharge pulse and a charge pulse that gives its charge back."""
    steps = [charge(), rest(FULL)]
    for level in range(1, levels + 1):
        soc = 1 - level / 10
        volt = open_circuit(soc)
        steps += [portion(soc + 0.1), rest(volt), pulse(volt, ohm, ohmic)]
        if regen:
            steps += [rest(volt, REST_SECOND), pulse(volt, 0.8 * ohm, ohmic, PULSE_MA)]
        steps.append(rest(volt, REST_SECOND))
    return [*steps, portion(1 - levels / 10, 1 - levels / 10), rest(EMPTY)]


def hppc_table(cycles: Sequence[Sequence[Step]], **more: bool) -> pl.DataFrame:
    return cycling_table(cycles, **more)


def as_tested(table: pl.DataFrame, told: Parameters | None = None) -> Tested:
    """A test as a part of the analysis sees it."""
    told = told or Parameters(nominal_capacity_mah=CAPACITY_MAH)
    steps = summarise_steps(table, told.one_c_mah)
    claims = claim_steps(steps, told.cycle_kinds)
    cycles = summarise_cycles(steps, told.active_mass_mg, claims)
    return Tested(table, steps, cycles, find_blocks(steps, cycles, claims), told)
