"""The numbers that a whole test stands for: first capacity, retention at N, cycle life. Pure; docs/definitions.md."""

from __future__ import annotations

import math

import polars as pl
from polars import col

from cells.cycling.analysis import cycle_life
from labdb.ingest.technique import Scalar

AT_CYCLES = (10, 50, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1500, 2000, 3000, 5000)
HIGHEST_EFFICIENCY = 1.2  # above it a cycle did not begin where the one before ended, and says nothing of losses
IMPLAUSIBLE_MAH_PER_G = 1000.0

# In a first cycle, and in the first ageing cycle: the column, and the quantity it gives.
FIRST = {
    "charge_capacity_mah": "first_charge_capacity_mah",
    "discharge_capacity_mah": "first_discharge_capacity_mah",
    "charge_capacity_mah_per_g": "first_charge_capacity_mah_per_g",
    "discharge_capacity_mah_per_g": "first_discharge_capacity_mah_per_g",
    "coulombic_efficiency": "first_coulombic_efficiency",
    "mean_charge_voltage_volt": "first_mean_charge_voltage_volt",
    "mean_discharge_voltage_volt": "first_mean_discharge_voltage_volt",
    "specific_energy_wh_per_kg": "first_specific_energy_wh_per_kg",
}
FIRST_AGEING = {
    "discharge_capacity_mah": "first_ageing_discharge_capacity_mah",
    "discharge_capacity_mah_per_g": "first_ageing_discharge_capacity_mah_per_g",
    "mean_discharge_voltage_volt": "first_ageing_mean_discharge_voltage_volt",
    "specific_energy_wh_per_kg": "first_ageing_specific_energy_wh_per_kg",
}


def summarise_test(cycles: pl.DataFrame) -> tuple[Scalar, ...]:
    """The scalars of a `CYCLES` table; one that the test has not reached, or that needs a mass, is left out."""
    complete = cycles.filter("complete")
    ageing = cycles.filter(col("ageing_index").is_not_null())
    scalars = [Scalar("cycles", float(complete.height)), Scalar("ageing_cycles", float(ageing.height))]
    for rows, names in ((complete, FIRST), (ageing, FIRST_AGEING)):
        if rows.height:
            first = rows.row(0, named=True)
            scalars += [Scalar(name, first[column]) for column, name in names.items() if first[column] is not None]
    for column in ("capacity_retention", "discharge_capacity_mah_per_g"):
        for cycle, value in ageing.select("ageing_index", column).iter_rows():
            if cycle in AT_CYCLES and value is not None:
                scalars.append(Scalar(f"{column}_at_{cycle}", value))
    life = cycle_life(cycles)
    if life is not None:
        scalars.append(Scalar("cycle_life_80_percent", float(life)))
    efficiencies = ageing["coulombic_efficiency"].filter(ageing["coulombic_efficiency"] <= HIGHEST_EFFICIENCY)
    mean = efficiencies.mean()
    if isinstance(mean, float):
        sd = efficiencies.std() if efficiencies.len() > 1 else None
        scalars.append(
            Scalar("mean_coulombic_efficiency", mean, sd=sd if isinstance(sd, float) else None, n=efficiencies.len())
        )
    return tuple(scalar for scalar in scalars if math.isfinite(scalar.value))


def doubts(cycles: pl.DataFrame, steps: pl.DataFrame) -> tuple[str, ...]:
    """What the owner of a test should look at before trusting its numbers, a sentence each."""
    sentences = []
    complete = cycles.filter("complete")
    if cycles.is_empty() or not (cycles["charge_capacity_mah"] + cycles["discharge_capacity_mah"] > 0).any():
        sentences.append("no current flows in this test, so it has no capacity")
    elif complete.is_empty():
        sentences.append("no cycle has both a charge and a discharge, so there is no first capacity and no efficiency")
    highest = pl.max_horizontal("charge_capacity_mah_per_g", "discharge_capacity_mah_per_g")
    value = cycles.select(highest.max()).item()
    if value is not None and value > IMPLAUSIBLE_MAH_PER_G:
        sentences.append(f"{value:.0f} mAh/g is more than any cathode holds; check the active mass, which is in mg")
    moving = steps.filter(col("charge_capacity_mah") + col("discharge_capacity_mah") > 0).head(1)
    if complete.height and (moving["discharge_capacity_mah"] > moving["charge_capacity_mah"]).any():
        sentences.append(
            "the test begins with a discharge, but efficiencies are discharge / charge of the same cycle, as for a cell"
            " that begins with a charge"
        )
    odd = complete.filter(col("coulombic_efficiency") > HIGHEST_EFFICIENCY)["cycle_count"].to_list()
    if odd:
        names = ", ".join(map(str, odd[:5])) + (" …" if len(odd) > 5 else "")
        sentences.append(
            f"more came out than went in by over {HIGHEST_EFFICIENCY - 1:.0%} in cycle {names}: the charge began in a"
            " partly charged cell, or is missing in part; left out of the mean Coulombic efficiency"
        )
    return tuple(sentences)
