"""The last step of every cycling reader: what no file may get past, and what is filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from cells.cycling.readers.order import continue_cycles, mend_time, without_repeats
from cells.cycling.readers.signs import against_voltage
from cells.cycling.readers.steps import count_cycles, number_steps, since_step_began
from cells.cycling.table import CYCLING
from labdb.ingest.reader import ReaderError, Reading

LONG_TEST_SECOND = 15 * 365.25 * 86400
WHAT = {"test_time_second": "time", "voltage_volt": "voltage", "current_ampere": "current"}
# No cycler goes beyond: a damaged value, or a unit that is not the one of the header.
LIMITS = {"test_time_second": 1e10, "voltage_volt": 1000.0, "current_ampere": 10_000.0}
WRONG_UNIT = 300.0  # times; coarse records do not do that, a wrong unit does 1000 times or 3600
LEAST_RECORDS = 5
DEFAULT_MASSES_MG = (0.0, 0.001, 1.0, 4.0, 1000.0, 7000.0)


def finish(
    table: pl.DataFrame,
    name: str,
    metadata: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
) -> Reading:
    """Check a table, fill in what the file left out, and make a reading of it.

    Args:
        table: our names and units; `charge_capacity_ah` and `discharge_capacity_ah` (and `…_energy_wh`), counters of
            a cycle or the test, become the counters of the step; nulls are allowed in optional columns alone.
        name: the uploaded name.
        metadata: may hold None, which is left out.
        warnings: sentences so far.

    What is put right (time, cycle numbers, repeated records, the sign of the current) is a warning, and stands in the
    metadata as `corrections`.

    Raises:
        ReaderError: no rows, a required column is missing, has gaps, or is not finite, the time runs backwards in a way
            that nobody can put right, or the current has no sign.
    """
    said = list(warnings)
    corrections: list[str] = []
    absent = [word for column, word in WHAT.items() if column not in table.columns]
    if absent:
        raise ReaderError(
            f"{name}: no column of {' and '.join(absent)}; export the records with time, voltage and current"
        )
    if table.is_empty():
        raise ReaderError(f"{name}: no records below the header; export the record layer of the test")
    for column, word in WHAT.items():
        refuse_gaps(table[column], name, word)
        refuse_beyond(table[column], LIMITS[column], name, word)
    table = table.with_columns(
        pl.when(pl.col(column).is_finite()).then(pl.col(column))
        for column, dtype in table.schema.items()
        if dtype.is_float() and column not in WHAT
    )
    table, sentence = without_repeats(table)
    corrections.append(sentence)
    step_time, step = (
        next((table[column] for column in columns if column in table.columns), None)
        for columns in (("step_time_second",), ("step_count", "step_id"))
    )
    time, sentence = mend_time(table["test_time_second"], name, step_time, step)
    table = table.with_columns(time)
    corrections.append(sentence)
    if time[-1] - time[0] > LONG_TEST_SECOND:
        years = (time[-1] - time[0]) / 86400 / 365.25
        said.append(
            f"the test takes {years:.0f} years by its time column, whose unit is probably wrong; capacities that are"
            " integrated over it are wrong by the same factor"
        )
    for column in ("cycle_count", "step_count", "step_id"):
        if column in table.columns:
            table = table.with_columns(whole(table[column], name))
    for column in ("cycle_count", "step_count", "step_id"):
        if column in table.columns and table[column].null_count() == len(table):
            table = table.drop(column)
        elif column in table.columns and table[column].null_count():
            table = table.with_columns(pl.col(column).forward_fill().backward_fill())
    if "cycle_count" in table.columns:
        cycles, sentence = continue_cycles(table["cycle_count"], table["current_ampere"])
        table = table.with_columns(cycles)
        corrections.append(sentence)
    else:
        table = table.with_columns(count_cycles(table["current_ampere"]))
        said.append("the file does not number its cycles; they were counted from the direction of the current")
    if "step_count" not in table.columns or not table["step_count"].is_sorted():
        table = table.with_columns(number_steps(table))
    table = step_counters(table)
    current, sentence, doubt = against_voltage(table, name)
    table = table.with_columns(current)
    corrections = [sentence for sentence in (*corrections, sentence) if sentence]
    doubts = [sentence for sentence in (doubt, wrong_unit(table)) if sentence]
    about = {**(metadata or {}), "corrections": corrections}
    return Reading(
        table=CYCLING.conform(table),
        metadata={key: value for key, value in about.items() if value not in (None, "", {}, [])},
        warnings=(*said, *corrections, *doubts),
    )


def wrong_unit(table: pl.DataFrame) -> str:
    """A doubt where the cycler's counter and current × time are so far apart that a header names a wrong unit."""
    counter = "step_cumulative_capacity_ah"
    if counter not in table.columns:
        return ""
    amount = (pl.col("current_ampere") + pl.col("current_ampere").shift(1)).abs() / 2
    steps = (
        table.select("step_count", counter, moved=amount * pl.col("test_time_second").diff() / 3600)
        .group_by("step_count")
        .agg(pl.col(counter).last(), pl.col("moved").slice(1).sum(), pl.len())
        .filter((pl.col("len") >= LEAST_RECORDS) & (pl.col(counter) > 0) & (pl.col("moved") > 0))
    )
    counted, moved = steps.select(pl.col(counter).sum(), pl.col("moved").sum()).row(0)
    if not steps.height or 1 / WRONG_UNIT < counted / moved < WRONG_UNIT:
        return ""
    return (
        f"the file counts {counted:.4g} Ah where its current × time is {moved:.4g} Ah: a header names a wrong unit (mA"
        " for A, say); nothing was changed, so check which of the two is right"
    )


