"""Open-circuit curves of the two electrodes, as sums of lithium sites. Pure.

Each site j takes up to Q_j of charge around its potential U_j, over a width ω_j:

    q(U) = Σ_j Q_j / (1 + exp(± F (U − U_j) / (ω_j R T)))

so that a site is one peak of dQ/dV, at U_j and 3.5·ω_j·RT/F wide at half height. The form is that of the
multi-species, multi-reaction model (Source: M. Verbrugge et al., J. Electrochem. Soc. 164 (2017) E3243); the
site tables below are round numbers of ours, chosen to lie where such curves are known to lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

THERMAL_VOLT = 0.025693  # R·T/F at 25 °C


@dataclass(frozen=True)
class Site:
    """One peak of dQ/dV.

    Attributes:
        potential_volt: against Li⁺/Li.
        share: of the electrode's capacity.
        width: ω; 1 is an ideal solution without interaction, below 1 approaches a plateau.
    """

    potential_volt: float
    share: float
    width: float


@dataclass(frozen=True)
class OpenCircuit:
    """An electrode's equilibrium potential against the fraction of its sites in use.

    Attributes:
        sites: their shares add up to 1.
        rises: True counts lithium taken out (the cathode, whose potential rises as it empties), False counts
            lithium put in (the anode, whose potential falls as it fills).
        low_volt: the table's lowest potential.
        high_volt: the table's highest potential.
    """

    sites: Sequence[Site]
    rises: bool
    low_volt: float
    high_volt: float

    @cached_property
    def potential_grid_volt(self) -> Array:
        return np.arange(self.low_volt, self.high_volt, 0.0005)

    @cached_property
    def fraction_grid(self) -> Array:
        """The fraction in use at each potential of the grid; rising for a cathode, falling for an anode."""
        sign = -1.0 if self.rises else 1.0
        total = np.zeros_like(self.potential_grid_volt)
        for site in self.sites:
            distance = (self.potential_grid_volt - site.potential_volt) / (site.width * THERMAL_VOLT)
            total += site.share / (1.0 + np.exp(np.clip(sign * distance, -600.0, 600.0)))
        return total

    @cached_property
    def _table(self) -> tuple[Array, Array]:
        if self.rises:
            return self.fraction_grid, self.potential_grid_volt
        return self.fraction_grid[::-1].copy(), self.potential_grid_volt[::-1].copy()

    def potential_volt(self, fraction: Array) -> Array:
        """The potential at a fraction, held at the table's ends beyond them."""
        return np.interp(fraction, *self._table)

    def fraction(self, potential_volt: float) -> float:
        return float(np.interp(potential_volt, self.potential_grid_volt, self.fraction_grid))


# The knee at the end of a discharge, H1–M, M, M–H2, the H2–H3 collapse of the c axis near 4.2 V, which sharpens with
# the nickel content, and what is left above 4.3 V.
NCM83 = OpenCircuit(
    sites=(
        Site(3.450, 0.02, 3.00),
        Site(3.630, 0.17, 1.15),
        Site(3.745, 0.28, 1.75),
        Site(3.960, 0.25, 2.10),
        Site(4.190, 0.16, 0.90),
        Site(4.450, 0.12, 3.00),
    ),
    rises=True,
    low_volt=2.0,
    high_volt=5.0,
)
NI96 = OpenCircuit(
    sites=(
        Site(3.450, 0.02, 3.00),
        Site(3.610, 0.21, 0.85),
        Site(3.700, 0.25, 1.45),
        Site(3.860, 0.15, 1.90),
        Site(4.000, 0.11, 0.75),
        Site(4.180, 0.20, 0.42),
        Site(4.420, 0.06, 3.00),
    ),
    rises=True,
    low_volt=2.0,
    high_volt=5.0,
)
GRAPHITE = OpenCircuit(
    sites=(
        Site(0.088, 0.43, 0.10),
        Site(0.128, 0.24, 0.09),
        Site(0.145, 0.15, 0.70),
        Site(0.170, 0.055, 2.50),
        Site(0.215, 0.07, 0.12),
        Site(0.360, 0.055, 5.50),
    ),
    rises=False,
    low_volt=0.0,
    high_volt=3.0,
)
