"""From where to where a sequence of pulses reaches in a test. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.hppc.pulses import LONGEST_SECOND, find_pulses, way
from cells.hppc.table import SEQUENCES

WHOLE_LEVELS = 3  # fewer are a check of the resistance within a cycle that is for something else


def find_sequences(steps: pl.DataFrame, pulses: pl.DataFrame | None = None) -> pl.DataFrame:
    """The sequences of pulses of a test.

    A sequence at three levels and more takes up its whole way: the portions before its first pulse and after its last,
    from one turn of the longer steps to the next. One with fewer is but its pulses, and the rests beside them.

    Args:
        steps: a `STEPS` table.
        pulses: what `find_pulses` found in it.

    Returns:
        A `SEQUENCES` table.
    """
    pulses = find_pulses(steps) if pulses is None else pulses
    ways = portion_ways(steps)
    rests = (steps.select(way()).to_series() == 0).to_list()
    numbers = steps["step_count"].to_list()
    row_of = {first_row: row for row, first_row in enumerate(steps["first_row"])}
    rows = []
    for (sequence,), of_it in pulses.group_by("sequence", maintain_order=True):
        first, last = row_of[of_it["first_row"][0]], row_of[of_it["first_row"][-1]]
        of_portions = next((each for each in ways[first : last + 1] if each), 0)
        levels = int(of_it["level"].n_unique())
        if levels >= WHOLE_LEVELS:
            begin, end = reach(ways, first, last, of_portions)
        else:
            begin, end = first, last
            while begin > 0 and rests[begin - 1]:
                begin -= 1
            while end + 1 < len(rests) and rests[end + 1]:
                end += 1
        rows.append(
            {
                "sequence": sequence,
                "levels": levels,
                "pulses": of_it.height,
                "way": of_portions,
                "first_step": numbers[begin],
                "last_step": numbers[end],
                "whole": levels >= WHOLE_LEVELS,
            }
        )
    if not rows:
        return pl.DataFrame(schema=dict(SEQUENCES.required))
    return SEQUENCES.conform(pl.DataFrame(rows))


def portion_ways(steps: pl.DataFrame) -> list[int]:
    """-1 for each longer step that discharges, +1 for one that charges, 0 for rests and short steps."""
    return steps.select(pl.when(col("duration_second") > LONGEST_SECOND).then(way()).otherwise(0)).to_series().to_list()


def reach(ways: list[int], first: int, last: int, way: int) -> tuple[int, int]:
    """The rows around `first` to `last` up to where a longer step runs against the way.

    Args:
        ways: of `portion_ways`.
        first, last: rows of the first and of the last pulse.
        way: of the portions.
    """
    begin, end = first, last
    while begin > 0 and ways[begin - 1] != -way:
        begin -= 1
    while end + 1 < len(ways) and ways[end + 1] != -way:
        end += 1
    return begin, end
