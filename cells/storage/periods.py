"""Storage inside a cycling test: where a charged cell was left alone for days. Pure; docs/definitions.md."""

from __future__ import annotations

import math
from collections.abc import Collection

import polars as pl
from polars import col

from cells.storage.table import PERIODS

LEAST_DAY = 1.0  # a shorter rest is a rest
SECONDS_PER_DAY = 86_400.0
MOVED_SHARE = 1e-3  # of the largest step; a step that moved less does not end a storage: an impedance, an OCV check
TRICKLE_SECOND = 3600.0  # a longer step with a current is no rest, however small the current: it holds the voltage
AT_LIMIT_SHARE = 0.01  # of the voltage window: a charge that got as far as the others did


def find_periods(
    steps: pl.DataFrame,
    least_day: float = LEAST_DAY,
    *,
    said: Collection[int] = (),
    denied: Collection[int] = (),
) -> pl.DataFrame:
    """One row a time in which a cell was stored.

    A storage is the time between two steps that move charge, whether rests were recorded in it or the cycler was
    off, where the cell was charged before and is discharged after it, or nothing came after it yet. A cell that is
    charged after it was stored if it had been charged to the end of the other charges: else the pause is a charge
    that was cut off and goes on. A pause after a discharge is none, for the same reason. A rest with which a test
    begins wets a new cell, which may well begin with a discharge.

    Args:
        steps: the `STEPS` table of one test.
        least_day: shorter pauses are rests.
        said: step_count of steps that a person calls storage: a long pause at one of them is one, whatever is
            before and after it.
        denied: step_count of steps that a person calls something else.

    Returns:
        A `PERIODS` table, in time order.
    """
    if steps.is_empty():
        return PERIODS.conform(pl.DataFrame(schema=dict(PERIODS.required)))
    steps = steps.with_columns(
        end_time_second=col("start_time_second") + col("duration_second"),
        moves=moves(steps),
        row=pl.int_range(pl.len()),
    )
    pauses = _pauses(steps).filter(col("duration_day") >= least_day)
    pauses = pauses.with_columns(
        first_step=pl.coalesce("first_rest", "step_before", "step_after"),
        last_step=pl.coalesce("last_rest", "step_before", "step_after"),
        ended=col("step_after").is_not_null(),
    )
    full = (col("end_voltage_before") >= _charged_from_volt(steps)).fill_null(False)
    recharged = col("charged_after").fill_null(False)
    stored = col("charged_before").fill_null(False) & (~recharged | full)
    pauses = pauses.with_columns(said=_with_one_of(pauses, said), denied=_with_one_of(pauses, denied))
    pauses = pauses.filter((stored & ~col("denied")) | col("said"))
    return PERIODS.conform(pauses.with_columns(period=pl.int_range(1, pl.len() + 1)))


def moves(steps: pl.DataFrame) -> pl.Series:
    """Whether each step moves charge that counts."""
    moved = steps["charge_capacity_mah"] + steps["discharge_capacity_mah"]
    trickles = (moved > 0) & (steps["duration_second"] > TRICKLE_SECOND)
    largest = moved.to_numpy().max()
    return (steps["step_type"].cast(pl.String) != "REST") & ((moved > MOVED_SHARE * largest) | trickles) & (moved > 0)


def _charged_from_volt(steps: pl.DataFrame) -> float:
    """The voltage from which on a charge got as far as the others; infinite where nothing charges."""
    charges = col("charge_capacity_mah") > col("discharge_capacity_mah")
    high = steps.filter("moves", charges)["end_voltage_volt"].max()
    low = steps.filter("moves", ~charges)["end_voltage_volt"].min()
    if not isinstance(high, float):
        return math.inf
    return high - AT_LIMIT_SHARE * (high - low) if isinstance(low, float) else high


def _pauses(steps: pl.DataFrame) -> pl.DataFrame:
    """The times between the steps that move charge, with that before the first and that after the last."""
    charges = col("charge_capacity_mah") > col("discharge_capacity_mah")
    moving = steps.filter("moves")
    about = (
        col("step_count"),
        col("cycle_count"),
        col("row"),
        charges.alias("charged"),
    )
    before = moving.select(
        *(expression.name.suffix("_before") for expression in about),
        col("end_time_second").alias("start_time_second"),
        col("end_voltage_volt").alias("end_voltage_before"),
    )
    after = moving.select(
        *(expression.name.suffix("_after") for expression in about),
        col("start_time_second").alias("end_time_second"),
    )
    first, last = steps.row(0, named=True), steps.row(-1, named=True)
    begin = pl.DataFrame({"row_before": [-1], "start_time_second": [first["start_time_second"]]})
    end = pl.DataFrame({"row_after": [steps.height], "end_time_second": [last["end_time_second"]]})
    pauses = pl.concat(
        [pl.concat([begin, before], how="diagonal_relaxed"), pl.concat([after, end], how="diagonal_relaxed")],
        how="horizontal",
    )
    # The rests of a pause are the steps between its two ends.
    pauses = pauses.with_columns(rests=col("row_after") - col("row_before") - 1)
    rests = steps.select(
        "row",
        rest=col("step_count"),
        begins=col("start_time_second"),
        ends=col("end_time_second"),
        rest_start_volt=col("start_voltage_volt"),
        rest_end_volt=col("end_voltage_volt"),
    )
    has = col("rests") > 0
    opening = pauses.select(row=pl.when(has).then(col("row_before") + 1)).join(
        rests, on="row", how="left", maintain_order="left"
    )
    closing = pauses.select(row=pl.when(has).then(col("row_after") - 1)).join(
        rests, on="row", how="left", maintain_order="left"
    )
    pauses = pauses.with_columns(
        first_rest=opening["rest"],
        last_rest=closing["rest"],
        opens=opening["rest_start_volt"],
        closes=closing["rest_end_volt"],
        open_until=closing["ends"],
        duration_day=(col("end_time_second") - col("start_time_second")) / SECONDS_PER_DAY,
    )
    # A rest that was recorded only before the cycler was switched off says nothing of the end of the pause.
    seen = (col("end_time_second") - col("open_until")) / SECONDS_PER_DAY < 0.1 * col("duration_day")
    columns = {
        "step_count_before": "step_before",
        "step_count_after": "step_after",
        "cycle_count_before": "cycle_before",
    }
    return pauses.with_columns(
        voltage_before_volt=pl.coalesce("opens", "end_voltage_before"),
        voltage_after_volt=pl.when(seen).then(col("closes")),
    ).rename(columns | {"cycle_count_after": "cycle_after"})


def _with_one_of(pauses: pl.DataFrame, steps: Collection[int]) -> pl.Series:
    """Whether each pause holds one of these steps."""
    ends = pauses.select("first_step", "last_step").iter_rows()
    return pl.Series([any(first <= step <= last for step in steps) for first, last in ends], dtype=pl.Boolean)
