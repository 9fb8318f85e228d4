"""Solve the study's free parameters for the values that the article reports. Pure.

`python -m dashboards.demo.simulate.calibration` prints the table that stands in `products.py`. Four unknowns a
product, each with its own target: site capacity and hindrance for the first half-cell cycle, the loss for the half
cell's retention, the growth of the hindrance for the pouch cell's. Replicate scatter and noise are off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scipy.optimize import brentq, least_squares

from dashboards.demo.reported import reported
from dashboards.demo.simulate.model import Cell
from dashboards.demo.simulate.products import CALIBRATED, PRODUCTS, Calibrated, Product
from dashboards.demo.simulate.programs import AgeingTest, run_cycles

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


def _solve(miss: Callable[[float], float], first_step: float) -> float:
    """The loss at which a falling miss is zero, looked for from 0 upwards: too large a loss is no cell at all."""
    low, high = 0.0, first_step
    for _ in range(12):
        if miss(high) <= 0.0:
            return float(brentq(miss, low, high, xtol=1e-6))
        low, high = high, 1.4 * high
    raise ValueError("no loss reaches the target: the chosen losses alone must stay below it")


def main() -> None:
    for product in PRODUCTS:
        solved = calibrate(product, CALIBRATED[product.code])
        numbers = ", ".join(
            f"{value:.5f}"
            for value in (
                solved.site_capacity_mah_per_g,
                solved.hindered_mah_per_g,
                solved.half_active_loss,
                solved.pouch_hindrance_growth,
            )
        )
        print(f'    "{product.code}": Calibrated({numbers}),')


if __name__ == "__main__":
    main()
