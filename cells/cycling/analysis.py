"""The cycles of a test: capacities, efficiencies, energies, what each cycle was for. Pure; docs/definitions.md."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.claims import Claims, claim_steps
from cells.cycling.protocol import tell_cycles
from cells.cycling.table import CYCLE_KINDS, CYCLES

END_OF_LIFE = 0.80
SAME_END_SHARE = 0.01  # of the voltage window, or of the capacity: a last half cycle that got as far as the others did


def summarise_cycles(
    steps: pl.DataFrame,
    active_mass_mg: float | None = None,
    claims: Claims | None = None,
) -> pl.DataFrame:
    """One row a cycle, from the steps of one test.

    Coulombic efficiency is discharge over charge of the same cycle, the convention for a cell that starts
    with a charge (cathode half cell, full cell). Retention is relative to the first complete ageing cycle.

    Args:
        steps: the `STEPS` table of `summarise_steps`.
        active_mass_mg: active material only, without binder and carbon; without it nothing is per gram.
        claims: of those steps, where a person said something about them.

    Returns:
        A `CYCLES` table, in the order of the test.

    Raises:
        ValueError: the active mass is not positive.
    """
    if active_mass_mg is not None and not active_mass_mg > 0:
        raise ValueError(f"the active mass must be more than 0 mg, not {active_mass_mg:g} mg")
    charging = col("charge_capacity_mah") > col("discharge_capacity_mah")
    discharging = col("discharge_capacity_mah") > col("charge_capacity_mah")

    def of_main(name: str, half: pl.Expr, capacity: str) -> pl.Expr:
        """Of the step that moved most charge in this half."""
        return col(name).filter(half).get(col(capacity).filter(half).arg_max(), null_on_oob=True)

    cycles = (
        steps.group_by("cycle_count", maintain_order=True)
        .agg(
            col("start_time_second").first(),
            end_time_second=(col("start_time_second") + col("duration_second")).last(),
            charge_c_rate=of_main("c_rate", charging, "charge_capacity_mah"),
            discharge_c_rate=of_main("c_rate", discharging, "discharge_capacity_mah"),
            charge_ampere=of_main("mean_current_ampere", charging, "charge_capacity_mah").abs(),
            discharge_ampere=of_main("mean_current_ampere", discharging, "discharge_capacity_mah").abs(),
            charge_capacity_mah=col("charge_capacity_mah").sum(),
            discharge_capacity_mah=col("discharge_capacity_mah").sum(),
            charge_energy_mwh=col("charge_energy_mwh").sum(),
            discharge_energy_mwh=col("discharge_energy_mwh").sum(),
            end_of_charge_voltage_volt=col("end_voltage_volt").filter(charging).last(),
            end_of_discharge_voltage_volt=col("end_voltage_volt").filter(discharging).last(),
        )
        .with_columns(duration_second=col("end_time_second") - col("start_time_second"))
    )
    kinds = tell_cycles(cycles, steps, claims or claim_steps(steps))

    charge, discharge = col("charge_capacity_mah"), col("discharge_capacity_mah")
    mass_g = pl.lit(None if active_mass_mg is None else active_mass_mg / 1000, dtype=pl.Float64)
    cycles = cycles.with_columns(
        pl.Series("kind", kinds, dtype=pl.Enum(CYCLE_KINDS)),
        complete=_complete(cycles, steps),
        charge_capacity_mah_per_g=charge / mass_g,
        discharge_capacity_mah_per_g=discharge / mass_g,
        coulombic_efficiency=pl.when((charge > 0) & (discharge > 0)).then(discharge / charge),
        energy_efficiency=pl.when((charge > 0) & (discharge > 0)).then(
            col("discharge_energy_mwh") / col("charge_energy_mwh")
        ),
        # Milliwatt hours per gram are watt hours per kilogram.
        specific_energy_wh_per_kg=col("discharge_energy_mwh") / mass_g,
        mean_charge_voltage_volt=pl.when(charge > 0).then(col("charge_energy_mwh") / charge),
        mean_discharge_voltage_volt=pl.when(discharge > 0).then(col("discharge_energy_mwh") / discharge),
    )
    ageing = (col("kind") == "ageing") & col("complete")
    cycles = cycles.with_columns(ageing_index=pl.when(ageing).then(ageing.cum_sum()))
    reference = discharge.filter(col("ageing_index") == 1).first()
    return CYCLES.conform(
        cycles.with_columns(
            pl.col("kind").cast(pl.String),
            capacity_retention=pl.when(ageing).then(discharge / reference),
        )
    )


def _complete(cycles: pl.DataFrame, steps: pl.DataFrame) -> pl.Series:
    """Cycles with both halves, but for a last one that is still running.

    The last cycle has run to its end when a step follows its second half, or when that half ended at the voltage,
    or with the capacity, of the same half of the cycle before; a file of one cycle has nothing to compare with.
    """
    complete = ((cycles["charge_capacity_mah"] > 0) & (cycles["discharge_capacity_mah"] > 0)).to_list()
    if len(complete) < 2 or not complete[-1]:
        return pl.Series("complete", complete, dtype=pl.Boolean)
    last_step = steps.row(-1, named=True)
    half = "charge" if last_step["charge_capacity_mah"] > last_step["discharge_capacity_mah"] else "discharge"
    earlier = [number for number, whole in enumerate(complete[:-1]) if whole]
    if last_step[f"{half}_capacity_mah"] > 0 and earlier:
        before, last = cycles.row(earlier[-1], named=True), cycles.row(-1, named=True)
        end = f"end_of_{half}_voltage_volt"
        window = abs(before["end_of_charge_voltage_volt"] - before["end_of_discharge_voltage_volt"])
        same_voltage = abs(last[end] - before[end]) <= SAME_END_SHARE * window
        same_capacity = last[f"{half}_capacity_mah"] >= (1 - SAME_END_SHARE) * before[f"{half}_capacity_mah"]
        complete[-1] = same_voltage or same_capacity
    return pl.Series("complete", complete, dtype=pl.Boolean)


def cycle_life(cycles: pl.DataFrame, share: float = END_OF_LIFE, stays: int = 2) -> int | None:
    """The first ageing cycle whose retention is below the share and stays below for the next two; None until then."""
    ageing = cycles.filter(col("ageing_index").is_not_null())
    below = [retention < share for retention in ageing["capacity_retention"]]
    for position in range(len(below) - stays):
        if all(below[position : position + stays + 1]):
            return int(ageing["ageing_index"][position])
    return None
