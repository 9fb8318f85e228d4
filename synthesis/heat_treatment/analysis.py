"""A furnace log against its programme: peak, soak, overshoot, rates. Pure.

Temperatures are of one thermocouple, smoothed by the median of three records so that one bad record is no peak.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.tables.overview import overview
from synthesis.heat_treatment.programme import Kind, Stretch, lay_out, soak
from synthesis.heat_treatment.readers.thermocouple import gap_limit_second
from synthesis.recipe.process import segments_of

SOAK_BAND_CELSIUS = 5.0
# Rates are taken over the middle of the way, where start and end do not bend the curve.
FROM, TO = 0.1, 0.9


@dataclass(frozen=True)
class Trace:
    """One thermocouple's log.

    Attributes:
        second: since the log began, rising.
        celsius: median of three.
        gap_second: a longer interval between two records is a gap.
    """

    second: np.ndarray
    celsius: np.ndarray
    gap_second: float

    def above_hour(self, limit: float) -> tuple[float, float]:
        """Hours at or above a temperature: in all, and of the longest uninterrupted stretch.

        Between two records the temperature goes straight; across a gap nothing is counted.
        """
        total = longest = run = 0.0
        over = self.celsius - limit
        for dt, a, b in zip(np.diff(self.second), over[:-1], over[1:], strict=True):
            if dt > self.gap_second or (a < 0 and b < 0):
                run = 0.0
                continue
            inside = 1.0 if a >= 0 and b >= 0 else max(a, b) / abs(b - a)
            run = inside * dt if a < 0 else run + inside * dt
            total += inside * dt
            longest = max(longest, run)
            if b < 0:
                run = 0.0
        return total / 3600, longest / 3600

    def rate_per_min(self, low: float, high: float, first: int, last: int) -> float | None:
        """°C/min between two temperatures within records first … last; negative where it cools; None where unseen."""
        t, celsius = self.second[first : last + 1], self.celsius[first : last + 1]
        if len(t) < 2:
            return None
        rising = celsius[-1] > celsius[0]
        if not rising:
            celsius = -celsius
            low, high = -high, -low
        into, out = np.argmax(celsius >= low), np.argmax(celsius >= high)
        if celsius[0] > low or celsius.max() < high or out <= into:
            return None
        t_low = _crossing(t, celsius, int(into), low)
        t_high = _crossing(t, celsius, int(out), high)
        if t_high <= t_low or np.diff(t[int(into) - 1 if into else 0 : int(out) + 1]).max() > self.gap_second:
            return None
        rate = (high - low) / (t_high - t_low) * 60
        return float(rate if rising else -rate)


def _crossing(t: np.ndarray, celsius: np.ndarray, at: int, level: float) -> float:
    if at == 0:
        return float(t[0])
    return float(np.interp(level, [celsius[at - 1], celsius[at]], [t[at - 1], t[at]]))


def trace_of(table: pl.DataFrame, channel: int) -> Trace:
    """
    Raises:
        ValueError: the log has no such channel, or too few records of it.
    """
    name = f"temperature_t{channel}_celsius"
    if name not in table.columns:
        raise ValueError(f"the log has no channel {channel}")
    rows = table.select("test_time_second", name).drop_nulls()
    if rows.height < 3:
        raise ValueError(f"channel {channel} has fewer than three records")
    smooth = rows[name].rolling_median(3, center=True, min_samples=2)
    interval = gap_limit_second(rows["test_time_second"].diff().drop_nulls())
    return Trace(rows["test_time_second"].to_numpy(), smooth.to_numpy(), interval)


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """What a furnace did, against what it was told.

    Args:
        table: a `FURNACE` table.
        parameters: `channel`, the thermocouple (1 is the first column); `programme`, the segments as a batch has them,
            empty where unknown.

    Raises:
        ValueError: the log has no such channel, or the programme is none.
    """
    progress(0.1, "following the thermocouple")
    trace = trace_of(table, int(parameters.get("channel") or 1))
    segments = segments_of(parameters.get("programme") or [])
    stretches = lay_out(segments) if segments else []
    peak = int(np.argmax(trace.celsius))
    found = [Scalar("peak_temperature_celsius", float(trace.celsius[peak]))]
    warnings: list[str] = []
    held = soak(stretches) if stretches else None
    if held is None:
        warnings.append("no programme with a hold is known for this log, so only its peak is computed")
    else:
        found += _against(trace, peak, stretches, held, warnings)
    view = overview(table, [name for name in table.columns if name != "test_time_second"])
    return Analysis(tuple(found), {"overview": view}, tuple(warnings))


def _against(trace: Trace, peak: int, stretches: Sequence[Stretch], held: Stretch, warnings: list[str]) -> list[Scalar]:
    wanted = held.to_celsius
    limit = wanted - SOAK_BAND_CELSIUS
    total, longest = trace.above_hour(limit)
    found = [
        Scalar("set_temperature_celsius", wanted),
        Scalar("overshoot_celsius", float(trace.celsius[peak]) - wanted),
        Scalar("time_above_set_hour", total),
        Scalar("soak_time_hour", longest),
        Scalar("soak_time_deviation_hour", longest - (held.end_hour - held.start_hour)),
    ]
    if not total:
        warnings.append(f"the furnace never came within {SOAK_BAND_CELSIUS:g} °C of {wanted:g} °C")
    inside = np.flatnonzero(trace.celsius >= limit)
    arrive = int(inside[0]) if len(inside) else peak
    leave = int(inside[-1]) if len(inside) else peak
    ramp = next((s for s in stretches if s.segment.kind == Kind.RAMP and s.to_celsius == wanted), None)
    cool = next((s for s in stretches if s.segment.kind == Kind.COOL and s.start_hour >= held.end_hour - 1e-9), None)
    for name, stretch, first, last in (
        ("heating_rate_celsius_per_min", ramp, 0, arrive),
        ("cooling_rate_celsius_per_min", cool, leave, len(trace.second) - 1),
    ):
        if stretch is None:
            continue
        way = stretch.to_celsius - stretch.from_celsius
        ends = sorted((stretch.from_celsius + FROM * way, stretch.from_celsius + TO * way))
        rate = trace.rate_per_min(ends[0], ends[1], first, last)
        if rate is None:
            warnings.append(
                f"the log does not show the whole way of “{stretch.segment.words()}”, so its rate is unknown"
            )
            continue
        programmed = stretch.segment.rate_celsius_per_min or 0.0
        found += [
            Scalar(name, abs(rate)),
            Scalar(name.replace("_celsius_per_min", "_deviation"), abs(rate) / programmed - 1),
        ]
    return found
