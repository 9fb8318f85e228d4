"""Peaks of a powder pattern: found, and fitted by pseudo-Voigt profiles with their Kα2. Pure.

A peak is A·[η·L + (1 − η)·G] with a Lorentzian L and a Gaussian G of unit area and the same full width at half
maximum; where the radiation is a doublet, the same profile once more at the Kα2 angle of the same lattice planes, with
the ratio of the two lines. Areas are of both lines together, so that they are what integrating above the background
gives; position, width and height are those of Kα1. The profile is symmetric: the tail of a peak towards low angles,
which axial divergence makes below some 30°, is not described, and moves a position there by a few thousandths of a
degree.

Source of the profile: G. K. Wertheim et al., Rev. Sci. Instrum. 45 (1974) 1369.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.signal import find_peaks

from characterization.xrd.background import clipped_background, deviations
from characterization.xrd.radiation import Radiation

MOST_PEAKS = 150
SIGNIFICANT = 6.0  # deviations above the background
FAINTEST = 0.001  # of the strongest peak's height
KEPT = 4.0  # deviations of its own area, after the fit
MOST_TOGETHER = 8  # peaks in one fit
REACH = 4.0  # widths around its peaks that a fit looks at
NARROWEST_DEGREE, WIDEST_DEGREE = 0.002, 1.5
LINE_PARAMETERS = 3  # position, area, width


@dataclass(frozen=True)
class Pattern:
    """A pattern ready to be fitted.

    Attributes:
        two_theta_degree: rising.
        intensity, sd, background: of every point.
        radiation: whose doublet, if any, every peak has.
    """

    two_theta_degree: np.ndarray
    intensity: np.ndarray
    sd: np.ndarray
    background: np.ndarray
    radiation: Radiation

    @property
    def net(self) -> np.ndarray:
        return self.intensity - self.background

    @property
    def step_degree(self) -> float:
        return float(np.median(np.diff(self.two_theta_degree)))


@dataclass(frozen=True)
class Peak:
    """One fitted peak; `sd` are standard uncertainties of the fit.

    Attributes:
        area: of both lines, in intensity × degree.
        height: of Kα1 above the background.
        lorentzian: share of the Lorentzian, 0 to 1.
    """

    two_theta_degree: float
    two_theta_sd: float
    area: float
    area_sd: float
    fwhm_degree: float
    fwhm_sd: float
    height: float
    lorentzian: float


@dataclass(frozen=True)
class Fitted:
    """The peaks of a pattern with what they and the background add up to.

    Attributes:
        peaks: by rising angle.
        background, total: shape (n,), as the pattern.
    """

    peaks: tuple[Peak, ...]
    background: np.ndarray
    total: np.ndarray


def prepared(
    two_theta_degree: np.ndarray,
    intensity: np.ndarray,
    given_sd: np.ndarray | None,
    window_degree: float,
    radiation: Radiation,
) -> Pattern:
    """A pattern with its background and its deviations.

    Args:
        window_degree: the background is clipped over so much to either side of a point.
    """
    step = float(np.median(np.diff(two_theta_degree)))
    half = int(np.clip(round(window_degree / step), 2, max(2, len(intensity) // 2 - 1)))
    return Pattern(
        two_theta_degree,
        intensity,
        deviations(intensity, given_sd, step),
        clipped_background(intensity, half),
        radiation,
    )


def partner(two_theta_degree: np.ndarray, radiation: Radiation) -> tuple[np.ndarray, np.ndarray]:
    """Where the Kα2 of a peak lies, and how far it moves when the peak moves: sin θ₂ = (λ₂/λ₁)·sin θ₁."""
    ratio = (radiation.alpha2_angstrom or 1.0) / (radiation.wavelength_angstrom or 1.0)
    theta = np.radians(np.asarray(two_theta_degree) / 2)
    sine = np.clip(ratio * np.sin(theta), -1 + 1e-9, 1 - 1e-9)
    return 2 * np.degrees(np.arcsin(sine)), ratio * np.cos(theta) / np.sqrt(1 - sine**2)


def profile(x: np.ndarray, position: float, width: float, lorentzian: float) -> np.ndarray:
    """A pseudo-Voigt of unit area."""
    gauss, lorentz, _, _ = _parts(x, position, width)
    return lorentzian * lorentz + (1 - lorentzian) * gauss


def _parts(x: np.ndarray, position: float, width: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The Gaussian and the Lorentzian of unit area, u = (x − position)/width, and 1 + 4u²."""
    u = (x - position) / width
    wing = 1 + 4 * u * u
    gauss = 2 / width * np.sqrt(np.log(2) / np.pi) * np.exp(np.log(2) * (1 - wing))
    return gauss, 2 / (np.pi * width) / wing, u, wing


