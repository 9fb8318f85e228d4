"""The table of a tap density. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a replicate: a filling of the cylinder.
TAP_DENSITY = TableSchema(
    "tap density",
    required={"mass_g": pl.Float64, "volume_cm3": pl.Float64},  # of the powder; after tapping
    optional={"taps": pl.Int64},
)

# What the analysis gives, one row a replicate.
REPLICATES = TableSchema(
    "tap density replicates",
    required={
        "replicate": pl.Int64,  # 1, 2, 3 … as they were typed
        "mass_g": pl.Float64,
        "volume_cm3": pl.Float64,
        "taps": pl.Int64,  # null where nobody said
        "tap_density_g_per_cm3": pl.Float64,
    },
)
