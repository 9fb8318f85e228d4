"""Half cells whose capacity, or whose energy, is measured at several C-rates. Pure.

They are cells of their own, with electrodes of their own: what the article reports of them does not follow from the
first cycle of the cells that it aged. P-NCM at 0.2 C (170.0 mAh/g over 83.8 %, so 202.9) even lies above its 201.0
at 0.1 C. So the hindrance of each is solved anew (`calibration.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.demo.simulate.cell import Cell
from dashboards.demo.simulate.products import CALIBRATED, HALF_LIMITS, Product
from dashboards.demo.simulate.programs import Rate, RateTest

SLOW = Rate(0.1, 0.1)
RATE_TEST = RateTest(HALF_LIMITS, [(5, SLOW), *((5, Rate(0.2, rate)) for rate in (0.2, 0.5, 1.0, 2.0, 3.0, 5.0))])
ENERGY_TEST = RateTest(HALF_LIMITS, [(3, SLOW), (3, Rate(0.33, 0.33)), (3, Rate(0.5, 0.5))])
THICK_ACTIVE_MASS_MG = 12.0  # 17 mg/cm² of coating, as in the pouch cells, on 10 mm


@dataclass(frozen=True)
class RateSolved:
    """Solved for the capacity at 5 C and for its share of that at 0.2 C."""

    hindered_mah_per_g: float
    hindrance_exponent: float


RATE_SOLVED: Mapping[str, RateSolved] = {
    "GP-NCM": RateSolved(44.25859, 0.41201),
    "P-NCM": RateSolved(40.46084, 0.44874),
    "GP-Ni96": RateSolved(27.66142, 0.67781),
    "P-Ni96": RateSolved(54.73210, 0.53552),
}


@dataclass(frozen=True)
class EnergySolved:
    """Solved for the specific energy at three C-rates, and for the capacity at the slowest of them."""

    site_capacity_mah_per_g: float
    ohmic_ohm_gram: float
    hindered_mah_per_g: float
    hindrance_exponent: float


ENERGY_SOLVED: Mapping[str, EnergySolved] = {
    "GP-Ni96": EnergySolved(265.57851, 0.33812, 78.38129, 1.16911),
    "P-Ni96": EnergySolved(259.70763, 0.54483, 86.97878, 1.20753),
}


def rate_cell(product: Product) -> Cell:
    return rate_cell_of(product, RATE_SOLVED[product.code])


def rate_cell_of(product: Product, solved: RateSolved) -> Cell:
    return replace(
        product.half_cell(CALIBRATED[product.code]),
        hindered_mah_per_g=solved.hindered_mah_per_g,
        hindrance_exponent=solved.hindrance_exponent,
    )


def rate_test(product: Product) -> RateTest:
    return RATE_TEST


def energy_cell(product: Product) -> Cell:
    return energy_cell_of(product, ENERGY_SOLVED[product.code])


def energy_cell_of(product: Product, solved: EnergySolved) -> Cell:
    """A thick electrode: more resistance, and a longer way into it."""
    return replace(
        product.half_cell(CALIBRATED[product.code]),
        active_mass_mg=THICK_ACTIVE_MASS_MG,
        site_capacity_mah_per_g=solved.site_capacity_mah_per_g,
        ohmic_ohm_gram=solved.ohmic_ohm_gram,
        hindered_mah_per_g=solved.hindered_mah_per_g,
        hindrance_exponent=solved.hindrance_exponent,
    )


def energy_test(product: Product) -> RateTest:
    return ENERGY_TEST
