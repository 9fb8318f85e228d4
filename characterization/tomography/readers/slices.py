"""An open stack as a table: the grey levels of each slice. Pure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from characterization.tomography.bits import slabs
from characterization.tomography.stack import open_stack
from characterization.tomography.table import SLICES
from labdb.ingest.reader import Reading

SLAB_VOXELS = 16_000_000


def read(path: Path, name: str) -> Reading:
    """Every slice is decoded once, a slab of them at a time.

    Raises:
        ReaderError: see `open_stack` and `Stack.slab`.
    """
    with open_stack(path, name) as stack:
        lowest, mean, highest = (np.zeros(stack.shape[0]) for _ in range(3))
        for first, last in slabs(*stack.shape, SLAB_VOXELS):
            slab = stack.slab(first, last)
            lowest[first:last] = slab.min(axis=(1, 2))
            mean[first:last] = slab.mean(axis=(1, 2), dtype=np.float64)
            highest[first:last] = slab.max(axis=(1, 2))
        table = pl.DataFrame(
            {
                "slice": np.arange(1, stack.shape[0] + 1),
                "width": [stack.shape[2]] * stack.shape[0],
                "height": [stack.shape[1]] * stack.shape[0],
                "grey_min": lowest,
                "grey_mean": mean,
                "grey_max": highest,
                "voxel_size_nm": pl.Series([stack.voxel_size_nm] * stack.shape[0], dtype=pl.Float64),
                "slice_thickness_nm": pl.Series([stack.slice_thickness_nm] * stack.shape[0], dtype=pl.Float64),
            }
        )
        if stack.slice_names:
            table = table.with_columns(slice_name=pl.Series(list(stack.slice_names)))
        return Reading(SLICES.conform(table), stack.metadata, stack.warnings)
