"""How thermograms are shown, adjusted and compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from characterization.dsc.baseline import KINDS
from characterization.dsc.plots import record, thermogram
from characterization.thermal.plots import mass_figure
from characterization.thermal.recording import COLDEST_CELSIUS, HOTTEST_CELSIUS
from labdb.ingest.presentation import Choice, Drawing, Presentation

HEAVIEST_MG = 100_000


def check(parameters: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: the limits are the wrong way round.
    """
    low, high = parameters.get("from_celsius"), parameters.get("to_celsius")
    if low is not None and high is not None and low >= high:
        raise ValueError(f"The limits are the wrong way round: from {low:g} °C to {high:g} °C.")


DSC = Presentation(
    drawings=(
        Drawing(
            "thermogram",
            "Thermogram",
            thermogram,
            quantities=(
                "heat_flow_watt_per_gram",
                "dsc_onset_celsius",
                "dsc_peak_celsius",
                "dsc_enthalpy_joule_per_gram",
            ),
            table="curve",
            about="Baseline dashed, its area filled, the onset tangent dotted.",
        ),
        Drawing(
            "record",
            "The record against time",
            record,
            quantities=("scan_rate_celsius_per_min",),
            table="record",
            single=True,
            about="Shaded where the temperature was held.",
        ),
        Drawing(
            "mass",
            "Mass",
            mass_figure,
            quantities=("mass_percent", "mass_loss_percent", "residue_percent"),
            table="mass_curve",
            about="Where a mass was weighed at the same time.",
        ),
    ),
    choices=(
        Choice(
            "from_celsius",
            "Peak from",
            unit="°C",
            help="where the baseline begins; empty: found",
            lowest=COLDEST_CELSIUS,
            highest=HOTTEST_CELSIUS,
        ),
        Choice(
            "to_celsius",
            "Peak to",
            unit="°C",
            help="where it ends; empty: found",
            lowest=COLDEST_CELSIUS,
            highest=HOTTEST_CELSIUS,
        ),
        Choice("baseline", "Baseline", "choice", choices=KINDS),
        Choice(
            "sample_mass_mg",
            "Sample mass",
            unit="mg",
            help="empty: as the file says",
            lowest=0.001,
            highest=HEAVIEST_MG,
        ),
        Choice(
            "reference_mass_mg",
            "Heat per gram of",
            unit="mg",
            help="the powder without its electrolyte, say; empty: of the sample",
            lowest=0.001,
            highest=HEAVIEST_MG,
        ),
        Choice("exothermic_up", "Exothermic peaks point up", "flag", help="empty: as the file says, if it does"),
        Choice(
            "segment",
            "Segment",
            "whole",
            help="counted from 1; empty: the widest heating",
            lowest=1,
            highest=1_000,
        ),
    ),
    compared=(
        "dsc_onset_celsius",
        "dsc_peak_celsius",
        "dsc_enthalpy_joule_per_gram",
        "dsc_total_enthalpy_joule_per_gram",
        "dsc_peak_height_watt_per_gram",
    ),
    check=check,
)
