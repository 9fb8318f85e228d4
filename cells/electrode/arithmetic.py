"""From what is weighed and measured of an electrode to active mass, loading, density, areal capacity. Pure.

All areas are coated areas: an electrode of three double-sided pieces of 19.25 cm² has 6 × 19.25 cm² of coating on
3 × 19.25 cm² of foil. Masses of several pieces are those of all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cells.electrode.formulation import Component

# Of the metal; Source: CRC Handbook of Chemistry and Physics, 97th ed. (2016), section 4; AISI 304 for the steel.
FOIL_DENSITY_G_PER_CM3 = {"aluminium": 2.70, "copper": 8.96, "nickel": 8.90, "steel": 7.9}

# Of anything that is weighed or measured of an electrode, in its unit: what is more was mistyped.
LARGEST = 1e6


class ElectrodeError(ValueError):
    """An electrode that cannot be; says why.

    Attributes:
        field: of the record, where one is to blame.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def disc_area_cm2(diameter_mm: float) -> float:
    """
    Raises:
        ElectrodeError: the diameter is not positive, or over LARGEST.
    """
    _positive(diameter_mm, "diameter", "mm", "diameter_mm")
    if diameter_mm > LARGEST:
        raise ElectrodeError(f"The diameter is {diameter_mm:g} mm; it must be at most {LARGEST:g} mm.", "diameter_mm")
    return math.pi / 4 * (diameter_mm / 10) ** 2


def foil_areal_mass_mg_per_cm2(material: str, thickness_micrometer: float) -> float | None:
    """Of a bare foil from its thickness; None for a material whose density is not known here."""
    _positive(thickness_micrometer, "thickness of the foil", "µm", "foil_thickness_micrometer")
    density = FOIL_DENSITY_G_PER_CM3.get(material)
    return None if density is None else density * thickness_micrometer / 10


def coating_mass_mg(mass_mg: float, foil_mass_mg: float) -> float:
    """
    Args:
        mass_mg: of the electrode with its foil.
        foil_mass_mg: 0 for one without foil.

    Raises:
        ElectrodeError: a mass is not positive, or the foil weighs as much as the electrode.
    """
    _positive(mass_mg, "mass of the electrode", "mg", "mass_mg")
    if not 0 <= foil_mass_mg < math.inf:
        raise ElectrodeError(f"The mass of the foil is {foil_mass_mg:g} mg; it must be 0 or more.", "foil_mass_mg")
    if foil_mass_mg >= mass_mg:
        raise ElectrodeError(
            f"The electrode weighs {mass_mg:.5g} mg and its foil {foil_mass_mg:.5g} mg, which leaves no coating; weigh"
            " both again, or correct the foil.",
            "mass_mg",
        )
    return mass_mg - foil_mass_mg


def active_mass_mg(mass_mg: float, foil_mass_mg: float, active_fraction: float) -> float:
    """(electrode − foil) × active fraction.

    Raises:
        ElectrodeError: as `coating_mass_mg`, or the fraction is not in 0 … 1.
    """
    if not 0 < active_fraction <= 1:
        raise ElectrodeError(f"The active fraction is {active_fraction:g}; it must be over 0 and at most 1.")
    return coating_mass_mg(mass_mg, foil_mass_mg) * active_fraction


def per_area_mg_per_cm2(mass_mg: float, area_cm2: float) -> float:
    """Loading: of the whole coating, or of the active mass where that is given."""
    _positive(area_cm2, "area", "cm²", "area_cm2")
    return mass_mg / area_cm2


def areal_capacity_mah_per_cm2(areal_loading_mg_per_cm2: float, specific_capacity_mah_per_g: float) -> float:
    """
    Args:
        areal_loading_mg_per_cm2: of active material only.
    """
    _positive(specific_capacity_mah_per_g, "specific capacity", "mAh/g", "specific_capacity_mah_per_g")
    return areal_loading_mg_per_cm2 / 1000 * specific_capacity_mah_per_g


def coating_density_g_per_cm3(coating_areal_mass_mg_per_cm2: float, coating_thickness_micrometer: float) -> float:
    """
    Args:
        coating_areal_mass_mg_per_cm2: of the whole coating of one side.
        coating_thickness_micrometer: of that side, without the foil.
    """
    _positive(coating_thickness_micrometer, "thickness of the coating", "µm", "coating_thickness_micrometer")
    return 10 * coating_areal_mass_mg_per_cm2 / coating_thickness_micrometer


def coating_thickness_micrometer(total_micrometer: float, foil_micrometer: float, sides: int) -> float:
    """Of one side, from the thickness of the electrode with its foil.

    Raises:
        ElectrodeError: the foil is as thick as the electrode.
    """
    if foil_micrometer >= total_micrometer:
        raise ElectrodeError(
            f"The electrode is {total_micrometer:g} µm thick and its foil {foil_micrometer:g} µm; measure both again.",
            "thickness_micrometer",
        )
    return (total_micrometer - foil_micrometer) / sides


def solid_density_g_per_cm3(components: Sequence[Component]) -> float | None:
    """Of the coating without its pores, 1 / Σ(mass fraction / density); None where a density is not known."""
    volumes = [part.mass_fraction / part.density_g_per_cm3 for part in components if part.density_g_per_cm3]
    if not components or len(volumes) < len(components):
        return None
    return sum(part.mass_fraction for part in components) / sum(volumes)


def coating_porosity(density_g_per_cm3: float, solid_g_per_cm3: float) -> float:
    """1 − density of the coating / density of its solids, a fraction.

    Raises:
        ElectrodeError: the coating is denser than its solids.
    """
    porosity = 1 - density_g_per_cm3 / solid_g_per_cm3
    if porosity < 0:
        raise ElectrodeError(
            f"The coating has {density_g_per_cm3:.3g} g/cm³ and its solids {solid_g_per_cm3:.3g} g/cm³; a mass, a"
            " thickness or a density of a component is wrong.",
            "coating_thickness_micrometer",
        )
    return porosity


def _positive(value: float, what: str, unit: str, field: str) -> None:
    if not 0 < value < math.inf:
        raise ElectrodeError(f"The {what} is {value:g} {unit}; it must be over 0.", field)
