"""How fracture censuses are shown, typed in and compared. Pure."""

from __future__ import annotations

from characterization.fracture.analysis import CONFIDENCE, GOODMAN, WILSON
from characterization.fracture.entry import ENTRY
from characterization.fracture.plots import counts_figure, difference_figure, shares_figure
from characterization.fracture.table import CLASSES
from labdb.ingest.presentation import Choice, Drawing, Presentation

QUANTITIES = tuple(f"{name}_share" for name in CLASSES)

FRACTURE_CENSUS = Presentation(
    drawings=(
        Drawing(
            "shares",
            "Shares",
            shares_figure,
            quantities=QUANTITIES,
            table="shares",
            about="Of all particles after a number of cycles, with confidence intervals.",
        ),
        Drawing(
            "counts",
            "Particles counted",
            counts_figure,
            quantities=("particles_counted",),
            table="shares",
            about="A bar a census.",
        ),
        Drawing(
            "difference",
            "Do they differ?",
            difference_figure,
            quantities=("p_value", "cramers_v"),
            table="shares",
            about="Chi-square test of the counts; Fisher's exact test where they are small.",
        ),
    ),
    choices=(
        Choice(
            "confidence",
            "Confidence",
            help=f"of the intervals, as a fraction; empty: {CONFIDENCE:g}",
            lowest=0.5,
            highest=0.9999,
        ),
        Choice(
            "interval",
            "Intervals",
            "choice",
            help="empty: Wilson's",
            choices=((WILSON, "Wilson's, each share by itself"), (GOODMAN, "Goodman's, all three shares at once")),
        ),
    ),
    compared=QUANTITIES,
    by_cycle=True,
    entry=ENTRY,
)
