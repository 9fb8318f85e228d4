"""Yes or no for every voxel of a stack, kept on disk: an eighth of a byte a voxel, read and written in slabs. Pure."""

from __future__ import annotations

import tempfile
from types import TracebackType
from typing import Self

import numpy as np

Shape = tuple[int, int, int]


class Bits:
    """A mask of slices × height × width that begins all False and ends with its `with` block."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._row = -(-shape[2] // 8)
        self._slice = shape[1] * self._row
        self._file = tempfile.TemporaryFile(prefix="labdb-stack-")  # noqa: SIM115 - closed by __exit__
        self._file.truncate(self._slice * shape[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, first: int, mask: np.ndarray) -> None:
        """Keep a mask of whole slices from slice `first` on."""
        self._file.seek(first * self._slice)
        self._file.write(np.packbits(mask, axis=2).tobytes())

    def read(self, first: int, last: int) -> np.ndarray:
        """The slices from `first` up to, not including, `last`; beyond the stack all is False."""
        begin, end = max(first, 0), min(last, self.shape[0])
        found = np.zeros((last - first, *self.shape[1:]), bool)
        if begin < end:
            self._file.seek(begin * self._slice)
            packed = np.frombuffer(self._file.read((end - begin) * self._slice), np.uint8)
            packed = packed.reshape(end - begin, self.shape[1], self._row)
            found[begin - first : end - first] = np.unpackbits(packed, axis=2, count=self.shape[2]).view(bool)
        return found


def slabs(slices: int, height: int, width: int, slab_voxels: int) -> list[tuple[int, int]]:
    """First and last (not included) slice of each slab; a slab has a slice at least, whatever its size."""
    depth = max(1, slab_voxels // max(height * width, 1))
    return [(first, min(first + depth, slices)) for first in range(0, slices, depth)]
