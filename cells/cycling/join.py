"""One test over several files: the cycler was restarted, and the parts are put one after the other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

import polars as pl
from polars import col

from cells.cycling.growing import MEASURED, is_earlier_state
from cells.cycling.table import CYCLING
from labdb.ingest.reader import ReaderError, Reading

CLOCK_TOLERANCE_SECOND = 60.0  # clocks are set and rounded; hours held twice for less than this are not an overlap


def join(readings: Sequence[Reading]) -> Reading:
    """Put the readings of one test's files into one table.

    They are ordered by their start times where all have one, else they stay in the order given. Time, steps and
    cycles are continued from part to part; the pause between two files is kept where their clocks are known. A
    file whose cycle numbers begin above those before it keeps them; one that begins again goes on counting. A file
    whose readings another one begins with is an earlier state of it, is left out, and stands in `outgrown`.

    Raises:
        ReaderError: none of the files holds a reading, or one repeats another, or holds the same hours.
        ValueError: there is no file.
    """
    if not readings:
        raise ValueError("a test needs at least one file")
    if len(readings) == 1:
        return readings[0]
    filled = [number for number, reading in enumerate(readings) if not reading.table.is_empty()]
    if not filled:
        raise ReaderError("none of the files of this test holds a reading")
    outgrown = _outgrown(readings)
    filled = [number for number in filled if number not in outgrown]
    _refuse_repeats(readings, filled)
    warnings = [
        f"file {number}: {sentence}"
        for number, part in enumerate(readings, 1)
        if number - 1 not in outgrown
        for sentence in part.warnings
    ]
    warnings += [
        f"file {number} holds no readings and is left out"
        for number, reading in enumerate(readings, 1)
        if reading.table.is_empty()
    ]
    warnings += [
        f"file {number + 1} is an earlier state of file {later + 1}, which stands for both"
        for number, later in outgrown.items()
    ]

    begins = _begins([readings[number] for number in filled])
    clocks = dict(zip(filled, begins, strict=True)) if begins else {}
    order = sorted(filled, key=clocks.__getitem__) if clocks else filled
    if not clocks:
        warnings.append(
            f"not all of the {len(readings)} files say when they began, so they are joined in the order they were added"
        )
    elif order != filled:
        warnings.append("the files are joined in the order of their start times, not in the order they were added")

    parts = [readings[order[0]].table]
    for before, number in pairwise(order):
        pause = 0.0
        if clocks:
            pause = clocks[number] - clocks[before] - _hours(readings[before].table) * 3600
            if pause < -CLOCK_TOLERANCE_SECOND:
                raise ReaderError(
                    f"file {number + 1} begins {-pause / 3600:.2f} h before file {before + 1} ends;"
                    " two files of one test cannot hold the same hours"
                )
        part, renumbered = _continue(readings[number].table, parts[-1], max(pause, 0.0))
        if renumbered:
            warnings.append(f"file {number + 1} counts its cycles anew; here they go on from {part['cycle_count'][0]}")
        parts.append(part)
    table = CYCLING.conform(pl.concat(parts, how="diagonal_relaxed"))
    metadata = dict(readings[order[0]].metadata)
    corrections = [
        f"file {number + 1}: {sentence}"
        for number in filled
        for sentence in readings[number].metadata.get("corrections", ())
    ]
    if corrections:
        metadata["corrections"] = corrections
    return Reading(table, metadata, tuple(warnings), tuple(sorted(outgrown)))


def _continue(table: pl.DataFrame, before: pl.DataFrame, pause_second: float) -> tuple[pl.DataFrame, bool]:
    """The table with time, steps and cycles that go on from the one before, and whether cycles were renumbered."""
    last_cycle, lowest = before["cycle_count"].to_numpy().max(), table["cycle_count"].to_numpy().min()
    renumbered = bool(lowest <= last_cycle)
    return (
        table.with_columns(
            test_time_second=col("test_time_second")
            - table["test_time_second"][0]
            + before["test_time_second"][-1]
            + pause_second,
            step_count=col("step_count") + (before["step_count"][-1] + 1 - table["step_count"][0]),
            cycle_count=col("cycle_count") + (last_cycle + 1 - lowest if renumbered else 0),
        ),
        renumbered,
    )


def _outgrown(readings: Sequence[Reading]) -> dict[int, int]:
    """Which files are earlier states of another: their number → that of the other, which is none itself."""
    found: dict[int, int] = {}
    for number, reading in enumerate(readings):
        # Of two with the same readings the later one stays.
        for other in sorted(range(len(readings)), key=lambda n: (-readings[n].table.height, -n)):
            longer = (readings[other].table.height, other) > (reading.table.height, number)
            if (
                longer
                and is_earlier_state(reading.table, readings[other].table)
                and _same_start(reading, readings[other])
            ):
                found[number] = other
                break
    return found


def _same_start(one: Reading, other: Reading) -> bool:
    """Two recordings that began at different times are none of each other, however alike."""
    begins = _begins([one, other])
    return begins is None or abs(begins[0] - begins[1]) <= CLOCK_TOLERANCE_SECOND


def _refuse_repeats(readings: Sequence[Reading], filled: Sequence[int]) -> None:
    """A file that is the beginning of another, or the same, would be counted twice."""
    for later in filled:
        for earlier in filled:
            rows = min(readings[later].table.height, readings[earlier].table.height)
            if earlier < later and rows > 1:
                first, second = (readings[n].table.select(MEASURED).head(rows) for n in (earlier, later))
                if first.equals(second):
                    raise ReaderError(
                        f"file {later + 1} repeats the readings of file {earlier + 1}, but they began at different"
                        " times; leave one of them out"
                    )


def _hours(table: pl.DataFrame) -> float:
    return float(table["test_time_second"][-1] - table["test_time_second"][0]) / 3600


def _begins(readings: Sequence[Reading]) -> list[float] | None:
    """The clock at each first record, in seconds, by one clock for all; None where one does not say."""
    if all("unix_time_second" in reading.table.columns for reading in readings):
        clocks = [reading.table["unix_time_second"][0] for reading in readings]
        if all(clock is not None for clock in clocks):
            return clocks
    for key in ("start_time_utc", "start_time_local"):
        texts = [reading.metadata.get(key) for reading in readings]
        if all(texts):
            return [
                _seconds(str(text)) + float(reading.table["test_time_second"][0])
                for text, reading in zip(texts, readings, strict=True)
            ]
    return None


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
