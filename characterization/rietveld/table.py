"""The tables of a Rietveld refinement that a person made with a program. Pure.

Residuals are fractions (0.05 is 5 %), occupancies those of the site (1 is a full one). A null standard uncertainty
says that the program gave none.
"""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

CELL = ("a_angstrom", "b_angstrom", "c_angstrom", "alpha_degree", "beta_degree", "gamma_degree", "volume_angstrom3")
CELL_SD = tuple(name.replace("_", "_sd_", 1) for name in CELL)

# What a program says of the whole refinement.
WHOLE = {
    "program": pl.String,
    "rwp": pl.Float64,  # not corrected for the background
    "rp": pl.Float64,
    "rexp": pl.Float64,
    "gof": pl.Float64,
    "observations": pl.Int64,
    "refined_parameters": pl.Int64,
}
PHASE = {
    "phase": pl.String,
    "space_group": pl.String,  # as the program writes it; empty where it does not
    **dict.fromkeys((*CELL, *CELL_SD), pl.Float64),
    "cell_refined": pl.Boolean,  # null where the file does not say
    "weight_fraction": pl.Float64,
    "weight_fraction_sd": pl.Float64,
    "r_bragg": pl.Float64,
    "r_f_squared": pl.Float64,  # of GSAS-II, on |F|², which is not quite the Bragg R
    "li_ni_mixing_typed": pl.Float64,  # only as a person typed it; of a file it is computed from the sites
    "li_ni_mixing_typed_sd": pl.Float64,
}
SITE = {
    "site": pl.String,
    "element": pl.String,
    "x": pl.Float64,
    "y": pl.Float64,
    "z": pl.Float64,
    "occupancy": pl.Float64,
    "occupancy_sd": pl.Float64,
    "occupancy_refined": pl.Boolean,
    "u_iso_angstrom2": pl.Float64,
}

# One row an atom of a phase; one row without an atom for a phase whose atoms the file does not tell.
REFINEMENT = TableSchema("Rietveld refinement", required={**WHOLE, **PHASE, **SITE})
PHASES = TableSchema("refined phases", required={**PHASE, **WHOLE})
SITES = TableSchema("refined sites", required={"phase": pl.String, **SITE})
