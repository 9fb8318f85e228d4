"""How the mean voltages of charge and discharge part as a cell ages. A part of the analysis. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.part import Tested
from cells.cycling.scalars import AT_CYCLES
from labdb.ingest.technique import Analysis, Scalar

MILLIVOLT = 1000.0


def mean_voltages(cycles: pl.DataFrame) -> pl.DataFrame:
    """The ageing cycles of a `CYCLES` table with what their mean voltages changed by.

    `mean_discharge_voltage_change_millivolt` is against the first ageing cycle, negative where the voltage decays;
    `mean_voltage_gap_millivolt` is charge − discharge of the same cycle.
    """
    discharge = col("mean_discharge_voltage_volt")
    return cycles.filter(col("ageing_index").is_not_null()).with_columns(
        mean_discharge_voltage_change_millivolt=(discharge - discharge.first()) * MILLIVOLT,
        mean_voltage_gap_millivolt=(col("mean_charge_voltage_volt") - discharge) * MILLIVOLT,
    )


def analyse(tested: Tested) -> Analysis:
    """Scalars at the first ageing cycle and at the N-th; the cycles themselves are a table already."""
    ageing = mean_voltages(tested.cycles)
    scalars = []
    for number, change, gap in ageing.select(
        "ageing_index", "mean_discharge_voltage_change_millivolt", "mean_voltage_gap_millivolt"
    ).iter_rows():
        if number == 1:
            scalars.append(Scalar("first_ageing_mean_voltage_gap_millivolt", gap))
        elif number in AT_CYCLES:
            scalars.append(Scalar(f"mean_discharge_voltage_change_millivolt_at_{number}", change))
            scalars.append(Scalar(f"mean_voltage_gap_millivolt_at_{number}", gap))
    return Analysis(tuple(scalars))
