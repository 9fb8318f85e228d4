"""What the furnace did: heating, isothermal and cooling segments, found from the temperature. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from scipy.ndimage import uniform_filter1d

from characterization.thermal.table import SEGMENTS

GRID = 2_000
# Below this rate a sample is held at a temperature; less where the whole record is slower than that.
ISOTHERMAL_CELSIUS_PER_MIN = 0.2
# What is shorter is the way from one segment into the next.
SHORTEST_SECOND, SHORTEST_SHARE = 30.0, 0.005
# A furnace that settles, or swings about its set temperature, holds it.
LEAST_SHARE = 0.02
HEATING, ISOTHERMAL, COOLING = "heating", "isothermal", "cooling"


@dataclass(frozen=True)
class Segment:
    """A stretch of a record.

    Attributes:
        kind: heating, isothermal or cooling.
        first, last: records, from 0, both inside.
        rate_celsius_per_min: median, of an isothermal one mean; negative where it cools.
    """

    kind: str
    first: int
    last: int
    rate_celsius_per_min: float


def segments(second: np.ndarray, celsius: np.ndarray) -> list[Segment]:
    """The segments of a record, in the order of time.

    The rate is the slope of the temperature, averaged over a hundredth of the record. A sample is held where it is
    below 0.2 °C/min (below 0.3 of the mean rate in slower records), or moves by less than 2 % of the record's span.

    Args:
        second: never decreasing, shape (n,), n ≥ 2, the last later than the first.
        celsius: of the sample, shape (n,).
    """
    duration = second[-1] - second[0]
    points = int(min(GRID, max(len(second), 50)))
    grid = np.linspace(second[0], second[-1], points)
    smooth = uniform_filter1d(np.interp(grid, second, celsius), max(3, points // 100), mode="nearest")
    rate = np.gradient(smooth, grid) * 60
    mean_rate = (celsius.max() - celsius.min()) / duration * 60
    limit = min(ISOTHERMAL_CELSIUS_PER_MIN, 0.3 * mean_rate) if mean_rate > 0 else ISOTHERMAL_CELSIUS_PER_MIN
    shortest = max(2, round(max(SHORTEST_SECOND, SHORTEST_SHARE * duration) / duration * points))
    runs = _without_short(_runs(np.where(rate > limit, 1, np.where(rate < -limit, -1, 0))), shortest)
    least = LEAST_SHARE * (smooth.max() - smooth.min())
    signs = np.concatenate(
        [np.full(b - a + 1, sign if abs(smooth[b] - smooth[a]) >= least else 0) for sign, a, b in runs]
    )
    runs = _runs(signs)
    found: list[Segment] = []
    for sign, first, last in runs:
        begin = int(np.searchsorted(second, grid[first])) if first else 0
        end = int(np.searchsorted(second, grid[last], "right")) - 1 if last < points - 1 else len(second) - 1
        begin = found[-1].last + 1 if found else begin
        if end < begin:
            continue
        kind = {1: HEATING, 0: ISOTHERMAL, -1: COOLING}[sign]
        middle = np.median if sign else np.mean  # a furnace that swings about its set temperature has no median rate
        found.append(Segment(kind, begin, end, float(middle(rate[first : last + 1]))))
    return found


def _runs(signs: np.ndarray) -> list[tuple[int, int, int]]:
    """Stretches of one sign as (sign, first, last)."""
    edges = [0, *(np.flatnonzero(np.diff(signs)) + 1).tolist(), len(signs)]
    return [(int(signs[a]), a, b - 1) for a, b in pairwise(edges)]


def _without_short(runs: list[tuple[int, int, int]], shortest: int) -> list[tuple[int, int, int]]:
    """The shortest run goes to its longer neighbour, until none is too short."""
    while len(runs) > 1:
        lengths = [last - first + 1 for _, first, last in runs]
        at = int(np.argmin(lengths))
        if lengths[at] >= shortest:
            return runs
        before = lengths[at - 1] if at else -1
        after = lengths[at + 1] if at + 1 < len(runs) else -1
        sign = runs[at - 1][0] if before >= after else runs[at + 1][0]
        signs = [sign if number == at else run[0] for number, run in enumerate(runs)]
        runs = _runs(np.repeat(signs, lengths))
    return runs


def table_of(found: Sequence[Segment], second: np.ndarray, celsius: np.ndarray) -> pl.DataFrame:
    """The segments as a `SEGMENTS` table."""
    return SEGMENTS.conform(
        pl.DataFrame(
            {
                "segment": list(range(1, len(found) + 1)),
                "kind": [each.kind for each in found],
                "start_time_second": [float(second[each.first]) for each in found],
                "duration_second": [float(second[each.last] - second[each.first]) for each in found],
                "from_celsius": [float(celsius[each.first]) for each in found],
                "to_celsius": [float(celsius[each.last]) for each in found],
                "rate_celsius_per_min": [each.rate_celsius_per_min for each in found],
            },
            schema=SEGMENTS.required,
        )
    )


def chosen(found: Sequence[Segment], celsius: np.ndarray, number: int | None, warnings: list[str]) -> Segment:
    """The segment to analyse: the one that a person names, else the heating one over the widest temperatures, else the
    cooling one, else all.
    """
    if number is not None and 1 <= number <= len(found):
        return found[number - 1]
    if number is not None:
        warnings.append(
            f"the record has {len(found)} segments and no segment {number}: the widest heating was analysed instead"
        )
    for kind in (HEATING, COOLING):
        of_kind = [each for each in found if each.kind == kind]
        if of_kind:
            return max(of_kind, key=lambda each: abs(celsius[each.last] - celsius[each.first]))
    return Segment(ISOTHERMAL, found[0].first, found[-1].last, 0.0)
