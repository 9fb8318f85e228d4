"""The tables of differential scanning calorimetry. Pure."""

from __future__ import annotations

import polars as pl

from characterization.thermal.table import HEAT_FLOW, MASS, SAMPLE, TIME
from labdb.tables.schema import TableSchema

# One row a record of the calorimeter; one of the three heat flows, a mass where it was weighed at the same time.
DSC = TableSchema("DSC", required=TIME, optional={**HEAT_FLOW, **MASS, **SAMPLE}, rising=("time_second",))

# The peaks of the analysed segment, in the order of time.
PEAKS = TableSchema(
    "DSC peaks",
    required={
        "peak": pl.Int64,  # counted from 1
        "direction": pl.String,  # exothermic or endothermic; up or down where the file does not say which is which
        "onset_celsius": pl.Float64,  # extrapolated
        "peak_celsius": pl.Float64,
        "end_celsius": pl.Float64,  # extrapolated
        "from_celsius": pl.Float64,  # limits of the baseline
        "to_celsius": pl.Float64,
        "inflection_celsius": pl.Float64,  # where the tangent of the onset touches
        "height_watt_per_gram": pl.Float64,
        "enthalpy_joule_per_gram": pl.Float64,
        "heat_millijoule": pl.Float64,
        "main": pl.Boolean,  # of the largest area
    },
)

# The analysed segment as it is drawn: one heat flow, and under each peak its baseline.
CURVE = TableSchema(
    "DSC curve",
    required={
        "time_second": pl.Float64,
        "temperature_celsius": pl.Float64,
        "peak": pl.Int64,  # of the table of peaks; null between them
    },
    optional={
        "heat_flow_watt_per_gram": pl.Float64,
        "heat_flow_milliwatt": pl.Float64,
        "heat_flow_microvolt": pl.Float64,
        "baseline_watt_per_gram": pl.Float64,
        "baseline_milliwatt": pl.Float64,
        "baseline_microvolt": pl.Float64,
    },
)
