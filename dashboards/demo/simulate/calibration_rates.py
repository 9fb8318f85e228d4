"""Solve what rate and energy cells need for the values that the article reports of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from scipy.optimize import least_squares

from dashboards.demo.reported import reported
from dashboards.demo.simulate.cell import Cell
from dashboards.demo.simulate.products import CALIBRATED, Product
from dashboards.demo.simulate.programs import RateTest, run_cycles
from dashboards.demo.simulate.rate_cells import (
    ENERGY_SOLVED,
    ENERGY_TEST,
    RATE_SOLVED,
    RATE_TEST,
    EnergySolved,
    RateSolved,
    energy_cell_of,
    rate_cell_of,
)

# Where the article has no number: mAh/g at 5 C and its share of 0.2 C; Wh/kg by C-rate.
CHOSEN_RATE: Mapping[str, tuple[float, float]] = {"GP-Ni96": (202.8, 0.840), "P-Ni96": (187.9, 0.805)}
CHOSEN_ENERGY: Mapping[str, tuple[float, ...]] = {"P-Ni96": (917.0, 858.0, 818.0)}
ENERGY_C_RATES = (0.1, 0.33, 0.5)


def discharges(cell: Cell, test: RateTest) -> dict[float, tuple[float, float]]:
    """Median discharge capacity (mAh/g) and energy (Wh/kg) at each discharge rate."""
    found: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for rate, cycle in run_cycles(cell, test.limits, test.rates()):
        found[rate.discharge].append((cycle.ledger.discharged, float(cycle.steps[-1].energy_mwh_per_g[-1])))
    return {rate: (median(q for q, _ in pairs), median(e for _, e in pairs)) for rate, pairs in found.items()}


def rate_target(product: str) -> tuple[float, float]:
    """Capacity at 5 C, and its share of that at 0.2 C."""
    if product in CHOSEN_RATE:
        return CHOSEN_RATE[product]
    capacity = reported(product, "rate", "rate_capacity_mah_per_g_at_5C").value
    return capacity, reported(product, "rate", "rate_ratio_at_5C").value


def energy_target(product: str) -> tuple[float, ...]:
    """Specific energy at each of `ENERGY_C_RATES`."""
    if product in CHOSEN_ENERGY:
        return CHOSEN_ENERGY[product]
    return tuple(
        reported(product, "energy", f"specific_energy_wh_per_kg_at_{rate:g}C").value for rate in ENERGY_C_RATES
    )


def calibrate_rate(product: Product) -> RateSolved:
    """Two unknowns for two targets.

    Raises:
        ValueError: no cell reaches them.
    """
    capacity, share = rate_target(product.code)

    def misses(unknown: Sequence[float]) -> list[float]:
        found = discharges(rate_cell_of(product, RateSolved(*unknown)), RATE_TEST)
        return [found[5.0][0] / capacity - 1.0, found[5.0][0] / found[0.2][0] / share - 1.0]

    start = RATE_SOLVED[product.code]
    return RateSolved(*_solved(product, misses, [start.hindered_mah_per_g, start.hindrance_exponent]))


def calibrate_energy(product: Product) -> EnergySolved:
    """Four unknowns for three energies and the capacity at the slowest rate.

    Raises:
        ValueError: no cell reaches them.
    """
    targets = energy_target(product.code)
    capacity = reported(product.code, "half", "first_discharge_capacity_mah_per_g").value
    scale = CALIBRATED[product.code].site_capacity_mah_per_g

    def made(unknown: Sequence[float]) -> EnergySolved:
        return replace(EnergySolved(*unknown), site_capacity_mah_per_g=scale * unknown[0])

    def misses(unknown: Sequence[float]) -> list[float]:
        found = discharges(energy_cell_of(product, made(unknown)), ENERGY_TEST)
        energies = [found[rate][1] / target - 1.0 for rate, target in zip(ENERGY_C_RATES, targets, strict=True)]
        return [*energies, found[ENERGY_C_RATES[0]][0] / capacity - 1.0]

    start = ENERGY_SOLVED[product.code]
    guess = [start.site_capacity_mah_per_g / scale, start.ohmic_ohm_gram, start.hindered_mah_per_g]
    return made(_solved(product, misses, [*guess, start.hindrance_exponent]))


def _solved(product: Product, misses: Callable[[Sequence[float]], list[float]], start: list[float]) -> list[float]:
    found = least_squares(misses, start, diff_step=1e-3)
    if max(abs(found.fun)) > 1e-3:
        raise ValueError(f"{product.code}: no cell has these values; the nearest misses by {found.fun}")
    return [float(value) for value in found.x]
