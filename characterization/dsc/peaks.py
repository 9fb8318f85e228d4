"""Peaks of a calorimeter's curve: where they are, and how much heat is in them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from characterization.dsc.baseline import baseline

GRID = 4_000
# A peak stands out by so much of the curve's span, and by so many times its noise.
LEAST_PROMINENCE, LEAST_NOISE = 0.03, 10.0
# What is wider than this share of the segment is the bend of the baseline.
WIDEST = 0.4
# A calorimeter settles after the furnace has begun to heat, and a furnace before it stops.
SETTLING_SECOND, SETTLING_SHARE = 60.0, 0.05
# How far a peak may reach from its top, in its half widths at half height to that side (a Gaussian's tail: 7 σ).
REACH = 6.0
# Two peaks are one event where the valley between them stays above this share of the lower one.
VALLEY = 0.1
# The tangent of the onset is taken on the flank between these shares of the height, over so much of its length.
FLANK, TANGENT_SHARE = (0.1, 0.9), 0.2
LEAST_RECORDS, LEAST_PEAK_RECORDS = 20, 5
# Where the temperature stands still there is no tangent.
LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class Limits:
    """Where a peak begins and ends: records of the segment, both inside; and whether it points up.

    Attributes:
        free_from, free_to: records outside of it that belong to no other peak, where the curve can be continued from;
            None reaches to the end of the segment.
    """

    first: int
    last: int
    up: bool
    free_from: int | None = None
    free_to: int | None = None


@dataclass(frozen=True)
class Peak:
    """What is measured of a peak.

    Attributes:
        first, last: records of its limits.
        up: whether it points up.
        baseline: at records first … last, in the unit of the signal.
        onset_celsius, end_celsius: extrapolated; nan where a flank is too short.
        inflection_celsius: where the tangent of the onset touches; nan as the onset.
        area: ∫(signal − baseline) dt, unit of the signal × s; positive whichever way the peak points.
        height: over the baseline, positive.
        open_ended: its limits lie at an end of the segment, so that it may not be whole.
    """

    first: int
    last: int
    up: bool
    baseline: np.ndarray
    onset_celsius: float
    peak_celsius: float
    end_celsius: float
    inflection_celsius: float
    area: float
    height: float
    open_ended: bool


def find(second: np.ndarray, signal: np.ndarray) -> list[Limits]:
    """The peaks of a segment and where their baselines begin and end, in the order of time.

    Looked for on a smoothed copy, as what stands out of a parabola that follows the curve where it has no peaks (robust
    fit), in both directions. The limits of a peak are where a string that is spanned under it touches the curve (the
    convex hull of the curve around the peak), no further than six half widths from its top. Peaks that overlap share
    one baseline.

    Args:
        second, signal: of the segment, shape (n,).
    """
    if len(second) < LEAST_RECORDS or second[-1] <= second[0]:
        return []
    grid = np.linspace(second[0], second[-1], min(GRID, max(len(second), 200)))
    curve = np.interp(grid, second, signal)
    width = max(2.0, len(grid) / 1000)
    smooth = gaussian_filter1d(curve, width, mode="nearest")
    settling = min(SETTLING_SECOND, SETTLING_SHARE * (grid[-1] - grid[0]))
    begin = int(np.searchsorted(grid, grid[0] + settling))
    inner = slice(begin, int(np.searchsorted(grid, grid[-1] - settling)))
    span = np.ptp(smooth[inner])
    if not span > 0:
        return []
    net = smooth - _background(grid, smooth, inner)
    least = max(LEAST_PROMINENCE * span, LEAST_NOISE * _noise(curve) / np.sqrt(width))
    tops = sorted(
        (top for up in (True, False) for top in _tops(net if up else -net, inner, up, least)), key=lambda top: top.at
    )
    # Within a window of its own, each event hangs on its own string.
    found = []
    for event in _events(tops, net):
        z = smooth if event[0].up else -smooth
        first, last = _string(z, event[0].at, event[-1].at, *_window(event, tops, z, net, len(grid)))
        if (z[first : last + 1] - np.linspace(z[first], z[last], last - first + 1)).max() < least:
            continue
        found.append(
            Limits(
                int(np.clip(np.searchsorted(second, grid[first]), 0, len(second) - 2)),
                int(np.clip(np.searchsorted(second, grid[last], "right") - 1, 1, len(second) - 1)),
                event[0].up,
            )
        )
    found = [each for each in found if each.last - each.first >= LEAST_PEAK_RECORDS]
    ends = [None, *(each.last for each in found)]
    begins = [*(each.first for each in found[1:]), None]
    return [replace(each, free_from=a, free_to=b) for each, a, b in zip(found, ends, begins, strict=False)]


@dataclass(frozen=True)
class _Top:
    """Of a peak on the grid: its place, whether it points up, and its half widths at half height."""

    at: int
    up: bool
    left: float
    right: float


def _noise(curve: np.ndarray) -> float:
    """Standard deviation of neighbouring points, from their second differences."""
    second = np.diff(curve, 2)
    return float(np.median(np.abs(second - np.median(second))) / 0.6745 / np.sqrt(6))


def _background(grid: np.ndarray, smooth: np.ndarray, inner: slice) -> np.ndarray:
    """A parabola through the curve where it has no peaks: least absolute deviations, then Tukey's biweight."""
    x = (grid - grid.mean()) / (np.ptp(grid) / 2)
    powers = np.column_stack([np.ones_like(x), x, x**2])
    rows, y = powers[inner], smooth[inner]
    span = np.ptp(y)
    weights = np.ones(len(y))
    for turn in range(40):
        root = np.sqrt(weights)[:, None]
        fit, *_ = np.linalg.lstsq(rows * root, y * root[:, 0], rcond=None)
        off = np.abs(y - rows @ fit)
        if turn < 20:
            weights = 1 / np.maximum(off, 1e-4 * span)
        else:
            scale = 4.685 * max(np.median(off) / 0.6745, 1e-3 * span)
            weights = np.clip(1 - (off / scale) ** 2, 0, None) ** 2 + 1e-12
    return powers @ fit


