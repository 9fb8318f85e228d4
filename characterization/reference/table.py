"""The tables of a reference structure. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

CELL = ("a_angstrom", "b_angstrom", "c_angstrom", "alpha_degree", "beta_degree", "gamma_degree")

# One row an atom of the asymmetric unit; phase, space group and cell are the same in every row of a phase.
STRUCTURE = TableSchema(
    "reference structure",
    required={
        "phase": pl.String,
        "space_group": pl.String,
        **dict.fromkeys(CELL, pl.Float64),
        "site": pl.String,
        "element": pl.String,
        "x": pl.Float64,
        "y": pl.Float64,
        "z": pl.Float64,
        "occupancy": pl.Float64,
        "u_iso_angstrom2": pl.Float64,  # null where the file has none
    },
)

# One row a reflection, by falling lattice spacing.
REFLECTIONS = TableSchema(
    "reflections",
    required={
        "phase": pl.String,
        "hkl": pl.String,
        "d_spacing_angstrom": pl.Float64,
        "multiplicity": pl.Int64,
        "relative_intensity": pl.Float64,  # of the strongest
    },
)
