"""How refinements are shown, and how one is typed in. Pure."""

from __future__ import annotations

from characterization.rietveld import plots
from characterization.rietveld.entry import ENTRY
from labdb.ingest.presentation import Choice, Drawing, Presentation

RIETVELD = Presentation(
    drawings=(
        Drawing(
            "mixing",
            "Li/Ni mixing",
            plots.mixing,
            quantities=("li_ni_mixing",),
            table="sites",
            about="as refined, with its standard uncertainty",
        ),
        Drawing(
            "cell",
            "Refined cell",
            plots.cell,
            quantities=("rietveld_a_angstrom", "rietveld_c_angstrom"),
            table="phases",
        ),
    ),
    choices=(Choice("phase", "Phase", kind="text", help="whose numbers are given; empty: the heaviest, or the first"),),
    compared=("li_ni_mixing", "rietveld_a_angstrom", "rietveld_c_angstrom", "rietveld_volume_angstrom3", "rwp", "gof"),
    entry=ENTRY,
)
