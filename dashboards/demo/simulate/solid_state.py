"""All-solid-state cells: the same cathodes in a solid electrolyte, against lithium–indium. Pure.

Not every particle of a composite touches the electrolyte, and those that do are reached by fewer ways: less capacity,
more hindrance. The control's contacts break after 55 cycles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.demo.simulate.cell import Ageing, Cell, Limits
from dashboards.demo.simulate.products import CALIBRATED, Product
from dashboards.demo.simulate.programs import AgeingTest

LITHIUM_INDIUM_VOLT = 0.6  # against Li⁺/Li
LIMITS = Limits(2.2, 3.7, hold_end_c_rate=0.05)
AGEING_C_RATE = 0.5
ACTIVE_MASS_MG = 16.5  # on 10 mm, so that 1 C is 4 mA/cm²
OHMIC_OHM_GRAM = 0.5
FADE_EXPONENT, POLARISATION_GROWTH, HINDRANCE_GROWTH = 0.8, 0.12, 0.05


@dataclass(frozen=True)
class SolidSolved:
    """Solved for the first cycle, and for the retention where the article has one.

    Attributes:
        in_contact: the share of the cathode that takes part, of what it holds in a half cell.
        hindered_mah_per_g: δ₁.
        active_loss: share of the cathode lost in 100 cycles.
    """

    in_contact: float
    hindered_mah_per_g: float
    active_loss: float


SOLID_SOLVED: Mapping[str, SolidSolved] = {
    "GP-NCM": SolidSolved(0.89802, 106.92939, 0.02988),
    "P-NCM": SolidSolved(0.93804, 86.84554, 0.03000),
}
AGEING_CYCLES: Mapping[str, int] = {"GP-NCM": 600, "P-NCM": 120}
BREAKS_AFTER: Mapping[str, float] = {"GP-NCM": math.inf, "P-NCM": 55}
KNEE_STEEPNESS = 22.0


def solid_state_cell(product: Product) -> Cell:
    return solid_state_cell_of(product, SOLID_SOLVED[product.code])


def solid_state_cell_of(product: Product, solved: SolidSolved) -> Cell:
    half = product.half_cell(CALIBRATED[product.code])
    return replace(
        half,
        site_capacity_mah_per_g=half.site_capacity_mah_per_g * solved.in_contact,
        active_mass_mg=ACTIVE_MASS_MG,
        hindered_mah_per_g=solved.hindered_mah_per_g,
        ohmic_ohm_gram=OHMIC_OHM_GRAM,
        shuttled=0.0005,
        metal_volt=LITHIUM_INDIUM_VOLT,
        ageing=Ageing(
            exponent=FADE_EXPONENT,
            active_loss=solved.active_loss,
            lithium_loss_mah_per_g=0.0,
            polarisation_growth=POLARISATION_GROWTH,
            hindrance_growth=HINDRANCE_GROWTH,
            knee_cycle=BREAKS_AFTER[product.code],
            knee_steepness=KNEE_STEEPNESS if math.isfinite(BREAKS_AFTER[product.code]) else 0.0,
        ),
    )


def solid_state_test(product: Product) -> AgeingTest:
    return AgeingTest(LIMITS, AGEING_CYCLES[product.code], ageing_c_rate=AGEING_C_RATE)
