"""Records out of order: clocks that run backwards, rows written twice, cycles counted anew. Pure.

What can be put right for certain is put right and said in a sentence; the rest is refused with its record.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cells.cycling.readers.steps import count_cycles
from labdb.ingest.reader import ReaderError

JITTER_SECOND = 1.0
RESTARTS = 1000
DAY_SECOND = 86_400.0
LONGEST_INTERVAL_SECOND = 600.0  # between two records at midnight; a longer one could be anything
LEAST_REPEATED = 10  # records; fewer that are alike happen by chance
MOST_FALLS_SHARE = 0.3  # of the runs of one cycle number; above it the number does not count cycles
COMPARED = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_id")


def without_repeats(table: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Leave out a stretch of records that stands in the file a second time, as after a file was appended to itself.

    Only where the time falls back, and all of the records that follow are those that stood at that time before. Two
    like records one after the other are kept: no time lies between them, so they change no number.

    Args:
        table: `test_time_second`, `voltage_volt`, `current_ampere`, and counts where the file has them.

    Returns:
        The table, and what was left out.
    """
    time = table["test_time_second"].to_numpy()
    falls = np.flatnonzero(np.diff(time) < 0) + 1
    if not 0 < len(falls) <= RESTARTS:
        return table, ""
    columns = [table[name].to_numpy() for name in COMPARED if name in table.columns]
    keep = np.ones(len(time), dtype=bool)
    for fall in falls.tolist():
        if not keep[fall]:
            continue
        for before in np.flatnonzero(time[:fall] == time[fall])[:RESTARTS].tolist():
            length = min(fall - before, len(time) - fall)
            first, again = slice(before, before + length), slice(fall, fall + length)
            flat = np.ptp(columns[1][first]) == 0  # a rest looks like any other
            if length >= LEAST_REPEATED and not flat and all(np.array_equal(c[first], c[again]) for c in columns):
                keep[again] = False
                break
    left_out = int((~keep).sum())
    if not left_out:
        return table, ""
    row = int(np.flatnonzero(~keep)[0])
    return table.filter(pl.Series(keep)), (
        f"{count_of(left_out, 'record')} from record {row + 1} on repeat earlier ones and were left out the second time"
    )


def continue_cycles(cycles: pl.Series, current: pl.Series) -> tuple[pl.Series, str]:
    """Cycle numbers that never go back, and what was done about those that did.

    A count that begins again goes on from the number before; a number that slips back for a single record
    takes the number before. Where it goes back and forth it counts something else (a loop inside a cycle), and the
    cycles are counted from the direction of the current.

    Args:
        cycles: whole numbers without gaps, as the file has them.
        current: in ampere, positive or negative while charging.
    """
    values = cycles.to_numpy().astype(np.int64, copy=True)
    if not (np.diff(values) < 0).any():
        return cycles, ""
    said = []
    begins = np.flatnonzero(np.diff(values, prepend=values[0] - 1) != 0)
    ends = np.append(begins[1:], len(values))
    slips = 0
    for before, begin, end in zip(begins, begins[1:], ends[1:], strict=False):
        back = end < len(values) and values[end] - values[before] in (0, 1)
        if values[begin] < values[before] and end - begin == 1 and back:
            values[begin:end] = values[before]
            slips += 1
    if slips:
        said.append(f"{count_of(slips, 'slip')} of the cycle number took the number before")
    falls = np.flatnonzero(np.diff(values) < 0) + 1
    if not len(falls):
        return pl.Series(cycles.name, values, dtype=cycles.dtype), "; ".join(said)
    first = int(falls[0])
    before, now = values[first - 1], values[first]
    if len(falls) > max(3, MOST_FALLS_SHARE * len(np.flatnonzero(np.diff(values)))):
        return count_cycles(current), (
            f"the cycle number goes back {len(falls)} times (first at record {first + 1}, from {before} to {now}) and"
            " was left aside; cycles were counted from the direction of the current"
        )
    offsets = np.zeros(len(values), dtype=np.int64)
    offsets[falls] = values[falls - 1] + 1 - values[falls]
    values = values + np.cumsum(offsets)
    more = f" (and {len(falls) - 1} times more)" if len(falls) > 1 else ""
    said.append(
        f"the cycler counts its cycles anew at record {first + 1}, from {before} to {now}{more}; here they go on"
        f" from {before + 1}"
    )
    return pl.Series(cycles.name, values, dtype=cycles.dtype), "; ".join(said)


