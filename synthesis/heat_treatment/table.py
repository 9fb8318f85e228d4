"""The table of a furnace log. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

CHANNELS = 8

# One row a record of the logger, in time order.
FURNACE = TableSchema(
    "furnace log",
    required={
        "test_time_second": pl.Float64,  # since the log began; never decreases
        "temperature_t1_celsius": pl.Float64,  # the thermocouples in the order of the file's columns
    },
    optional={
        **{f"temperature_t{number}_celsius": pl.Float64 for number in range(2, CHANNELS + 1)},
        "setpoint_celsius": pl.Float64,
    },
    rising=("test_time_second",),
)
