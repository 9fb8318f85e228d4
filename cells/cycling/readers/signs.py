"""Which way a current runs, where a file writes it without sign: from the state, the counters or the voltage. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.readers.steps import direction, runs
from labdb.ingest.reader import ReaderError

CHARGE, DISCHARGE = 1, -1
UNSIGNED = "the file writes all currents without sign; those of a discharge were made negative"
INVERTED = "the file writes the current of a charge as negative; the sign was turned"
DISCHARGES = (
    "the voltage falls wherever the current is positive; a positive current discharged, and its sign was turned"
)
AGAINST = (
    "the voltage falls while the current is positive and rises while it is negative; the sign of the current was turned"
)
CHARGES = "the voltage rises wherever the current is negative; a negative current charged, and its sign was turned"
FALLS_VOLT = 0.001
TELLING_VOLT = 0.01  # by which a step moves the voltage that says which way its current runs
PLAIN_VOLT = 0.1  # under one current, after its first record: no relaxation does that
MOST_SHARE, SOME_SHARE = 0.9, 0.25  # of the telling steps


def by_way(current: pl.Series, way: pl.Series) -> tuple[pl.Series, str]:
    """Give a current the sign that its records name.

    A file that has negative currents is signed; if it writes the charge as negative, it is turned. In one that has
    none, the currents of a discharge are made negative.

    Args:
        current: as written.
        way: +1 where the record says charge, -1 where it says discharge, null where it says neither.

    Returns:
        The current, positive while charging, and what was done.
    """
    frame = pl.DataFrame({"i": current, "way": way.cast(pl.Int8)})
    means = frame.select(
        charge=col("i").filter(col("way") == CHARGE).mean(), discharge=col("i").filter(col("way") == DISCHARGE).mean()
    ).row(0)
    charge, discharge = (mean if mean is not None else 0.0 for mean in means)
    if (current < 0).any():
        if charge <= 0 <= discharge and charge != discharge:
            return -current, INVERTED
        return current, ""
    if discharge <= 0:
        return current, ""
    signed = pl.when(col("way").forward_fill() == DISCHARGE).then(-col("i")).otherwise(col("i"))
    return frame.select(signed.alias(current.name)).to_series(), UNSIGNED


def way_of_counters(step_count: pl.Series, charged: pl.Series, discharged: pl.Series) -> pl.Series:
    """The way of each record by the counter that grew more in its step; null where neither did."""
    grown = {
        name: (col(name) - col(name).shift(1)).clip(lower_bound=0.0).fill_null(0.0).sum().over("step")
        for name in ("charged", "discharged")
    }
    frame = pl.DataFrame({"step": step_count, "charged": charged.abs(), "discharged": discharged.abs()})
    way = (
        pl.when(grown["charged"] > grown["discharged"])
        .then(CHARGE)
        .when(grown["discharged"] > grown["charged"])
        .then(DISCHARGE)
    )
    return frame.select(way.cast(pl.Int8).alias("way")).to_series()


def by_voltage(table: pl.DataFrame) -> tuple[pl.Series, str]:
    """Turn the current of a file in which the voltage goes against it wherever it flows.

    Each run of one direction is compared with the record before it: a current pulls the voltage its own way.

    Args:
        table: `step_count`, `voltage_volt` and `current_ampere`.

    Returns:
        The current, positive while charging, and what was done; the current as written where runs disagree.
    """
    apart = runs(table["step_count"], direction(table["current_ampere"]))
    moved = _steps(table.with_columns(apart)).filter(col("flows") & (col("moved").abs() > FALLS_VOLT))
    if moved.height and ((moved["moved"] > 0) != (moved["current_ampere"] > 0)).all():
        return table.select(0.0 - col("current_ampere")).to_series().rename("current_ampere"), DISCHARGES
    return table["current_ampere"], ""


def against_voltage(table: pl.DataFrame, name: str) -> tuple[pl.Series, str, str]:
    """Hold the sign of the current against the voltage: a charge raises it, a discharge lowers it.

    Turned is a current that goes against the voltage in nine of ten telling steps, of both directions, and whose
    charges end lower than its discharges (not so in a symmetric cell, whose voltage falls under any current); and one
    of one direction that goes against the voltage in all of them. In less than that it is left, and doubted.

    Args:
        table: `step_count`, `voltage_volt` and `current_ampere`.
        name: of the file.

    Returns:
        The current, positive while charging; what was done; what is to be doubted.

    Raises:
        ReaderError: a current of one direction under which the voltage both rises and falls: it has no sign.
    """
    current = table["current_ampere"]
    largest = current.abs().max()
    if not isinstance(largest, float) or largest == 0:
        return current, "", ""
    second = pl.when(pl.len() > 2).then(col("voltage_volt").get(1, null_on_oob=True))
    steps = (
        table.group_by("step_count", maintain_order=True)
        .agg(
            col("current_ampere").mean(),
            col("current_ampere").min().alias("lowest"),
            col("current_ampere").max().alias("highest"),
            (col("voltage_volt").last() - col("voltage_volt").first()).alias("moved"),
            (col("voltage_volt").last() - second).alias("moved_after_first"),
            col("voltage_volt").last().alias("end"),
        )
        .filter((col("lowest") * col("highest") > 0) & (col("current_ampere").abs() > 1e-3 * largest))
        .filter(col("moved").abs() >= TELLING_VOLT)
        .with_columns(charges=col("current_ampere") > 0)
        .with_columns(against=col("charges") != (col("moved") > 0))
    )
    wrong = int(steps["against"].sum())
    if not wrong:
        return current, "", ""
    turned = (0.0 - current).rename(current.name)
    if (current < 0).any() and (current > 0).any():
        ends = steps.select(
            charge=col("end").filter("charges").median(), discharge=col("end").filter(~col("charges")).median()
        ).row(0)
        below = None not in ends and ends[0] < ends[1]
        if wrong >= MOST_SHARE * steps.height and below:
            return turned, AGAINST, ""
        doubted = wrong >= SOME_SHARE * steps.height and wrong > 1 and (table["voltage_volt"].min() or 0.0) > 0  # type: ignore[operator]
        return current, "", _doubt(wrong, steps.height) if doubted else ""
    if wrong == steps.height:
        return turned, DISCHARGES if (current > 0).any() else CHARGES, ""
    plainly = steps.filter(col("against") & (col("moved_after_first").abs() >= PLAIN_VOLT))
    if plainly.height:
        way = "falls" if (current > 0).any() else "rises"
        raise ReaderError(
            f"{name}: the current has one sign only, but the voltage {way} in step {plainly['step_count'][0]} and runs"
            " the other way in others; export the state of the records (charge, discharge) or the signed current"
        )
    return current, "", ""


def _doubt(wrong: int, telling: int) -> str:
    return (
        f"in {wrong} of {telling} steps the voltage runs against the sign of the current; parts of the file may have"
        " the other sign: look at the records before you trust the capacities"
    )


def _steps(table: pl.DataFrame) -> pl.DataFrame:
    """A row a step: its mean current, whether that is one, and how far the voltage moved since the step before."""
    steps = table.group_by("step_count", maintain_order=True).agg(
        col("current_ampere").mean(),
        col("voltage_volt").first().alias("first"),
        col("voltage_volt").last().alias("last"),
    )
    return steps.with_columns(
        flows=col("current_ampere").abs() > 1e-3 * col("current_ampere").abs().max(),
        moved=col("last") - pl.coalesce(col("last").shift(1), col("first")),
    )


def refuse_unsigned(table: pl.DataFrame, name: str) -> str:
    """Refuse currents without sign whose voltage falls: nothing says that they are discharges.

    Args:
        table: `step_count`, `voltage_volt` and `current_ampere`.
        name: of the file.

    Returns:
        What was assumed, empty where the currents have signs.

    Raises:
        ReaderError: a step with a positive current ends lower than the record before it.
    """
    current = table["current_ampere"]
    if (current < 0).any() or not (current > 0).any():
        return ""
    falls = _steps(table).filter(col("flows") & (col("moved") < -FALLS_VOLT))
    if falls.height:
        raise ReaderError(
            f"{name}: the current has no sign and no column says what is charge or discharge, but the voltage falls in"
            f" step {falls['step_count'][0]}; export the state of the records too"
        )
    return "the current has no sign and no column says which way it runs; the voltage rises, so it was taken as charge"