def _derivatives(
    x: np.ndarray, position: float, width: float, lorentzian: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The profile, and its derivatives by position, width and Lorentzian share."""
    gauss, lorentz, u, wing = _parts(x, position, width)
    g, lo = (1 - lorentzian) * gauss, lorentzian * lorentz
    slope_g, slope_lo = g * (8 * np.log(2)) * u / width, lo * 8 * u / (width * wing)
    value, by_position = g + lo, slope_g + slope_lo
    return value, by_position, by_position * u - value / width, lorentz - gauss


def searched(pattern: Pattern, most: int = MOST_PEAKS) -> tuple[np.ndarray, float]:
    """Where peaks stand out of the background by six deviations and by a thousandth of the strongest one.

    The pattern is smoothed over 0.4 of the width of its strong peaks. A maximum that is where the Kα2 of a stronger one
    has to be is no peak of its own. Where there are too many, the strongest are taken.

    Returns:
        Positions in degrees, rising, and the width of the strong peaks in degrees.
    """
    x, net = pattern.two_theta_degree, pattern.net
    width = _typical_width(pattern)
    points = max(1, round(0.4 * width / pattern.step_degree)) | 1
    smooth = np.convolve(np.pad(net, points // 2, "edge"), np.ones(points) / points, "valid")
    noise = np.sqrt(np.convolve(np.pad(pattern.sd**2, points // 2, "edge"), np.ones(points) / points, "valid") / points)
    standing, _ = find_peaks(smooth, height=SIGNIFICANT * noise, prominence=SIGNIFICANT * noise)
    order = standing[np.argsort(-smooth[standing])]
    kept: list[int] = []
    for at in order:
        if smooth[at] < FAINTEST * smooth[order[0]]:
            break
        if any(abs(x[at] - x[other]) < 0.5 * width for other in kept):
            continue
        if pattern.radiation.is_doublet and _is_partner(float(x[at]), smooth[at], kept, x, smooth, width, pattern):
            continue
        kept.append(int(at))
    return np.sort(x[kept[:most]]), width


def _is_partner(
    position: float,
    height: float,
    kept: Sequence[int],
    x: np.ndarray,
    smooth: np.ndarray,
    width: float,
    pattern: Pattern,
) -> bool:
    for other in kept:
        apart = float(partner(np.array(x[other]), pattern.radiation)[0]) - position
        if abs(apart) < 0.4 * width and height < 0.9 * smooth[other]:
            return True
    return False


def _typical_width(pattern: Pattern) -> float:
    """The width at half height of the strongest peaks as they stand, in degrees: the median of five."""
    x, net = pattern.two_theta_degree, pattern.net.copy()
    step, widths = pattern.step_degree, []
    for _ in range(5):
        top = int(np.argmax(net))
        if net[top] < SIGNIFICANT * pattern.sd[top]:
            break
        below = net < net[top] / 2
        left = np.flatnonzero(below[:top])
        right = np.flatnonzero(below[top:])
        first = int(left[-1]) + 1 if len(left) else 0
        last = top + int(right[0]) - 1 if len(right) else len(net) - 1
        widths.append(x[last] - x[first] + step)
        reach = max(3, 3 * (last - first + 1))
        net[max(0, top - reach) : top + reach + 1] = 0
    found = float(np.median(widths)) if widths else 5 * step
    return float(np.clip(found, max(2 * step, NARROWEST_DEGREE), WIDEST_DEGREE))


@dataclass
class _Group:
    """Peaks that are fitted together.

    Attributes:
        rows: the points that are looked at.
        values: position, area and width of each peak, then the Lorentzian share of all and the line under them.
    """

    rows: slice
    values: np.ndarray
    covariance: np.ndarray | None = None

    @property
    def peaks(self) -> int:
        return (len(self.values) - 3) // LINE_PARAMETERS


def fitted(pattern: Pattern, positions: np.ndarray, width: float, freedom: float = 0.75) -> Fitted:
    """Fit all peaks, those that stand close together in one.

    Each group of peaks is fitted, with a straight line of its own, to what the peaks of the other groups leave of the
    pattern; twice, so that neighbours know of each other. Uncertainties are those of the least squares, times the root
    of the reduced χ² where that is above 1.

    Args:
        positions: to begin at, rising, in degrees.
        width: to begin at, in degrees.
        freedom: in widths, how far a peak may move from where it begins.
    """
    x = pattern.two_theta_degree
    groups = [_started(pattern, chunk, width) for chunk in _together(np.asarray(positions, float), width)]
    total = np.zeros_like(x)
    for group in groups:
        total += _peaks_of(group, x, pattern.radiation)
    for last in (False, True):
        for group in groups:
            total -= _peaks_of(group, x, pattern.radiation)
            _fit(group, pattern, total, width, freedom, with_errors=last)
            total += _peaks_of(group, x, pattern.radiation)
    background = pattern.background + _lines(groups, x)
    peaks = sorted(
        (peak for group in groups for peak in _as_peaks(group, pattern.radiation)),
        key=lambda peak: peak.two_theta_degree,
    )
    return Fitted(tuple(peaks), background, background + total)


def without_noise(found: Fitted, pattern: Pattern, width: float) -> Fitted:
    """The same without peaks whose area the fit cannot tell from nothing, fitted once more."""
    sure = [peak for peak in found.peaks if peak.area > KEPT * peak.area_sd]
    if len(sure) == len(found.peaks):
        return found
    return fitted(pattern, np.array([peak.two_theta_degree for peak in sure]), width)


def _together(positions: np.ndarray, width: float) -> list[np.ndarray]:
    """Peaks closer than three widths are fitted together; too many are parted where they are farthest apart."""
    if not len(positions):
        return []
    pieces = list(np.split(positions, np.flatnonzero(np.diff(positions) > 3 * width) + 1))
    done = []
    while pieces:
        piece = pieces.pop()
        if len(piece) <= MOST_TOGETHER:
            done.append(piece)
            continue
        at = int(np.argmax(np.diff(piece))) + 1
        pieces += [piece[:at], piece[at:]]
    return sorted(done, key=lambda piece: float(piece[0]))


def _started(pattern: Pattern, positions: np.ndarray, width: float) -> _Group:
    x = pattern.two_theta_degree
    reach = REACH * width
    end = float(partner(positions[-1], pattern.radiation)[0]) if pattern.radiation.is_doublet else positions[-1]
    rows = slice(*np.searchsorted(x, [positions[0] - reach, end + reach]))
    height = np.maximum(np.interp(positions, x, pattern.net), pattern.sd.min())
    shares = 1 + (pattern.radiation.alpha2_ratio or 0.0) if pattern.radiation.is_doublet else 1.0
    area = height * width * 1.25 * shares
    lines = np.column_stack([positions, area, np.full_like(positions, width)]).ravel()
    return _Group(rows, np.concatenate([lines, [0.5, 0.0, 0.0]]))


def _model(values: np.ndarray, x: np.ndarray, radiation: Radiation, derivatives: bool) -> tuple[np.ndarray, np.ndarray]:
    """Peaks and line over x, and the derivative by every value."""
    number = (len(values) - 3) // LINE_PARAMETERS
    lorentzian, level, slope = values[-3:]
    middle = x - x.mean() if len(x) else x
    total = level + slope * middle
    jacobian = np.zeros((len(x), len(values))) if derivatives else np.zeros((0, 0))
    if derivatives:
        jacobian[:, -2], jacobian[:, -1] = 1.0, middle
    weights = [(1.0, False)]
    if radiation.is_doublet:
        ratio = float(radiation.alpha2_ratio or 0.0)
        weights = [(1 / (1 + ratio), False), (ratio / (1 + ratio), True)]
    for index in range(number):
        position, area, width = values[LINE_PARAMETERS * index : LINE_PARAMETERS * (index + 1)]
        for weight, second in weights:
            at, moves = partner(np.array(position), radiation) if second else (np.array(position), np.array(1.0))
            if not derivatives:
                total = total + area * weight * profile(x, float(at), width, lorentzian)
            else:
                value, by_position, by_width, by_share = _derivatives(x, float(at), width, lorentzian)
                column = LINE_PARAMETERS * index
                jacobian[:, column] += area * weight * by_position * float(moves)
                jacobian[:, column + 1] += weight * value
                jacobian[:, column + 2] += area * weight * by_width
                jacobian[:, -3] += area * weight * by_share
    return total, jacobian


def _peaks_of(group: _Group, x: np.ndarray, radiation: Radiation) -> np.ndarray:
    values = group.values.copy()
    values[-2:] = 0
    return _model(values, x, radiation, derivatives=False)[0]


def _fit(group: _Group, pattern: Pattern, others: np.ndarray, width: float, freedom: float, with_errors: bool) -> None:
    rows, radiation = group.rows, pattern.radiation
    x = pattern.two_theta_degree[rows]
    if len(x) <= len(group.values):  # a peak at the very end of the pattern
        return
    y = (pattern.net - others)[rows]
    sd = pattern.sd[rows]
    step = pattern.step_degree
    scale = max(float(np.abs(y).max()), float(sd.max()))
    number = group.peaks
    started = group.values
    lower, upper = np.empty_like(started), np.empty_like(started)
    for index in range(number):
        at = LINE_PARAMETERS * index
        move = max(freedom * width, 2 * step)
        lower[at : at + 3] = started[at] - move, 0.0, max(0.25 * width, step)
        upper[at : at + 3] = started[at] + move, 40 * scale * max(width, step), min(8 * width, WIDEST_DEGREE * 2)
    lower[-3:], upper[-3:] = (0.0, -scale, -scale / max(width, step)), (1.0, scale, scale / max(width, step))
    inside = np.clip(started, lower + 1e-9 * (upper - lower), upper - 1e-9 * (upper - lower))

    def residual(values: np.ndarray) -> np.ndarray:
        return (_model(values, x, radiation, derivatives=False)[0] - y) / sd

    def slope(values: np.ndarray) -> np.ndarray:
        return _model(values, x, radiation, derivatives=True)[1] / sd[:, None]

    found = least_squares(residual, inside, jac=slope, bounds=(lower, upper), x_scale=upper - lower, max_nfev=40)
    group.values = found.x
    if with_errors:
        spread = max(1.0, 2 * found.cost / max(1, len(x) - len(found.x)))
        group.covariance = _inverse(found.jac) * spread


def _lines(groups: Sequence[_Group], x: np.ndarray) -> np.ndarray:
    """The straight lines under the groups; where two reach, the mean of both; nothing elsewhere."""
    total, covered = np.zeros_like(x), np.zeros_like(x)
    for group in groups:
        here = x[group.rows]
        if not len(here):
            continue
        level, slope = group.values[-2:]
        total[group.rows] += level + slope * (here - here.mean())
        covered[group.rows] += 1
    return total / np.maximum(covered, 1)


def _inverse(jacobian: np.ndarray) -> np.ndarray:
    """The inverse of JᵀJ, columns of very different size brought to one size before."""
    size = np.linalg.norm(jacobian, axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = jacobian / size
    return np.linalg.pinv(scaled.T @ scaled) / np.outer(size, size)


def _as_peaks(group: _Group, radiation: Radiation) -> list[Peak]:
    if group.covariance is None:  # too near to the end of the pattern to be fitted
        return []
    deviation = np.sqrt(np.maximum(np.diag(group.covariance), 0))
    lorentzian = float(group.values[-3])
    both = 1 + (radiation.alpha2_ratio or 0.0) if radiation.is_doublet else 1.0
    found = []
    for index in range(group.peaks):
        at = LINE_PARAMETERS * index
        position, area, width = (float(value) for value in group.values[at : at + 3])
        position_sd, area_sd, width_sd = (float(value) for value in deviation[at : at + 3])
        height = area / both * float(profile(np.array([position]), position, width, lorentzian)[0])
        found.append(Peak(position, position_sd, area, area_sd, width, width_sd, height, lorentzian))
    return found