def _tops(net: np.ndarray, inner: slice, up: bool, least: float) -> list[_Top]:
    above = np.clip(net[inner], 0, None)
    found = []
    for at in find_peaks(above, prominence=least)[0]:
        low = np.flatnonzero(above < above[at] / 2)
        begin, end = low[low < at].max(initial=-1), low[low > at].min(initial=len(above))
        if end - begin <= WIDEST * len(net):
            found.append(_Top(int(at) + inner.start, up, float(at - begin), float(end - at)))
    return found


def _events(tops: list[_Top], net: np.ndarray) -> list[list[_Top]]:
    """Peaks that overlap, together."""
    events: list[list[_Top]] = []
    for top in tops:
        before = events[-1][-1] if events else None
        if before is not None and before.up == top.up:
            between = net[before.at : top.at + 1] * (1 if top.up else -1)
            if between.min() > VALLEY * min(between[0], between[-1]):
                events[-1].append(top)
                continue
        events.append([top])
    return events


def _window(event: list[_Top], tops: list[_Top], z: np.ndarray, net: np.ndarray, size: int) -> tuple[int, int]:
    """Where the string under an event may be fixed: within its reach, and not beyond the valley to a neighbour."""
    first = max(0, round(event[0].at - REACH * event[0].left))
    last = min(size - 1, round(event[-1].at + REACH * event[-1].right))
    for top in tops:
        if top in event:
            continue
        if top.at < event[0].at:
            between = slice(top.at, event[0].at + 1)
            first = max(first, top.at + _parting(z[between], net[between], top.up == event[0].up))
        else:
            between = slice(event[-1].at, top.at + 1)
            last = min(last, event[-1].at + _parting(z[between], net[between], top.up == event[0].up))
    return first, last


def _parting(z: np.ndarray, net: np.ndarray, alike: bool) -> int:
    """Between two tops: the valley where they point alike, else where the curve crosses the background."""
    return int(np.argmin(z)) if alike else int(np.argmin(np.abs(net)))


def _string(z: np.ndarray, top: int, top_last: int, first: int, last: int) -> tuple[int, int]:
    """Where a string spanned under z from `first` to `last` touches it beside the tops (lower convex hull)."""
    hull: list[int] = []
    for at in range(first, last + 1):
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            if (z[b] - z[a]) * (at - a) < (z[at] - z[a]) * (b - a):
                break
            hull.pop()
        hull.append(at)
    left = max((at for at in hull if at < top), default=first)
    right = min((at for at in hull if at > top_last), default=last)
    return left, right


