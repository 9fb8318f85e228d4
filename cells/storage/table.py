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

# One row a storage period: what was left after it, and what came back. Capacities are of discharges.
STORAGE = TableSchema(
    "storage",
    required={
        "storage_count": pl.Int32,  # periods with only checks between them are one storage: 1, 2 … of the test
        "period": pl.Int32,
        "first_step": pl.Int32,
        "last_step": pl.Int32,
        "start_time_second": pl.Float64,
        "duration_day": pl.Float64,
        "storage_day": pl.Float64,  # since this storage began, without the checks
        "check_day": pl.Int32,  # what storage_day is called: the planned day that it is nearest to, else rounded
        "ended": pl.Boolean,
        "voltage_before_volt": pl.Float64,
        "voltage_after_volt": pl.Float64,
        "voltage_loss_volt": pl.Float64,
        "storage_temperature_celsius": pl.Float64,
        "temperature_said": pl.Boolean,  # by a person; else it is of the file
        "capacity_before_mah": pl.Float64,  # before the storage began, at the rate of the recovered one
        "retained_capacity_mah": pl.Float64,
        "recovered_capacity_mah": pl.Float64,
        "capacity_before_mah_per_g": pl.Float64,  # null where the active mass is not known
        "retained_capacity_mah_per_g": pl.Float64,
        "recovered_capacity_mah_per_g": pl.Float64,
        "capacity_before_c_rate": pl.Float64,  # null where 1 C is not known
        "retained_capacity_c_rate": pl.Float64,
        "recovered_capacity_c_rate": pl.Float64,
        "retained_capacity_share": pl.Float64,  # fractions of the capacity before
        "recovered_capacity_share": pl.Float64,
        "self_discharge_share": pl.Float64,  # of what the cell held when this period began
    },
)
