"""Which steps of a test are pulses, and which pulses belong together, told from the steps alone. Pure.

A pulse is a short step at constant current after a rest; it is followed by a rest, by a step the other way, or by
nothing. A sequence is what lies between two turns of the longer steps: pulses, rests, and the portions that bring the
cell from one state of charge to the next, all one way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import polars as pl
from polars import col

from cells.hppc.table import PULSE_STEPS

SHORTEST_SECOND, LONGEST_SECOND = 0.5, 61.0  # a pulse of 60 s is recorded a little longer
LEAST_REST_SECOND = 1.0
REST_SHARE = 1e-3  # of the largest mean current of the test; below it a step rests
AT_LIMIT_SHARE = 0.02  # of the voltage window of the longer steps; a fast step overshoots
SAME_CURRENT = 0.02
MOST_IN_A_ROW = 10  # pulses one way without a portion between them; more are a titration or a driven profile
NO_CURRENT = ("REST", "EIS", "OTHER")
CONSTANT_VOLTAGE = ("CV_CHG", "CV_DCHG")

Row = dict[str, Any]


def find_pulses(steps: pl.DataFrame) -> pl.DataFrame:
    """The pulses of a test.

    Left out, because they are no such pulses: steps over 61 s (GITT); more than 10 pulses one way without a portion
    between them; a short step that stands alone where it ended at the voltage limit of the test (an aged cell at a
    high rate), where the next step goes on with its current (an interrupted test), or where the file ends (a step only
    begun); and a test of nothing but short steps that begins with a charge (cycling, in seconds).

    Args:
        steps: the `STEPS` table of `summarise_steps`.

    Returns:
        A `PULSE_STEPS` table, without rows where the test holds none. How far a sequence reaches in the test, and
        whether its cycle is for the pulses, says `find_sequences`.
    """
    told = _told(steps)
    limits = _limits(steps)
    if not told["long"].any() and told.filter("short")["way"].head(1).to_list() == [1]:
        told = told.clear()
    rows = []
    sequence = 0
    for run in _runs(told.filter("candidate")):
        if not _is_pulsed(run, limits):
            continue
        sequence += 1
        levels = sorted({row["portions"] for row in run})
        rows += [
            row | {"sequence": sequence, "pulse": number, "level": levels.index(row["portions"]) + 1}
            for number, row in enumerate(run, 1)
        ]
    if not rows:
        return pl.DataFrame(schema=dict(PULSE_STEPS.required))
    return PULSE_STEPS.conform(pl.DataFrame(rows, infer_schema_length=None))


def way() -> pl.Expr:
    """-1 for a step that discharges, +1 for one that charges, 0 at rest."""
    current = col("mean_current_ampere")
    flows = (current.abs() > REST_SHARE * current.abs().max()) & ~_type().is_in(NO_CURRENT)
    return pl.when(flows).then(current.sign()).otherwise(0.0).cast(pl.Int8)


def _type() -> pl.Expr:
    return col("step_type").cast(pl.String).fill_null("")


def _told(steps: pl.DataFrame) -> pl.DataFrame:
    """The steps with what decides: the way of each, short or long, what stands before and after it."""
    end = col("start_time_second") + col("duration_second")
    steps = steps.with_columns(
        way=way(),
        end=end,
        # A step of one record has no length of its own.
        duration_second=pl.when(col("rows") > 1)
        .then(col("duration_second"))
        .otherwise((end - end.shift(1)).fill_null(0.0)),
    )
    moves = col("way") != 0
    before, after = col("way").shift(1, fill_value=0), col("way").shift(-1, fill_value=0)
    last_end = pl.when(moves).then(col("end")).shift(1).forward_fill()
    short = (
        moves & col("duration_second").is_between(SHORTEST_SECOND, LONGEST_SECOND) & ~_type().is_in(CONSTANT_VOLTAGE)
    )
    steps = steps.with_columns(
        short=short,
        long=moves & (col("duration_second") > LONGEST_SECOND),
        rest_before_second=pl.when(before == 0)
        .then(col("start_time_second") - last_end.fill_null(col("start_time_second").first()))
        .otherwise(0.0),
        ends_free=(after == 0) | (after == -col("way")),
        last=pl.int_range(pl.len()) == pl.len() - 1,
        direction=pl.when(col("way") < 0).then(pl.lit("discharge")).otherwise(pl.lit("charge")),
        next_current=pl.when(moves).then(col("mean_current_ampere")).shift(-1).backward_fill(),
    )
    rested = col("rest_before_second") >= LEAST_REST_SECOND
    answers = col("short").shift(1, fill_value=False) & (before == -col("way"))
    return steps.with_columns(
        clean=col("short") & rested & col("ends_free"),
        candidate=col("short") & (rested | answers | (after == 0)),
        portions_down=(col("long") & (col("way") < 0)).cum_sum(),
        portions_up=(col("long") & (col("way") > 0)).cum_sum(),
    ).with_columns(portions=col("portions_down") + col("portions_up"))


def voltage_limits(steps: pl.DataFrame) -> tuple[float | None, float | None]:
    """Where the longer discharges and the longer charges of a test end, volts; None where it has none."""
    long = steps.filter(col("duration_second") > LONGEST_SECOND)
    low = long.filter(way() < 0)["end_voltage_volt"].min()
    high = long.filter(way() > 0)["end_voltage_volt"].max()
    return (low if isinstance(low, float) else None), (high if isinstance(high, float) else None)


def _limits(steps: pl.DataFrame) -> tuple[float, float, float]:
    """The voltage limits of the test, and how near to them is at them; volts."""
    low, high = voltage_limits(steps)
    near = 1e-3 if low is None or high is None else AT_LIMIT_SHARE * (high - low)
    return -math.inf if low is None else low, math.inf if high is None else high, near


def _runs(candidates: pl.DataFrame) -> Iterator[list[Row]]:
    """Candidates on one way: a portion the other way, or portions both ways, part them."""
    run: list[Row] = []
    way = 0
    for row in candidates.iter_rows(named=True):
        if run:
            down = row["portions_down"] > run[-1]["portions_down"]
            up = row["portions_up"] > run[-1]["portions_up"]
            passed = up - down
            if (down and up) or (passed and way == -passed):
                yield run
                run, way = [], 0
            elif passed:
                way = passed
        run.append(row)
    if run:
        yield run


def _is_pulsed(run: list[Row], limits: tuple[float, float, float]) -> bool:
    clean = [row for row in run if row["clean"]]
    if not clean or _most_in_a_row(run) > MOST_IN_A_ROW:
        return False
    if 2 * sum(_at_limit(row, limits) for row in clean) > len(clean):
        return False
    if len({(row["portions"], row["direction"]) for row in clean}) > 1:
        return True
    return any(not row["last"] and not _continued(row) for row in clean)


def _most_in_a_row(run: list[Row]) -> int:
    counts: dict[tuple[int, str], int] = {}
    for row in run:
        key = (row["portions"], row["direction"])
        counts[key] = counts.get(key, 0) + 1
    return max(counts.values())


def _at_limit(row: Row, limits: tuple[float, float, float]) -> bool:
    low, high, near = limits
    end = row["end_voltage_volt"]
    return bool(abs(end - (low if row["way"] < 0 else high)) <= near)


def _continued(row: Row) -> bool:
    """Whether the next step that moves charge goes on with the same current."""
    following = row["next_current"]
    current = row["mean_current_ampere"]
    return following is not None and abs(following - current) <= SAME_CURRENT * abs(current)
