"""The tables of a stack of slices: what its file holds, and what its analysis finds. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a slice, in the order of the stack.
SLICES = TableSchema(
    "tomography",
    required={
        "slice": pl.Int32,  # 1, 2, 3 …; never decreases
        "width": pl.Int32,  # pixels
        "height": pl.Int32,
        "grey_min": pl.Float64,
        "grey_mean": pl.Float64,
        "grey_max": pl.Float64,
        # Of the whole stack, the same in all rows; null where the file does not say.
        "voxel_size_nm": pl.Float64,  # edge of a pixel within a slice
        "slice_thickness_nm": pl.Float64,  # from one slice to the next
    },
    optional={
        "slice_name": pl.String,  # of the picture in its archive
    },
    rising=("slice",),
)

# One row a pore, the largest first.
PORES = TableSchema(
    "pores",
    required={
        "pore": pl.Int32,  # 1 is the largest
        "voxels": pl.Int64,
        "volume_cubic_micrometre": pl.Float64,  # null without a voxel size
        "pore_class": pl.String,  # small, medium, large; null without a voxel size
        "x_voxel": pl.Float64,  # centroid; the centre of the first voxel is 0
        "y_voxel": pl.Float64,
        "z_voxel": pl.Float64,
        "radial_position": pl.Float64,  # 0 the particle's centre, 1 its surface; null without a particle
        "touches_border": pl.Boolean,  # cut by an end of the stack: it may go on
    },
)

# One row a class, the smallest first.
CLASSES = TableSchema(
    "classes",
    required={
        "pore_class": pl.String,
        "lower_cubic_micrometre": pl.Float64,
        "upper_cubic_micrometre": pl.Float64,  # null for the last
        "pore_number": pl.Int64,
        "share_by_number": pl.Float64,
        "volume_cubic_micrometre": pl.Float64,
        "share_by_volume": pl.Float64,
    },
)

# One row a slice.
POROSITY = TableSchema(
    "slice porosity",
    required={
        "slice": pl.Int32,
        "region_voxels": pl.Int64,
        "pore_voxels": pl.Int64,
        "stack_porosity": pl.Float64,  # null where the region has no voxel in the slice
    },
)
