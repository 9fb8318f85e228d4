"""All that follows from what is said of a sheet, and of an electrode punched from it. Pure.

Where something is missing the number is None; where something cannot be, it is None and a doubt says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cells.electrode import arithmetic
from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.formulation import Component, active_fraction

NO_FOIL = "none"


@dataclass(frozen=True)
class SheetSaid:
    """What a person says of a sheet.

    Attributes:
        foil_material: a key of FOIL_DENSITY_G_PER_CM3, another word, "none" for a coating without foil, or empty.
        coating_areal_mass_mg_per_cm2: of the whole coating, one side.
        coating_thickness_micrometer: of one side, without the foil.
        specific_capacity_mah_per_g: of the active material, for the balance of a cell.
    """

    components: Sequence[Component] = ()
    foil_material: str = ""
    foil_thickness_micrometer: float | None = None
    foil_areal_mass_mg_per_cm2: float | None = None
    coated_sides: int = 1
    coating_areal_mass_mg_per_cm2: float | None = None
    coating_thickness_micrometer: float | None = None
    specific_capacity_mah_per_g: float | None = None


@dataclass(frozen=True)
class SheetNumbers:
    """What follows for a sheet; loading and areal capacity are those of one side."""

    active_fraction: float | None = None
    foil_areal_mass_mg_per_cm2: float | None = None
    areal_loading_mg_per_cm2: float | None = None
    coating_density_g_per_cm3: float | None = None
    solid_density_g_per_cm3: float | None = None
    coating_porosity: float | None = None
    areal_capacity_mah_per_cm2: float | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiscSaid:
    """What a person says of a punched electrode: one piece, or several that are stacked in one cell.

    Attributes:
        area_cm2: of one side of one piece.
        mass_mg: of all pieces with their foil.
        foil_mass_mg: of all pieces; None takes it from the sheet.
        thickness_micrometer: of one piece with its foil.
    """

    area_cm2: float | None = None
    pieces: int = 1
    mass_mg: float | None = None
    foil_mass_mg: float | None = None
    thickness_micrometer: float | None = None


@dataclass(frozen=True)
class DiscNumbers:
    """What follows for a punched electrode.

    Attributes:
        weighed: the masses come from its own weight; else from the loading of the sheet, if at all.
        electrode_capacity_mah: of the active mass, at the sheet's specific capacity.
    """

    coated_area_cm2: float | None = None
    foil_mass_mg: float | None = None
    coating_mass_mg: float | None = None
    active_mass_mg: float | None = None
    weighed: bool = False
    coating_areal_mass_mg_per_cm2: float | None = None
    areal_loading_mg_per_cm2: float | None = None
    coating_density_g_per_cm3: float | None = None
    coating_porosity: float | None = None
    areal_capacity_mah_per_cm2: float | None = None
    electrode_capacity_mah: float | None = None
    doubts: tuple[str, ...] = ()


@dataclass
class _Worked:
    """Computes what can be, and collects why the rest cannot."""

    doubts: list[str] = field(default_factory=list)

    def out(self, formula: Callable[..., float | None], *values: float | None) -> float | None:
        if any(value is None for value in values):
            return None
        try:
            return formula(*values)
        except ElectrodeError as error:
            self.doubts.append(str(error))
            return None


def numbers_of_sheet(said: SheetSaid) -> SheetNumbers:
    worked = _Worked()
    fraction = active_fraction(said.components)
    areal, capacity = said.coating_areal_mass_mg_per_cm2, said.specific_capacity_mah_per_g
    loading = None if areal is None or fraction is None else areal * fraction
    density = worked.out(arithmetic.coating_density_g_per_cm3, areal, said.coating_thickness_micrometer)
    solid = arithmetic.solid_density_g_per_cm3(said.components)
    return SheetNumbers(
        active_fraction=fraction,
        foil_areal_mass_mg_per_cm2=_foil_areal_mass(said, worked),
        areal_loading_mg_per_cm2=loading,
        coating_density_g_per_cm3=density,
        solid_density_g_per_cm3=solid,
        coating_porosity=worked.out(arithmetic.coating_porosity, density, solid),
        areal_capacity_mah_per_cm2=worked.out(arithmetic.areal_capacity_mah_per_cm2, loading, capacity),
        doubts=tuple(worked.doubts),
    )


def _foil_areal_mass(said: SheetSaid, worked: _Worked) -> float | None:
    """As weighed, else from thickness and material; 0 where there is no foil."""
    if said.foil_material == NO_FOIL:
        return 0.0
    if said.foil_areal_mass_mg_per_cm2 is not None:
        return said.foil_areal_mass_mg_per_cm2
    return worked.out(
        lambda thickness: arithmetic.foil_areal_mass_mg_per_cm2(said.foil_material, thickness),
        said.foil_thickness_micrometer,
    )


def numbers_of_disc(said: DiscSaid, sheet: SheetSaid) -> DiscNumbers:
    """A weighed electrode by its own mass, any other by the loading of its sheet."""
    worked = _Worked()
    from_sheet = numbers_of_sheet(sheet)
    foil = said.foil_mass_mg
    coated = None
    if said.area_cm2 is not None:
        coated = said.area_cm2 * said.pieces * sheet.coated_sides
        if foil is None and from_sheet.foil_areal_mass_mg_per_cm2 is not None:
            foil = from_sheet.foil_areal_mass_mg_per_cm2 * said.area_cm2 * said.pieces
    fraction = from_sheet.active_fraction
    weighed = said.mass_mg is not None
    if weighed:
        coating = worked.out(arithmetic.coating_mass_mg, said.mass_mg, foil)
    else:
        areal = sheet.coating_areal_mass_mg_per_cm2
        coating = areal * coated if areal is not None and coated is not None else None
    active = None if coating is None or fraction is None else coating * fraction
    per_area = worked.out(arithmetic.per_area_mg_per_cm2, coating, coated)
    loading = worked.out(arithmetic.per_area_mg_per_cm2, active, coated)
    thickness = _coating_thickness(said, sheet, worked)
    density = worked.out(arithmetic.coating_density_g_per_cm3, per_area, thickness)
    capacity = sheet.specific_capacity_mah_per_g
    return DiscNumbers(
        coated_area_cm2=coated,
        foil_mass_mg=foil,
        coating_mass_mg=coating,
        active_mass_mg=active,
        weighed=weighed and active is not None,
        coating_areal_mass_mg_per_cm2=per_area,
        areal_loading_mg_per_cm2=loading,
        coating_density_g_per_cm3=density,
        coating_porosity=worked.out(arithmetic.coating_porosity, density, from_sheet.solid_density_g_per_cm3),
        areal_capacity_mah_per_cm2=worked.out(arithmetic.areal_capacity_mah_per_cm2, loading, capacity),
        electrode_capacity_mah=None if active is None or capacity is None else active / 1000 * capacity,
        doubts=tuple(worked.doubts),
    )


def _coating_thickness(said: DiscSaid, sheet: SheetSaid, worked: _Worked) -> float | None:
    """Of one side: as measured on the piece, else that of the sheet."""
    if said.thickness_micrometer is None:
        return sheet.coating_thickness_micrometer
    foil = 0.0 if sheet.foil_material == NO_FOIL else sheet.foil_thickness_micrometer
    return worked.out(
        lambda total, bare: arithmetic.coating_thickness_micrometer(total, bare, sheet.coated_sides),
        said.thickness_micrometer,
        foil,
    )


def missing_for_mass(said: DiscSaid, sheet: SheetSaid) -> str:
    """What to enter for an active mass, as a sentence; empty where there is one."""
    found = numbers_of_disc(said, sheet)
    if found.active_mass_mg is not None:
        return ""
    if found.doubts:
        return found.doubts[0]
    if active_fraction(sheet.components) is None:
        return "Give the sheet's formulation, which says how much of the coating is active."
    if said.mass_mg is not None:
        return "Give the mass of its foil, or that of the sheet's foil per area."
    return "Weigh it, or give the sheet's coating mass per area."
