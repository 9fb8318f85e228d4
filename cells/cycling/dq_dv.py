"""Differential capacity: where along the voltage the charge is stored. Pure.

The voltage of a half cycle is made monotonic by isotonic regression, the monotonic curve next to it by least squares;
capacity is read off at a voltage grid, differenced, and smoothed by a Gaussian of stated width. The constant-voltage
part of a charge has no slope and is left out. Positive in both halves.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from cells.cycling.half_cycles import HalfCycle, half_cycles, to_frame
from labdb.tables.schema import TableSchema

GRID_VOLT = 0.002
SMOOTHING_VOLT = 0.005  # standard deviation of the Gaussian
PROMINENCE = 0.05  # of the highest point of the half cycle; less is not called a peak
TOP = 0.25  # of the prominence: the part of a peak below its maximum through which its parabola is laid

DQ_DV = TableSchema(
    "dQ/dV",
    required={
        "cycle_count": pl.Int32,
        "half": pl.Categorical,  # charge or discharge
        "voltage_volt": pl.Float64,  # middle of the grid's interval
        "dq_dv_mah_per_volt": pl.Float64,
        "dq_dv_mah_per_g_volt": pl.Float64,  # null where the active mass is not known
    },
)

PEAKS = TableSchema(
    "dQ/dV peak",
    required={
        **DQ_DV.required,
        "prominence_mah_per_volt": pl.Float64,
        "width_volt": pl.Float64,  # at half of the prominence
    },
)


def differentiate(
    table: pl.DataFrame | pl.LazyFrame,
    steps: pl.DataFrame,
    cycles: Collection[int] | None = None,
    active_mass_mg: float | None = None,
    grid_volt: float = GRID_VOLT,
    smoothing_volt: float = SMOOTHING_VOLT,
) -> pl.DataFrame:
    """dQ/dV of the chosen cycles, a `DQ_DV` table.

    Args:
        table: one test, a `CYCLING` table, whole or as a scan of the stored one.
        steps: its `STEPS` table.
        cycles: cycle numbers; all where none are given.
        active_mass_mg: active material only; without it nothing is per gram.
        grid_volt: distance of two voltages; they are whole multiples of it, so that curves can be subtracted.
        smoothing_volt: standard deviation of the Gaussian; 0 leaves the differences as they are.

    Raises:
        ValueError: the grid is not positive, or the smoothing negative.
    """
    if not grid_volt > 0 or not smoothing_volt >= 0:
        raise ValueError(
            f"dQ/dV needs a grid above 0 V and a smoothing of 0 V or more, not {grid_volt} and {smoothing_volt}"
        )
    curves = (
        (half, _slope(half, grid_volt, smoothing_volt))
        for half in half_cycles(table, steps, cycles, constant_current=True)
    )
    slopes = to_frame(curves, ("voltage_volt", "dq_dv_mah_per_volt"))
    mass_g = pl.lit(None if active_mass_mg is None else active_mass_mg / 1000, dtype=pl.Float64)
    return DQ_DV.conform(slopes.with_columns(dq_dv_mah_per_g_volt=pl.col("dq_dv_mah_per_volt") / mass_g))


def _slope(half: HalfCycle, grid_volt: float, smoothing_volt: float) -> dict[str, np.ndarray]:
    """dQ/dV of one half cycle; without points where it spans less than three intervals of the grid."""
    # Loading scipy takes as long as all of labdb: who draws no dQ/dV does without it.
    from scipy.ndimage import gaussian_filter1d
    from scipy.optimize import isotonic_regression

    nothing = {"voltage_volt": np.empty(0), "dq_dv_mah_per_volt": np.empty(0)}
    finite = np.isfinite(half.voltage_volt) & np.isfinite(half.capacity_mah)
    voltage, capacity = half.voltage_volt[finite], half.capacity_mah[finite]
    if voltage.size < 3:
        return nothing
    rising = half.half == "charge"
    monotonic = isotonic_regression(voltage, increasing=rising).x
    if not rising:
        monotonic, capacity = monotonic[::-1], capacity[-1] - capacity[::-1]
    first, last = np.ceil(monotonic[0] / grid_volt), np.floor(monotonic[-1] / grid_volt)
    if last - first < 3:
        return nothing
    edges = np.arange(first, last + 1) * grid_volt
    slope = np.maximum(np.diff(np.interp(edges, monotonic, capacity)), 0.0) / grid_volt
    if smoothing_volt:
        slope = gaussian_filter1d(slope, smoothing_volt / grid_volt, mode="nearest")
    return {"voltage_volt": (edges[1:] + edges[:-1]) / 2, "dq_dv_mah_per_volt": slope}


def find_dq_dv_peaks(slopes: pl.DataFrame, prominence: float = PROMINENCE) -> pl.DataFrame:
    """Where each half cycle of a `DQ_DV` table has its peaks, a `PEAKS` table in order of the voltage.

    A peak stands out by at least a share of the highest point of its half cycle. Its place is the vertex of the
    parabola that is laid by least squares through the points around its maximum, as many to either side, down to 25 %
    of its prominence below it: finer than the grid, and steadier than the maximum of a noisy curve.
    """
    from scipy.signal import find_peaks, peak_widths

    rows = []
    voltages, heights = slopes["voltage_volt"].to_numpy(), slopes["dq_dv_mah_per_volt"].to_numpy()
    per_gram = slopes["dq_dv_mah_per_g_volt"]
    curves = slopes.with_row_index("first").group_by("cycle_count", "half", maintain_order=True)
    for cycle, half, first, points in curves.agg(pl.col("first").first(), pl.len()).iter_rows():
        height, voltage = heights[first : first + points], voltages[first : first + points]
        found, about = find_peaks(height, prominence=prominence * height.max())
        if not found.size:
            continue
        grid_volt = voltage[1] - voltage[0]
        bases = (about["prominences"], about["left_bases"], about["right_bases"])
        widths = peak_widths(height, found, prominence_data=bases)[0] * grid_volt
        for peak, stands_out, width in zip(found.tolist(), about["prominences"], widths, strict=True):
            place = voltage[peak] + _vertex(height, peak, stands_out) * grid_volt
            rows.append((cycle, half, place, height[peak], per_gram[first + peak], stands_out, width))
    return PEAKS.conform(pl.DataFrame(rows, schema=dict(PEAKS.required), orient="row"))


def _vertex(height: np.ndarray, peak: int, prominence: float) -> float:
    """From the maximum to the vertex of the parabola through its surroundings, in intervals of the grid."""
    low = np.flatnonzero(height < height[peak] - TOP * prominence)
    nearest = int(np.abs(low - peak).min()) - 1 if low.size else 1
    reach = max(1, min(nearest, peak, height.size - 1 - peak))
    x = np.arange(-reach, reach + 1, dtype=np.float64)
    bend = x**2 - np.mean(x**2)
    y = height[peak - reach : peak + reach + 1]
    curvature = float(bend @ y) / float(bend @ bend)
    if curvature >= 0:
        return 0.0
    return float(np.clip(-float(x @ y) / float(x @ x) / (2 * curvature), -reach, reach))
