"""How tap densities are shown, typed in and compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from characterization.measurement.replicate_points import replicates_figure
from characterization.tap_density.analysis import FEWEST_TAPS, LARGEST_RELATIVE_SD
from characterization.tap_density.entry import ENTRY
from labdb.figures import Figure
from labdb.ingest.presentation import Choice, Drawing, Presentation, Shown

QUANTITY = "tap_density_g_per_cm3"


def draw(runs: Sequence[Shown]) -> Figure:
    return replicates_figure(runs, [QUANTITY])


TAP_DENSITY = Presentation(
    drawings=(
        Drawing(
            "replicates",
            "Tap density",
            draw,
            quantities=(QUANTITY,),
            table="replicates",
            about="Every replicate a point, beside them mean ± SD.",
        ),
    ),
    choices=(
        Choice(
            "fewest_taps",
            "Fewest taps",
            "whole",
            help=f"fewer are said; empty: {FEWEST_TAPS}",
            lowest=1,
            highest=1_000_000,
        ),
        Choice(
            "largest_relative_sd",
            "Largest scatter",
            help=f"SD / mean, as a fraction; more is said; empty: {LARGEST_RELATIVE_SD:g}",
            lowest=0.001,
            highest=1,
        ),
    ),
    compared=(QUANTITY,),
    entry=ENTRY,
)
