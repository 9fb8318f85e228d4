"""The layered structure R-3m of LiMO2 in a pattern: which peak is which, and the cell that they give. Pure.

Lines are named as the field names them, on hexagonal axes: 003, 101, 006, 102, 104, 105, 009, 107, 108, 110, 113 (101,
102, 105, 108 are 101, 012, 015 and 018 in the obverse setting, at the same angles). 1/d² = (4/3a²)(h² + hk + k²) +
l²/c².
A name is given to a peak only where the whole pattern fits: a phase of another structure has peaks near some of the
lines too, and a ratio of two of those would be nonsense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from characterization.xrd.peaks import Peak
from characterization.xrd.radiation import two_theta_of

LINES = {
    "003": (0, 0, 3),
    "101": (1, 0, 1),
    "006": (0, 0, 6),
    "102": (1, 0, 2),
    "104": (1, 0, 4),
    "105": (1, 0, 5),
    "009": (0, 0, 9),
    "107": (1, 0, 7),
    "108": (1, 0, 8),
    "110": (1, 1, 0),
    "113": (1, 1, 3),
}
NEEDED = ("003", "101", "104")  # without them there is no layered structure to speak of
FEWEST_LINES = 6
SEARCHED = {"a": 0.03, "c": 0.04}  # around the start cell, as shares
SEARCH_STEP = 0.001
NEAR_DEGREE = 0.12  # how near a peak has to be to a line when the cell is searched
SAME_DEGREE = 0.06  # and when it is refined, the shift of the sample allowed for
LARGEST_SHIFT_DEGREE = 0.4
EXPLAINED = 0.5  # share of the area of all peaks that the lines of the structure have to hold
FAINTEST = 0.003  # of the strongest peak's area: fainter ones do not say where the cell is
BLENDED = 1.0  # widths: a line this near to another one that has no peak of its own shares its peak with it
# What alignment and the shape of peaks leave unknown of a position, added in quadrature to what the fit says.
ALIGNMENT_DEGREE = 0.002
SHIFTS = ("none", "zero", "displacement")


@dataclass(frozen=True)
class Cell:
    """A refined cell with its standard uncertainties.

    Attributes:
        shift_degree: refined error of 2θ: of the zero, or of a displaced sample at 2θ = 0; 0 where none was refined.
        lines: how many were used.
        rms_degree: what is left between measured and calculated angles.
    """

    a_angstrom: float
    c_angstrom: float
    a_sd: float
    c_sd: float
    c_to_a_sd: float
    volume_sd: float
    shift_degree: float = 0.0
    shift_sd: float = 0.0
    shift: str = "none"
    lines: int = 0
    rms_degree: float = 0.0

    @property
    def c_to_a(self) -> float:
        return self.c_angstrom / self.a_angstrom

    @property
    def volume_angstrom3(self) -> float:
        """Of the hexagonal cell, three formula units: (√3/2)·a²·c."""
        return np.sqrt(3) / 2 * self.a_angstrom**2 * self.c_angstrom


@dataclass(frozen=True)
class Indexed:
    """The peaks of a pattern as lines of the structure.

    Attributes:
        lines: name → peak, of those in `LINES`.
        names: of every peak that the structure explains, by its place among the peaks; "006+102" for a peak that two
            lines share, which is left out of the cell.
        share: of the area of all peaks in what the structure explains, its fainter lines included.
    """

    cell: Cell
    lines: dict[str, Peak]
    names: dict[int, str]
    share: float


class NotLayeredError(ValueError):
    """The lines do not fit; the sentence says which."""


def inverse_square(hkl: tuple[int, int, int], a_angstrom: float, c_angstrom: float) -> float:
    h, k, index = hkl
    return 4 / (3 * a_angstrom**2) * (h * h + h * k + k * k) + index**2 / c_angstrom**2


def line_angles(a_angstrom: float, c_angstrom: float, wavelength_angstrom: float) -> dict[str, float]:
    """2θ of the lines by their names; nan where the wavelength is too long for one."""
    return {
        name: float(two_theta_of(inverse_square(hkl, a_angstrom, c_angstrom) ** -0.5, wavelength_angstrom))
        for name, hkl in LINES.items()
    }


def all_lines(a_angstrom: float, c_angstrom: float, wavelength_angstrom: float, highest: float) -> dict[str, float]:
    """2θ of every line that R-3m allows, up to an angle: l is a multiple of 3 just where h − k is."""
    most = (2 * np.sin(np.radians(highest / 2)) / wavelength_angstrom) ** 2
    found = {}
    for h in range(int(np.sqrt(most) * a_angstrom) + 2):
        for k in range(h + 1):
            for index in range(int(np.sqrt(most) * c_angstrom) + 2):
                allowed = (index % 3 == 0) == ((h - k) % 3 == 0)
                square = inverse_square((h, k, index), a_angstrom, c_angstrom)
                if allowed and 0 < square <= most:
                    name = f"{h}{k}{index}" if index < 10 else f"{h} {k} {index}"
                    found[name] = float(two_theta_of(square**-0.5, wavelength_angstrom))
    return found


def refine_cell(
    hkl: Sequence[tuple[int, int, int]],
    two_theta_degree: np.ndarray,
    sd_degree: np.ndarray,
    wavelength_angstrom: float,
    shift: str = "none",
) -> Cell:
    """a and c by weighted linear least squares of 1/d² = 4 sin²θ/λ².

    1/d² is linear in 4/3a² and 1/c². A shift of 2θ by δ changes it by δ·2 sin 2θ/λ² to first order (a zero error), by
    δ·cos θ·2 sin 2θ/λ² for a sample out of the centre of a Bragg-Brentano diffractometer, which is linear in δ as well.
    Weights are 1/σ² of 1/d², σ from the fitted position and `ALIGNMENT_DEGREE`; uncertainties are those of the least
    squares, times the root of the reduced χ² where that is above 1; those of c/a and of the volume respect that a and c
    are correlated.

    Source: H. P. Klug and L. E. Alexander, X-ray Diffraction Procedures, 2nd ed. (1974), chapter 8.

    Args:
        hkl: of each line, at least three with a shift and two without.
        shift: of `SHIFTS`.

    Raises:
        ValueError: too few lines, or such as do not tell a and c apart.
    """
    h = np.array(hkl, float).reshape(-1, 3)
    theta = np.radians(np.asarray(two_theta_degree) / 2)
    square = 4 * np.sin(theta) ** 2 / wavelength_angstrom**2
    slope = 2 * np.sin(2 * theta) / wavelength_angstrom**2 * np.radians(1.0)  # of 1/d² by 2θ in degrees
    columns = [h[:, 0] ** 2 + h[:, 0] * h[:, 1] + h[:, 1] ** 2, h[:, 2] ** 2]
    if shift != "none":
        columns.append(slope * (np.cos(theta) if shift == "displacement" else 1.0))
    design = np.column_stack(columns)
    sd = slope * np.hypot(sd_degree, ALIGNMENT_DEGREE)
    if len(square) < design.shape[1] or np.linalg.matrix_rank(design[:, :2]) < 2:
        raise ValueError("too few lines to refine a cell")
    weighted = design / sd[:, None]
    size = np.linalg.norm(weighted, axis=0)
    inverse = np.linalg.pinv((weighted / size).T @ (weighted / size)) / np.outer(size, size)
    values = inverse @ weighted.T @ (square / sd)
    if not (values[:2] > 0).all():
        raise ValueError("the lines give no cell")
    left = square - design @ values
    free = len(square) - len(values)
    spread = max(1.0, float(np.sum((left / sd) ** 2)) / free) if free > 0 else 1.0
    covariance = inverse * spread
    a, c = float(np.sqrt(4 / (3 * values[0]))), float(values[1] ** -0.5)
    # Of a and c by the two values: a = (4/3A)^½, c = C^−½.
    by = np.zeros((2, len(values)))
    by[0, 0], by[1, 1] = -a / (2 * values[0]), -c / (2 * values[1])
    cell = by @ covariance @ by.T
    ratio = np.array([-c / a**2, 1 / a])
    volume = np.sqrt(3) / 2 * np.array([2 * a * c, a**2])
    return Cell(
        a,
        c,
        float(np.sqrt(cell[0, 0])),
        float(np.sqrt(cell[1, 1])),
        float(np.sqrt(ratio @ cell @ ratio)),
        float(np.sqrt(volume @ cell @ volume)),
        float(values[2]) if shift != "none" else 0.0,
        float(np.sqrt(covariance[2, 2])) if shift != "none" else 0.0,
        shift,
        len(square),
        float(np.sqrt(np.mean((left / slope) ** 2))),
    )


def shift_at(cell: Cell, two_theta_degree: np.ndarray | float) -> np.ndarray:
    """By how much the refined error moves an angle, in degrees."""
    angle = np.asarray(two_theta_degree, float)
    return cell.shift_degree * (np.cos(np.radians(angle / 2)) if cell.shift == "displacement" else np.ones_like(angle))


def indexed(
    peaks: Sequence[Peak],
    wavelength_angstrom: float,
    start_a_angstrom: float,
    start_c_angstrom: float,
    covered_degree: tuple[float, float],
    shift: str = "none",
    *,
    certain: bool = False,
) -> Indexed:
    """Name the lines of the structure among the peaks, and refine its cell.

    The cell is searched around the start (a ± 3 %, c ± 4 %) for most lines near peaks, then refined; a shift of all
    angles, as of a sample out of the centre, is allowed for in finding the lines, whatever is refined at last. The
    structure is there if 003, 101 and 104 are, with six lines in all (as many as the range covers of them), each
    within `SAME_DEGREE` of its place, and its lines hold half of the area of all peaks.

    Args:
        covered_degree: the range of the pattern.
        shift: of `SHIFTS`, for the cell that is returned.
        certain: a person says that it is this structure among others: the share of the area is not asked.

    Raises:
        NotLayeredError: it is not there; the sentence says what is missing.
    """
    low, high = covered_degree
    strongest = max((peak.area for peak in peaks), default=0.0)
    telling = [peak for peak in peaks if peak.area >= FAINTEST * strongest]
    start = f"a = {start_a_angstrom:g} Å, c = {start_c_angstrom:g} Å"
    if len(telling) < 3:
        raise NotLayeredError(f"the pattern has {len(telling)} peaks, too few to find a cell")
    a, c = _searched(telling, wavelength_angstrom, start_a_angstrom, start_c_angstrom, covered_degree)
    lines = _assigned(telling, line_angles(a, c, wavelength_angstrom), NEAR_DEGREE + LARGEST_SHIFT_DEGREE / 4)
    for reach in (NEAR_DEGREE, SAME_DEGREE, SAME_DEGREE):
        try:
            kind = "displacement" if len(lines) >= 4 else "none"
            rough = _refined(lines, wavelength_angstrom, kind)
        except ValueError as error:
            raise NotLayeredError(f"no line of a layered R-3m cell near {start} is where a peak is") from error
        angles = line_angles(rough.a_angstrom, rough.c_angstrom, wavelength_angstrom)
        moved = {name: angle + float(shift_at(rough, angle)) for name, angle in angles.items()}
        lines = _assigned(telling, moved, reach)
    covered = [name for name, angle in moved.items() if low + 0.2 < angle < high - 0.2]
    outside = [name for name in NEEDED if name not in covered]
    if outside:
        raise NotLayeredError(
            f"the pattern from {low:.4g}° to {high:.4g}° does not cover {' and '.join(outside)} of a layered R-3m cell"
            f" near {start}"
        )
    missing = [name for name in NEEDED if name not in lines]
    if missing:
        raise NotLayeredError(
            f"the peaks do not fit a layered R-3m cell near {start}: {' and '.join(missing)}"
            f" {'is' if len(missing) == 1 else 'are'} not where {'it' if len(missing) == 1 else 'they'} should be"
        )
    if len(lines) < min(FEWEST_LINES, len(covered)):
        raise NotLayeredError(
            f"only {len(lines)} of the {len(covered)} lines of a layered R-3m cell near {start} are where peaks are"
        )
    if abs(rough.shift_degree) > LARGEST_SHIFT_DEGREE:
        raise NotLayeredError(
            f"the peaks fit a layered R-3m cell near {start} only if all angles are off by {rough.shift_degree:.2g}°"
        )
    angles = all_lines(rough.a_angstrom, rough.c_angstrom, wavelength_angstrom, min(high + 1, 179.0))
    moved = {name: angle + float(shift_at(rough, angle)) for name, angle in angles.items()}
    names = _named(peaks, lines, moved)
    share = sum(peaks[at].area for at in names) / sum(peak.area for peak in peaks)
    if share < EXPLAINED and not certain:
        raise NotLayeredError(f"a layered R-3m cell near {start} explains only {share:.0%} of the area of the peaks")
    alone = {name: peak for name, peak in lines.items() if names[_place(peaks, peak)] == name}
    shared = [name for name in NEEDED if name not in alone]
    if shared:
        raise NotLayeredError(f"the peaks are too wide to tell {' and '.join(shared)} from its neighbours")
    try:
        cell = _refined(alone, wavelength_angstrom, shift)
    except ValueError as error:
        raise NotLayeredError(f"too few lines of a layered R-3m cell near {start} stand alone") from error
    return Indexed(cell, alone, names, share)


def _place(peaks: Sequence[Peak], peak: Peak) -> int:
    return next(index for index, other in enumerate(peaks) if other is peak)


def _named(peaks: Sequence[Peak], lines: dict[str, Peak], angles: dict[str, float]) -> dict[int, str]:
    """Every peak the lines that it is made of, by its place: its own, and those beside it without a peak."""
    own = {_place(peaks, peak): name for name, peak in lines.items()}
    names: dict[int, str] = {}
    for index, peak in enumerate(peaks):
        if index in own:
            reach = BLENDED * peak.fwhm_degree
            centre = angles[own[index]]
        else:
            reach, centre = max(NEAR_DEGREE, 0.75 * peak.fwhm_degree), peak.two_theta_degree
        beside = sorted(
            (angle, name)
            for name, angle in angles.items()
            if abs(angle - centre) <= reach and (name == own.get(index) or name not in lines)
        )
        if beside:
            names[index] = "+".join(name for _, name in beside)
    return names


def _searched(
    peaks: Sequence[Peak], wavelength: float, start_a: float, start_c: float, covered: tuple[float, float]
) -> tuple[float, float]:
    """The cell around the start of which most lines are near peaks; nearness falls off as a Gaussian."""
    positions = np.array([peak.two_theta_degree for peak in peaks])
    hkl = np.array(list(LINES.values()), float)
    plane = hkl[:, 0] ** 2 + hkl[:, 0] * hkl[:, 1] + hkl[:, 1] ** 2
    weight = np.array([2.0 if name in NEEDED else 1.0 for name in LINES])
    best, cell = -1.0, (start_a, start_c)
    span_c = start_c * (1 + np.arange(-SEARCHED["c"], SEARCHED["c"] + SEARCH_STEP / 2, SEARCH_STEP))
    for a in start_a * (1 + np.arange(-SEARCHED["a"], SEARCHED["a"] + SEARCH_STEP / 2, SEARCH_STEP)):
        square = 4 / (3 * a**2) * plane + hkl[:, 2] ** 2 / span_c[:, None] ** 2
        angles = two_theta_of(square**-0.5, wavelength)
        inside = (angles > covered[0]) & (angles < covered[1])
        apart = np.abs(angles[:, :, None] - positions).min(axis=2)
        scores = np.nansum(np.where(inside, weight * np.exp(-((apart / NEAR_DEGREE) ** 2)), 0.0), axis=1)
        at = int(np.argmax(scores))
        if scores[at] > best:
            best, cell = float(scores[at]), (float(a), float(span_c[at]))
    return cell


def _assigned(peaks: Sequence[Peak], angles: dict[str, float], reach: float) -> dict[str, Peak]:
    """Each line its nearest peak within reach, nearest first, no peak twice."""
    pairs = sorted(
        (abs(peak.two_theta_degree - angle), name, index)
        for name, angle in angles.items()
        for index, peak in enumerate(peaks)
        if abs(peak.two_theta_degree - angle) <= reach
    )
    lines: dict[str, Peak] = {}
    taken: set[int] = set()
    for _, name, index in pairs:
        if name not in lines and index not in taken:
            lines[name] = peaks[index]
            taken.add(index)
    return {name: lines[name] for name in LINES if name in lines}


def _refined(lines: dict[str, Peak], wavelength: float, shift: str) -> Cell:
    return refine_cell(
        [LINES[name] for name in lines],
        np.array([peak.two_theta_degree for peak in lines.values()]),
        np.array([peak.two_theta_sd for peak in lines.values()]),
        wavelength,
        shift,
    )
