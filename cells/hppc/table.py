"""The tables of hybrid pulse power characterisation (HPPC). Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

DIRECTIONS = ("discharge", "charge")

# One row a step that is a pulse, in the order of the test.
PULSE_STEPS = TableSchema(
    "pulse step",
    required={
        "sequence": pl.Int32,  # 1, 2, 3 …: pulses at several states of charge on one way down (or up)
        "pulse": pl.Int32,  # 1, 2, 3 … in its sequence
        "level": pl.Int32,  # 1, 2, 3 …: pulses without a longer step between them are of one state of charge
        "direction": pl.Categorical,  # one of DIRECTIONS
        "cycle_count": pl.Int32,
        "step_count": pl.Int32,
        "start_time_second": pl.Float64,
        "duration_second": pl.Float64,  # of a step with one record: since the record before
        "rest_before_second": pl.Float64,  # 0 where another step runs into it
        "first_row": pl.Int64,
        "rows": pl.Int64,
    },
)
