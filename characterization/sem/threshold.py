"""The grey level that tells pores from solid. Pure.

Otsu's threshold lies halfway between two classes that are well apart. Where a particle has next to no pores it has no
second class to find, and would split the solid in two halves: it is then not believed, and the threshold is set below
the solid's own scatter.

Source: N. Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 1024
SCATTER = 2.5  # σ of the solid within which a threshold splits the solid itself
BELOW = 3.5  # σ under the solid's most frequent level at which the threshold is then set


@dataclass(frozen=True)
class Threshold:
    """
    Attributes:
        level: pores are at or below it.
        method: in words.
        doubt: a sentence where it should be looked at; empty otherwise.
    """

    level: float
    method: str
    doubt: str = ""


def automatic(levels: np.ndarray) -> Threshold:
    """The threshold of the pixels of a particle.

    Args:
        levels: any shape; not all the same.
    """
    counts, middles = histogram(levels)
    otsu = _otsu(counts, middles)
    mode, sigma = _solid(counts, middles)
    if otsu <= mode - SCATTER * sigma:
        return Threshold(otsu, "Otsu inside the circle")
    return Threshold(
        max(mode - BELOW * sigma, float(levels.min())),
        f"{BELOW:g} σ below the solid",
        "the grey levels have no class of pores that stands apart from the solid, so the threshold was set"
        f" {BELOW:g} σ below the solid; look at the overlay, and set it by hand where it misses pores",
    )


def histogram(levels: np.ndarray, bins: int = BINS) -> tuple[np.ndarray, np.ndarray]:
    """Counts, and the middles of their bins; whole numbers of 8 bit have a bin each."""
    low, high = float(levels.min()), float(levels.max())
    if levels.dtype.kind in "ui" and high - low < bins:
        edges = np.arange(low, high + 2) - 0.5
    else:
        edges = np.linspace(low, high, bins + 1)
    counts, edges = np.histogram(levels, edges)
    return counts.astype(np.float64), (edges[:-1] + edges[1:]) / 2


def _otsu(counts: np.ndarray, middles: np.ndarray) -> float:
    """The middle of the threshold's plateau: between two classes that are apart, every level separates them alike."""
    below, above = np.cumsum(counts)[:-1], np.cumsum(counts[::-1])[::-1][1:]
    sums = np.cumsum(counts * middles)
    mean_below = sums[:-1] / np.maximum(below, 1)
    mean_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    between = below * above * (mean_below - mean_above) ** 2
    best = np.flatnonzero(between >= between.max() * (1 - 1e-12))
    return float((middles[best[0]] + middles[best[-1]]) / 2)


def _solid(counts: np.ndarray, middles: np.ndarray) -> tuple[float, float]:
    """Most frequent level of the solid, and its σ as the brighter side shows it, where no pores are."""
    from scipy.ndimage import gaussian_filter1d

    smooth = gaussian_filter1d(counts, max(1.0, len(counts) / 128))
    peak = int(np.argmax(smooth))
    mode = float(middles[peak])
    brighter = np.cumsum(counts[peak:])
    if brighter[-1] <= 0:
        return mode, 0.0
    at = int(np.searchsorted(brighter, 0.6827 * brighter[-1]))
    return mode, float(middles[min(peak + at, len(middles) - 1)] - mode)
