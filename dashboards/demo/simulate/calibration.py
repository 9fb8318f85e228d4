"""Solve the study's free parameters for the values that the article reports. Pure.

`python -m dashboards.demo.simulate.calibration` prints the tables that stand in `products.py`, `rate_cells.py`,
`solid_state.py` and `hot_storage.py`. Half and pouch cells have four unknowns a product, each with its own target:
site capacity and hindrance for the first half-cell cycle, the loss for the half cell's retention, the growth of the
hindrance for the pouch cell's. Replicate scatter and noise are off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace

from scipy.optimize import brentq, least_squares

from dashboards.demo.reported import reported
from dashboards.demo.simulate.calibration_rates import calibrate_energy, calibrate_rate
from dashboards.demo.simulate.cell import Cell
from dashboards.demo.simulate.hot_storage import STORAGE_SOLVED, StorageSolved, recovered_share
from dashboards.demo.simulate.products import CALIBRATED, PRODUCTS, Calibrated, Product
from dashboards.demo.simulate.programs import AgeingTest, run_cycles
from dashboards.demo.simulate.rate_cells import ENERGY_SOLVED, EnergySolved, RateSolved
from dashboards.demo.simulate.solid_state import SOLID_SOLVED, SolidSolved, solid_state_cell_of, solid_state_test

# What the article says of each product's pouch cells.
POUCH_TARGETS = {
    "GP-NCM": "capacity_retention_at_1000",
    "P-NCM": "capacity_retention_at_500",
    "GP-Ni96": "capacity_retention_at_800",
    "P-Ni96": "cycle_life_80_percent",
}


def ageing_capacities(cell: Cell, program: AgeingTest) -> list[float]:
    """Discharge capacity of each ageing cycle, mAh/g."""
    cycles = run_cycles(cell, program.limits, program.rates())
    return [cycle.ledger.discharged for rate, cycle in cycles if rate.discharge == program.ageing_c_rate]


def retention(cell: Cell, program: AgeingTest, number: int) -> float:
    capacities = ageing_capacities(cell, replace(program, ageing_cycles=number))
    return capacities[number - 1] / capacities[0]


def first_cycle(cell: Cell, program: AgeingTest) -> tuple[float, float]:
    """First discharge (mAh/g) and its Coulombic efficiency."""
    _, cycle = next(run_cycles(cell, program.limits, program.rates()))
    return cycle.ledger.discharged, cycle.ledger.discharged / cycle.ledger.charged


def half_retention(product: Product) -> float:
    """At 300 ageing cycles: chosen where the article has none."""
    if product.half_retention_at_300 is not None:
        return product.half_retention_at_300
    return reported(product.code, "half", "capacity_retention_at_300").value


def pouch_retention(product: Product) -> tuple[int, float]:
    """Ageing cycle and retention there. A cycle life is the first cycle below 0.80, so just below."""
    target = POUCH_TARGETS[product.code]
    value = reported(product.code, "pouch", target).value
    if target == "cycle_life_80_percent":
        return int(value), 0.7997
    return int(target.rpartition("_")[2]), value


# First Coulombic efficiency of solid-state cells: the article has none.
CHOSEN_SOLID_EFFICIENCY = {"GP-NCM": 0.862, "P-NCM": 0.858}


def calibrate_solid(product: Product) -> SolidSolved:
    """The share in contact and the hindrance for the first cycle, the loss for the retention where there is one.

    Raises:
        ValueError: no cell reaches them.
    """
    discharge = reported(product.code, "solid-state", "first_discharge_capacity_mah_per_g").value
    program, start = solid_state_test(product), SOLID_SOLVED[product.code]

    def first_cycle_misses(unknown: list[float]) -> list[float]:
        trial = replace(start, in_contact=unknown[0], hindered_mah_per_g=unknown[1])
        found = first_cycle(solid_state_cell_of(product, trial), program)
        return [found[0] / discharge - 1.0, found[1] / CHOSEN_SOLID_EFFICIENCY[product.code] - 1.0]

    first = least_squares(first_cycle_misses, [start.in_contact, start.hindered_mah_per_g], diff_step=1e-3)
    if max(abs(first.fun)) > 1e-4:
        raise ValueError(f"{product.code}: no solid-state cell has this first cycle; nearest misses by {first.fun}")
    solved = replace(start, in_contact=float(first.x[0]), hindered_mah_per_g=float(first.x[1]))
    if product.code != "GP-NCM":
        return solved
    target = reported(product.code, "solid-state", "capacity_retention_at_600").value

    def miss(loss: float) -> float:
        return retention(solid_state_cell_of(product, replace(solved, active_loss=loss)), program, 600) - target

    return replace(solved, active_loss=_solve(miss, 0.02))


def calibrate(product: Product, start: Calibrated) -> Calibrated:
    """The free parameters of one product.

    Raises:
        ValueError: no parameter within the searched range reaches a target.
    """
    discharge = reported(product.code, "half", "first_discharge_capacity_mah_per_g").value
    efficiency = reported(product.code, "half", "first_coulombic_efficiency").value

    def first_cycle_misses(unknown: list[float]) -> list[float]:
        trial = replace(start, site_capacity_mah_per_g=unknown[0], hindered_mah_per_g=unknown[1])
        found = first_cycle(product.half_cell(trial), product.half_program())
        return [found[0] / discharge - 1.0, found[1] / efficiency - 1.0]

    guess = [start.site_capacity_mah_per_g, start.hindered_mah_per_g]
    first = least_squares(first_cycle_misses, guess, bounds=([180.0, 3.0], [320.0, 58.0]), diff_step=1e-3)
    if max(abs(first.fun)) > 1e-4:
        raise ValueError(f"{product.code}: no cell has the reported first cycle; nearest misses by {first.fun}")
    solved = replace(start, site_capacity_mah_per_g=float(first.x[0]), hindered_mah_per_g=float(first.x[1]))

    def half_miss(loss: float) -> float:
        cell = product.half_cell(replace(solved, half_active_loss=loss))
        return retention(cell, product.half_program(), 300) - half_retention(product)

    solved = replace(solved, half_active_loss=_solve(half_miss, 0.02))
    number, target = pouch_retention(product)

    def pouch_miss(growth: float) -> float:
        return (
            retention(
                product.pouch_cell(replace(solved, pouch_hindrance_growth=growth)), product.pouch_program(), number
            )
            - target
        )

    return replace(solved, pouch_hindrance_growth=_solve(pouch_miss, 0.1))


def calibrate_storage(product: Product) -> StorageSolved:
    """The lithium that is bound for the capacity that is recovered."""
    target = reported(product.code, "storage", "recovered_capacity_share_after_42_day").value

    def miss(bound: float) -> float:
        return recovered_share(product, StorageSolved(bound)) - target

    return StorageSolved(_solve(miss, 5.0))


def _solve(miss: Callable[[float], float], first_step: float) -> float:
    """The loss at which a falling miss is zero, looked for from 0 upwards: too large a loss is no cell at all."""
    low, high = 0.0, first_step
    for _ in range(12):
        if miss(high) <= 0.0:
            return float(brentq(miss, low, high, xtol=1e-6))
        low, high = high, 1.4 * high
    raise ValueError("no loss reaches the target: the chosen losses alone must stay below it")


def main() -> None:
    """Print the tables, one after the other."""
    for product in PRODUCTS:
        print(_line(product, calibrate(product, CALIBRATED[product.code])))
    for product in PRODUCTS:
        print(_line(product, calibrate_rate(product)))
    for product in PRODUCTS:
        if product.code in ENERGY_SOLVED:
            print(_line(product, calibrate_energy(product)))
    for product in PRODUCTS:
        if product.code in SOLID_SOLVED:
            print(_line(product, calibrate_solid(product)))
    for product in PRODUCTS:
        if product.code in STORAGE_SOLVED:
            print(_line(product, calibrate_storage(product)))


def _line(product: Product, solved: Calibrated | RateSolved | EnergySolved | SolidSolved | StorageSolved) -> str:
    numbers = ", ".join(f"{value:.5f}" for value in astuple(solved))
    return f'    "{product.code}": {type(solved).__name__}({numbers}),'


if __name__ == "__main__":
    main()
