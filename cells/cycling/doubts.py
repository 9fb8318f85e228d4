"""What the owner of a test should look at before trusting its numbers. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.scalars import HIGHEST_EFFICIENCY

MOST_MAH_PER_G = 500.0  # above the oxides (LiNiO2 275, Li-rich 350, V2O5 440)
LEAST_MAH_PER_G = 2.0
MOST_C_RATE, LEAST_C_RATE = 100.0, 0.002
MAIN_SHARE = 0.1  # of the charge of the largest step: pulses say nothing of the rate of a test


def doubts(cycles: pl.DataFrame, steps: pl.DataFrame) -> tuple[str, ...]:
    """What the owner of a test should look at before trusting its numbers, a sentence each."""
    sentences = []
    complete = cycles.filter("complete")
    if cycles.is_empty() or not (cycles["charge_capacity_mah"] + cycles["discharge_capacity_mah"] > 0).any():
        sentences.append("no current flows in this test, so it has no capacity")
    elif complete.is_empty():
        sentences.append("no cycle has both a charge and a discharge, so there is no first capacity and no efficiency")
    sentences += [sentence for sentence in (_doubted_mass(cycles), _doubted_rate(steps)) if sentence]
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


def _doubted_mass(cycles: pl.DataFrame) -> str:
    """A capacity per gram that no material has says that the mass is wrong."""
    complete = cycles.filter("complete")
    most = pl.max_horizontal("charge_capacity_mah_per_g", "discharge_capacity_mah_per_g").max()
    highest = cycles.select(most).item()
    if highest is not None and highest > MOST_MAH_PER_G:
        return f"{highest:.0f} mAh/g is more than any cathode holds; check the active mass, which is in mg"
    best = complete["discharge_capacity_mah_per_g"].max()
    if isinstance(best, float) and 0 < best < LEAST_MAH_PER_G:
        return (
            f"{best:.2g} mAh/g in the best cycle is less than any cathode gives; check the active mass, which is in mg"
        )
    return ""


def _doubted_rate(steps: pl.DataFrame) -> str:
    """Rates that no cell is cycled at say that a header has mA for A, or that the mass or 1 C is wrong."""
    moved = pl.max_horizontal("charge_capacity_mah", "discharge_capacity_mah")
    main = steps.filter((moved > 0) & (moved >= MAIN_SHARE * moved.max()) & col("c_rate").is_not_null())
    rate = main["c_rate"].median()
    if not isinstance(rate, float) or LEAST_C_RATE <= rate <= MOST_C_RATE:
        return ""
    return (
        f"the current is {rate:.3g} C by the mass and the 1 C of the cell; check both, and whether the file has mA"
        " under a header that says A, or A under one that says mA"
    )
