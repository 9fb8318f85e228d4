"""How particle sizes are shown, typed in and compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from characterization.measurement.replicate_points import replicates_figure
from characterization.particle_size.entry import ENTRY
from characterization.particle_size.plots import distribution_figure
from characterization.particle_size.table import LOWER, MIDDLE, PERCENTILES, UPPER
from labdb.figures import Figure
from labdb.ingest.presentation import Choice, Drawing, Presentation, Shown

SPAN = "particle_size_span"


def draw_values(runs: Sequence[Shown]) -> Figure:
    return replicates_figure(runs, tuple(PERCENTILES), along="particle_size_micrometre")


PARTICLE_SIZE = Presentation(
    drawings=(
        Drawing(
            "distribution",
            "Particle size distribution",
            distribution_figure,
            quantities=("volume_density_percent_per_decade", "cumulative_volume_share", *PERCENTILES, SPAN),
            table="distribution",
            about="Volume density as lines, cumulative volume dotted.",
        ),
        Drawing(
            "values",
            "D10, D50, D90",
            draw_values,
            quantities=tuple(PERCENTILES),
            table="replicates",
            about="Every replicate a point, beside them mean ± SD.",
        ),
    ),
    choices=(
        Choice(
            "size_is",
            "Size of a class",
            "choice",
            help="which edge; only asked of volumes that are not cumulative; empty: as the file says",
            choices=((UPPER, "its upper edge"), (LOWER, "its lower edge"), (MIDDLE, "its geometric middle")),
        ),
        Choice("sample_label", "Sample in the file", "text", help="where a file holds several; empty: its only one"),
    ),
    compared=("d50_micrometre", "d10_micrometre", "d90_micrometre", SPAN),
    entry=ENTRY,
)
