"""How isotherms are shown, and what a person may choose for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from characterization.physisorption import plots
from characterization.physisorption.isotherm import check_range
from labdb.ingest.presentation import Choice, Drawing, Presentation

ADSORBATES = ("nitrogen", "argon", "krypton", "carbon dioxide", "water")


def check(parameters: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: the BET range is empty.
    """
    check_range(parameters.get("p_low"), parameters.get("p_high"))


ISOTHERMS = Presentation(
    drawings=(
        Drawing(
            "isotherm",
            "Isotherm",
            plots.isotherm,
            quantities=("relative_pressure", "loading_mmol_per_g", "total_pore_volume_cm3_per_g"),
            table="isotherm",
            about="filled: adsorption, hollow: desorption",
        ),
        Drawing(
            "bet",
            "BET plot",
            plots.bet_plot,
            quantities=("bet_area_m2_per_g", "bet_c", "bet_r_squared", "monolayer_mmol_per_g"),
            table="bet",
            single=True,
            about="filled: the points of the line",
        ),
        Drawing(
            "rouquerol",
            "Rouquerol plot",
            plots.rouquerol_plot,
            quantities=("rouquerol_ordinate_mmol_per_g", "bet_p_low", "bet_p_high"),
            table="bet",
            single=True,
            about="it has to rise throughout the shaded BET range",
        ),
        Drawing(
            "pore_size",
            "Pore size distribution",
            plots.pore_size,
            quantities=("dv_dlogd_cm3_per_g", "bjh_mode_diameter_nm", "bjh_pore_volume_cm3_per_g"),
            table="pore_size",
            about="BJH, cylindrical pores",
        ),
    ),
    choices=(
        Choice(
            "p_low",
            "BET range from",
            unit="p/p0",
            help="empty: by Rouquerol's criteria",
            lowest=0.0,
            highest=1.0,
        ),
        Choice(
            "p_high",
            "BET range to",
            unit="p/p0",
            help="empty: by Rouquerol's criteria",
            lowest=0.0,
            highest=1.0,
        ),
        Choice(
            "sample_mass_mg",
            "Sample mass",
            unit="mg",
            help="degassed; empty: as the file says",
            lowest=0.001,
            highest=1e6,
        ),
        Choice(
            "adsorbate",
            "Adsorbate",
            kind="choice",
            help="empty: as the file says, nitrogen where it says none",
            choices=tuple((name, name) for name in ADSORBATES),
        ),
        Choice(
            "temperature_kelvin",
            "Bath temperature",
            unit="K",
            help="empty: as the file says, 77.355 K for nitrogen where it says none",
            lowest=10.0,
            highest=500.0,
        ),
        Choice(
            "saturation_pressure_kpa",
            "Saturation pressure",
            unit="kPa",
            help="for files of absolute pressures; empty: as the file says, or from the temperature",
            lowest=0.001,
            highest=10_000.0,
        ),
        Choice(
            "cross_section_nm2",
            "Cross-section",
            unit="nm²",
            help="of argon or krypton, for an area of its own; nitrogen is always 0.162 nm²",
            lowest=0.05,
            highest=1.0,
        ),
        Choice(
            "pore_volume_pressure",
            "Pore volume at",
            unit="p/p0",
            help="empty: the highest point of the adsorption",
            lowest=0.0,
            highest=1.0,
        ),
        Choice(
            "pore_size_branch",
            "Branch for pore sizes",
            kind="choice",
            help="empty: desorption where there is one",
            choices=(("desorption", "desorption"), ("adsorption", "adsorption")),
        ),
        Choice(
            "thickness_model",
            "Layer on the walls",
            kind="choice",
            help="empty: Harkins and Jura",
            choices=(("harkins-jura", "Harkins and Jura"), ("halsey", "Halsey")),
        ),
    ),
    compared=(
        "bet_area_m2_per_g",
        "total_pore_volume_cm3_per_g",
        "mean_pore_diameter_nm",
        "bjh_mode_diameter_nm",
        "bjh_pore_volume_cm3_per_g",
        "bet_c",
    ),
    check=check,
)
