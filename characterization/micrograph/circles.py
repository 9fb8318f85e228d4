"""Circles on a picture: the particle's own, found or marked by a person. Pure.

Coordinates are pixels from the upper left corner of the picture, x to the right, y down, so that the middle of the
first pixel is at (0.5, 0.5). A pixel belongs to a circle if its middle does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LOOKED_AT = 900  # pixels along the longer side of the picture in which a particle is looked for
SMALLEST = 0.05  # of the shorter side, the radius of a particle
BRIDGED = 0.02  # of the shorter side: narrower cracks and notches are closed before the outline is taken
RING = (1.06, 1.25)  # radii between which there must be background
SEEN, BACKGROUND = 0.4, 0.5  # of that ring: inside the picture, and of this dark
RAYS = 720
OUTERMOST = 1.3  # radii of the inner circle to which a ray is followed
GROUND = 0.001  # of the circle that may be ground, which would count as pore
MARGIN = 1.0  # pixels of the shrunk picture between outline and circle, for the same reason


@dataclass(frozen=True)
class Circle:
    """A circle in pixels."""

    x: float
    y: float
    radius: float

    def box(self, shape: Sequence[int]) -> tuple[slice, slice]:
        """Rows and columns of the picture that hold all of its pixels; empty slices where it is beside the picture."""
        rows = slice(max(0, math.floor(self.y - self.radius)), max(0, min(shape[0], math.ceil(self.y + self.radius))))
        columns = slice(
            max(0, math.floor(self.x - self.radius)), max(0, min(shape[1], math.ceil(self.x + self.radius)))
        )
        return rows, columns

    def distances(self, box: tuple[slice, slice]) -> np.ndarray:
        """Of the pixels of a box from the middle, in radii; float32."""
        y = (np.arange(box[0].start, box[0].stop)[:, None] + 0.5 - self.y) / self.radius
        x = (np.arange(box[1].start, box[1].stop)[None, :] + 0.5 - self.x) / self.radius
        return np.sqrt((x * x).astype(np.float32) + (y * y).astype(np.float32))

    def reaches_beyond(self, shape: Sequence[int]) -> bool:
        """Whether more than a pixel of it is outside the picture."""
        over = (
            self.radius - self.x,
            self.radius - self.y,
            self.x + self.radius - shape[1],
            self.y + self.radius - shape[0],
        )
        return max(over) > 1


def find_particle(levels: np.ndarray) -> Circle | None:
    """The circle of the largest bright particle; None where there is nothing round on a darker ground.

    Method: the picture, shrunk to 900 pixels and smoothed, is split by Otsu's threshold; in the bright part, cracks
    narrower than 2 % of the picture are bridged and pores filled. From the middle of the largest circle that fits into
    it, rays are followed to the outline; a circle is fitted to their ends by least squares, without those that end in a
    notch or run on into a neighbour. It is drawn a pixel inside the outline, and made smaller until at most 0.1 % of it
    is ground, which would count as pore. It is believed only where most of what surrounds it is dark.

    Args:
        levels: shape (height, width), without data bar.
    """
    from skimage.filters import gaussian, threshold_otsu

    factor = max(1, math.ceil(max(levels.shape) / LOOKED_AT))
    small = shrunk(levels, factor)
    if min(small.shape) < 16 or small.max() <= small.min():
        return None
    smooth = gaussian(small, 2.0, preserve_range=True)
    bright = _bridged(smooth > threshold_otsu(smooth), max(2, round(BRIDGED * min(small.shape))))
    inner = _largest_inside(bright)
    if inner.radius < SMALLEST * min(small.shape) or not _on_dark_ground(inner, bright):
        return None
    found = _without_ground(_fitted(_outline(inner, bright), inner), inner, bright)
    return Circle(found.x * factor, found.y * factor, found.radius * factor)


def _bridged(bright: np.ndarray, radius: int) -> np.ndarray:
    """A mask with notches narrower than twice the radius closed, and holes filled."""
    from scipy import ndimage

    wide = np.pad(bright, radius, mode="edge")
    wide = ndimage.binary_fill_holes(~_within(~wide, radius))
    closed: np.ndarray = _within(wide, radius)[radius:-radius, radius:-radius]
    return closed


def _within(mask: np.ndarray, radius: int) -> np.ndarray:
    """The part of a mask that is farther than the radius from its edge."""
    from scipy import ndimage

    inside: np.ndarray = ndimage.distance_transform_edt(mask) > radius
    return inside


def _largest_inside(bright: np.ndarray) -> Circle:
    """The largest circle that fits into a mask; outside the picture there is no mask."""
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(np.pad(bright, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return Circle(float(column) + 0.5, float(row) + 0.5, float(depth[row, column]) - 0.5)


def _on_dark_ground(circle: Circle, bright: np.ndarray) -> bool:
    """Whether enough of what surrounds a circle is in the picture, and most of that is dark."""
    margin = math.ceil(RING[1] * circle.radius)
    height, width = bright.shape
    away = circle.distances((slice(-margin, height + margin), slice(-margin, width + margin)))
    ring = (away > RING[0]) & (away < RING[1])
    seen = ring[margin:-margin, margin:-margin]
    return bool(seen.sum() >= SEEN * ring.sum() and (~bright[seen]).mean() >= BACKGROUND)


def _outline(inner: Circle, bright: np.ndarray) -> np.ndarray:
    """Where rays from the middle of a circle leave the mask, shape (n, 2), x and y; without those that never do."""
    height, width = bright.shape
    angle = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)[:, None]
    away = np.arange(0.9 * inner.radius, OUTERMOST * inner.radius, 0.5)[None, :]
    x, y = inner.x + away * np.cos(angle), inner.y + away * np.sin(angle)
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    columns, rows = np.clip(x, 0, width - 1).astype(int), np.clip(y, 0, height - 1).astype(int)
    left = ~bright[rows, columns]
    first = np.argmax(left | ~inside, axis=1)
    ray = np.arange(RAYS)
    ends = left[ray, first] & inside[ray, first]
    return np.column_stack([x[ray, first], y[ray, first]])[ends]


def _fitted(points: np.ndarray, inner: Circle) -> Circle:
    """The circle through an outline by least squares; points far from it are left out, and it is fitted again.

    Source: I. Kasa, IEEE Trans. Instrum. Meas. 25 (1976) 8.
    """
    if len(points) < RAYS * SEEN:
        return inner
    kept = points
    found = inner
    for _ in range(10):
        x, y = kept[:, 0] - inner.x, kept[:, 1] - inner.y
        (a, b, c), *_ = np.linalg.lstsq(np.column_stack([2 * x, 2 * y, np.ones_like(x)]), x**2 + y**2, rcond=None)
        found = Circle(float(a) + inner.x, float(b) + inner.y, math.sqrt(max(float(c + a**2 + b**2), 0.0)))
        off = np.hypot(points[:, 0] - found.x, points[:, 1] - found.y) - found.radius
        spread = max(1.0, 2.5 * float(np.median(np.abs(off))))
        kept = points[np.abs(off) <= spread]
        if len(kept) < RAYS * SEEN / 2:
            return inner
    return found


def _without_ground(found: Circle, inner: Circle, bright: np.ndarray) -> Circle:
    """A circle made smaller until hardly any of it is ground; the inner one where that takes too much of it."""
    height, width = bright.shape
    radius = min(found.radius - MARGIN, found.x, found.y, width - found.x, height - found.y)
    while radius > 0.9 * inner.radius:
        circle = Circle(found.x, found.y, radius)
        box = circle.box(bright.shape)
        inside = circle.distances(box) <= 1
        if (~bright[box][inside]).mean() <= GROUND:
            return circle
        radius -= 0.5
    return inner


def shrunk(levels: np.ndarray, factor: int) -> np.ndarray:
    """Means of blocks of factor × factor pixels; rows and columns that fill no block are left out. float32."""
    if factor <= 1:
        return levels.astype(np.float32)
    height, width = (size // factor * factor for size in levels.shape)
    total = np.zeros((height // factor, width // factor), np.float32)
    for row in range(factor):
        for column in range(factor):
            total += levels[row:height:factor, column:width:factor]
    return total / np.float32(factor**2)