def measure(second: np.ndarray, celsius: np.ndarray, signal: np.ndarray, limits: Limits, kind: str) -> Peak:
    """A peak over its baseline.

    *Peak temperature*: of the record that is furthest from the baseline. *Extrapolated onset* and *end*: where the
    tangent at the steepest point of the flank meets the baseline. *Area*: trapezoids in time.

    Source: ISO 11357-1; the words of ICTAC (J. O. Hill, For Better Thermal Analysis and Calorimetry, 1991).

    Args:
        second, celsius, signal: of the segment, shape (n,).
        kind: of the baseline.
    """
    first, last = limits.first, limits.last
    under = baseline(second, signal, first, last, kind, limits.free_from, limits.free_to)
    t, temperature = second[first : last + 1], celsius[first : last + 1]
    net = (signal[first : last + 1] - under) * (1 if limits.up else -1)
    area = float(np.trapezoid(net, t))
    top = int(np.argmax(_averaged(net, _half_width(net) // 50)))
    onset, inflection = _tangent(temperature[: top + 1], net[: top + 1])
    end, _ = _tangent(temperature[top:][::-1], net[top:][::-1])
    lowest, highest = temperature.min(), temperature.max()
    # A tangent that meets the baseline outside of the limits met a curve that had not settled.
    onset, inflection = (onset, inflection) if lowest <= onset <= highest else (np.nan, np.nan)
    end = end if lowest <= end <= highest else np.nan
    return Peak(
        first=first,
        last=last,
        up=limits.up,
        baseline=under,
        onset_celsius=onset,
        peak_celsius=float(temperature[top]),
        end_celsius=end,
        inflection_celsius=inflection,
        area=area,
        height=float(net[top]),
        open_ended=first <= 1 or last >= len(second) - 2,
    )


def direction(second: np.ndarray, signal: np.ndarray, first: int, last: int) -> bool:
    """Whether the curve between two records lies above or below the straight line between them; above is up."""
    net = signal[first : last + 1] - baseline(second, signal, first, last, "linear")
    return bool(np.trapezoid(net, second[first : last + 1]) >= 0)


def _half_width(net: np.ndarray) -> int:
    """How many records are above half of the height."""
    return int((net > net.max() / 2).sum())


def _averaged(net: np.ndarray, points: int) -> np.ndarray:
    """A running mean over 2 × points + 1 records, shorter at the ends."""
    if points < 1:
        return net
    sums = np.concatenate([[0.0], np.cumsum(net)])
    at = np.arange(len(net))
    begin, end = np.maximum(at - points, 0), np.minimum(at + points + 1, len(net))
    return (sums[end] - sums[begin]) / (end - begin)


def _tangent(celsius: np.ndarray, net: np.ndarray) -> tuple[float, float]:
    """Where the tangent of a flank meets the baseline, and where it touches.

    The steepest straight line through a fifth of the flank, by least squares; the flank is what lies between 10 and
    90 % of the height.

    Args:
        celsius, net: from the foot to the top, net of the baseline and positive.

    Returns:
        Two temperatures; nan where the flank has too few records.
    """
    height = net[-1]
    low = np.flatnonzero(net <= FLANK[0] * height)
    begin = int(low[-1]) if len(low) else 0
    high = np.flatnonzero(net[begin:] >= FLANK[1] * height)
    end = begin + int(high[0]) if len(high) else len(net) - 1
    if end - begin < 2:
        return float("nan"), float("nan")
    points = int(np.clip(round(TANGENT_SHARE * (end - begin + 1)), min(3, end - begin + 1), None))
    # Least squares in every window at once, from running sums about the middle of the flank.
    x, y = (
        celsius[begin : end + 1] - celsius[begin : end + 1].mean(),
        net[begin : end + 1] - net[begin : end + 1].mean(),
    )
    x_mean, y_mean, xy_mean, xx_mean = (_moving_mean(values, points) for values in (x, y, x * y, x * x))
    spread = xx_mean - x_mean**2
    moves = spread > LEAST_SPREAD * spread.max()
    slope = np.divide(xy_mean - x_mean * y_mean, spread, out=np.zeros_like(spread), where=moves)
    at = int(np.argmax(np.abs(slope)))
    if slope[at] == 0:
        return float("nan"), float("nan")
    touch = float(x_mean[at] + celsius[begin : end + 1].mean())
    return float(touch - (y_mean[at] + net[begin : end + 1].mean()) / slope[at]), touch


def _moving_mean(values: np.ndarray, points: int) -> np.ndarray:
    """Of every `points` neighbours."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return (sums[points:] - sums[:-points]) / points
