"""How ICP measurements are shown, typed in, and what a person may choose for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from characterization.icp import plots
from characterization.icp.analysis import lines_of, symbols
from characterization.icp.entry import ENTRY
from labdb.ingest.presentation import Choice, Drawing, Presentation
from synthesis.chemical.formula import parse


def check(chosen: Mapping[str, Any]) -> None:
    """What is written in a choice of words.

    Raises:
        ValueError: it is no line, no dopant, or no formula.
    """
    lines_of(chosen.get("lines", ""))
    symbols(chosen.get("dopants", ""))
    target = chosen.get("target_composition")
    if target and not parse(target).metals:
        raise ValueError(f"The target composition {target} has no transition metal.")


ICP_PRESENTATION = Presentation(
    drawings=(
        Drawing(
            "composition",
            "Composition",
            plots.composition,
            ("mole_ratio", "li_per_tm", "ni_per_tm", "co_per_tm", "mn_per_tm"),
            "composition",
            about="mole ratios on ΣTM = 1 against the target composition",
        ),
        Drawing(
            "deviation",
            "Deviation from the target",
            plots.deviation,
            ("mole_ratio_deviation", "composition_deviation"),
            "composition",
            about="found − target, in % of ΣTM",
        ),
        Drawing(
            "residuals",
            "Residual K, S and Na",
            plots.residuals,
            ("residual_potassium_mg_per_kg", "residual_sulfur_mg_per_kg", "residual_sodium_mg_per_kg"),
            "elements",
            about="by sample; an open triangle is an upper bound",
        ),
        Drawing(
            "lines",
            "Emission lines",
            plots.lines,
            ("line_deviation",),
            "lines",
            single=True,
            about="each line against its element; hollow ones were not used",
        ),
        Drawing(
            "samples",
            "All samples of the file",
            plots.samples,
            ("concentration_mg_per_l",),
            "samples",
            single=True,
            about="as measured, without blanks taken away",
        ),
    ),
    choices=(
        Choice(
            "sample_label", "Label in the file", "text", help="Empty: its only sample, or the one that is named alike."
        ),
        Choice(
            "sample_mass_mg",
            "Sample mass",
            unit="mg",
            lowest=0.001,
            highest=1e6,
            help="Digested. Empty: as the file says.",
        ),
        Choice(
            "volume_ml", "Volume", unit="mL", lowest=0.001, highest=1e6, help="Of the digest. Empty: as the file says."
        ),
        Choice(
            "dilution_factor",
            "Dilution",
            lowest=1.0,
            highest=1e9,
            help="100 for 1 mL in 100 mL. Empty: as the file says, else 1.",
        ),
        Choice(
            "blank_subtraction",
            "Blank",
            "choice",
            choices=(("mean", "take away the mean of the blanks"), ("none", "take nothing away")),
            help="Of contents of a solution. Empty: the mean of the blanks, procedural ones where there are any.",
        ),
        Choice("blank_label", "Label of the blank", "text", help="Empty: all that the file calls a blank."),
        Choice(
            "lines", "Lines that count", "text", help="K 766.490, Ni 231.604: of these elements no other. Empty: all."
        ),
        Choice("dopants", "Dopants", "text", help="Zr, W: counted in ΣTM. Empty: those of the target composition."),
        Choice("target_composition", "Target composition", "text", help="Empty: that of the batch's recipe."),
        Choice(
            "line_disagreement_limit_percent",
            "Lines may differ by",
            unit="%",
            lowest=0.01,
            highest=1000.0,
            help="Of one element; more is said. Empty: 5 %.",
        ),
        Choice(
            "detection_limit_factor",
            "Limit of detection",
            unit="× SD of the blank",
            lowest=0.1,
            highest=100.0,
            help="Less is an upper bound. Empty: 3.",
        ),
    ),
    compared=(
        "residual_potassium_mg_per_kg",
        "residual_sulfur_mg_per_kg",
        "li_per_tm",
        "composition_deviation",
        "ni_per_tm",
        "co_per_tm",
        "mn_per_tm",
        "al_per_tm",
        "residual_sodium_mg_per_kg",
        "metal_recovery",
    ),
    check=check,
    entry=ENTRY,
)
