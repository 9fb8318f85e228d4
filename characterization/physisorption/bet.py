"""The BET area, its range by Rouquerol's criteria, through pyGAPS. Pure.

Source: S. Brunauer, P. H. Emmett and E. Teller, J. Am. Chem. Soc. 60 (1938) 309; J. Rouquerol, P. Llewellyn and
F. Rouquerol, Stud. Surf. Sci. Catal. 160 (2007) 49; ISO 9277:2010.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from characterization.physisorption.isotherm import Branch
from characterization.physisorption.library import quiet
from characterization.physisorption.table import BET

CROSS_SECTION_NM2 = 0.162  # of nitrogen at 77 K
CLASSICAL = (0.05, 0.30)  # the range of ISO 9277
FEWEST_POINTS = 3
HALF = 0.5  # of the saturation pressure: beyond it no layer is a monolayer's neighbour
# Below this relative pressure a range that does not hold its own monolayer is one of noise.
NOISE_BELOW = 0.01
STRAIGHT = 0.995  # R² of a line that is one
MONOLAYER_DISAGREES = 0.2


@dataclass(frozen=True)
class Line:
    """A fitted BET line.

    Attributes:
        area_m2_per_g, area_sd: standard deviation from the residuals of the line; nan with three points or fewer.
        c: the BET constant.
        monolayer_mmol_per_g, monolayer_sd: n_m.
        monolayer_pressure: relative, at which the line holds one monolayer: 1/(√C + 1).
        slope_g_per_mmol, intercept_g_per_mmol: of 1/[n(p0/p − 1)] against p/p0.
        r_squared: of the line.
        p_low, p_high: relative pressures of the first and last point.
        fitted: which points of the branch, shape (n,).
    """

    area_m2_per_g: float
    area_sd: float
    c: float
    monolayer_mmol_per_g: float
    monolayer_sd: float
    monolayer_pressure: float
    slope_g_per_mmol: float
    intercept_g_per_mmol: float
    r_squared: float
    p_low: float
    p_high: float
    fitted: np.ndarray


@dataclass(frozen=True)
class Found:
    """What was found: the line, or None where there is none; and what is to be said of it."""

    line: Line | None
    warnings: tuple[str, ...]


def physical(branch: Branch) -> np.ndarray:
    """Points that the BET equation can be put to: between vacuum and saturation, with something adsorbed."""
    return (branch.pressure > 0) & (branch.pressure < 1) & (branch.loading > 0)


def fit_range(branch: Branch, cross_section_nm2: float, p_low: float | None, p_high: float | None) -> Found:
    """The line through the points of a range that a person chose.

    Args:
        p_low, p_high: relative, both included; None is from the first, or to the last point below 0.5.
    """
    low, high = p_low or 0.0, p_high if p_high is not None else HALF
    chosen = physical(branch) & branch.between(low, high)
    if chosen.sum() < FEWEST_POINTS:
        few = f"the chosen range {low:g} to {high:g} holds {chosen.sum()} points; a BET line needs {FEWEST_POINTS}"
        return Found(None, (few,))
    line = _line(branch, chosen, cross_section_nm2)
    if line is None:
        none = (
            f"between p/p0 {low:g} and {high:g} the BET line gives no positive C, so there is no area;"
            " choose a range at lower pressures"
        )
        return Found(None, (none,))
    return Found(line, tuple(_doubts(branch, line)))


def fit(branch: Branch, cross_section_nm2: float) -> Found:
    """The line through the range that Rouquerol's criteria choose.

    The range is that of pyGAPS: up to the first point after which n(1 − p/p0) falls, but not beyond p/p0 = 0.5, from a
    tenth of its pressure on. Points at its upper end are left out as long as C is not positive. Where it holds fewer
    than three points, as with few or noisy points of a small area, or ends below p/p0 = 0.01 without its own monolayer
    in it, the classical range 0.05 to 0.30 is taken, and said.
    """
    usable = physical(branch) & (branch.pressure <= HALF)
    chosen = _rouquerol(branch, usable, cross_section_nm2)
    line = _line_with_positive_c(branch, chosen, cross_section_nm2) if chosen is not None else None
    if line is not None and (line.p_high >= NOISE_BELOW or line.p_low <= line.monolayer_pressure <= line.p_high):
        return Found(line, tuple(_doubts(branch, line)))
    low, high = CLASSICAL
    line = _line_with_positive_c(branch, usable & branch.between(low, high), cross_section_nm2)
    if line is None:
        none = (
            "no range of the isotherm gives a BET line: neither by Rouquerol's criteria nor between p/p0"
            f" {low:g} and {high:.2f}; measure more points there, or choose a range"
        )
        return Found(None, (none,))
    classical = (
        f"the points are too few or too noisy for Rouquerol's criteria, so the range p/p0 {low:g} to {high:.2f} was"
        " taken; look at the BET plot"
    )
    return Found(line, (classical, *_doubts(branch, line)))


def _rouquerol(branch: Branch, usable: np.ndarray, cross_section_nm2: float) -> np.ndarray | None:
    """Which points pyGAPS takes by itself; None where they are too few."""
    quiet()
    from pygaps.characterisation.area_bet import area_BET_raw
    from pygaps.utilities.exceptions import CalculationError

    places = np.flatnonzero(usable)
    if len(places) < FEWEST_POINTS:
        return None
    points = branch.where(usable)
    try:
        with np.errstate(all="ignore"):
            found = area_BET_raw(points.pressure, points.loading / 1000, cross_section_nm2)
    except CalculationError:
        return None
    first, last = int(found[6]), int(found[7])
    chosen = np.zeros(len(branch), dtype=bool)
    chosen[places[first : last + 1]] = True
    return chosen


def _line_with_positive_c(branch: Branch, chosen: np.ndarray, cross_section_nm2: float) -> Line | None:
    """The line of the points, of which the highest are left out until C is positive."""
    chosen = chosen.copy()
    while chosen.sum() >= FEWEST_POINTS:
        line = _line(branch, chosen, cross_section_nm2)
        if line is not None:
            return line
        chosen[np.flatnonzero(chosen)[-1]] = False
    return None


def _line(branch: Branch, chosen: np.ndarray, cross_section_nm2: float) -> Line | None:
    """The line of just these points; None where C or the monolayer is not positive."""
    quiet()
    from pygaps.characterisation.area_bet import area_BET_raw

    points = branch.where(chosen)
    if np.ptp(points.pressure) == 0:
        return None
    with np.errstate(all="ignore"):
        area, c, monolayer, at, slope, intercept, _, _, r = (
            float(number)
            for number in area_BET_raw(points.pressure, points.loading / 1000, cross_section_nm2, (None, None))
        )
    if not (math.isfinite(c) and c > 0 and math.isfinite(monolayer) and monolayer > 0):
        return None
    relative_sd = _relative_sd(points, slope / 1000, intercept / 1000)
    return Line(
        area_m2_per_g=area,
        area_sd=area * relative_sd,
        c=c,
        monolayer_mmol_per_g=monolayer * 1000,
        monolayer_sd=monolayer * 1000 * relative_sd,
        monolayer_pressure=at,
        slope_g_per_mmol=slope / 1000,
        intercept_g_per_mmol=intercept / 1000,
        r_squared=r**2,
        p_low=float(points.pressure.min()),
        p_high=float(points.pressure.max()),
        fitted=chosen,
    )


def ordinate(branch: Branch) -> np.ndarray:
    """1/[n(p0/p − 1)], g/mmol, shape (n,)."""
    return branch.pressure / rouquerol(branch)


def rouquerol(branch: Branch) -> np.ndarray:
    """n(1 − p/p0), mmol/g, shape (n,)."""
    return branch.loading * (1 - branch.pressure)


def _relative_sd(points: Branch, slope: float, intercept: float) -> float:
    """The relative standard deviation of n_m = 1/(slope + intercept), by the residuals of the line.

    The sum of slope and intercept is the line at p/p0 = 1, and its variance that of a predicted mean:
    s²·(1/n + (1 − x̄)²/Σ(x − x̄)²), s² the residuals' sum of squares over n − 2.
    """
    x, n = points.pressure, len(points)
    if n <= FEWEST_POINTS - 1 or n < 4:
        return math.nan
    residuals = ordinate(points) - (intercept + slope * x)
    variance = float((residuals**2).sum()) / (n - 2)
    spread = float(((x - x.mean()) ** 2).sum())
    at_one = variance * (1 / n + (1 - float(x.mean())) ** 2 / spread)
    return math.sqrt(at_one) / (slope + intercept)


def _doubts(branch: Branch, line: Line) -> list[str]:
    """Which of Rouquerol's criteria a line fails, and what else is doubtful."""
    found = []
    rising = np.diff(rouquerol(branch.where(line.fitted)))[:-1]  # pyGAPS takes one point after the highest
    if (rising < 0).any():
        found.append("n(1 − p/p0) does not rise throughout the BET range")
    if line.r_squared < STRAIGHT:
        found.append(f"the BET plot is not straight (R² {line.r_squared:.4f}), as with micropores or noise")
    points = branch.where(line.fitted)
    if not points.loading.min() <= line.monolayer_mmol_per_g <= points.loading.max():
        found.append("the monolayer of the BET line lies outside its range")
    else:
        at = float(np.interp(line.monolayer_mmol_per_g, np.maximum.accumulate(points.loading), points.pressure))
        if abs(at - line.monolayer_pressure) > MONOLAYER_DISAGREES * line.monolayer_pressure:
            found.append(
                f"the monolayer is reached at p/p0 {at:.3g}, more than 20 % from the"
                f" {line.monolayer_pressure:.3g} that C says"
            )
    return found


def plot_table(branch: Branch, line: Line) -> pl.DataFrame:
    """The points up to half the saturation pressure as a `BET` table."""
    drawn = physical(branch) & ((branch.pressure <= HALF) | line.fitted)
    points = branch.where(drawn)
    return BET.conform(
        pl.DataFrame(
            {
                "relative_pressure": points.pressure,
                "loading_mmol_per_g": points.loading,
                "bet_ordinate_g_per_mmol": ordinate(points),
                "rouquerol_ordinate_mmol_per_g": rouquerol(points),
                "fitted": line.fitted[drawn],
            }
        )
    )
