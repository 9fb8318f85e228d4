"""How stacks of slices are shown, and what a person may choose for them. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from characterization.tomography import plots
from characterization.tomography.analysis import DEFAULTS
from labdb.ingest.presentation import Choice, Drawing, Presentation

REGIONS = (("particle", "inside the particle"), ("stack", "the whole stack"))
CONNECTIVITIES = (("26", "26: faces, edges and corners"), ("6", "6: faces only"))


def check(chosen: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: two choices contradict each other.
    """
    if "threshold_grey" in chosen and "pore_label" in chosen:
        raise ValueError("Threshold, Pore label: choose one of the two; a segmented stack has labels, no threshold.")
    if "pore_label" in chosen and chosen["pore_label"] == chosen.get("outside_label"):
        raise ValueError("Label of the surroundings: it is that of the pores.")
    regions = [name for name in ("region", "sphere", "outside_label") if name in chosen]
    if len(regions) > 1:
        raise ValueError("Region, Sphere, Label of the surroundings: choose one of the three.")
    if "sphere" in chosen:
        sphere = chosen["sphere"]
        numbers = isinstance(sphere, list | tuple) and all(
            isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each) for each in sphere
        )
        if not numbers or len(sphere) != 4 or sphere[3] <= 0:
            raise ValueError("Sphere: it is [x, y, z, radius], four numbers in voxels, the radius above 0.")
    limits = [
        chosen.get(name, DEFAULTS[name])
        for name in (
            "noise_limit_cubic_micrometre",
            "medium_from_cubic_micrometre",
            "large_above_cubic_micrometre",
        )
    ]
    if not limits[0] < limits[1] < limits[2]:
        raise ValueError(
            f"Class limits: they must rise; noise below {limits[0]:g}, medium from {limits[1]:g}, large above"
            f" {limits[2]:g} µm³ do not."
        )


PRESENTATION = Presentation(
    drawings=(
        Drawing(
            "volumes",
            "Pore volumes",
            plots.volumes,
            ("pore_volume_cubic_micrometre", "pore_share"),
            "pores",
            about="share of the pores by number, dotted lines between the classes",
        ),
        Drawing(
            "classes",
            "Classes of pores",
            plots.classes,
            ("pore_volume_share_small", "pore_volume_share_medium", "pore_volume_share_large"),
            "classes",
            about="share of the pores by number",
        ),
        Drawing(
            "radial",
            "Where the pores lie",
            plots.radial,
            ("pore_radial_position", "pore_volume_cubic_micrometre"),
            "pores",
            about="0 is the centre of the particle, 1 its surface",
        ),
        Drawing("porosity", "Porosity by slice", plots.porosity, ("stack_porosity",), "slice_porosity"),
    ),
    choices=(
        Choice(
            "voxel_size_nm", "Voxel size", unit="nm", lowest=0.01, highest=1e6,
            help="empty: as the file says; alone, for a file that says nothing, it means cubes",
        ),
        Choice(
            "slice_thickness_nm", "Slice thickness", unit="nm", lowest=0.01, highest=1e6,
            help="from one slice to the next; empty: as the file says",
        ),
        Choice("threshold_grey", "Threshold", help="pores are at or below it; empty: by Otsu, over the whole stack"),
        Choice("pore_label", "Pore label", help="of a segmented stack; empty: the darkest label"),
        Choice(
            "outside_label", "Label of the surroundings",
            help="of a segmented stack; its voxels are left out; empty: none",
        ),
        Choice(
            "region", "Region", "choice", choices=REGIONS,
            help="empty: inside the particle where the faces of the stack are dark, else the whole stack",
        ),
        Choice(
            "sphere", "Sphere", "json",
            help="[x, y, z, radius] in voxels, counted from 0, in place of a region; z in slices",
        ),
        Choice(
            "gap_voxel", "Mouths shut", "whole", "voxel", lowest=0, highest=20,
            help=f"half the width of pore mouths that are shut at the surface; empty: {DEFAULTS['gap_voxel']}",
        ),
        Choice(
            "connectivity", "Neighbours", "choice", choices=CONNECTIVITIES,
            help=f"which voxels belong together; empty: {DEFAULTS['connectivity']}",
        ),
        Choice(
            "noise_limit_cubic_micrometre", "Noise below", unit="µm³", lowest=0, highest=1e6,
            help=f"empty: {DEFAULTS['noise_limit_cubic_micrometre']:g}",
        ),
        Choice(
            "medium_from_cubic_micrometre", "Medium from", unit="µm³", lowest=0, highest=1e6,
            help=f"empty: {DEFAULTS['medium_from_cubic_micrometre']:g}",
        ),
        Choice(
            "large_above_cubic_micrometre", "Large above", unit="µm³", lowest=0, highest=1e6,
            help=f"empty: {DEFAULTS['large_above_cubic_micrometre']:g}",
        ),
    ),
    compared=(
        "stack_porosity",
        "resolved_porosity",
        "pore_volume_share_small",
        "pore_volume_share_medium",
        "pore_volume_share_large",
        "largest_pore_volume_cubic_micrometre",
        "pore_number",
        "total_pore_volume_cubic_micrometre",
        "largest_pore_radial_position",
    ),
    check=check,
    panel="characterization/tomography/_panel.html",
    panel_title="Sections",
    script="characterization/js/tomography.js",
    style="characterization/css/tomography.css",
)  # fmt: skip
