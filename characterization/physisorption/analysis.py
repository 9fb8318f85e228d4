"""An isotherm → BET area, pore volume, mean pore diameter, pore size distribution. Pure.

Only nitrogen near 77 K gives a `bet_area_m2_per_g`, with 0.162 nm² a molecule, so that areas can be compared. Argon and
krypton give an area where a person says the cross-section, and that is another quantity. No other gas gives any.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from characterization.physisorption import bet, pore_size
from characterization.physisorption.gases import ARGON, KRYPTON, NITROGEN, NITROGEN_BOILS_KELVIN, Gas
from characterization.physisorption.isotherm import (
    Parameters,
    adsorbate_of,
    as_chosen,
    branch_of,
    gas_of,
    temperature_of,
)
from characterization.physisorption.table import ADSORPTION, DESORPTION
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress

NITROGEN_KELVIN = (74.0, 80.0)  # a bath of liquid nitrogen, from the mountains to an impure one
ARGON_KELVIN = (85.0, 90.0)  # a bath of liquid argon
ABOVE_SATURATION = 1.005


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """What an isotherm says of a powder.

    Args:
        table: an `ISOTHERM` table.
        parameters: those of `Parameters`, each may be missing.

    Returns:
        The scalars that the isotherm allows; tables `bet` (`BET`) and `pore_size` (`PORE_SIZE`) where there are any.

    Raises:
        ValueError: a parameter is impossible.
    """
    told = Parameters.of(parameters)
    table, warnings = as_chosen(table, told)
    if not _usable(table, warnings):
        return Analysis(warnings=tuple(warnings))
    adsorption = branch_of(table, ADSORPTION)
    gas = _gas(table, warnings)
    scalars: list[Scalar] = []
    tables: dict[str, pl.DataFrame] = {}
    progress(0.2, "fitting the BET line")
    cross_section = _cross_section(table, gas, told, warnings)
    line = None
    if cross_section is not None:
        manual = told.p_low is not None or told.p_high is not None
        found = (
            bet.fit_range(adsorption, cross_section, told.p_low, told.p_high)
            if manual
            else bet.fit(adsorption, cross_section)
        )
        warnings += found.warnings
        line = found.line
    if line is not None:
        area = "bet_area_m2_per_g" if gas is NITROGEN else "bet_area_other_gas_m2_per_g"
        scalars += _scalars(line, area)
        tables["bet"] = bet.plot_table(adsorption, line)
    progress(0.6, "adding up the pores")
    volume = _pore_volume(table, gas, told, scalars, warnings)
    if line is not None and volume is not None:
        scalars.append(Scalar("mean_pore_diameter_nm", 4000 * volume / line.area_m2_per_g))
    if gas is NITROGEN and _near(temperature_of(table), NITROGEN_KELVIN):
        progress(0.8, "sorting the pores by size")
        _pore_sizes(table, told, scalars, tables, warnings)
    return Analysis(tuple(scalars), tables, tuple(warnings))


def _usable(table: pl.DataFrame, warnings: list[str]) -> bool:
    if table["loading_mmol_per_g"].null_count():
        warnings.append("no loading per gram is known: enter the sample's mass")
        return False
    if table["relative_pressure"].null_count():
        warnings.append("no relative pressure is known: enter the saturation pressure, or adsorbate and temperature")
        return False
    highest = float(table["relative_pressure"].max() or 0.0)  # type: ignore[arg-type]  # a column of floats
    if highest > ABOVE_SATURATION:
        warnings.append(
            f"relative pressures reach {highest:.4g}, above saturation: p0, or the temperature that it comes from, is"
            " too low"
        )
    return True


def _gas(table: pl.DataFrame, warnings: list[str]) -> Gas | None:
    if adsorbate_of(table) is None:
        warnings.append(
            "the file names no adsorbate, and nitrogen was taken; choose the adsorbate if it was another gas"
        )
        return NITROGEN
    return gas_of(table)


def _near(temperature: float | None, limits: tuple[float, float]) -> bool:
    return temperature is None or limits[0] <= temperature <= limits[1]


def _cross_section(table: pl.DataFrame, gas: Gas | None, told: Parameters, warnings: list[str]) -> float | None:
    """The area of a molecule for the BET area, nm²; None where no area is defined."""
    temperature = temperature_of(table)
    if gas is NITROGEN:
        if temperature is None:
            warnings.append(
                f"the file does not say the temperature of the bath, and {NITROGEN_BOILS_KELVIN:g} K was taken"
            )
        if not _near(temperature, NITROGEN_KELVIN):
            warnings.append(
                f"the file says {temperature:g} K, at which nitrogen forms no layer of liquid, so there is no BET area;"
                " if the bath was liquid nitrogen, enter its temperature"
            )
            return None
        if told.cross_section_nm2 is not None:
            warnings.append(
                f"the area from nitrogen is always that of {bet.CROSS_SECTION_NM2:g} nm² a molecule; the cross-section"
                " that was entered is not used"
            )
        return bet.CROSS_SECTION_NM2
    name = gas.name if gas else adsorbate_of(table)
    if gas not in (ARGON, KRYPTON):
        warnings.append(f"the adsorbate is {name}, for which no BET area is defined; the isotherm is shown as it is")
        return None
    if told.cross_section_nm2 is None:
        usual = "0.142 nm² at 87 K" if gas is ARGON else "0.202 nm² at 77 K"
        warnings.append(
            f"the adsorbate is {name}, which gives no nitrogen area; enter the cross-section of its molecule (usually"
            f" {usual}) for an area that stands apart"
        )
        return None
    warnings.append(
        f"the area is from {name} with {told.cross_section_nm2:g} nm² a molecule; do not compare it with areas from"
        " nitrogen"
    )
    return told.cross_section_nm2


def _scalars(line: bet.Line, area: str) -> list[Scalar]:
    def sd(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return [
        Scalar(area, line.area_m2_per_g, sd(line.area_sd)),
        Scalar("bet_c", line.c),
        Scalar("bet_r_squared", line.r_squared),
        Scalar("bet_p_low", line.p_low),
        Scalar("bet_p_high", line.p_high),
        Scalar("bet_points", float(line.fitted.sum())),
        Scalar("monolayer_mmol_per_g", line.monolayer_mmol_per_g, sd(line.monolayer_sd)),
    ]


def _pore_volume(
    table: pl.DataFrame, gas: Gas | None, told: Parameters, scalars: list[Scalar], warnings: list[str]
) -> float | None:
    limits = {NITROGEN.name: NITROGEN_KELVIN, ARGON.name: ARGON_KELVIN}
    if (
        gas is None
        or gas.liquid_volume_cm3_per_mol is None
        or not _near(temperature_of(table), limits.get(gas.name, (0.0, 0.0)))
    ):
        return None
    found = pore_size.gurvich(branch_of(table, ADSORPTION), gas.liquid_volume_cm3_per_mol, told.pore_volume_pressure)
    warnings += found.warnings
    if found.volume_cm3_per_g is None:
        return None
    scalars += [
        Scalar("total_pore_volume_cm3_per_g", found.volume_cm3_per_g),
        Scalar("pore_volume_pressure", found.relative_pressure),
    ]
    return found.volume_cm3_per_g


def _pore_sizes(
    table: pl.DataFrame,
    told: Parameters,
    scalars: list[Scalar],
    tables: dict[str, pl.DataFrame],
    warnings: list[str],
) -> None:
    """The distribution of the chosen branch, or of the desorption where it has points enough."""
    sides = [told.pore_size_branch] if told.pore_size_branch else [DESORPTION, ADSORPTION]
    temperature = temperature_of(table) or NITROGEN_BOILS_KELVIN
    for side in sides:
        found = pore_size.distribution(branch_of(table, side), side == DESORPTION, told.thickness_model, temperature)
        if found is not None:
            break
    else:
        warnings.append(
            f"the {' and the '.join(sides)} have too few points between p/p0 {pore_size.LOWEST:g} and"
            f" {pore_size.HIGHEST:g} for a pore size distribution"
        )
        return
    if side != sides[0]:
        warnings.append("the desorption has too few points, so the pore size distribution is that of the adsorption")
    warnings += found.warnings
    tables["pore_size"] = found.table
    if found.mode_nm is not None:
        scalars.append(Scalar("bjh_mode_diameter_nm", found.mode_nm))
    scalars.append(Scalar("bjh_pore_volume_cm3_per_g", found.volume_cm3_per_g))
