"""The tables of thermal analysis: what a calorimeter or a thermobalance records, and what is found in it. Pure.

A record with a heat flow is a `dsc` table, also where a mass stands beside it (simultaneous analysis, STA); a record of
a mass alone is a `tga` table.
"""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# What both have; one row a record of the instrument.
TIME = {
    "time_second": pl.Float64,  # since the measurement began; never decreases
    "temperature_celsius": pl.Float64,  # of the sample
}
MASS = {
    "mass_milligram": pl.Float64,
    "mass_percent": pl.Float64,  # of the sample mass, as the instrument computed it
}
SAMPLE = {
    "sample_mass_mg": pl.Float64,  # as entered at the instrument; the same in every row
}
HEAT_FLOW = {
    "heat_flow_milliwatt": pl.Float64,
    "heat_flow_watt_per_gram": pl.Float64,  # per gram of the sample mass of the file
    "heat_flow_microvolt": pl.Float64,  # of the sensor, where its sensitivity is not known
    # Whether exothermic peaks point up: true, false, or null where the file does not say; the same in every row.
    "exothermic_up": pl.Boolean,
}
# A mass spectrometer's channels in the order of the file; what they are stands under `ions` of the metadata.
CHANNELS = 24
IONS = {f"ion_{number}_mbar": pl.Float64 for number in range(1, CHANNELS + 1)}

SEGMENTS = TableSchema(
    "segments",
    required={
        "segment": pl.Int64,  # counted from 1
        "kind": pl.String,  # heating, isothermal or cooling
        "start_time_second": pl.Float64,
        "duration_second": pl.Float64,
        "from_celsius": pl.Float64,
        "to_celsius": pl.Float64,
        "rate_celsius_per_min": pl.Float64,  # of the sample; negative where it cools
    },
)

# One row a step of the mass, in the order of time.
STEPS = TableSchema(
    "mass steps",
    required={
        "step": pl.Int64,
        "from_celsius": pl.Float64,
        "to_celsius": pl.Float64,
        "onset_celsius": pl.Float64,  # null where the temperature stood still
        "fastest_celsius": pl.Float64,
        "mass_change_percent": pl.Float64,  # negative: lost
        "mass_change_mg": pl.Float64,
        "fastest_percent_per_min": pl.Float64,
        "start_time_second": pl.Float64,
        "end_time_second": pl.Float64,
        "main": pl.Boolean,  # of the largest change
    },
)

# The mass as it is drawn.
MASS_CURVE = TableSchema(
    "mass curve",
    required={
        "time_second": pl.Float64,
        "temperature_celsius": pl.Float64,
        "mass_percent": pl.Float64,
        "mass_rate_percent_per_min": pl.Float64,  # negative: lost
    },
)
