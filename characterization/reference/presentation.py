"""How reference structures are shown. Pure."""

from __future__ import annotations

from characterization.reference import plots
from labdb.ingest.presentation import Choice, Drawing, Presentation

REFERENCE = Presentation(
    drawings=(
        Drawing(
            "sticks",
            "Reflections",
            plots.sticks,
            quantities=("two_theta_degree", "relative_intensity"),
            table="reflections",
            about="computed from the structure, nothing is measured",
        ),
    ),
    choices=(
        Choice(
            "wavelength_angstrom",
            "Wavelength",
            unit="Å",
            lowest=0.2,
            highest=3,
            help="for intensities and 2θ; empty: Cu Kα1, 1.540593 Å",
        ),
    ),
)
