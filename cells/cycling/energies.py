"""Specific energy at each C-rate of a fresh cell, as a part of the analysis. Pure; docs/definitions.md."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.c_rates import called, of_name
from cells.cycling.part import Tested
from labdb.ingest.technique import Analysis, Scalar
from labdb.tables.schema import TableSchema

FRESH = ("formation", "rate", "check-up")

# One row a discharge rate, the slowest first.
ENERGIES = TableSchema(
    "energy",
    required={
        "c_rate": pl.Float64,  # as it is called: 0.33
        "discharge_c_rate": pl.Float64,  # as it ran, the median
        "n": pl.Int32,  # complete cycles, of which the medians are
        "specific_energy_wh_per_kg": pl.Float64,
        "specific_energy_sd_wh_per_kg": pl.Float64,  # null for one cycle
        "mean_discharge_voltage_volt": pl.Float64,
        "discharge_capacity_mah_per_g": pl.Float64,
    },
)


def analyse(tested: Tested) -> Analysis:
    """The energies, with the table `energies`; nothing where the active mass or 1 C is not known.

    Of each discharge rate the median over the complete cycles before ageing has begun: those of formation, of check-ups
    and of rate tests before the second ageing cycle and before a storage, and the first ageing cycle itself.
    """
    cycles = tested.cycles.filter("complete", col("specific_energy_wh_per_kg") > 0, col("discharge_c_rate") > 0)
    aged = cycles.filter(col("ageing_index") == 2)["start_time_second"].to_list()[:1]
    stored = tested.blocks.filter(col("kind").cast(pl.String) == "storage")["start_time_second"].to_list()[:1]
    if aged or stored:
        cycles = cycles.filter(col("start_time_second") < min(aged + stored))
    cycles = cycles.filter(col("kind").cast(pl.String).is_in(FRESH) | (col("ageing_index") == 1))
    if cycles.is_empty():
        return Analysis()
    names = [called(rate) for rate in cycles["discharge_c_rate"]]
    table = ENERGIES.conform(
        cycles.with_columns(c_rate=pl.Series([of_name(name) for name in names], dtype=pl.Float64))
        .group_by("c_rate")
        .agg(
            col(
                "discharge_c_rate",
                "specific_energy_wh_per_kg",
                "mean_discharge_voltage_volt",
                "discharge_capacity_mah_per_g",
            ).median(),
            specific_energy_sd_wh_per_kg=col("specific_energy_wh_per_kg").std(),
            n=pl.len(),
        )
        .sort("c_rate")
    )
    scalars = tuple(
        Scalar(
            f"specific_energy_wh_per_kg_at_{row['c_rate']:g}C",
            row["specific_energy_wh_per_kg"],
            sd=row["specific_energy_sd_wh_per_kg"],
            n=row["n"],
        )
        for row in table.iter_rows(named=True)
    )
    return Analysis(scalars, {"energies": table})
