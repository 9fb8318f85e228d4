"""Powder patterns of layered oxides as a diffractometer would write them, and refinements as GSAS-II would. Pure.

The structure is R-3m: lithium on 3a (0, 0, 0), the metals on 3b (0, 0, ½), oxygen on 6c (0, 0, z); of nickel a share x
sits on lithium's site and as much lithium on that of the metals, which weakens 003 and strengthens 104. Line positions
are those of the cell, intensities those of the structure factors (`characterization.reference.analysis.reflections`),
profiles pseudo-Voigt with the Kα doublet of copper, on a background that falls with the angle; counts are Poisson's.
The bytes are the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from characterization.reference.analysis import reflections
from characterization.reference.table import STRUCTURE
from characterization.xrd.peaks import partner, profile
from characterization.xrd.radiation import ANODES, Radiation, two_theta_of

OXYGEN_Z = 0.2415
DISPLACEMENT_ANGSTROM2 = {"Li": 0.010, "Ni": 0.004, "Co": 0.004, "Mn": 0.004, "O": 0.008}
COPPER = Radiation(ANODES["Cu"].alpha1_angstrom, ANODES["Cu"].alpha2_angstrom, 0.5, "Cu")
FIRST_DEGREE, LAST_DEGREE, STEP_DEGREE = 10.0, 90.0, 0.0131303
COUNTING_TIME_SECOND = 96.39
Metals = Mapping[str, float] | tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Powder:
    """A layered oxide Li(NiCoMn)O2 as it lies in the diffractometer.

    Attributes:
        code: of the sample, as it stands in the file.
        li_ni_mixing: share of nickel on lithium's site, 0.0147 for 1.47 %.
        metals: shares of the transition metals, sum 1.
        fwhm_degree: of a line at 40° 2θ; others widen with tan θ.
        counts: of the strongest line above the background.
        seed: of the counting noise; None for expected values without noise.
    """

    code: str
    a_angstrom: float
    c_angstrom: float
    li_ni_mixing: float
    metals: Metals = (("Ni", 0.83), ("Co", 0.11), ("Mn", 0.06))
    fwhm_degree: float = 0.12
    lorentzian: float = 0.5
    counts: float = 20_000.0
    background_counts: float = 600.0
    seed: int | None = 1


def structure_of(powder: Powder) -> pl.DataFrame:
    """The atoms of a powder, a `STRUCTURE` table."""
    x = powder.li_ni_mixing
    occupied = [("Li1", "Li", 0.0, 1 - x), ("Ni1", "Ni", 0.0, x)]
    occupied += [
        (f"{metal}2", metal, 0.5, share - (x if metal == "Ni" else 0.0)) for metal, share in dict(powder.metals).items()
    ]
    occupied += [("Li2", "Li", 0.5, x), ("O1", "O", OXYGEN_Z, 1.0)]
    return pl.DataFrame(
        [
            {
                "phase": powder.code,
                "space_group": "R -3 m:H",
                "a_angstrom": powder.a_angstrom,
                "b_angstrom": powder.a_angstrom,
                "c_angstrom": powder.c_angstrom,
                "alpha_degree": 90.0,
                "beta_degree": 90.0,
                "gamma_degree": 120.0,
                "site": label,
                "element": element,
                "x": 0.0,
                "y": 0.0,
                "z": z,
                "occupancy": occupancy,
                "u_iso_angstrom2": DISPLACEMENT_ANGSTROM2[element],
            }
            for label, element, z, occupancy in occupied
        ],
        schema=STRUCTURE.columns,
    )


def pattern_of(powder: Powder) -> tuple[np.ndarray, np.ndarray]:
    """What the detector counts.

    Returns:
        2θ in degrees and counts, shape (n,) each; whole numbers where the powder has a seed.
    """
    two_theta = np.arange(FIRST_DEGREE, LAST_DEGREE, STEP_DEGREE)
    lines = reflections(structure_of(powder), float(COPPER.wavelength_angstrom or 0.0))
    signal = np.zeros_like(two_theta)
    for row in lines.iter_rows(named=True):
        first = float(two_theta_of(row["d_spacing_angstrom"], float(COPPER.wavelength_angstrom or 0.0)))
        if not np.isfinite(first) or first > LAST_DEGREE + 5:
            continue
        width = powder.fwhm_degree * (0.6 + 0.4 * np.tan(np.radians(first / 2)) / np.tan(np.radians(20)))
        second = float(partner(np.array(first), COPPER)[0])
        for angle, share in ((first, 2 / 3), (second, 1 / 3)):
            signal += row["relative_intensity"] * share * profile(two_theta, angle, width, powder.lorentzian)
    signal *= powder.counts / signal.max()
    background = powder.background_counts * (0.55 + 0.45 * np.exp(-(two_theta - FIRST_DEGREE) / 12))
    expected = signal + background
    if powder.seed is None:
        return two_theta, expected
    return two_theta, np.random.default_rng(powder.seed).poisson(expected).astype(float)


def area_ratio(powder: Powder) -> float:
    """I(003)/I(104) that the structure factors give: what an analysis of the pattern has to find."""
    lines = reflections(structure_of(powder), float(COPPER.wavelength_angstrom or 0.0))
    intensity = dict(zip(lines["hkl"], lines["relative_intensity"], strict=True))
    return float(intensity["003"] / intensity["104"])


def write_xy(path: Path, powder: Powder) -> None:
    """Write the pattern as two columns below a comment, which names the tube but not the wavelength."""
    head = f'\'Id: "SIMULATED {powder.code}" Comment: "simulated" Operator: "demo" Anode: "Cu" TimePerStep: "96"\n'
    two_theta, counts = pattern_of(powder)
    rows = "".join(f"{angle:.4f} {count:.0f}\n" for angle, count in zip(two_theta, counts, strict=True))
    path.write_text(head + rows, encoding="utf-8")


def write_xrdml(path: Path, powder: Powder, begin: datetime) -> None:
    """Write the pattern as XRDML of schema 2.0, the tube and its wavelengths in it.

    Args:
        begin: on the diffractometer's clock, taken for UTC.
    """
    two_theta, counts = pattern_of(powder)
    end = begin + timedelta(minutes=30)
    listed = " ".join(f"{count:.0f}" for count in counts)
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.0" status="Completed">
\t<comment><entry>SIMULATED by the demo, nothing was measured</entry></comment>
\t<sample type="To be analyzed"><id>{powder.code}</id><name>SIMULATED {powder.code}</name></sample>
\t<xrdMeasurement measurementType="Scan" status="Completed" sampleMode="Reflection">
\t\t<usedWavelength intended="K-Alpha">
\t\t\t<kAlpha1 unit="Angstrom">{COPPER.wavelength_angstrom:.6f}</kAlpha1>
\t\t\t<kAlpha2 unit="Angstrom">{COPPER.alpha2_angstrom:.6f}</kAlpha2>
\t\t\t<ratioKAlpha2KAlpha1>{COPPER.alpha2_ratio:.4f}</ratioKAlpha2KAlpha1>
\t\t</usedWavelength>
\t\t<incidentBeamPath><xRayTube name="simulated"><tension unit="kV">40</tension><current unit="mA">40</current>
\t\t\t<anodeMaterial>Cu</anodeMaterial></xRayTube></incidentBeamPath>
\t\t<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
\t\t\t<header><startTimeStamp>{begin:%Y-%m-%dT%H:%M:%S}+00:00</startTimeStamp>
\t\t\t\t<endTimeStamp>{end:%Y-%m-%dT%H:%M:%S}+00:00</endTimeStamp>
\t\t\t\t<source><applicationSoftware version="1">labdb demo</applicationSoftware></source></header>
\t\t\t<dataPoints>
\t\t\t\t<positions axis="2Theta" unit="deg"><startPosition>{two_theta[0]:.8f}</startPosition>
\t\t\t\t\t<endPosition>{two_theta[-1]:.8f}</endPosition></positions>
\t\t\t\t<commonCountingTime unit="seconds">{COUNTING_TIME_SECOND}</commonCountingTime>
\t\t\t\t<counts unit="counts">{listed}</counts>
\t\t\t</dataPoints>
\t\t</scan>
\t</xrdMeasurement>
</xrdMeasurements>
""",
        encoding="utf-8",
    )
