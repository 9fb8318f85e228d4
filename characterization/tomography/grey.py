"""The grey levels of a stack, and the threshold below which a voxel is pore. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

# A stack of so few different values was segmented before: its values are labels, not greys.
MOST_LABELS = 12
BINS = 256


@dataclass
class Histogram:
    """How often each grey level occurs, added up slab by slab.

    Whole numbers of 8 and 16 bits are counted level by level; anything else in 256 bins between its ends.

    Attributes:
        lowest, highest: of the whole stack, known before.
    """

    dtype: np.dtype
    lowest: float
    highest: float
    counts: np.ndarray = field(init=False)
    _values: set[float] | None = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        levels = int(self.highest - self.lowest) + 1 if self.by_level else BINS
        self.counts = np.zeros(levels, np.int64)

    @property
    def by_level(self) -> bool:
        return self.dtype == bool or (np.issubdtype(self.dtype, np.integer) and self.dtype.itemsize <= 2)

    @property
    def centres(self) -> np.ndarray:
        """The grey of each count."""
        if self.by_level:
            return np.arange(self.counts.size) + int(self.lowest)
        step = (self.highest - self.lowest) / BINS
        return self.lowest + step * (np.arange(BINS) + 0.5)

    def add(self, greys: np.ndarray) -> None:
        flat = greys.ravel()
        if self.by_level:
            self.counts += np.bincount(flat.astype(np.int32) - int(self.lowest), minlength=self.counts.size)
            return
        self.counts += np.histogram(flat, BINS, (self.lowest, self.highest))[0]
        if self._values is not None:
            self._values |= set(np.unique(flat).tolist())
            if len(self._values) > MOST_LABELS:
                self._values = None

    @property
    def labels(self) -> Mapping[float, float]:
        """Label → its share of the voxels, the lowest first; empty for a stack of greys."""
        if not self.by_level and self._values is None:
            return {}
        if self.by_level:
            present = np.flatnonzero(self.counts)
            if present.size > MOST_LABELS:
                return {}
            greys, counts = self.centres[present], self.counts[present]
        else:
            greys = np.array(sorted(self._values or ()))
            place = np.clip((greys - self.lowest) / max(self.highest - self.lowest, 1e-300) * BINS, 0, BINS - 1)
            if np.unique(place.astype(int)).size < greys.size:
                return {}
            counts = self.counts[place.astype(int)]
        return {float(grey): float(count / self.counts.sum()) for grey, count in zip(greys, counts, strict=True)}

    def holds(self, value: float) -> bool:
        """Whether a voxel has this value; of levels that are not counted one by one, whether one may have it."""
        if self.by_level:
            place = value - self.lowest
            return bool(place == int(place) and 0 <= place < self.counts.size and self.counts[int(place)])
        return value in self.labels if self.labels else self.lowest <= value <= self.highest

    def otsu(self, without: float | None = None) -> float:
        """The grey that parts the levels into two classes of least variance; the darker class includes it.

        Source: N. Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62.

        Args:
            without: a level that is not counted, of what surrounds the particle.
        """
        from skimage.filters import threshold_otsu

        counts = self.counts
        if without is not None and self.by_level:
            counts = np.where(self.centres == without, 0, counts)
        if np.count_nonzero(counts) < 2:
            return float(self.centres[np.argmax(counts)])
        return float(threshold_otsu(hist=(counts, self.centres)))

    def ends(self, share: float = 0.005) -> tuple[float, float]:
        """The greys that a picture shows as black and white: all but the outermost `share` at either end."""
        summed = np.cumsum(self.counts) / max(self.counts.sum(), 1)
        low, high = int(np.searchsorted(summed, share)), int(np.searchsorted(summed, 1 - share))
        return float(self.centres[low]), float(self.centres[min(high, self.counts.size - 1)])

    def share_below(self, threshold: float) -> float:
        """The share of the voxels at or below a grey."""
        return float(self.counts[self.centres <= threshold].sum() / max(self.counts.sum(), 1))
