"""Connected components of a mask that comes slab after slab, so that a stack need not fit into memory. Pure.

Each slab is labelled by itself. Labels that touch across the border of two slabs are one component: the touching pairs
are the edges of a graph, whose connected parts are the components (what a union-find gives). A component without a
voxel in the last slice of a slab can grow no more; it is finished, and only its sums are kept. So memory is bounded by
the slab and by the number of components that are kept, whatever the height of the stack, and what is found is the same
for every height of the slabs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from characterization.tomography.bits import Shape

# How many components are kept one by one; of more, the largest.
KEPT = 200_000
# Voxels whose coordinates are summed at once.
CHUNK_VOXELS = 4_000_000


@dataclass(frozen=True)
class Components:
    """What was found, n components, in no order.

    Attributes:
        voxels: shape (n,).
        centroids: shape (n, 3), as z, y, x; the centre of the first voxel is 0.
        touches_border: shape (n,); has a voxel in one of the six faces of the stack.
        first_voxels: shape (n,), the first voxel of each, counted slice by slice and row by row.
        numbers: size → how many components of that size there were, kept or not.
    """

    voxels: np.ndarray
    centroids: np.ndarray
    touches_border: np.ndarray
    first_voxels: np.ndarray
    numbers: Mapping[int, int]

    def count(self, least_voxels: int = 1) -> int:
        """How many have so many voxels or more, whether kept one by one or not."""
        return sum(number for size, number in self.numbers.items() if size >= least_voxels)

    def total_voxels(self, least_voxels: int = 1) -> int:
        return sum(size * number for size, number in self.numbers.items() if size >= least_voxels)


@dataclass
class _Sums:
    """What is known of components so far; column i is component i."""

    voxels: np.ndarray
    positions: np.ndarray  # (3, n): sums of z, y, x; exact, as whole numbers below 2^53
    touches: np.ndarray
    first: np.ndarray

    @classmethod
    def none(cls) -> _Sums:
        return cls(np.zeros(0, np.int64), np.zeros((3, 0)), np.zeros(0, bool), np.zeros(0, np.int64))

    def chosen(self, which: np.ndarray) -> _Sums:
        return _Sums(self.voxels[which], self.positions[:, which], self.touches[which], self.first[which])

    def beside(self, other: _Sums) -> _Sums:
        return _Sums(
            np.concatenate([self.voxels, other.voxels]),
            np.concatenate([self.positions, other.positions], axis=1),
            np.concatenate([self.touches, other.touches]),
            np.concatenate([self.first, other.first]),
        )

    def merged(self, group: np.ndarray, groups: int) -> _Sums:
        """The sums of each group of components."""
        first = np.full(groups, np.iinfo(np.int64).max)
        np.minimum.at(first, group, self.first)
        return _Sums(
            np.bincount(group, self.voxels, groups).astype(np.int64),
            np.stack([np.bincount(group, axis, groups) for axis in self.positions]),
            np.bincount(group, self.touches, groups) > 0,
            first,
        )


@dataclass
class Labeller:
    """Finds the components of a mask whose slabs are added from the first slice to the last.

    Attributes:
        shape: of the stack: slices, height, width.
        connectivity: 6 (voxels that share a face) or 26 (a face, an edge or a corner).
        least_voxels: smaller components are counted, but not kept one by one.
    """

    shape: Shape
    connectivity: int = 26
    least_voxels: int = 1
    kept: int = KEPT
    _slices: int = 0
    _open: _Sums = field(default_factory=_Sums.none)
    _plane: np.ndarray | None = None  # labels of the last slice: 0 none, i + 1 open component i
    _finished: _Sums = field(default_factory=_Sums.none)
    _numbers: Counter[int] = field(default_factory=Counter)

    def add(self, mask: np.ndarray) -> None:
        """Add the next slices.

        Args:
            mask: bool, shape (slices, height, width), one slice at least.
        """
        from scipy.ndimage import generate_binary_structure, label
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        labels, found = label(mask, generate_binary_structure(3, 3 if self.connectivity == 26 else 1))
        known = len(self._open.voxels)
        edges = self._touching(labels[0], found) if self._plane is not None and known else np.zeros((2, 0), np.int64)
        nodes = known + found
        graph = coo_array((np.ones(edges.shape[1], bool), (edges[0], edges[1] + known)), (nodes, nodes))
        groups, group = connected_components(graph, directed=False)
        merged = self._open.beside(self._summed(labels, found)).merged(group, groups)
        goes_on = np.zeros(groups, bool)
        last = labels[-1]
        goes_on[group[known + np.unique(last[last > 0]) - 1]] = True
        self._finish(merged.chosen(~goes_on))
        self._open = merged.chosen(goes_on)
        renumbered = np.zeros(found + 1, np.int64)
        renumbered[1:] = (np.cumsum(goes_on) * goes_on)[group[known:]]
        self._plane = renumbered[last]
        self._slices += mask.shape[0]

    def done(self) -> Components:
        """What was found in all slabs."""
        self._finish(self._open)
        self._open = _Sums.none()
        self._prune(self.kept)
        end = self._finished
        return Components(
            end.voxels, (end.positions / np.maximum(end.voxels, 1)).T, end.touches, end.first, dict(self._numbers)
        )

    def _touching(self, first: np.ndarray, found: int) -> np.ndarray:
        """Pairs of an open component and a label of the slab that touch across the border, shape (2, pairs)."""
        above = self._plane
        assert above is not None  # noqa: S101 - the caller looked
        height, width = first.shape
        codes = []
        steps = (-1, 0, 1) if self.connectivity == 26 else (0,)
        for down in steps:
            for right in steps:
                old = above[max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
                new = first[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)]
                both = (old > 0) & (new > 0)
                codes.append(np.unique((old[both] - 1) * (found + 1) + new[both]))
        code = np.unique(np.concatenate(codes))
        return np.stack([code // (found + 1), code % (found + 1) - 1])

    def _summed(self, labels: np.ndarray, found: int) -> _Sums:
        """Voxels, positions, borders of the components of one slab."""
        voxels, positions = np.zeros(found, np.int64), np.zeros((3, found))
        first = np.full(found, np.iinfo(np.int64).max)
        depth, height, width = labels.shape
        step = max(1, CHUNK_VOXELS // max(height * width, 1))
        for begin in range(0, depth, step):
            flat = labels[begin : begin + step].ravel()
            at = np.flatnonzero(flat)
            which = flat[at] - 1
            at += (self._slices + begin) * height * width
            voxels += np.bincount(which, minlength=found)
            for axis, place in enumerate((at // (height * width), at // width % height, at % width)):
                positions[axis] += np.bincount(which, place, found)
            # Of repeated indices, the last assignment stays; backwards that is the first voxel.
            lowest = np.full(found, np.iinfo(np.int64).max)
            lowest[which[::-1]] = at[::-1]
            np.minimum(first, lowest, out=first)
        touches = np.zeros(found + 1, bool)
        for face in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
            touches[face] = True
        if self._slices == 0:
            touches[labels[0]] = True
        if self._slices + depth == self.shape[0]:
            touches[labels[-1]] = True
        return _Sums(voxels, positions, touches[1:], first)

    def _finish(self, sums: _Sums) -> None:
        sizes, numbers = np.unique(sums.voxels, return_counts=True)
        self._numbers.update(dict(zip(sizes.tolist(), numbers.tolist(), strict=True)))
        self._finished = self._finished.beside(sums.chosen(sums.voxels >= self.least_voxels))
        if len(self._finished.voxels) > 2 * self.kept:
            self._prune(self.kept)

    def _prune(self, kept: int) -> None:
        if len(self._finished.voxels) > kept:
            largest = np.argpartition(self._finished.voxels, -kept)[-kept:]
            self._finished = self._finished.chosen(largest)
