"""How cross-sections are shown and compared, and what a person may choose. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from characterization.sem import plots
from characterization.sem.analysis import MINIMUM_PORE_PIXEL, SMOOTHING_PIXEL, circles_of
from labdb.ingest.presentation import Choice, Drawing, Presentation

POROSITY, HALF = "porosity", "porosity_inside_half_radius"


def check(parameters: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: the circles are none.
    """
    circles_of(parameters.get("circles") or ())


CROSS_SECTION = Presentation(
    drawings=(
        Drawing(
            "radial",
            "Porosity inside circles about the middle",
            plots.radial,
            quantities=(POROSITY, HALF, "radius_fraction", "shell_porosity"),
            table="radial",
            about="Several cross-sections of one product as mean ± SD.",
        ),
        Drawing(
            "pore-sizes",
            "Pore sizes",
            plots.pore_sizes,
            quantities=("equivalent_diameter_nm", "pore_area_share", "median_pore_diameter_nm"),
            table="pores",
        ),
        Drawing(
            "grey-levels",
            "Grey levels and threshold",
            plots.grey_levels,
            quantities=("grey_level", "grey_threshold"),
            table="histogram",
            single=True,
        ),
        Drawing(
            "porosity",
            "Porosity of particles",
            plots.porosity,
            quantities=(POROSITY,),
            table="circles",
            about="Every circle a point, beside them mean ± SD.",
        ),
    ),
    choices=(
        Choice("circles", "Circles", "json", help="marked on the picture; none: the particle's is found"),
        Choice("threshold", "Grey-level threshold", help="pores are at or below it; empty: automatic"),
        Choice("pixel_size_nm", "Pixel size", unit="nm", help="empty: as the file says", lowest=0.001, highest=1e6),
        Choice(
            "smoothing_pixel",
            "Smoothing",
            unit="pixels",
            help=f"σ of a Gaussian before the threshold, 0 for none; empty: {SMOOTHING_PIXEL:g}",
            lowest=0,
            highest=20,
        ),
        Choice(
            "minimum_pore_pixel",
            "Smallest pore",
            "whole",
            unit="pixels",
            help=f"smaller ones are noise; empty: {MINIMUM_PORE_PIXEL}",
            lowest=1,
            highest=1_000_000,
        ),
        Choice(
            "databar_rows",
            "Rows of the data bar",
            "whole",
            unit="pixels",
            help="at the lower edge, left out; empty: as the file says, or as found",
            lowest=0,
            highest=10_000,
        ),
    ),
    compared=(POROSITY, HALF, "particle_diameter_micrometre", "median_pore_diameter_nm"),
    check=check,
    panel="characterization/sem/_panel.html",
    panel_title="Picture, particle and pores",
    script="characterization/js/micrograph.js",
    style="characterization/css/micrograph.css",
)
