"""The last step of every cycling reader: what no file may get past, and what is filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from cells.cycling.readers.steps import count_cycles, number_steps, since_step_began
from cells.cycling.table import CYCLING
from labdb.ingest.reader import ReaderError, Reading

JITTER_SECOND = 1.0
RESTARTS = 1000
LONG_TEST_SECOND = 15 * 365.25 * 86400
WHAT = {"test_time_second": "time", "voltage_volt": "voltage", "current_ampere": "current"}
# No cycler goes beyond: a damaged value, or a unit that is not the one of the header.
LIMITS = {"test_time_second": 1e10, "voltage_volt": 1000.0, "current_ampere": 10_000.0}
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

    Raises:
        ReaderError: no rows, a required column is missing, has gaps, or is not finite, or the time runs backwards
            in a way that nobody can put right.
    """
    said = list(warnings)
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
    time, sentence = mend_time(table["test_time_second"], name)
    table = table.with_columns(time)
    if sentence:
        said.append(sentence)
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
    if "cycle_count" not in table.columns:
        table = table.with_columns(count_cycles(table["current_ampere"]))
        said.append("the file does not number its cycles; they were counted from the direction of the current")
    if "step_count" not in table.columns or not table["step_count"].is_sorted():
        table = table.with_columns(number_steps(table))
    table = step_counters(table)
    return Reading(
        table=CYCLING.conform(table),
        metadata={key: value for key, value in (metadata or {}).items() if value not in (None, "", {})},
        warnings=tuple(said),
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


def mend_time(time: pl.Series, name: str) -> tuple[pl.Series, str]:
    """Time that never decreases, and what was done about one that did.

    A single record out of place (a new step stamped 0) takes the time of the record before it; a clock that begins
    again at 0 goes on from where it stopped; jitter below a second is smoothed. Anything else is refused: records
    out of order cannot be told from a wrong clock.

    Raises:
        ReaderError: the time runs backwards in another way.
    """
    values = time.to_numpy().astype(np.float64, copy=True)
    falls = np.flatnonzero(np.diff(values) < 0) + 1
    if not len(falls):
        return time, ""
    before = values[falls - 1]
    after = values[np.minimum(falls + 1, len(values) - 1)]
    single = (after >= before) & (falls + 1 < len(values)) & (before - values[falls] > JITTER_SECOND)
    values[falls[single]] = before[single]
    sentences = []
    if single.any():
        sentences.append(f"{count_of(int(single.sum()), 'record')} out of place took the time of the record before")
    falls = falls[~single]
    drops = values[falls - 1] - values[falls]
    restart = (drops > JITTER_SECOND) & (values[falls] <= np.maximum(JITTER_SECOND, 0.01 * values[falls - 1]))
    if ((drops > JITTER_SECOND) & ~restart).any() or restart.sum() > RESTARTS:
        worst = int(falls[(drops > JITTER_SECOND)][0])
        raise ReaderError(
            f"{name}: time runs backwards at record {worst + 1} (from {values[worst - 1]:g} to {values[worst]:g} s);"
            " export the test again, in the order of its records"
        )
    if restart.any():
        offsets = np.zeros(len(values))
        offsets[falls[restart]] = values[falls[restart] - 1]
        values += np.cumsum(offsets)
        sentences.append(f"the clock began again at 0 {count_of(int(restart.sum()), 'time')} and was continued")
    if (~restart).any():
        values = np.maximum.accumulate(values)
        sentences.append(
            f"{count_of(int((~restart).sum()), 'record')} up to {JITTER_SECOND:g} s early took the time before"
        )
    return pl.Series(time.name, values), "the test time ran backwards: " + "; ".join(sentences)


def count_of(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


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
