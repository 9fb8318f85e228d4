"""How residual lithium is shown, typed in and compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from characterization.measurement.replicate_points import replicates_figure
from characterization.residual_lithium.analysis import FROM_FIRST, FROM_START, LARGEST_RELATIVE_SD
from characterization.residual_lithium.entry import ENTRY
from characterization.residual_lithium.table import FOUND
from labdb.figures import Figure
from labdb.ingest.presentation import Choice, Drawing, Presentation, Shown


def draw(runs: Sequence[Shown]) -> Figure:
    return replicates_figure(runs, FOUND, along="content_mg_per_kg")


RESIDUAL_LITHIUM = Presentation(
    drawings=(
        Drawing(
            "replicates",
            "Residual lithium",
            draw,
            quantities=FOUND,
            table="replicates",
            about="Every replicate a point, beside them mean ± SD.",
        ),
    ),
    choices=(
        Choice(
            "second_volume",
            "Second volume counts",
            "choice",
            help="as burettes and titrators count: from the start",
            choices=((FROM_START, "from the start of the titration"), (FROM_FIRST, "from the first endpoint")),
        ),
        Choice(
            "largest_relative_sd",
            "Largest scatter",
            help=f"SD / mean of the lithium, as a fraction; more is said; empty: {LARGEST_RELATIVE_SD:g}",
            lowest=0.001,
            highest=1,
        ),
    ),
    compared=FOUND,
    entry=ENTRY,
)