def refuse_gaps(column: pl.Series, name: str, word: str) -> None:
    """A required column is a finite number in every row."""
    wrong = (column.is_null() | ~column.is_finite()).fill_null(value=True)
    count = int(wrong.sum())
    if count:
        row = int(wrong.arg_true()[0])
        value = column[row]
        what = "has no value" if value is None else f"is {value}"
        more = f" (and in {count - 1} more)" if count > 1 else ""
        raise ReaderError(f"{name}: the {word} of record {row + 1}{more} {what}; repair the export or export it again")


def refuse_beyond(column: pl.Series, limit: float, name: str, word: str) -> None:
    """A required column is within what a cycler can do."""
    row = (column.abs() > limit).arg_max()
    if row is not None and abs(column[row]) > limit:
        raise ReaderError(
            f"{name}: the {word} of record {row + 1} is {column[row]:g} in {column.name.rpartition('_')[2]}s, more than"
            " any cycler has; the file is damaged or the unit of its header wrong; export it again"
        )


def whole(column: pl.Series, name: str) -> pl.Series:
    """Counts as whole numbers.

    Raises:
        ReaderError: a count is a fraction, or beyond 32 bits.
    """
    if not column.dtype.is_float():
        column = column.cast(pl.Float64)
    finite = column.set(~column.is_finite().fill_null(value=True), None)
    if (finite != finite.round()).any() or (finite.abs() >= 2**31).any():
        raise ReaderError(f"{name}: {column.name} is not a count in every record; export it again")
    return finite.cast(pl.Int32)


def step_counters(table: pl.DataFrame) -> pl.DataFrame:
    """Turn counters of charge and discharge into those of the step, where the file has none of the step."""
    for ours, charge, discharge in (
        ("step_cumulative_capacity_ah", "charge_capacity_ah", "discharge_capacity_ah"),
        ("step_cumulative_energy_wh", "charge_energy_wh", "discharge_energy_wh"),
    ):
        if ours in table.columns:
            table = table.with_columns(pl.col(ours).abs())
        elif charge in table.columns and discharge in table.columns:
            table = table.with_columns(
                since_step_began(table["step_count"], table["test_time_second"], table[charge], table[discharge], ours)
            )
    return table


def utc(unix_second: float | None) -> str | None:
    """ISO 8601 in UTC."""
    if unix_second is None or not 0 < unix_second < 4e9:
        return None
    return datetime.fromtimestamp(round(unix_second, 3), UTC).isoformat(timespec="milliseconds")


def local(moment: datetime | None) -> str | None:
    """ISO 8601 of the instrument's own clock, without zone."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") if moment else None


def counts(time: pl.Series) -> bool:
    """Whether a time column is one to reckon with: all of it finite, and within what a calendar holds."""
    return len(time) > 0 and bool(time.is_finite().fill_null(value=False).all()) and float(time.abs().max() or 0) < 5e10  # type: ignore[arg-type]


def mass_mg(value: float | None) -> float | None:
    """The active mass as entered, None where it looks like what the instrument fills in by itself."""
    if value is None or not value > 0 or any(abs(value - default) < 1e-9 for default in DEFAULT_MASSES_MG):
        return None
    return round(value, 6)
