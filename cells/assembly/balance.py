"""How much negative electrode stands against the positive one: N/P by areal and by whole capacity. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Lithium metal: F / 3.6 / 6.94 g/mol = 3861 mAh/g, × 0.534 g/cm³. Source: CRC Handbook of Chemistry and Physics,
# 97th ed. (2016), section 4 (atomic mass, density at 20 °C).
LITHIUM_MAH_PER_CM3 = 2062.0


@dataclass(frozen=True)
class Side:
    """One electrode as the balance sees it.

    Attributes:
        areal_capacity_mah_per_cm2: at the rate that is stated with it.
        area_cm2: coated, all sides and pieces together.
        c_rate: at which the capacity is meant; None where nobody said, or for a metal, whose whole capacity counts.
        missing: what to enter where the areal capacity is not known.
    """

    areal_capacity_mah_per_cm2: float | None = None
    area_cm2: float | None = None
    c_rate: float | None = None
    missing: str = ""

    @property
    def capacity_mah(self) -> float | None:
        if self.areal_capacity_mah_per_cm2 is None or self.area_cm2 is None:
            return None
        return self.areal_capacity_mah_per_cm2 * self.area_cm2


@dataclass(frozen=True)
class Balance:
    """The ratios that can be computed, and what is missing for the others.

    Attributes:
        n_p_ratio: negative / positive areal capacity, where the electrodes face one another.
        n_p_capacity_ratio: negative / positive whole capacity, the overhang included.
        area_ratio: negative / positive area.
        missing: sentences.
        doubts: sentences about numbers that are there and odd.
    """

    n_p_ratio: float | None = None
    n_p_capacity_ratio: float | None = None
    area_ratio: float | None = None
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def balance(negative: Side, positive: Side) -> Balance:
    """
    Source of the definition: areal capacity ratio as in J. Kasnatscheew et al., J. Electrochem. Soc. 164 (2017) A2479;
    both capacities are those that were stated, at the rates that were stated.
    """
    missing = tuple(side.missing for side in (positive, negative) if side.missing)
    doubts = []
    area = _ratio(negative.area_cm2, positive.area_cm2)
    areal = _ratio(negative.areal_capacity_mah_per_cm2, positive.areal_capacity_mah_per_cm2)
    if area is not None and area < 1 - 1e-9:
        doubts.append(
            f"The negative electrode ({negative.area_cm2:.4g} cm²) is smaller than the positive"
            f" ({positive.area_cm2:.4g} cm²): its rim will plate lithium."
        )
    rates = {side.c_rate for side in (negative, positive) if side.c_rate is not None}
    if areal is not None and len(rates) > 1:
        doubts.append(
            f"The capacities are stated at different rates ({negative.c_rate:g} C and {positive.c_rate:g} C), so the"
            " ratio mixes them."
        )
    return Balance(
        n_p_ratio=areal,
        n_p_capacity_ratio=_ratio(negative.capacity_mah, positive.capacity_mah),
        area_ratio=area,
        missing=missing,
        doubts=tuple(doubts),
    )


def lithium_foil(thickness_micrometer: float | None, diameter_mm: float | None) -> Side:
    """A disc of lithium as the negative electrode: all of its metal counts."""
    capacity = None if thickness_micrometer is None else LITHIUM_MAH_PER_CM3 * thickness_micrometer * 1e-4
    area = None if diameter_mm is None else math.pi / 4 * (diameter_mm / 10) ** 2
    missing = "" if capacity is not None else "Give the thickness of the lithium."
    return Side(capacity, area, missing=missing)


def _ratio(a: float | None, b: float | None) -> float | None:
    return a / b if a is not None and b is not None and b > 0 else None