def mend_time(
    time: pl.Series, name: str, step_time: pl.Series | None = None, step: pl.Series | None = None
) -> tuple[pl.Series, str]:
    """Time that never decreases, and what was done about one that did.

    A single record out of place (a new step stamped 0) takes the time of the record before it; a clock that begins
    again at 0 goes on from where it stopped; jitter below a second is smoothed. A clock that is set back, or files that
    were put one after the other, go on by the time since the step began, where the file has it; a time of the day goes
    on past midnight. Anything else is refused: records out of order cannot be told from a wrong clock.

    Args:
        time: in second.
        name: of the file.
        step_time: since the step began, in second.
        step: changes where a step begins; the executed step, or its number in the program.

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
    of_the_day = values.min() >= 0 and values.max() <= DAY_SECOND
    midnight = of_the_day & (DAY_SECOND - drops <= LONGEST_INTERVAL_SECOND)
    begins_again = values[falls] <= np.maximum(JITTER_SECOND, 0.01 * values[falls - 1])
    restart = (drops > JITTER_SECOND) & begins_again & ~midnight
    back = falls[(drops > JITTER_SECOND) & ~restart]
    offsets = np.zeros(len(values))
    ways: dict[str, list[int]] = {}
    for row in back[: RESTARTS + 1].tolist():
        interval, how = _interval(row, step_time, step)
        if interval is None and row in falls[midnight]:
            interval, how = DAY_SECOND - float(values[row - 1] - values[row]), "past midnight"
        if interval is None or len(back) + restart.sum() > RESTARTS:
            raise ReaderError(
                f"{name}: time runs backwards at record {row + 1} (from {values[row - 1]:g} to {values[row]:g} s);"
                " export the test again, in the order of its records"
            )
        offsets[row] = values[row - 1] - values[row] + interval
        ways.setdefault(how, []).append(row)
    if restart.sum() > RESTARTS:
        row = int(falls[restart][0])
        raise ReaderError(
            f"{name}: time begins again at 0 {int(restart.sum())} times, first at record {row + 1}; export the test"
            " again, with the time since it began"
        )
    offsets[falls[restart]] = values[falls[restart] - 1]
    if restart.any():
        sentences.append(f"the clock began again at 0 {count_of(int(restart.sum()), 'time')} and was continued")
    for how, rows in ways.items():
        fell = f"from {values[rows[0] - 1]:g} to {values[rows[0]]:g} s"
        sentences.append(
            f"{count_of(len(rows), 'time')} (first at record {rows[0] + 1}, {fell}) it was continued {how}"
        )
    values = values + np.cumsum(offsets)
    jitter = int((~restart).sum()) - len(back)
    if jitter:
        values = np.maximum.accumulate(values)
        sentences.append(f"{count_of(jitter, 'record')} up to {JITTER_SECOND:g} s early took the time before")
    return pl.Series(time.name, values), "the test time ran backwards: " + "; ".join(sentences)


def _interval(row: int, step_time: pl.Series | None, step: pl.Series | None) -> tuple[float | None, str]:
    """What passed since the record before, whose time is later, and how that is known; None where nothing says it."""
    if step_time is not None:
        now, before = step_time[row], step_time[row - 1]
        same = step is None or step[row] == step[row - 1]
        if now is not None and before is not None and np.isfinite(now) and now >= 0:
            if same and now >= before:
                return float(now - before), "by the time since the step began"
            if not same or step is None:
                return float(now), "by the time since the step began"
    return None, ""


def count_of(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
