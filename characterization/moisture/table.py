"""The table of a Karl Fischer titration. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a replicate: a portion of the powder, heated out or dissolved.
MOISTURE = TableSchema(
    "Karl Fischer",
    required={"sample_mass_g": pl.Float64, "water_microgram": pl.Float64},  # water: as the titrator counted it
    optional={
        "blank_microgram": pl.Float64,  # of an empty vial, titrated alike
        "drift_microgram_per_min": pl.Float64,  # where the titrator has not subtracted it
        "titration_time_min": pl.Float64,
        "oven_temperature_celsius": pl.Float64,
    },
)

# What the analysis gives, one row a replicate.
REPLICATES = TableSchema(
    "Karl Fischer replicates",
    required={
        "replicate": pl.Int64,  # 1, 2, 3 … as they were typed
        **MOISTURE.columns,  # null where nobody said
        "water_content_mg_per_kg": pl.Float64,
    },
)
