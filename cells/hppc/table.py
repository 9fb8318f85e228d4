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

# One row a sequence of pulses, in the order of the test.
SEQUENCES = TableSchema(
    "pulse sequence",
    required={
        "sequence": pl.Int32,
        "levels": pl.Int32,
        "pulses": pl.Int32,
        "way": pl.Int8,  # of its portions: -1 discharge the cell, +1 charge it, 0 where it has none
        "first_step": pl.Int32,  # step_count, from the rest before the first pulse, or from where its way begins
        "last_step": pl.Int32,
        "whole": pl.Boolean,  # pulses at 3 levels and more: its way is for the pulses
    },
)

# One row a pulse; definitions in docs/definitions.md.
PULSES = TableSchema(
    "pulse",
    required={
        "sequence": pl.Int32,
        "pulse": pl.Int32,
        "level": pl.Int32,
        "direction": pl.Categorical,  # one of DIRECTIONS
        "after_ageing_cycle": pl.Int32,  # ageing cycles that were complete before it
        "cycle_count": pl.Int32,
        "step_count": pl.Int32,
        "start_time_second": pl.Float64,
        "duration_second": pl.Float64,
        "rest_before_second": pl.Float64,
        "current_ampere": pl.Float64,  # median of its records; positive charges
        "c_rate": pl.Float64,  # positive; null where 1 C is not known
        "state_of_charge": pl.Float64,  # a fraction, where the pulse begins; null where it is not known
        "rest_voltage_volt": pl.Float64,  # V_t0, of the last record before; null without a rest
        "first_voltage_volt": pl.Float64,  # of the first record under current
        "first_record_second": pl.Float64,  # from the last record before to the first under current
        "pulse_voltage_volt": pl.Float64,  # V_t1, of the last record under current
        "pulse_resistance_ohm": pl.Float64,
        "pulse_ohmic_resistance_ohm": pl.Float64,  # null where the pulse has one record
        "pulse_resistance_ohm_gram": pl.Float64,  # times the active mass; null where that is not known
        "pulse_power_watt": pl.Float64,
        "pulse_power_w_per_kg": pl.Float64,  # on active mass
        "power_capability_watt": pl.Float64,  # at the voltage limit of the test; null where it has none
        "power_capability_w_per_kg": pl.Float64,
        "recovery_volt": pl.Float64,  # how far the voltage went back in the rest after
        "rest_after_second": pl.Float64,  # null where no rest follows
        "compared": pl.Boolean,  # as long and as strong as most of its sequence: in the scalars and the figures
    },
)

# The records of the pulses and of the rest after them, as many as a screen shows.
PULSE_TRACES = TableSchema(
    "pulse trace",
    required={
        "sequence": pl.Int32,
        "pulse": pl.Int32,
        "pulse_time_second": pl.Float64,  # since the last record before the pulse
        "voltage_volt": pl.Float64,
        "voltage_change_volt": pl.Float64,  # from that record
        "current_ampere": pl.Float64,
    },
)
