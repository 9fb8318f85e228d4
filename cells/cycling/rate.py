"""Rate capability: what a cell gives at each rate of a rate test. Pure; docs/definitions.md."""

from __future__ import annotations

import math

import polars as pl
from polars import col

from cells.cycling.c_rates import called
from cells.cycling.part import Tested
from labdb.ingest.technique import Analysis, Scalar
from labdb.tables.schema import TableSchema

REFERENCE_C_RATE, NEAR_REFERENCE = 0.2, 0.1  # a block within 10 % of 0.2 C is what the others are compared with
SAME_DISCHARGE = 1.15  # fastest / slowest discharge of a test that varies its charge alone

# One row a block of a rate test, in time order.
RATE = TableSchema(
    "rate",
    required={
        "block": pl.Int32,  # of the protocol
        "first_cycle": pl.Int32,
        "last_cycle": pl.Int32,
        "charge_c_rate": pl.Float64,  # null where 1 C is not known
        "discharge_c_rate": pl.Float64,
        "after_ageing_cycle": pl.Int32,
        "n": pl.Int32,  # complete cycles, of which the medians are
        "rate_capacity_mah": pl.Float64,  # discharged
        "rate_capacity_mah_per_g": pl.Float64,  # null where the active mass is not known
        "rate_capacity_sd_mah_per_g": pl.Float64,  # null for one cycle
        "rate_capacity_sd_mah": pl.Float64,
        "rate_ratio": pl.Float64,  # to the block at 0.2 C; null where there is none
        "mean_discharge_voltage_volt": pl.Float64,
        "specific_energy_wh_per_kg": pl.Float64,
    },
)


def analyse(tested: Tested) -> Analysis:
    """The blocks of rate tests, with the table `rate`; nothing where the test holds none.

    The capacity of a block is the median of the discharge capacities of its complete cycles: the first cycle at a rate
    begins with the charge of the rate before. Ratios are to the first block within 10 % of 0.2 C of the same rate test.
    Scalars are of the first block at each discharge rate; none where 1 C is not known, or where only the charge varies.
    """
    blocks = tested.blocks.filter(col("kind").cast(pl.String) == "rate", col("cycles") > 0)
    if blocks.is_empty():
        return Analysis()
    table = with_ratios(_summed_up(blocks, tested.cycles))
    if table.is_empty():
        return Analysis()
    warnings: tuple[str, ...] = ()
    if table["discharge_c_rate"].null_count():
        warnings = ("1 C is not known, so the blocks of the rate test have no C-rates; give the nominal capacity",)
    return Analysis(_scalars(table), {"rate": table}, warnings)


def with_ratios(table: pl.DataFrame) -> pl.DataFrame:
    """A `RATE` table with the ratio of each capacity to that at 0.2 C of the same rate test."""
    test = (col("block") != col("block").shift(1) + 1).fill_null(True).cum_sum()
    near = (col("discharge_c_rate") / REFERENCE_C_RATE - 1).abs() <= NEAR_REFERENCE
    reference = col("rate_capacity_mah").filter(near.fill_null(False)).first()
    return RATE.conform(table.with_columns(rate_ratio=col("rate_capacity_mah") / reference.over(test)))


def _summed_up(blocks: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    of_block = (
        cycles.filter("complete", col("kind").cast(pl.String) == "rate")
        .sort("cycle_count")
        .join_asof(
            blocks.select("block", "first_cycle", "last_cycle", "after_ageing_cycle").sort("first_cycle"),
            left_on="cycle_count",
            right_on="first_cycle",
            coalesce=False,
        )
        .filter(col("cycle_count") <= col("last_cycle"))
    )
    return of_block.group_by("block", maintain_order=True).agg(
        col("first_cycle", "last_cycle", "after_ageing_cycle").first(),
        col("charge_c_rate", "discharge_c_rate", "mean_discharge_voltage_volt", "specific_energy_wh_per_kg").median(),
        n=pl.len(),
        rate_capacity_mah=col("discharge_capacity_mah").median(),
        rate_capacity_sd_mah=col("discharge_capacity_mah").std(),
        rate_capacity_mah_per_g=col("discharge_capacity_mah_per_g").median(),
        rate_capacity_sd_mah_per_g=col("discharge_capacity_mah_per_g").std(),
        rate_ratio=pl.lit(None, pl.Float64),
    )


def _scalars(table: pl.DataFrame) -> tuple[Scalar, ...]:
    rates = table["discharge_c_rate"].drop_nulls().to_list()
    if not rates or (len(rates) > 1 and max(rates) <= SAME_DISCHARGE * min(rates)):
        return ()
    found: dict[str, Scalar] = {}
    for row in table.filter(col("discharge_c_rate").is_not_null()).iter_rows(named=True):
        rate = called(row["discharge_c_rate"])
        unit = "mah" if row["rate_capacity_mah_per_g"] is None else "mah_per_g"
        for name, value, sd in (
            (f"rate_capacity_{unit}", row[f"rate_capacity_{unit}"], row[f"rate_capacity_sd_{unit}"]),
            ("rate_ratio", row["rate_ratio"], None),
        ):
            if value is not None and math.isfinite(value):
                count = row["n"] if sd is not None else None
                found.setdefault(f"{name}_at_{rate}", Scalar(f"{name}_at_{rate}", value, sd=sd, n=count))
    return tuple(found.values())
