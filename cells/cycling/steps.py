"""The steps of a test: what each one moved, from the cycler's own counter or from the integral of the current. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.table import STEPS

MAX_GAP_SECOND = 3600.0  # records farther apart are a gap: nothing is integrated across it
REST_SHARE = 1e-4  # of the largest current of the test; below it, a step without a type rests
MINOR_SHARE = 0.01  # of a step's charge; with more than this against its direction it is split by sign
SECONDS_PER_HOUR = 3600.0

_INTEGRALS = ("charge", "discharge", "charge_energy", "discharge_energy")

TIME, VOLTAGE, CURRENT = col("test_time_second"), col("voltage_volt"), col("current_ampere")
CAPACITY, ENERGY = "step_cumulative_capacity_ah", "step_cumulative_energy_wh"


def summarise_steps(
    table: pl.DataFrame | pl.LazyFrame,
    nominal_capacity_mah: float | None = None,
    max_gap_second: float = MAX_GAP_SECOND,
) -> pl.DataFrame:
    """One row an executed step: when, how far, how much charge and energy went which way.

    Capacity and energy are the cycler's own step counters at the end of the step, where the table has them;
    else the trapezoid integral of its records, inside the step only. A step that runs both ways (a driven
    profile) is integrated, each interval counted to the sign of its mean current. The counters win otherwise,
    because a cycler integrates every millisecond and records every minute.

    The table is streamed: a file that does not fit into memory may be given as a scan.

    Args:
        table: one test, a `CYCLING` table.
        nominal_capacity_mah: what one hour at 1 C delivers; without it the C-rates are null.
        max_gap_second: a longer time between two records is not integrated across.

    Returns:
        A `STEPS` table; a step in which the cycle number changes gives one row a cycle.
    """
    scan = table.lazy()
    names = scan.collect_schema().names()
    key = col("step_count").cast(pl.Int64)
    outline = _outline(scan, key, names)
    if outline.select((col("cycle_count") != col("last_cycle_count")).any()).item():
        key = key * 2**32 + col("cycle_count")
        outline = _outline(scan, key, names)

    both_ways = pl.min_horizontal(-col("lowest"), col("highest")) > MINOR_SHARE * col("peak")
    wanted = outline.filter(both_ways | col("capacity").is_null() | col("energy").is_null())["key"]
    integrals = _integrals(scan, key, wanted, max_gap_second)
    steps = outline.join(integrals, on="key", how="left", maintain_order="left")

    peak = pl.coalesce(col("peak").max(), 0.0)
    steps = steps.with_columns(rests=pl.coalesce(col("step_type") == "REST", col("peak") <= REST_SHARE * peak))
    minor = pl.min_horizontal("charge", "discharge") > MINOR_SHARE * pl.max_horizontal("charge", "discharge")
    steps = steps.with_columns(both_ways=(minor & both_ways).fill_null(False))
    charges = col("mean_record") > 0

    steps = steps.with_columns(
        _moved("capacity", "charge", charges).alias("charge_capacity_mah"),
        _moved("capacity", "discharge", ~charges).alias("discharge_capacity_mah"),
        _moved("energy", "charge_energy", charges).alias("charge_energy_mwh"),
        _moved("energy", "discharge_energy", ~charges).alias("discharge_energy_mwh"),
        duration_second=col("end_time_second") - col("start_time_second"),
        step_type=pl.coalesce(col("step_type"), _found_type()),
        first_row=(col("rows").cum_sum() - col("rows")).cast(pl.Int64),
    )
    net_mah = col("charge_capacity_mah") - col("discharge_capacity_mah")
    steps = steps.with_columns(
        mean_current_ampere=pl.when(col("rests"))
        .then(col("mean_record"))
        .when(col("duration_second") > 0)
        .then(net_mah / 1000 * SECONDS_PER_HOUR / col("duration_second"))
        .otherwise(col("mean_record")),
    )
    constant = (
        pl.when(col("step_type").is_in(["CC_CHG", "CC_DCHG"])).then(col("mean_record").abs()).otherwise(col("peak"))
    )
    return STEPS.conform(
        steps.with_columns(
            c_rate=pl.when(~col("rests")).then(constant * 1000 / pl.lit(nominal_capacity_mah, dtype=pl.Float64)),
        )
    )


def _moved(counter: str, integral: str, this_way: pl.Expr) -> pl.Expr:
    """Milliampere hours, or milliwatt hours, that a step moved one way: counted, or integrated."""
    return (
        pl.when(col("rests"))
        .then(0.0)
        .when(col("both_ways") | col(counter).is_null())
        .then(col(integral).fill_null(0.0) / SECONDS_PER_HOUR * 1000)
        .when(this_way)
        .then(col(counter) * 1000)
        .otherwise(0.0)
    )


def _outline(scan: pl.LazyFrame, key: pl.Expr, names: list[str]) -> pl.DataFrame:
    """One row a step in its order: ends, extremes, and the counters where the table has them."""

    def last_of(name: str) -> pl.Expr:
        return col(name).last() if name in names else pl.lit(None, dtype=pl.Float64)

    step_type = col("step_type").first() if "step_type" in names else pl.lit(None, dtype=pl.String)
    return (
        # Steps are contiguous by the promise of the table, so grouping needs no hash table, only one pass.
        scan.group_by(key.set_sorted().alias("key"), maintain_order=True)
        .agg(
            col("step_count").first(),
            col("cycle_count").first(),
            col("cycle_count").last().alias("last_cycle_count"),
            step_type.alias("step_type"),
            TIME.first().alias("start_time_second"),
            TIME.last().alias("end_time_second"),
            VOLTAGE.first().alias("start_voltage_volt"),
            VOLTAGE.last().alias("end_voltage_volt"),
            (VOLTAGE.max() - VOLTAGE.min()).alias("voltage_span"),
            CURRENT.mean().alias("mean_record"),
            CURRENT.min().alias("lowest"),
            CURRENT.max().alias("highest"),
            last_of(CAPACITY).alias("capacity"),
            last_of(ENERGY).alias("energy"),
            pl.len().alias("rows"),
        )
        .with_columns(
            col("step_type").cast(pl.String),
            peak=pl.max_horizontal(-col("lowest"), col("highest")),
        )
        .collect(engine="streaming")
    )


def _integrals(scan: pl.LazyFrame, key: pl.Expr, wanted: pl.Series, max_gap_second: float) -> pl.DataFrame:
    """Trapezoid integrals of current and power of the wanted steps, by the sign of the current; ampere seconds."""
    if wanted.len() == 0:
        return pl.DataFrame(schema={"key": pl.Int64} | dict.fromkeys(_INTEGRALS, pl.Float64))
    step = col("key")
    interval = TIME.diff()
    inside = (step == step.shift(1)) & (interval <= max_gap_second)
    return (
        scan.with_columns(key=key)
        .filter(col("key").is_in(wanted.implode()))
        .select(
            step.set_sorted(),
            q=pl.when(inside).then(interval * (CURRENT + CURRENT.shift(1)) / 2),
            e=pl.when(inside).then(interval * (CURRENT * VOLTAGE + (CURRENT * VOLTAGE).shift(1)) / 2),
        )
        .group_by("key", maintain_order=True)
        .agg(
            col("q").filter(col("q") > 0).sum().alias("charge"),
            col("q").filter(col("q") < 0).sum().abs().alias("discharge"),
            col("e").filter(col("q") > 0).sum().alias("charge_energy"),
            col("e").filter(col("q") < 0).sum().neg().add(0.0).alias("discharge_energy"),
        )
        .collect(engine="streaming")
    )


def _found_type() -> pl.Expr:
    """The type of a step whose file names none: constant current within 2 %, constant voltage within 10 mV, or both."""
    direction = pl.when(col("mean_record") > 0).then(pl.lit("CHG")).otherwise(pl.lit("DCHG"))
    constant = (
        pl.when(col("mean_record").abs() >= 0.98 * col("peak"))
        .then(pl.lit("CC_"))
        .when(col("voltage_span") <= 0.01)
        .then(pl.lit("CV_"))
        .otherwise(pl.lit("CCCV_"))
    )
    return (
        pl.when(col("rests"))
        .then(pl.lit("REST"))
        .when(col("both_ways"))
        .then(pl.lit("PULSE"))
        .otherwise(constant + direction)
    )
