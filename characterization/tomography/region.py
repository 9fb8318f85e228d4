"""Where in a stack pores are looked for: inside the particle, inside a sphere, or everywhere. Pure.

The particle is found from the mask of what is dark, slab by slab, as masks on disk:

1. The solid is widened by the gap, as a box is moved over it: mouths of pores up to twice the gap wide are shut.
2. What the widened solid leaves free, and what is joined to the outside of the stack through it, is surroundings.
3. The surroundings are widened by the gap again, so that the surface comes back to its place (1 and 3 are a
   morphological closing; holes that the surroundings do not reach are filled).
4. The largest connected part of the rest is the particle, with its pores.

A convex body keeps its surface to the voxel in a closing. Source: J. Serra, Image Analysis and Mathematical
Morphology, Academic Press (1982), chapter II.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from characterization.tomography.bits import Bits, Shape, slabs
from characterization.tomography.components import Labeller
from labdb.ingest.technique import Progress

# A flood that goes up and down through the stack: real ones end after a few; a maze could take one sweep a turn.
SWEEPS = 200


@dataclass(frozen=True)
class Sphere:
    """A sphere in pixels of a slice.

    Attributes:
        x, y: of its centre, in pixels; the centre of the first pixel is 0.
        z: of its centre, in slices from 0.
        radius: in pixels.
        aspect: slice thickness / pixel size.
    """

    x: float
    y: float
    z: float
    radius: float
    aspect: float = 1.0

    def slab(self, first: int, last: int, shape: Shape) -> np.ndarray:
        """Which voxels of the slices from `first` up to `last` have their centre inside."""
        z, y, x = np.ogrid[first:last, : shape[1], : shape[2]]
        return ((z - self.z) * self.aspect) ** 2 + (y - self.y) ** 2 + (x - self.x) ** 2 <= self.radius**2


def particle(
    dark: Bits, particle: Bits, gap: int, aspect: float, slab_voxels: int, progress: Progress
) -> tuple[float, int]:
    """Find the particle in a stack, and write it as a mask.

    Args:
        dark: pores and surroundings.
        particle: of the same shape; is written.
        gap: in pixels; mouths of pores up to twice as wide are shut.
        aspect: slice thickness / pixel size.

    Returns:
        The share of the particle in all that is left without the surroundings (1.0 where there is one particle), and
        its voxels; 0 voxels where there is none.
    """
    shape = dark.shape
    reach = (round(gap / aspect), gap, gap)
    margin = tuple(each + 1 for each in reach)  # of free space around the stack, so that its faces are no walls
    padded = (shape[0] + 2 * margin[0], shape[1] + 2 * margin[1], shape[2] + 2 * margin[2])
    parts = slabs(*padded, slab_voxels)
    inner = (slice(None), slice(margin[1], margin[1] + shape[1]), slice(margin[2], margin[2] + shape[2]))

    def solid(first: int, last: int) -> np.ndarray:
        found = np.zeros((last - first, *padded[1:]), bool)
        begin, end = max(first, margin[0]), min(last, margin[0] + shape[0])
        if begin < end:
            found[begin - first : end - first][inner] = ~dark.read(begin - margin[0], end - margin[0])
        return found

    with Bits(padded) as free, Bits(padded) as outside:
        for number, (first, last) in enumerate(parts):
            progress(0.25 * number / len(parts), f"shutting pore mouths: slab {number + 1} of {len(parts)}")
            free.write(first, ~_widened(solid, first, last, reach))
        _flood(free, outside, _faces(padded), parts, lambda done, doing: progress(0.25 + 0.2 * done, doing))
        inside_parts = slabs(*shape, slab_voxels)
        labeller = Labeller(shape, connectivity=6, kept=1)
        with Bits(shape) as inside:
            for number, (first, last) in enumerate(inside_parts):
                progress(0.45 + 0.3 * number / len(inside_parts), f"particle: slab {number + 1} of {len(inside_parts)}")
                wide = _widened(outside.read, first + margin[0], last + margin[0], reach)
                mask = ~wide[inner]
                labeller.add(mask)
                inside.write(first, mask)
            found = labeller.done()
            if not len(found.voxels):
                return 0.0, 0
            largest = int(np.argmax(found.voxels))
            seed = _voxel(int(found.first_voxels[largest]), shape)
            _flood(inside, particle, seed, inside_parts, lambda done, doing: progress(0.75 + 0.25 * done, doing))
    voxels = int(found.voxels[largest])
    return voxels / found.total_voxels(), voxels


def _widened(read: Callable[[int, int], np.ndarray], first: int, last: int, reach: tuple[int, int, int]) -> np.ndarray:
    """The slices from `first` up to `last`, each True voxel widened to a box of ± reach."""
    from scipy.ndimage import maximum_filter1d

    wide = read(first - reach[0], last + reach[0]).view(np.uint8)
    for axis, each in enumerate(reach):
        if each:
            wide = maximum_filter1d(wide, 2 * each + 1, axis=axis, mode="constant", cval=0)
    return wide[reach[0] : wide.shape[0] - reach[0]].view(bool)


Seeds = Callable[[int, int], np.ndarray]


def _faces(shape: Shape) -> Seeds:
    """The six faces of a stack."""

    def seeds(first: int, last: int) -> np.ndarray:
        found = np.zeros((last - first, *shape[1:]), bool)
        found[:, [0, -1]] = found[:, :, [0, -1]] = True
        if first == 0:
            found[0] = True
        if last == shape[0]:
            found[-1] = True
        return found

    return seeds


def _voxel(flat: int, shape: Shape) -> Seeds:
    """One voxel, counted slice by slice and row by row."""
    z, y, x = (int(each) for each in np.unravel_index(flat, shape))

    def seeds(first: int, last: int) -> np.ndarray:
        found = np.zeros((last - first, *shape[1:]), bool)
        if first <= z < last:
            found[z - first, y, x] = True
        return found

    return seeds


def _flood(way: Bits, reached: Bits, seeds: Seeds, parts: list[tuple[int, int]], progress: Progress) -> None:
    """Write what can be reached from the seeds through the True voxels of `way`, over faces.

    Each sweep goes once through all slabs, down and up in turn, until one reaches nothing new.
    """
    from scipy.ndimage import label

    for sweep in range(SWEEPS):
        changed = False
        down = sweep % 2 == 0
        for number, (first, last) in enumerate(parts if down else reversed(parts)):
            progress(
                1 - 0.5 ** (sweep + number / len(parts)),
                f"surroundings, sweep {sweep + 1}: slab {number + 1} of {len(parts)}",
            )
            open_ = way.read(first, last)
            before = reached.read(first - 1, last + 1)
            known = before[1:-1]
            start = known | seeds(first, last) if sweep == 0 else known.copy()
            start[0] |= before[0]
            start[-1] |= before[-1]
            start &= open_
            if not start.any() or (sweep and np.array_equal(start, known)):
                continue
            labels, found = label(open_)
            lit = np.zeros(found + 1, bool)
            lit[np.unique(labels[start])] = True
            lit[0] = False
            now = lit[labels]
            if not np.array_equal(now, known):
                changed = True
                reached.write(first, now)
        if not changed or len(parts) == 1:
            return
