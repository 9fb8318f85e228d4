"""The tables of gas sorption. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

ADSORPTION, DESORPTION = "adsorption", "desorption"

# One row a point, in measured order: adsorption with rising pressure, then desorption with falling pressure.
ISOTHERM = TableSchema(
    "isotherm",
    required={
        "relative_pressure": pl.Float64,  # p/p0; null where nobody knows p0
        "loading_mmol_per_g": pl.Float64,  # null where nobody knows the sample's mass
        "branch": pl.String,  # adsorption, desorption
    },
    optional={
        "pressure_kpa": pl.Float64,  # absolute, where the file has it
        "saturation_pressure_kpa": pl.Float64,  # as measured with the point, or stated in the file
        "loading_mmol": pl.Float64,  # of the whole sample, where the file has it so
        "adsorbate": pl.String,  # constant: "nitrogen"; null where the file names none
        "temperature_kelvin": pl.Float64,  # constant, of the bath
        "sample_mass_mg": pl.Float64,  # constant: what the file divides by
    },
)

# The adsorption branch up to half the saturation pressure, as the BET equation sees it.
BET = TableSchema(
    "BET plot",
    required={
        "relative_pressure": pl.Float64,
        "loading_mmol_per_g": pl.Float64,
        "bet_ordinate_g_per_mmol": pl.Float64,  # 1/[n(p0/p − 1)]
        "rouquerol_ordinate_mmol_per_g": pl.Float64,  # n(1 − p/p0)
        "fitted": pl.Boolean,  # in the range of the line
    },
)

# One row an interval of the isotherm, narrow pores first.
PORE_SIZE = TableSchema(
    "pore size distribution",
    required={
        "pore_diameter_nm": pl.Float64,  # mean of the interval
        "pore_volume_cm3_per_g": pl.Float64,  # of the interval
        "cumulative_pore_volume_cm3_per_g": pl.Float64,  # from the narrowest pores on
        "dv_dd_cm3_per_g_nm": pl.Float64,
        "dv_dlogd_cm3_per_g": pl.Float64,
    },
)
