"""The numbers that a whole test stands for: first capacity, retention at N, cycle life. Pure; docs/definitions.md."""

from __future__ import annotations

import math

import polars as pl
from polars import col

from cells.cycling.analysis import cycle_life
from labdb.ingest.technique import Scalar

AT_CYCLES = (10, 50, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1500, 2000, 3000, 5000)
HIGHEST_EFFICIENCY = 1.2  # above it a cycle did not begin where the one before ended, and says nothing of losses

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
