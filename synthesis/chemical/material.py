"""What a gram from a container holds. Pure.

A material that is weighed holds its formula by the mass fraction

    purity = assay × (1 − moisture)

where the assay is that of the dry material, hydrate water belonging to the formula, and moisture is what a drying
balance finds beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.chemical.formula import Formula


@dataclass(frozen=True)
class Material:
    """What a container really holds.

    Attributes:
        formula: of the pure substance, hydrate water included.
        assay: mass fraction of the formula in the dry material, 0 … 1.
        moisture: mass fraction of adsorbed water in the material as weighed, 0 … 1.
    """

    formula: Formula
    assay: float = 1.0
    moisture: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.assay <= 1:
            raise ValueError(
                f"The assay of {self.formula.text} is {self.assay:.2%}; it must be over 0 and at most 100 %."
            )
        if not 0 <= self.moisture < 1:
            raise ValueError(
                f"The moisture of {self.formula.text} is {self.moisture:.2%}; it must be 0 to under 100 %."
            )

    @property
    def purity(self) -> float:
        """Mass fraction of the formula in the material as weighed."""
        return self.assay * (1 - self.moisture)

    def moles(self, mass_g: float) -> float:
        return mass_g * self.purity / self.formula.molar_mass_g_per_mol

    def grams(self, moles: float) -> float:
        return moles * self.formula.molar_mass_g_per_mol / self.purity
