"""What a pattern was measured with, and what an angle means by it: wavelengths, d and Q. Pure.

Angles are 2θ in degrees, lengths in ångström. Bragg: λ = 2 d sin θ; Q = 4π sin θ / λ = 2π / d.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

# I(Kα2) / I(Kα1): the statistical weights of the two levels that the lines begin at.
ALPHA2_RATIO = 0.5
# A wavelength this near to a tube's Kα1 is it: tables of different decades differ by less than 1e-4.
SAME_LINE = 2e-4
NO_WAVELENGTH = (
    "the file says no wavelength: d, Q, the cell and what is computed from them wait until it is entered among the"
    " parameters of this measurement"
)


@dataclass(frozen=True)
class Anode:
    """The Kα doublet of a tube."""

    alpha1_angstrom: float
    alpha2_angstrom: float


# Sources: G. Hölzer et al., Phys. Rev. A 56 (1997) 4554 (Cr to Cu); R. D. Deslattes et al., Rev. Mod. Phys. 75 (2003)
# 35 (Mo, Ag).
ANODES = {
    "Cr": Anode(2.289726, 2.293651),
    "Fe": Anode(1.936041, 1.939973),
    "Co": Anode(1.788996, 1.792835),
    "Cu": Anode(1.540593, 1.544427),
    "Mo": Anode(0.709317, 0.713607),
    "Ag": Anode(0.559422, 0.563813),
}


@dataclass(frozen=True)
class Radiation:
    """The wavelengths of a measurement; None is what nobody said.

    Attributes:
        wavelength_angstrom: the only one, or Kα1 of a doublet.
        alpha2_angstrom: Kα2 of a doublet.
        alpha2_ratio: I(Kα2) / I(Kα1); 0 where there is one wavelength.
        anode: of the tube, "Cu".
    """

    wavelength_angstrom: float | None = None
    alpha2_angstrom: float | None = None
    alpha2_ratio: float | None = None
    anode: str = ""

    @property
    def is_doublet(self) -> bool:
        return bool(self.alpha2_angstrom and self.alpha2_ratio)

    @property
    def words(self) -> str:
        if self.wavelength_angstrom is None:
            return "wavelength not known"
        if self.is_doublet:
            return f"Kα1 {self.wavelength_angstrom:.7g} Å, Kα2 {self.alpha2_angstrom:.7g} Å × {self.alpha2_ratio:g}"
        return f"{self.wavelength_angstrom:.7g} Å"


def anode_of(wavelength_angstrom: float) -> str:
    """The tube whose Kα1 this is; an empty string where it is none's."""
    for name, anode in ANODES.items():
        if abs(wavelength_angstrom / anode.alpha1_angstrom - 1) < SAME_LINE:
            return name
    return ""


def d_spacing(two_theta_degree: Any, wavelength_angstrom: float) -> Any:
    """d in ångström; nan where 2θ is not positive."""
    sine = np.sin(np.radians(np.asarray(two_theta_degree, float) / 2))
    return wavelength_angstrom / (2 * np.where(sine > 0, sine, np.nan))


def momentum_transfer(two_theta_degree: Any, wavelength_angstrom: float) -> Any:
    """Q in 1/ångström."""
    return 4 * np.pi * np.sin(np.radians(np.asarray(two_theta_degree, float) / 2)) / wavelength_angstrom


def two_theta_of(d_angstrom: Any, wavelength_angstrom: float) -> Any:
    """2θ in degrees; nan where the lattice spacing is too small to diffract."""
    sine = wavelength_angstrom / (2 * np.asarray(d_angstrom, float))
    return 2 * np.degrees(np.arcsin(np.where(sine <= 1, sine, np.nan)))


def used_radiation(table: pl.DataFrame, parameters: Mapping[str, Any]) -> tuple[Radiation, tuple[str, ...]]:
    """The radiation that a pattern is analysed with: what a person chose, else what its file says.

    A wavelength is never taken from nothing: a file that names neither it nor its tube has none until a person enters
    it. What follows from the tube alone, and a Kα2 that nobody spoke of, are said.

    Args:
        table: a `PATTERN` table.
        parameters: `wavelength_angstrom` (of Kα1, or the only one) and `k_alpha2`: "file", "doublet" or "none".

    Returns:
        The radiation, and sentences about what was assumed.
    """
    row = table.row(0, named=True)
    chosen, kind = parameters.get("wavelength_angstrom"), parameters.get("k_alpha2") or "file"
    wavelength, alpha2, ratio = (row[name] for name in ("wavelength_angstrom", "alpha2_angstrom", "alpha2_ratio"))
    anode, assumed = row["anode"] or "", []
    if chosen:
        wavelength, anode = float(chosen), anode_of(float(chosen))
        if alpha2 is not None and abs(row["wavelength_angstrom"] / wavelength - 1) > SAME_LINE:
            alpha2, ratio = None, None
    elif wavelength is None and anode in ANODES:
        wavelength = ANODES[anode].alpha1_angstrom
        assumed.append(
            f"the file names its tube ({anode}) but no wavelength: taken as its Kα1, {wavelength} Å; enter another if"
            " it was measured otherwise"
        )
    if wavelength is None:
        return Radiation(None, None, None, anode), (NO_WAVELENGTH,)
    if kind == "none" or (kind == "file" and ratio == 0):
        return Radiation(wavelength, None, 0.0, anode), tuple(assumed)
    anode = anode if anode in ANODES else anode_of(wavelength)
    if alpha2 is None and anode_of(wavelength):
        lines = ANODES[anode_of(wavelength)]
        alpha2 = wavelength * lines.alpha2_angstrom / lines.alpha1_angstrom
    if alpha2 is None:
        if kind == "doublet":
            assumed.append(f"{wavelength:g} Å is the Kα1 of no tube, so its Kα2 is not known: one wavelength is used")
        return Radiation(wavelength, None, 0.0, anode), tuple(assumed)
    if ratio is None and kind == "file":
        assumed.append(
            f"whether Kα2 was there the file does not say: taken for half of Kα1 at {alpha2:.6f} Å; choose one"
            " wavelength if a monochromator took it away"
        )
    return Radiation(wavelength, alpha2, ratio or ALPHA2_RATIO, anode), tuple(assumed)
