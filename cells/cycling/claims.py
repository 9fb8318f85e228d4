"""What single steps were for, told from themselves: long rests, holds, pulses, storage, or what a person said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from polars import col

from cells.cycling.table import BLOCK_KINDS
from cells.hppc.pulses import find_pulses
from cells.hppc.sequences import find_sequences
from cells.storage.periods import LEAST_DAY, find_periods

FIRST_REST_HOUR = 1.0  # before any current flows: the wait in which a cell is wetted
LONG_REST_HOUR = 6.0  # longer than a rest between half cycles or pulses
CV_HOLD_HOUR = 10.0  # longer than the tail of a charge: a hold of its own, as in a float test
PULSED_SHARE = 0.5  # of the charge of a cycle
ROUTINE_SHARE = 0.5  # of the cycles; what more of them do belongs to the cycles
SECOND_PER_HOUR = 3600.0

Kinds = list[str | None]


@dataclass(frozen=True)
class Claims:
    """What is known of the steps before the cycles are looked at, an entry for each row of a `STEPS` table.

    Attributes:
        found: told from the steps themselves; None for those that belong to what their cycle is for.
        said: by a person; it goes before all that is found.
    """

    found: Kinds
    said: Kinds


def claim_steps(
    steps: pl.DataFrame,
    cycle_kinds: Mapping[str, str] | None = None,
    step_kinds: Mapping[str, str] | None = None,
    least_storage_day: float = LEAST_DAY,
) -> Claims:
    """Which steps were for something by themselves.

    Args:
        steps: a `STEPS` table.
        cycle_kinds: said by a person, by cycle number; cycles that are not there yet wait for it.
        step_kinds: said by a person, by a range of steps: "12-40"; goes before the kind of its cycle.
        least_storage_day: a shorter rest is no storage.

    Raises:
        ValueError: what was said is no kind, or not of a number or a range of them.
    """
    said = _said(steps, cycle_kinds or {}, step_kinds or {})
    found: Kinds = [None] * steps.height
    for kind, rows in (
        ("rest", _long_rests(steps)),
        ("CV hold", _holds(steps)),
        ("HPPC", _pulsed(steps)),
        ("storage", _stored(steps, said, least_storage_day)),
    ):
        for row in rows:
            found[row] = kind
    return Claims(found, said)


def check_cycle_kinds(cycle_kinds: Mapping[str, str]) -> dict[int, str]:
    """
    Raises:
        ValueError: a kind is none of ours, or not of a cycle number.
    """
    for number, kind in cycle_kinds.items():
        if kind not in BLOCK_KINDS or not str(number).isdecimal():
            raise ValueError(f"cycle {number} cannot be {kind!r}; a cycle is one of {', '.join(BLOCK_KINDS)}")
    return {int(number): kind for number, kind in cycle_kinds.items()}


def check_step_kinds(step_kinds: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """First step, last step and kind of each range.

    Raises:
        ValueError: a kind is none of ours, or a range is not written as "12-40".
    """
    ranges = []
    for text, kind in step_kinds.items():
        first, dash, last = str(text).partition("-")
        if not (dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
            raise ValueError(f'{text!r} is no range of steps; write the first and the last: "12-40"')
        if kind not in BLOCK_KINDS:
            raise ValueError(f"steps {text} cannot be {kind!r}; they are one of {', '.join(BLOCK_KINDS)}")
        ranges.append((int(first), int(last), kind))
    return ranges


def with_range(step_kinds: Mapping[str, str], first: int, last: int, kind: str) -> dict[str, str]:
    """What was said of steps, with one range more; what was said of a part of it goes, the rest of that stays.

    Args:
        kind: empty, to say nothing of the range any more.
    """
    ranges = []
    for begin, end, old in check_step_kinds(step_kinds):
        if end < first or begin > last:
            ranges.append((begin, end, old))
            continue
        ranges += [(begin, first - 1, old)] if begin < first else []
        ranges += [(last + 1, end, old)] if end > last else []
    if kind:
        ranges.append((first, last, kind))
    return {f"{begin}-{end}": of for begin, end, of in sorted(ranges)}


def waiting(steps: pl.DataFrame, cycle_kinds: Mapping[str, str], step_kinds: Mapping[str, str]) -> tuple[str, ...]:
    """What a person said of cycles and steps that the test does not have, a sentence each."""
    cycles = set(steps["cycle_count"].to_list())
    numbers = steps["step_count"]
    sentences = []
    if absent := [str(number) for number in sorted(check_cycle_kinds(cycle_kinds)) if number not in cycles]:
        sentences.append(f"A kind was set for cycle {_named(absent)}, which this test does not have")
    ranges = check_step_kinds(step_kinds)
    if absent := [f"{first}-{last}" for first, last, _ in ranges if not numbers.is_between(first, last).any()]:
        sentences.append(f"A kind was set for steps {_named(absent)}, which this test does not have")
    return tuple(sentences)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _said(steps: pl.DataFrame, cycle_kinds: Mapping[str, str], step_kinds: Mapping[str, str]) -> Kinds:
    by_cycle, ranges = check_cycle_kinds(cycle_kinds), check_step_kinds(step_kinds)
    said: Kinds = [by_cycle.get(number) for number in steps["cycle_count"]] if by_cycle else [None] * steps.height
    if ranges:
        numbers = steps["step_count"].to_list()
        for first, last, kind in ranges:
            said = [kind if first <= number <= last else old for number, old in zip(numbers, said, strict=True)]
    return said


def _long_rests(steps: pl.DataFrame) -> list[int]:
    """The rows of rests that are not part of a cycle's routine."""
    rests = (
        steps.with_row_index("row")
        .with_columns(resting=col("step_type").cast(pl.String) == "REST")
        .with_columns(group=col("resting").rle_id())
        .filter("resting")
        .group_by("group", maintain_order=True)
        .agg("row", hours=col("duration_second").sum() / SECOND_PER_HOUR)
    )
    first = rests.filter((col("group") == 0) & (col("hours") >= FIRST_REST_HOUR))
    later = rests.filter((col("group") > 0) & (col("hours") >= LONG_REST_HOUR))
    cycles = steps["cycle_count"].n_unique()
    if later.height > max(2, ROUTINE_SHARE * cycles):  # one in every cycle is its routine
        later = later.clear()
    return _flat([*first["row"], *later["row"]])


