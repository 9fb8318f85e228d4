"""The tables of cycling: what a reader hands over, and what the analysis makes of it. Pure.

Names, units and sign follow the Battery Data Format (ontology 1.3.0): positive current charges the
cell. A stored cycling table is therefore itself a valid `.bdf.parquet` file.
"""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a record of the cycler, in time order.
CYCLING = TableSchema(
    "cycling",
    required={
        "test_time_second": pl.Float64,  # since the test began; never decreases
        "voltage_volt": pl.Float64,  # against the cell's stored reference
        "current_ampere": pl.Float64,  # positive charges the cell
        "cycle_count": pl.Int32,  # as the cycler counted; where it did not, counted by the reader and said so
        "step_count": pl.Int32,  # one more at each executed step, from 1 on; never decreases
    },
    optional={
        "step_id": pl.Int32,  # the step's number in the cycler's program
        "step_type": pl.Categorical,  # one of STEP_TYPES
        "step_time_second": pl.Float64,  # since the step began
        "unix_time_second": pl.Float64,  # UTC; only where the file's zone is known
        # What the cycler's own integrator counted since the step began, both never negative. A reader hands
        # over the one that the file has; the analysis prefers it to integrating coarse records again.
        "step_cumulative_capacity_ah": pl.Float64,
        "step_cumulative_energy_wh": pl.Float64,
        "ambient_temperature_celsius": pl.Float64,
        "surface_temperature_celsius": pl.Float64,
        "temperature_t1_celsius": pl.Float64,
        "temperature_t2_celsius": pl.Float64,
        "temperature_t3_celsius": pl.Float64,
        "internal_resistance_ohm": pl.Float64,
    },
    rising=("test_time_second", "step_count"),
)

# What a step does; REST where no current flows, PULSE where a profile drives it, OTHER for the cycler's own business.
STEP_TYPES = ("CC_CHG", "CC_DCHG", "CV_CHG", "CV_DCHG", "CCCV_CHG", "CCCV_DCHG", "REST", "PULSE", "EIS", "OTHER")

# One row an executed step.
STEPS = TableSchema(
    "step",
    required={
        "step_count": pl.Int32,
        "cycle_count": pl.Int32,
        "step_type": pl.Categorical,  # of the file, else found from the current and voltage
        "start_time_second": pl.Float64,
        "duration_second": pl.Float64,
        "start_voltage_volt": pl.Float64,
        "end_voltage_volt": pl.Float64,
        "mean_current_ampere": pl.Float64,  # over time; signed
        "charge_capacity_mah": pl.Float64,
        "discharge_capacity_mah": pl.Float64,
        "charge_energy_mwh": pl.Float64,
        "discharge_energy_mwh": pl.Float64,
        "c_rate": pl.Float64,  # of the largest mean current of its constant part; null where 1 C is not known
        "first_row": pl.Int64,  # where the step stands in the cycling table
        "rows": pl.Int64,
    },
)

# One row a cycle; definitions in docs/definitions.md.
CYCLES = TableSchema(
    "cycle",
    required={
        "cycle_count": pl.Int32,  # as in the cycling table
        "kind": pl.Categorical,  # one of CYCLE_KINDS
        "ageing_index": pl.Int32,  # 1, 2, 3 … over the ageing cycles; null for the others
        "start_time_second": pl.Float64,
        "duration_second": pl.Float64,
        "charge_c_rate": pl.Float64,
        "discharge_c_rate": pl.Float64,
        "charge_capacity_mah": pl.Float64,
        "discharge_capacity_mah": pl.Float64,
        "charge_capacity_mah_per_g": pl.Float64,  # null where the active mass is not known
        "discharge_capacity_mah_per_g": pl.Float64,
        "coulombic_efficiency": pl.Float64,  # a fraction
        "charge_energy_mwh": pl.Float64,
        "discharge_energy_mwh": pl.Float64,
        "specific_energy_wh_per_kg": pl.Float64,  # of the discharge, on active mass
        "energy_efficiency": pl.Float64,
        "mean_charge_voltage_volt": pl.Float64,  # ∫V·I dt / ∫I dt
        "mean_discharge_voltage_volt": pl.Float64,
        "end_of_charge_voltage_volt": pl.Float64,
        "end_of_discharge_voltage_volt": pl.Float64,
        "capacity_retention": pl.Float64,  # a fraction of the first ageing cycle's; null where not ageing
        "complete": pl.Boolean,  # false for a last cycle that is still running, or one without both halves
    },
)

# What a stretch of a test, or one of its cycles, was for. Only ageing cycles are in the retention.
BLOCK_KINDS = ("formation", "ageing", "check-up", "rate", "HPPC", "storage", "CV hold", "rest", "other")
CYCLE_KINDS = BLOCK_KINDS

# The protocol: one row a block, in time order.
BLOCKS = TableSchema(
    "block",
    required={
        "block": pl.Int32,  # 1, 2, 3 …
        "kind": pl.Categorical,  # one of BLOCK_KINDS
        "first_step": pl.Int32,  # step_count
        "last_step": pl.Int32,
        "first_cycle": pl.Int32,  # cycle_count
        "last_cycle": pl.Int32,
        "cycles": pl.Int32,
        "start_time_second": pl.Float64,
        "end_time_second": pl.Float64,
        "charge_c_rate": pl.Float64,  # null where nothing charges, or 1 C is not known
        "discharge_c_rate": pl.Float64,
        "after_ageing_cycle": pl.Int32,  # ageing cycles that were complete when it began
        "said": pl.Boolean,  # a person said what it was for
    },
)
