"""The table of a fracture census. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# What a particle may be, from whole to in pieces.
CLASSES = ("intact", "mildly_damaged", "broken")

# One row an image, or all particles of a cycle number together.
CENSUS = TableSchema(
    "fracture census",
    required={
        "cycle_count": pl.Int64,  # that the cell had made
        **dict.fromkeys(CLASSES, pl.Int64),  # particles
    },
    optional={"image": pl.String},
)

# What the analysis gives, one row a cycle number, rising.
SHARES = TableSchema(
    "fracture shares",
    required={
        "cycle_count": pl.Int64,
        "images": pl.Int64,  # rows that were counted together
        "particles_counted": pl.Int64,
        **dict.fromkeys(CLASSES, pl.Int64),
        # Fractions, with the ends of their confidence interval.
        **{f"{name}_share{end}": pl.Float64 for name in CLASSES for end in ("", "_low", "_high")},
    },
    rising=("cycle_count",),
)
