"""A thermobalance's record: how much mass is lost, in which steps, and what is left. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from characterization.thermal.table import MASS_CURVE, STEPS
from labdb.ingest.technique import Analysis, Scalar
from labdb.tables.overview import downsample

GRID = 4_000
CURVE_POINTS = 4_000
# Smoothing of the derivative, as a share of the record.
SMOOTHING_SHARE = 0.002
LEAST_STEP_PERCENT = 1.0
# A step ends where its rate has fallen to this share of its fastest; two steps are one where the rate between them
# stays above `VALLEY` of the slower one.
FLOOR, VALLEY = 0.03, 0.7
LEAST_PROMINENCE, LEAST_NOISE = 0.03, 6.0
# A step over which the temperature moves less, or slower, has no onset on its axis.
LEAST_RATE_CELSIUS_PER_MIN, LEAST_SPAN_CELSIUS = 0.2, 5.0
# A balance reads the mass that was entered, to within this share.
AGREE = 0.05
LEAST_RECORDS = 5


@dataclass(frozen=True)
class Weighing:
    """The mass of a record in % of the sample mass.

    Attributes:
        percent: of every record.
        sample_mass_mg: what is 100 %; None where it is not known.
    """

    percent: np.ndarray
    sample_mass_mg: float | None


def weighing(table: pl.DataFrame, parameters: Mapping[str, Any], warnings: list[str]) -> Weighing:
    """100 % is the sample mass that a person entered, else that of the file, else the first record."""
    said = parameters.get("sample_mass_mg")
    in_file = table["sample_mass_mg"][0] if "sample_mass_mg" in table.columns else None
    sample = float(said) if said else (float(in_file) if in_file else None)
    if "mass_milligram" in table.columns:
        milligram = table["mass_milligram"].to_numpy()
        if sample is None:
            sample = float(milligram[0])
            warnings.append(f"no sample mass is stated: 100 % is the first record, {sample:.4g} mg")
        elif abs(milligram[0] / sample - 1) > AGREE:
            warnings.append(
                f"the first record is {milligram[0]:.4g} mg, the sample mass {sample:.4g} mg: check the sample mass"
            )
        return Weighing(milligram / sample * 100, sample)
    percent = table["mass_percent"].to_numpy()
    if said and in_file and said != in_file:
        percent = percent * (float(in_file) / float(said))
    return Weighing(percent, sample)


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any]) -> Analysis:
    """Steps of the mass, found from its derivative.

    The mass is brought to an even grid in time, its derivative taken with a Gaussian. A step is a maximum of the rate
    that stands out; it reaches to where the rate has fallen to 3 % of the fastest, or to the valley before the next
    step. Its change is the difference of the masses at both ends. *Extrapolated onset*: where the tangent at the
    fastest point meets the level before the step (ISO 11358-1); none where the temperature stands still. Buoyancy is
    not corrected.

    Args:
        table: with `time_second`, `temperature_celsius`, and `mass_milligram` or `mass_percent`.
        parameters: all may be missing. `from_celsius`, `to_celsius` (from when the record first comes into the range to
            when it leaves it), `sample_mass_mg`, `least_step_percent`, `smoothing_second`.

    Raises:
        ValueError: the range is the wrong way round.
    """
    warnings: list[str] = []
    weighed = weighing(table, parameters, warnings)
    rows = _range(table["temperature_celsius"].to_numpy(), parameters, warnings)
    t = table["time_second"].to_numpy()[rows]
    celsius, percent = table["temperature_celsius"].to_numpy()[rows], weighed.percent[rows]
    least = parameters.get("least_step_percent")
    least = LEAST_STEP_PERCENT if least is None else float(least)
    grid = np.linspace(t[0], t[-1], min(GRID, max(len(t), 200)))
    at_grid = np.interp(grid, t, percent)
    temperature = np.interp(grid, t, celsius)
    smoothing = parameters.get("smoothing_second")
    width = (float(smoothing) / (grid[1] - grid[0])) if smoothing else SMOOTHING_SHARE * len(grid)
    width = max(width, 1.0)
    smooth = gaussian_filter1d(at_grid, width, mode="nearest")
    per_min = np.gradient(smooth, grid) * 60
    heating = np.gradient(gaussian_filter1d(temperature, width, mode="nearest"), grid) * 60
    steps = _steps(per_min, smooth, width, least)
    table_of_steps = _table(steps, grid, temperature, smooth, per_min, heating, weighed.sample_mass_mg)
    if not steps:
        warnings.append(f"no step of {least:g} % or more stands out of the mass")
    change = float(percent[-1] - percent[0])
    found = [Scalar("mass_loss_percent", -change), Scalar("residue_percent", float(percent[-1]))]
    if steps:
        main = table_of_steps.filter("main").row(0, named=True)
        found.append(Scalar("main_step_loss_percent", -main["mass_change_percent"]))
        found.append(Scalar("fastest_mass_change_celsius", main["fastest_celsius"]))
        if main["onset_celsius"] is not None:
            found.append(Scalar("mass_change_onset_celsius", main["onset_celsius"]))
    rate = np.interp(t, grid, per_min)
    drawn = pl.DataFrame(
        {
            "time_second": t,
            "temperature_celsius": celsius,
            "mass_percent": percent,
            "mass_rate_percent_per_min": rate,
        }
    )
    curve = downsample(drawn, CURVE_POINTS, x="time_second", profiles=["mass_percent", "mass_rate_percent_per_min"])
    return Analysis(
        tuple(found), {"mass_curve": MASS_CURVE.conform(curve), "mass_steps": table_of_steps}, tuple(warnings)
    )


def _range(celsius: np.ndarray, parameters: Mapping[str, Any], warnings: list[str]) -> slice:
    """The records from when the temperature first comes into the range to when it first leaves it."""
    low, high = parameters.get("from_celsius"), parameters.get("to_celsius")
    if low is None and high is None:
        return slice(0, len(celsius))
    low, high = (-math.inf if low is None else float(low)), (math.inf if high is None else float(high))
    if low >= high:
        raise ValueError(f"the range is the wrong way round: from {low:g} °C to {high:g} °C.")
    inside = (celsius >= low) & (celsius <= high)
    first = int(np.argmax(inside))
    outside = np.flatnonzero(celsius[first:] > high)
    if not len(outside):
        outside = np.flatnonzero(~inside[first:])
    last = first + int(outside[0]) if len(outside) else len(celsius)
    if not inside.any() or last - first < LEAST_RECORDS:
        warnings.append(
            f"the record goes from {celsius.min():.4g} to {celsius.max():.4g} °C and has too few points in the chosen"
            " range: all of it was analysed instead"
        )
        return slice(0, len(celsius))
    return slice(first, last)


def _steps(per_min: np.ndarray, smooth: np.ndarray, width: float, least: float) -> list[tuple[int, int, int]]:
    """Steps as (begin, fastest, end) on the grid."""
    noise = float(np.median(np.abs(np.diff(per_min, 2))) / 0.6745 / np.sqrt(6)) if len(per_min) > 4 else 0.0
    found: list[tuple[int, int, int]] = []
    for sign in (-1, 1):
        rate = np.clip(sign * per_min, 0, None)
        if not rate.max() > 0:
            continue
        # A step may begin or end with the record: its fastest point is then inside all the same.
        padded = np.concatenate([[0.0], rate, [0.0]])
        tops = find_peaks(padded, prominence=max(LEAST_PROMINENCE * rate.max(), LEAST_NOISE * noise))[0] - 1
        merged: list[list[int]] = []
        for top in tops:
            valley = rate[merged[-1][-1] : top + 1].min() if merged else 0.0
            if merged and valley > VALLEY * min(rate[merged[-1][-1]], rate[top]):
                merged[-1].append(int(top))
            else:
                merged.append([int(top)])
        fastest = [max(group, key=lambda at: rate[at]) for group in merged]
        for number, (group, top) in enumerate(zip(merged, fastest, strict=True)):
            floor = FLOOR * rate[top]
            before = merged[number - 1][-1] if number else None
            after = merged[number + 1][0] if number + 1 < len(merged) else None
            begin = _outwards(rate, group[0], before, floor, -1)
            end = _outwards(rate, group[-1], after, floor, 1)
            found.append((begin, top, end))
    return sorted(step for step in found if abs(smooth[step[2]] - smooth[step[0]]) >= least)


def _outwards(rate: np.ndarray, top: int, neighbour: int | None, floor: float, way: int) -> int:
    """From a top outwards to where the rate falls to the floor, at most to the valley before the neighbour."""
    stop = (0 if way < 0 else len(rate) - 1) if neighbour is None else neighbour
    path = np.arange(top, stop + way, way)
    low = np.flatnonzero(rate[path] <= floor)
    if len(low):
        return int(path[low[0]])
    return int(stop) if neighbour is None else int(path[np.argmin(rate[path])])


def _table(
    steps: list[tuple[int, int, int]],
    grid: np.ndarray,
    celsius: np.ndarray,
    smooth: np.ndarray,
    per_min: np.ndarray,
    heating: np.ndarray,
    sample_mass_mg: float | None,
) -> pl.DataFrame:
    changes = [float(smooth[end] - smooth[begin]) for begin, _, end in steps]
    largest = max((abs(change) for change in changes), default=0.0)
    rows = []
    for number, ((begin, top, end), change) in enumerate(zip(steps, changes, strict=True), start=1):
        onset: float | None = None
        moves = abs(celsius[end] - celsius[begin]) >= LEAST_SPAN_CELSIUS
        if moves and abs(heating[top]) >= LEAST_RATE_CELSIUS_PER_MIN:
            per_celsius = per_min[top] / heating[top]
            onset = float(celsius[top] - (smooth[top] - smooth[begin]) / per_celsius)
            if not min(celsius[begin], celsius[top]) <= onset <= max(celsius[begin], celsius[top]):
                onset = None  # a balance that had not settled
        rows.append(
            {
                "step": number,
                "from_celsius": float(celsius[begin]),
                "to_celsius": float(celsius[end]),
                "onset_celsius": onset,
                "fastest_celsius": float(celsius[top]),
                "mass_change_percent": change,
                "mass_change_mg": None if sample_mass_mg is None else change / 100 * sample_mass_mg,
                "fastest_percent_per_min": float(per_min[top]),
                "start_time_second": float(grid[begin]),
                "end_time_second": float(grid[end]),
                "main": abs(change) == largest,
            }
        )
    return STEPS.conform(pl.DataFrame(rows, schema=STEPS.required))
