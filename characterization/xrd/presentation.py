"""How powder patterns are shown, and what a person may choose for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from characterization.xrd import plots
from characterization.xrd.radiation import anode_of
from labdb.ingest.presentation import Choice, Drawing, Presentation

PEAKS_SHOWN = ("two_theta_degree", "fwhm_degree", "peak_area")


def check(chosen: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: the range is empty, or a doublet is asked for that no tube has.
    """
    low, high = chosen.get("two_theta_min_degree"), chosen.get("two_theta_max_degree")
    if low is not None and high is not None and low >= high:
        raise ValueError(f"2θ from {low:g}° to {high:g}° is no range; the first must be the smaller.")
    wavelength = chosen.get("wavelength_angstrom")
    if wavelength is not None and chosen.get("k_alpha2") == "doublet" and not anode_of(wavelength):
        raise ValueError(
            f"{wavelength:g} Å is the Kα1 of no tube, so that its Kα2 is not known; enter the Kα1 (Cu 1.540593,"
            " Co 1.788996, Mo 0.709317 Å) or choose one wavelength."
        )


XRD = Presentation(
    beside=("reference",),
    drawings=(
        Drawing(
            "pattern",
            "Pattern",
            plots.pattern,
            quantities=("two_theta_degree", "intensity_counts"),
            table="pattern",
            about="over 2θ; several are drawn one above the other, each on its own largest intensity",
        ),
        Drawing(
            "pattern-d",
            "Pattern over d",
            plots.pattern_over_d,
            quantities=("d_spacing_angstrom",),
            table="pattern",
            about="needs the wavelength",
        ),
        Drawing(
            "pattern-q",
            "Pattern over Q",
            plots.pattern_over_q,
            quantities=("momentum_transfer_per_angstrom",),
            table="pattern",
            about="needs the wavelength; compares patterns of different ones",
        ),
        Drawing(
            "fit",
            "Peaks and background",
            plots.fit,
            quantities=PEAKS_SHOWN,
            table="peaks",
            single=True,
            about="pseudo-Voigt peaks with their Kα2 on a clipped background",
        ),
    ),
    choices=(
        Choice(
            "wavelength_angstrom",
            "Wavelength",
            unit="Å",
            lowest=0.05,
            highest=10,
            help="of Kα1, or the only one; empty: as the file says",
        ),
        Choice(
            "k_alpha2",
            "Kα2",
            kind="choice",
            choices=(
                ("file", "as the file says"),
                ("doublet", "Kα1 and Kα2"),
                ("none", "one wavelength (monochromator, synchrotron)"),
            ),
            help="empty: as the file says, and with Kα2 where only a tube's Kα1 is known",
        ),
        Choice("two_theta_min_degree", "2θ from", unit="°", lowest=0, highest=180, help="empty: from the first point"),
        Choice("two_theta_max_degree", "2θ to", unit="°", lowest=0, highest=180, help="empty: to the last point"),
        Choice(
            "background_window_degree",
            "Background window",
            unit="°",
            lowest=0.05,
            highest=30,
            help="half width; what is narrower than twice it is a peak; empty: 1.5°",
        ),
        Choice(
            "structure",
            "Layered structure",
            kind="choice",
            choices=(
                ("auto", "where the lines fit it"),
                ("r-3m", "R-3m among other phases"),
                ("off", "do not look for it"),
            ),
            help="empty: where the lines fit and hold half of the area of the peaks",
        ),
        Choice("start_a_angstrom", "Start a", unit="Å", lowest=2, highest=4, help="searched ± 3 %; empty: 2.87 Å"),
        Choice(
            "start_c_angstrom", "Start c", unit="Å", lowest=10, highest=20, help="searched ± 4 % around; empty: 14.2 Å"
        ),
        Choice(
            "position_shift",
            "Shift of all angles",
            kind="choice",
            choices=(
                ("none", "not refined"),
                ("zero", "zero of the diffractometer"),
                ("displacement", "sample out of the centre"),
            ),
            help="refined with a and c; empty: not refined",
        ),
    ),
    compared=(
        "i003_to_i104",
        "lattice_a_angstrom",
        "lattice_c_angstrom",
        "lattice_c_to_a",
        "cell_volume_angstrom3",
        "splitting_108_110_degree",
        "splitting_006_102_degree",
    ),
    check=check,
)
