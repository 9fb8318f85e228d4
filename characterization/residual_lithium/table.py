"""The table of a residual lithium titration. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

FOUND = (
    "residual_lithium_hydroxide_mg_per_kg",
    "residual_lithium_carbonate_mg_per_kg",
    "residual_lithium_mg_per_kg",
)

# One row a replicate: a titration, or what somebody found elsewhere; columns of the other are null.
RESIDUAL_LITHIUM = TableSchema(
    "residual lithium",
    required={},
    optional={
        "sample_mass_g": pl.Float64,  # of the powder that was extracted
        "aliquot_fraction": pl.Float64,  # of the extract that was titrated, 0 … 1
        "acid_molarity_mol_per_l": pl.Float64,  # of HCl
        "first_volume_ml": pl.Float64,  # to pH 8.3
        "second_volume_ml": pl.Float64,  # to pH 4.5, from the start (or from the first endpoint, as is chosen)
        FOUND[0]: pl.Float64,
        FOUND[1]: pl.Float64,
    },
)

# What the analysis gives, one row a replicate; null where a titration cannot be evaluated.
REPLICATES = TableSchema(
    "residual lithium replicates",
    required={
        "replicate": pl.Int64,  # 1, 2, 3 … as they were typed
        **{name: dtype for name, dtype in RESIDUAL_LITHIUM.optional.items() if name not in FOUND},
        **dict.fromkeys(FOUND, pl.Float64),
    },
)
