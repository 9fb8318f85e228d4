"""The tables of storage. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a storage period, as the steps of a test tell it, in time order.
PERIODS = TableSchema(
    "storage period",
    required={
        "period": pl.Int32,  # 1, 2, 3 … of the test
        "first_step": pl.Int32,  # step_count of the first rest in it; of the step before where no rest was recorded
        "last_step": pl.Int32,  # of the last rest in it, likewise
        "step_before": pl.Int32,  # the last that moved charge; null where the test begins with the storage
        "step_after": pl.Int32,  # the next that moves charge; null while the storage goes on
        "cycle_before": pl.Int32,  # cycle_count of these two
        "cycle_after": pl.Int32,
        "start_time_second": pl.Float64,
        "end_time_second": pl.Float64,
        "duration_day": pl.Float64,
        "voltage_before_volt": pl.Float64,  # when the current ended; its first record at rest where there is one
        "voltage_after_volt": pl.Float64,  # last record at rest; null where the pause has none at its end
        "ended": pl.Boolean,  # false for a storage that the test has not come back from
    },
)
