"""Pore volume by Gurvich's rule and pore size distribution by Barrett, Joyner and Halenda, through pyGAPS. Pure.

Source: L. Gurvich, J. Phys. Chem. Soc. Russ. 47 (1915) 805; E. P. Barrett, L. G. Joyner and P. P. Halenda,
J. Am. Chem. Soc. 73 (1951) 373.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from characterization.physisorption.gases import NITROGEN, NITROGEN_BOILS_KELVIN
from characterization.physisorption.isotherm import THICKNESS_MODELS, Branch
from characterization.physisorption.library import quiet
from characterization.physisorption.table import PORE_SIZE

FULL = 0.95  # pores of up to 40 nm are filled
JUST_FULL = 0.945  # a last point that was set to 0.95
HARDLY_FULL = 0.90  # pores of up to 20 nm; below this nothing is called a total
LOWEST, HIGHEST = 0.1, 0.99  # relative pressures between which the Kelvin equation is put to
NARROWEST_NM = 2.0  # mesopores begin here; what the equation says of narrower ones is no pore size
FEWEST_POINTS = 4
# Where the condensate tears in pores of all kinds, desorption falls for no reason of pore size.
TEARS = (0.42, 0.50)
TORN_NM = (3.3, 4.3)


@dataclass(frozen=True)
class PoreVolume:
    """
    Attributes:
        volume_cm3_per_g: None where the isotherm does not reach the pressure.
        relative_pressure: at which it was read.
    """

    volume_cm3_per_g: float | None
    relative_pressure: float
    warnings: tuple[str, ...] = ()


def gurvich(adsorption: Branch, liquid_volume_cm3_per_mol: float, pressure: float | None = None) -> PoreVolume:
    """All that is adsorbed, as liquid.

    Args:
        pressure: relative, at which the amount is read between two points; None is at the highest point.
    """
    by_pressure = np.argsort(adsorption.pressure, kind="stable")
    p, n = adsorption.pressure[by_pressure], adsorption.loading[by_pressure]
    highest = float(p[-1]) if len(p) else 0.0
    factor = liquid_volume_cm3_per_mol / 1000
    if pressure is not None:
        if not len(p) or not p[0] <= pressure <= highest:
            beyond = f"the adsorption does not reach p/p0 {pressure:g} (it ends at {highest:.3g}): no pore volume"
            return PoreVolume(None, pressure, (beyond,))
        return PoreVolume(float(np.interp(pressure, p, n)) * factor, pressure)
    ends = f"the adsorption ends at p/p0 {highest:.3g}"
    if highest < HARDLY_FULL:
        return PoreVolume(None, highest, (f"{ends}, far below {FULL:g}, so no total pore volume is given",))
    doubts = () if highest >= JUST_FULL else (f"{ends}, below {FULL:g}: the widest pores are not in the pore volume",)
    return PoreVolume(float(n[-1]) * factor, highest, doubts)


@dataclass(frozen=True)
class Distribution:
    """
    Attributes:
        table: a `PORE_SIZE` table.
        mode_nm: the diameter at which dV/dlogD is highest, of pores of 2 nm and wider; None where none is above zero,
            or where it only rises towards the narrowest of them.
        volume_cm3_per_g: of all pores of 2 nm and wider.
    """

    table: pl.DataFrame
    mode_nm: float | None
    volume_cm3_per_g: float
    warnings: tuple[str, ...] = ()


def distribution(
    branch: Branch, desorption: bool, thickness_model: str, temperature_kelvin: float = NITROGEN_BOILS_KELVIN
) -> Distribution | None:
    """The BJH distribution of cylindrical pores from a branch of nitrogen; None where it has too few points.

    The meniscus is hemispherical in desorption and cylindrical in adsorption; the layer on the walls is that of
    Harkins and Jura, or of Halsey.

    Args:
        branch: in measured order, as it is in the table.
        thickness_model: a name of `THICKNESS_MODELS`.
    """
    quiet()
    from pygaps.characterisation.models_kelvin import get_kelvin_model, get_meniscus_geometry
    from pygaps.characterisation.models_thickness import get_thickness_model
    from pygaps.characterisation.psd_meso import psd_bjh

    pressure, loading = _rising(branch, desorption)
    if len(pressure) < FEWEST_POINTS or NITROGEN.liquid_volume_cm3_per_mol is None:
        return None
    thickness = get_thickness_model(THICKNESS_MODELS[thickness_model])
    kelvin = get_kelvin_model(
        "Kelvin",
        meniscus_geometry=get_meniscus_geometry("des" if desorption else "ads", "cylinder"),
        temperature=temperature_kelvin,
        liquid_density=NITROGEN.molar_mass_g_per_mol / NITROGEN.liquid_volume_cm3_per_mol,
        adsorbate_molar_mass=NITROGEN.molar_mass_g_per_mol,
        adsorbate_surface_tension=NITROGEN.surface_tension_mn_per_m,
    )
    liquid = loading * NITROGEN.liquid_volume_cm3_per_mol / 1000
    with np.errstate(all="ignore"):
        found = psd_bjh(liquid, pressure, "cylinder", thickness, kelvin)
    edges = 2 * (thickness(pressure) + kelvin(pressure))
    volumes = np.asarray(found["pore_volumes"], dtype=float)
    table = pl.DataFrame(
        {
            "pore_diameter_nm": (edges[:-1] + edges[1:]) / 2,
            "pore_volume_cm3_per_g": volumes,
            "cumulative_pore_volume_cm3_per_g": np.cumsum(volumes),
            "dv_dd_cm3_per_g_nm": volumes / np.diff(edges),
            "dv_dlogd_cm3_per_g": volumes / np.diff(np.log10(edges)),
        }
    )
    meso = table.filter(pl.col("pore_diameter_nm") >= NARROWEST_NM)
    doubts = _doubts(table)
    mode = None
    if meso.height and (meso["dv_dlogd_cm3_per_g"] > 0).any():
        at = int(meso["dv_dlogd_cm3_per_g"].arg_max() or 0)
        if at == 0:
            doubts.append("the pore size distribution rises down to 2 nm: most pores are too narrow for it")
        else:
            mode = float(meso["pore_diameter_nm"][at])
    if desorption and mode is not None and TORN_NM[0] <= mode <= TORN_NM[1]:
        doubts.append(
            f"the most frequent pore diameter, {mode:.2g} nm, lies where the condensate tears in any pore (p/p0"
            f" {TEARS[0]:g} to {TEARS[1]:.2f}); compare it with that of the adsorption"
        )
    return Distribution(PORE_SIZE.conform(table), mode, float(meso["pore_volume_cm3_per_g"].sum()), tuple(doubts))


def _rising(branch: Branch, desorption: bool) -> tuple[np.ndarray, np.ndarray]:
    """The points to which the Kelvin equation is put, each at a higher pressure than the one before."""
    pressure, loading = branch.pressure, branch.loading
    if desorption:
        pressure, loading = pressure[::-1], loading[::-1]
    inside = (pressure >= LOWEST) & (pressure <= HIGHEST)
    pressure, loading = pressure[inside], loading[inside]
    if not len(pressure):
        return pressure, loading
    highest = np.maximum.accumulate(pressure)
    rises = np.concatenate([[True], pressure[1:] > highest[:-1] + 1e-9])
    return pressure[rises], loading[rises]


def _doubts(table: pl.DataFrame) -> list[str]:
    volumes = table["pore_volume_cm3_per_g"]
    negative, positive = float(volumes.filter(volumes < 0).sum()), float(volumes.filter(volumes > 0).sum())
    if positive <= 0 or -negative > 0.1 * positive:
        return ["the pore size distribution has volumes below zero, as of noise or of pores too narrow for it"]
    return []
