"""How water contents are shown, typed in and compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from characterization.measurement.replicate_points import replicates_figure
from characterization.moisture.analysis import LARGEST_RELATIVE_SD
from characterization.moisture.entry import ENTRY
from labdb.figures import Figure
from labdb.ingest.presentation import Choice, Drawing, Presentation, Shown

QUANTITY = "water_content_mg_per_kg"


def draw(runs: Sequence[Shown]) -> Figure:
    return replicates_figure(runs, [QUANTITY])


MOISTURE = Presentation(
    drawings=(
        Drawing(
            "replicates",
            "Water content",
            draw,
            quantities=(QUANTITY,),
            table="replicates",
            about="Every replicate a point, beside them mean ± SD.",
        ),
    ),
    choices=(
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