def _holds(steps: pl.DataFrame) -> list[int]:
    """The rows of constant-voltage steps that are no tail: long, and longer than the step that led to them."""
    duration = col("duration_second")
    tail_of = duration.shift(1).fill_null(0.0)
    holds = steps.with_row_index("row").filter(
        col("step_type").cast(pl.String).is_in(["CV_CHG", "CV_DCHG"])
        & (duration >= CV_HOLD_HOUR * SECOND_PER_HOUR)
        & (duration > tail_of)
    )
    return holds["row"].to_list()


def _pulsed(steps: pl.DataFrame) -> list[int]:
    """The rows of sequences of pulses with their cycles, and of cycles that move most of their charge in pulses.

    A pulse or two in a cycle measure its resistance, or the contacts: the cycle is for what it was for.
    """
    pulses = find_pulses(steps)
    moved = col("charge_capacity_mah") + col("discharge_capacity_mah")
    pulsing = col("step_count").is_in(pulses["step_count"].to_list())
    mostly = steps.group_by("cycle_count").agg(share=moved.filter(pulsing).sum() / moved.sum())
    inside = col("cycle_count").is_in(mostly.filter(col("share").fill_nan(0.0) > PULSED_SHARE)["cycle_count"].to_list())
    for sequence, first, last in (
        find_sequences(steps, pulses).filter("whole").select("sequence", "first_step", "last_step").iter_rows()
    ):
        cycles = pulses.filter(col("sequence") == sequence)["cycle_count"].unique().to_list()
        inside = inside | col("step_count").is_between(first, last) | col("cycle_count").is_in(cycles)
    return _rows(steps, inside)


def _stored(steps: pl.DataFrame, said: Kinds, least_day: float) -> list[int]:
    """The rows of the rests in which the cell was stored, and of the cycles whose discharge is of stored charge."""
    numbers = steps["step_count"].to_list()
    periods = find_periods(
        steps,
        least_day,
        said=[number for number, kind in zip(numbers, said, strict=True) if kind == "storage"],
        denied=[number for number, kind in zip(numbers, said, strict=True) if kind not in (None, "storage")],
    )
    rows: list[int] = []
    at_rest = (col("charge_capacity_mah") == 0) & (col("discharge_capacity_mah") == 0)
    for first, last, cycle in periods.select("first_step", "last_step", "cycle_after").iter_rows():
        inside = col("step_count").is_between(first, last) & at_rest
        rows += _rows(steps, inside if cycle is None else inside | (col("cycle_count") == cycle))
    return rows


def _rows(steps: pl.DataFrame, which: pl.Expr) -> list[int]:
    return steps.with_row_index("row").filter(which)["row"].to_list()


def _flat(rows: Iterable[Iterable[int]]) -> list[int]:
    return [row for group in rows for row in group]
