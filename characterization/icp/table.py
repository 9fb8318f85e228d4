"""The table of an ICP-OES file: what each emission line said of each solution. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# What a solution was: samples are measured for their own sake, the others to trust them.
SAMPLE, BLANK, PROCEDURAL_BLANK, STANDARD, CONTROL = "sample", "blank", "procedural blank", "standard", "control"
KINDS = (SAMPLE, BLANK, PROCEDURAL_BLANK, STANDARD, CONTROL)

# Why a value is not to be trusted as it stands; empty where it is.
OVER_RANGE, UNDER_RANGE, NOT_CALIBRATED, FAILED = "over range", "under range", "not calibrated", "failed"
UNUSABLE = (OVER_RANGE, NOT_CALIBRATED, FAILED)

# One row a solution, emission line, and reading: `replicate` counts readings from 1, and is null for the mean that the
# file gives of them. A solution is measured once; the same label measured again is the next solution. Amounts are those
# of the solution as it was measured (before any dilution is undone), or, where the file says so, of the solid. A value
# that the file gives as “<0.01” is null, `below_limit`, and its limit is 0.01.
EMISSION = TableSchema(
    "emission",
    required={
        "solution_count": pl.Int64,  # solutions in the order of the file, from 1
        "sample_label": pl.String,
        "sample_kind": pl.String,  # one of KINDS
        "element": pl.String,  # its symbol
        "emission_line": pl.String,  # in the file's words, "Ni 231.604 {446} (Radial)"; the element where it has none
        "replicate": pl.Int64,
        "concentration_mg_per_l": pl.Float64,
    },
    optional={
        "wavelength_nm": pl.Float64,
        "concentration_sd_mg_per_l": pl.Float64,  # of the readings of one solution
        "concentration_limit_mg_per_l": pl.Float64,
        "mass_fraction_mg_per_kg": pl.Float64,
        "mass_fraction_sd_mg_per_kg": pl.Float64,
        "mass_fraction_limit_mg_per_kg": pl.Float64,
        "below_limit": pl.Boolean,
        "readings": pl.Int64,  # that the mean is of
        "flags": pl.String,  # as the file has them
        "condition": pl.String,  # what they mean: UNDER_RANGE, one of UNUSABLE, or empty
        "intensity": pl.Float64,  # in the instrument's own counts
        "intensity_sd": pl.Float64,
        "standard_concentration_mg_per_l": pl.Float64,  # nominal, of a standard
        "dilution_factor": pl.Float64,
        "sample_mass_mg": pl.Float64,
        "volume_ml": pl.Float64,  # of the digest
    },
)
