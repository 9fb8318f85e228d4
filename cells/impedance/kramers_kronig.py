"""The linear Kramers-Kronig test. Pure.

A spectrum of a linear, stable, causal system can be written as a resistor, an inductor, a capacitor and M RC elements
in series, with time constants spread evenly over the logarithm of the measured range: their resistances follow by
linear least squares. What remains is noise, or what broke one of the conditions (drift, too large an amplitude). M
grows until the resistances begin to alternate: µ = 1 − Σ|R_k < 0| / Σ|R_k ≥ 0| falls to 0.85; but there are at least
four a decade, and at most half as many as points.

Sources: B. A. Boukamp, J. Electrochem. Soc. 142 (1995) 1885; M. Schönleber, D. Klotz, E. Ivers-Tiffée, Electrochim.
Acta 131 (2014) 20.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MU = 0.85
MOST_ELEMENTS = 60
# Fewer RC elements a decade cannot follow the arc of an ideal capacitor to 0.1 %, whatever µ says of them.
ELEMENTS_PER_DECADE = 4.0


@dataclass(frozen=True)
class KramersKronig:
    """What the test found.

    Attributes:
        real, imaginary: (measured − transformable) / |Z|, shape (n,).
        elements: M.
        mu: of that M.
    """

    real: np.ndarray
    imaginary: np.ndarray
    elements: int
    mu: float

    @property
    def largest(self) -> float:
        return float(max(np.abs(self.real).max(), np.abs(self.imaginary).max()))

    @property
    def rms(self) -> float:
        return float(np.sqrt(np.mean(np.concatenate([self.real, self.imaginary]) ** 2)))


def linear_test(frequency: np.ndarray, impedance: np.ndarray) -> KramersKronig:
    """The test of one spectrum.

    Args:
        frequency: Hz, shape (n,), n ≥ 3, in any order.
        impedance: ohm, complex, shape (n,).
    """
    n = len(frequency)
    omega = 2 * np.pi * frequency
    decades = float(np.log10(omega.max() / omega.min()))
    most = int(max(1, min(MOST_ELEMENTS, n // 2)))  # a quarter of the values: noise is not followed
    least = int(min(most, max(1, np.ceil(ELEMENTS_PER_DECADE * decades))))
    found = _fitted(omega, impedance, least)
    for elements in range(least + 1, most + 1):
        if found.mu <= MU:
            break
        found = _fitted(omega, impedance, elements)
    return found


def _fitted(omega: np.ndarray, impedance: np.ndarray, elements: int) -> KramersKronig:
    times = (
        np.geomspace(1 / omega.max(), 1 / omega.min(), elements)
        if elements > 1
        else 1 / np.sqrt([omega.max() * omega.min()])
    )
    weight = 1 / np.abs(impedance)
    columns = np.column_stack(
        [np.ones(len(omega)), 1 / (1 + 1j * np.outer(omega, times)), 1j * omega, 1 / (1j * omega)]
    )
    weighted = columns * weight[:, None]
    matrix = np.concatenate([weighted.real, weighted.imag])
    scale = np.linalg.norm(matrix, axis=0)
    target = np.concatenate([(impedance * weight).real, (impedance * weight).imag])
    solution = np.linalg.lstsq(matrix / scale, target, rcond=None)[0] / scale
    residual = (impedance - columns @ solution) * weight
    resistances = solution[1 : elements + 1]
    positive = float(resistances[resistances >= 0].sum())
    negative = float(-resistances[resistances < 0].sum())
    mu = 1 - negative / positive if positive > 0 else 0.0
    return KramersKronig(residual.real, residual.imag, elements, mu)
