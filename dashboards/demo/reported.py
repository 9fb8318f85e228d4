"""What the article reports of the four products, as data: what the simulation is calibrated to, and what a figure
draws beside it as reported. Pure.

A value that the article does not give is not here; what the study chose in its place is in `simulate/products.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

DOI = "10.1038/s41467-024-54637-9"
SOURCE = (
    "Gradient-porous-structured Ni-rich layered oxide cathodes with high specific energy and cycle stability for"
    " lithium-ion batteries, Nature Communications (2024)"
)


@dataclass(frozen=True)
class Reported:
    """One number of the article.

    Attributes:
        product: GP-NCM, P-NCM, GP-Ni96 or P-Ni96.
        kind: of the cells and their test; a name of `simulate/specimens.py: KINDS`.
        quantity: a name of `labdb.quantities`, the unit in it; fractions are fractions.
        value: as printed.
        sd: sample standard deviation, where given.
        n: number of cells, where given.
        note: how the article puts it, where the number alone would say more.
    """

    product: str
    kind: str
    quantity: str
    value: float
    sd: float | None = None
    n: int | None = None
    note: str = ""


REPORTED = (
    Reported("GP-NCM", "half", "first_discharge_capacity_mah_per_g", 213.3),
    Reported("P-NCM", "half", "first_discharge_capacity_mah_per_g", 201.0),
    Reported("GP-Ni96", "half", "first_discharge_capacity_mah_per_g", 245.8),
    Reported("P-Ni96", "half", "first_discharge_capacity_mah_per_g", 239.9),
    Reported("GP-NCM", "half", "first_coulombic_efficiency", 0.948),
    Reported("P-NCM", "half", "first_coulombic_efficiency", 0.919),
    Reported("GP-Ni96", "half", "first_coulombic_efficiency", 0.977),
    Reported("P-Ni96", "half", "first_coulombic_efficiency", 0.947),
    Reported("GP-NCM", "half", "capacity_retention_at_300", 0.861),
    Reported("P-NCM", "half", "capacity_retention_at_300", 0.706),
    Reported("GP-NCM", "pouch", "capacity_retention_at_1000", 0.788, note="at about 1,000 cycles"),
    Reported("P-NCM", "pouch", "capacity_retention_at_500", 0.50, note="about half lost at 500 cycles"),
    Reported("GP-Ni96", "pouch", "capacity_retention_at_800", 0.805),
    Reported("P-Ni96", "pouch", "cycle_life_80_percent", 280),
    Reported("GP-NCM", "rate", "rate_capacity_mah_per_g_at_5C", 176.6),
    Reported("P-NCM", "rate", "rate_capacity_mah_per_g_at_5C", 170.0),
    Reported("GP-NCM", "rate", "rate_ratio_at_5C", 0.858, note="to 0.2 C"),
    Reported("P-NCM", "rate", "rate_ratio_at_5C", 0.838, note="to 0.2 C"),
    Reported("GP-Ni96", "energy", "specific_energy_wh_per_kg_at_0.1C", 941.2, n=4, note="on cathode mass"),
    Reported("GP-Ni96", "energy", "specific_energy_wh_per_kg_at_0.33C", 888.8, n=4, note="on cathode mass"),
    Reported("GP-Ni96", "energy", "specific_energy_wh_per_kg_at_0.5C", 854.1, n=4, note="on cathode mass"),
    Reported("GP-NCM", "solid-state", "first_discharge_capacity_mah_per_g", 171.1),
    Reported("P-NCM", "solid-state", "first_discharge_capacity_mah_per_g", 173.6),
    Reported("GP-Ni96", "storage", "recovered_capacity_share_after_42_day", 0.955, sd=0.002, n=3, note="at 60 °C"),
    Reported("P-Ni96", "storage", "recovered_capacity_share_after_42_day", 0.931, sd=0.002, n=3, note="at 60 °C"),
    Reported("GP-NCM", "solid-state", "capacity_retention_at_600", 0.840, note="at 0.5 C"),
)


def reported(product: str, kind: str, quantity: str) -> Reported:
    """The reported value of a quantity.

    Raises:
        KeyError: the article has none.
    """
    for value in REPORTED:
        if (value.product, value.kind, value.quantity) == (product, kind, quantity):
            return value
    raise KeyError(f"the article reports no {quantity} of a {kind} cell of {product}")
