"""The tables of a particle size distribution. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

PERCENTILES = {"d10_micrometre": 0.1, "d50_micrometre": 0.5, "d90_micrometre": 0.9}

# What the size of a class is, where its volume is given by itself; a cumulative volume is always that below the size.
UPPER, LOWER, MIDDLE = "upper", "lower", "middle"

# One row a size class of a replicate, sizes rising; or one row a replicate, where only its D10, D50, D90 are known.
PARTICLE_SIZE = TableSchema(
    "particle size",
    required={},
    optional={
        "replicate": pl.Int64,  # 1, 2, 3 …; where the column is missing, every row is one
        "sample": pl.String,  # as the instrument calls it
        "size_micrometre": pl.Float64,
        "volume_share": pl.Float64,  # of all particles, in the class; a fraction
        "cumulative_volume_share": pl.Float64,  # of all particles, below the size; a fraction
        "size_is": pl.String,  # UPPER, LOWER or MIDDLE of the class
        # As typed in, or as the instrument says of the replicate; the same in all its rows.
        **dict.fromkeys(PERCENTILES, pl.Float64),
    },
)

# What the analysis gives: one row a class, with both its edges.
DISTRIBUTION = TableSchema(
    "particle size distribution",
    required={
        "replicate": pl.Int64,
        "lower_size_micrometre": pl.Float64,
        "size_micrometre": pl.Float64,  # the upper edge
        "volume_share": pl.Float64,
        "cumulative_volume_share": pl.Float64,  # below the upper edge
        "volume_density_percent_per_decade": pl.Float64,  # of size, so that instruments with other classes compare
    },
)

# One row a replicate.
REPLICATES = TableSchema(
    "particle size replicates",
    required={
        "replicate": pl.Int64,
        **dict.fromkeys(PERCENTILES, pl.Float64),  # null where the curve does not reach so far
        "particle_size_span": pl.Float64,
    },
)
