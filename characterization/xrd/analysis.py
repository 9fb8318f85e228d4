"""A powder pattern worked through: background, peaks, and the layered cell where the lines fit one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from characterization.xrd.layered import LINES as LAYERED_LINES
from characterization.xrd.layered import (
    SAME_DEGREE,
    Indexed,
    NotLayeredError,
    indexed,
    line_angles,
    refine_cell,
    shift_at,
)
from characterization.xrd.peaks import Fitted, Pattern, Peak, fitted, prepared, searched, without_noise
from characterization.xrd.radiation import Radiation, d_spacing, used_radiation
from characterization.xrd.table import FIT, PEAKS, intensity_column
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress

MOST_POINTS = 60_000  # of a longer pattern neighbouring points are put together
FEWEST_POINTS = 10
LARGEST = 10_000.0  # intensity that a pattern is brought to before it is worked through
# Lines that may lie in one peak, and are looked for as two where they have to be.
CLOSE = (("006", "102"), ("009", "107"), ("108", "110"))
SPLITTINGS = (
    ("splitting_006_102_degree", "006", "102"),
    ("splitting_108_110_degree", "108", "110"),
)
SURE = 5.0  # deviations of its area: a line that was looked for in the side of another is there
APART = 0.4  # widths: closer lines are not told apart
DEFAULTS: dict[str, Any] = {
    "k_alpha2": "file",
    "background_window_degree": 1.5,
    "structure": "auto",
    "start_a_angstrom": 2.87,
    "start_c_angstrom": 14.2,
    "position_shift": "none",
}
# A shift of the angles that nobody refines is spoken of where it leaves so much, and would leave half of it.
SPOKEN_OF_DEGREE = 0.02


@dataclass(frozen=True)
class Points:
    """The points of a pattern that are analysed.

    Attributes:
        intensity, sd: in units of `scale`, so that the largest is 10,000 whatever a file's own scale is.
    """

    two_theta_degree: np.ndarray
    intensity: np.ndarray
    sd: np.ndarray | None
    scale: float = 1.0
    put_together: int = 1


def points_of(table: pl.DataFrame, low: float | None, high: float | None) -> Points:
    """The points between two angles and above 0°, put together where they are very many.

    Args:
        table: a `PATTERN` table.
    """
    x = pl.col("two_theta_degree")
    chosen = table.filter((x > 0) & (x >= (low or 0.0)) & (x <= (high or 180.0)))
    columns = ["two_theta_degree", intensity_column(table)]
    if "intensity_sd" in table.columns and table["intensity_sd"].null_count() == 0:
        columns.append("intensity_sd")
    values = [chosen[name].to_numpy() for name in columns]
    together = -(-chosen.height // MOST_POINTS) if chosen.height else 1
    if together > 1:
        whole = chosen.height // together * together
        parts = [value[:whole].reshape(-1, together) for value in values]
        values = [part.mean(axis=1) for part in parts[:2]]
        values += [np.sqrt((part**2).sum(axis=1)) / together for part in parts[2:]]
    largest = float(np.abs(values[1]).max(initial=0.0))
    scale = largest / LARGEST if largest > 0 else 1.0
    return Points(values[0], values[1] / scale, values[2] / scale if len(values) > 2 else None, scale, together)


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Peaks of a pattern, and what a layered oxide's lines say where they are there.

    Background by peak clipping over `background_window_degree` to either side (`characterization.xrd.background`);
    peaks that stand out of it by six deviations, fitted by pseudo-Voigt profiles with their Kα2
    (`characterization.xrd.peaks`); lines named and a and c refined (`characterization.xrd.layered`) unless `structure`
    is "off". I(003)/I(104) is the ratio of the fitted areas, both lines of the doublet together, as powders whose
    lines differ in width need. Splittings are differences of fitted Kα1 angles.

    Args:
        table: a `PATTERN` table.
        parameters: `wavelength_angstrom`, `k_alpha2`, `two_theta_min_degree`, `two_theta_max_degree`,
            `background_window_degree`, `structure` ("auto", "r-3m", "off"), `start_a_angstrom`, `start_c_angstrom`,
            `position_shift` ("none", "zero", "displacement").

    Returns:
        Tables `peaks` (`PEAKS`) and `fit` (`FIT`); scalars only where the structure is there.
    """
    told = {**DEFAULTS, **{name: value for name, value in parameters.items() if value is not None}}
    radiation, assumed = used_radiation(table, told)
    warnings = list(assumed)
    points = points_of(table, told.get("two_theta_min_degree"), told.get("two_theta_max_degree"))
    if len(points.two_theta_degree) < FEWEST_POINTS:
        warnings.append("the chosen range of 2θ holds too few points to look for peaks")
        return Analysis((), {"peaks": _peak_table((), radiation, None, 1.0), "fit": FIT_EMPTY}, tuple(warnings))
    if points.put_together > 1:
        warnings.append(f"{points.put_together} neighbouring points each were put together before the fit")
    progress(0.1, "finding the background")
    pattern = prepared(
        points.two_theta_degree, points.intensity, points.sd, float(told["background_window_degree"]), radiation
    )
    positions, width = searched(pattern)
    progress(0.3, f"fitting {len(positions)} peaks")
    found = without_noise(fitted(pattern, positions, width), pattern, width)
    if not found.peaks:
        warnings.append("no peak stands out of the background")
    progress(0.7, "naming the lines")
    layered = None
    if radiation.wavelength_angstrom is not None and told["structure"] != "off" and found.peaks:
        try:
            found, layered = _layered(pattern, found, width, told)
        except NotLayeredError as error:
            warnings.append(f"{error}; so there is no cell, no I(003)/I(104) and no splitting")
    scalars: tuple[Scalar, ...] = ()
    if layered is not None:
        scalars = tuple(_scalars(layered))
        warnings += _doubts(layered, told, radiation)
    tables = {
        "peaks": _peak_table(found.peaks, radiation, layered, points.scale),
        "fit": _fit_table(pattern, found, points.scale),
    }
    return Analysis(scalars, tables, tuple(warnings))


FIT_EMPTY = pl.DataFrame(schema=FIT.columns)


def _layered(pattern: Pattern, found: Fitted, width: float, told: Mapping[str, Any]) -> tuple[Fitted, Indexed]:
    """The structure, with lines that hide in the side of others looked for where they have to be.

    Raises:
        NotLayeredError: the structure is not there.
    """

    def name(peaks: Sequence[Peak]) -> Indexed:
        x = pattern.two_theta_degree
        return indexed(
            peaks,
            float(pattern.radiation.wavelength_angstrom or 0.0),
            float(told["start_a_angstrom"]),
            float(told["start_c_angstrom"]),
            (float(x[0]), float(x[-1])),
            str(told["position_shift"]),
            certain=told["structure"] == "r-3m",
        )

    known = name(found.peaks)
    for pair in CLOSE:
        if set(pair) <= set(known.lines):
            continue
        angles = np.array([_expected(known, line, pattern.radiation) for line in pair])
        places = np.array([peak.two_theta_degree for peak in found.peaks])
        near = (places > angles.min() - width) & (places < angles.max() + width)
        if not near.any():
            continue
        started = np.sort(np.concatenate([places[~near], angles]))
        tried = fitted(pattern, started, width, freedom=0.5)
        try:
            again = name(tried.peaks)
        except NotLayeredError:
            continue
        if set(pair) | set(known.lines) <= set(again.lines) and all(
            _is_sure(again.lines[line], tried, width) for line in pair
        ):
            found, known = tried, again
    return found, known


def _expected(known: Indexed, line: str, radiation: Radiation) -> float:
    """Where a line has to be by the other lines, which may all be off together."""
    wavelength = float(radiation.wavelength_angstrom or 0.0)
    cell = known.cell
    if cell.shift == "none" and len(known.lines) >= 4:
        cell = refine_cell(
            [LAYERED_LINES[name] for name in known.lines],
            np.array([peak.two_theta_degree for peak in known.lines.values()]),
            np.array([peak.two_theta_sd for peak in known.lines.values()]),
            wavelength,
            "displacement",
        )
    angle = line_angles(cell.a_angstrom, cell.c_angstrom, wavelength)[line]
    return angle + float(shift_at(cell, angle))


def _is_sure(peak: Peak, of: Fitted, width: float) -> bool:
    others = [other for other in of.peaks if other is not peak]
    nearest = min(others, key=lambda other: abs(other.two_theta_degree - peak.two_theta_degree))
    apart = abs(nearest.two_theta_degree - peak.two_theta_degree)
    return (
        peak.area > SURE * peak.area_sd
        and apart > APART * max(width, min(peak.fwhm_degree, nearest.fwhm_degree))
        and 1 / 3 < peak.fwhm_degree / nearest.fwhm_degree < 3
    )


def _scalars(layered: Indexed) -> list[Scalar]:
    cell, lines = layered.cell, layered.lines
    first, fourth = lines["003"], lines["104"]
    ratio = first.area / fourth.area
    found = [
        Scalar(
            "i003_to_i104", ratio, ratio * float(np.hypot(first.area_sd / first.area, fourth.area_sd / fourth.area))
        ),
        Scalar("lattice_a_angstrom", cell.a_angstrom, cell.a_sd),
        Scalar("lattice_c_angstrom", cell.c_angstrom, cell.c_sd),
        Scalar("lattice_c_to_a", cell.c_to_a, cell.c_to_a_sd),
        Scalar("cell_volume_angstrom3", cell.volume_angstrom3, cell.volume_sd),
    ]
    for quantity, low, high in SPLITTINGS:
        if low in lines and high in lines:
            apart = lines[high].two_theta_degree - lines[low].two_theta_degree
            found.append(Scalar(quantity, apart, float(np.hypot(lines[low].two_theta_sd, lines[high].two_theta_sd))))
    if cell.shift != "none":
        found.append(Scalar("position_shift_degree", cell.shift_degree, cell.shift_sd))
    return [*found, Scalar("indexed_lines", float(len(lines))), Scalar("indexed_area_share", layered.share)]


def _doubts(layered: Indexed, told: Mapping[str, Any], radiation: Radiation) -> list[str]:
    cell, lines, said = layered.cell, layered.lines, []
    for _, low, high in SPLITTINGS:
        if not {low, high} <= set(lines):
            said.append(f"{low} and {high} are not both found as lines of their own, so their splitting is not given")
    if cell.shift == "none" and len(lines) >= 5 and cell.rms_degree > SPOKEN_OF_DEGREE:
        moved = refine_cell(
            [LAYERED_LINES[name] for name in lines],
            np.array([peak.two_theta_degree for peak in lines.values()]),
            np.array([peak.two_theta_sd for peak in lines.values()]),
            float(radiation.wavelength_angstrom or 0.0),
            "displacement",
        )
        if moved.rms_degree < cell.rms_degree / 2:
            said.append(
                f"the angles are {cell.rms_degree:.3f}° off their cell on average, and {moved.rms_degree:.3f}° if the"
                f" sample lay out of the centre by what moves low angles by {moved.shift_degree:+.3f}°: choose that"
                " among the parameters to have it refined"
            )
    elif cell.rms_degree > SAME_DEGREE:
        said.append(f"the angles are {cell.rms_degree:.3f}° off their cell on average")
    if layered.share < 0.8:
        said.append(
            f"the layered structure explains {layered.share:.0%} of the area of the peaks: there is more than it"
        )
    return said


def _peak_table(peaks: Sequence[Peak], radiation: Radiation, layered: Indexed | None, scale: float) -> pl.DataFrame:
    """A `PEAKS` table."""
    largest = max((peak.area for peak in peaks), default=1.0)
    names = layered.names if layered else {}
    wavelength = radiation.wavelength_angstrom
    calculated: dict[str, float] = {}
    if layered is not None and wavelength is not None:
        angles = line_angles(layered.cell.a_angstrom, layered.cell.c_angstrom, wavelength)
        calculated = {line: angle + float(shift_at(layered.cell, angle)) for line, angle in angles.items()}
    rows = [
        {
            "two_theta_degree": peak.two_theta_degree,
            "two_theta_sd_degree": peak.two_theta_sd,
            "d_spacing_angstrom": None if wavelength is None else float(d_spacing(peak.two_theta_degree, wavelength)),
            "fwhm_degree": peak.fwhm_degree,
            "fwhm_sd_degree": peak.fwhm_sd,
            "peak_area": peak.area * scale,
            "peak_area_sd": peak.area_sd * scale,
            "relative_area": peak.area / largest,
            "peak_height": peak.height * scale,
            "lorentzian_share": peak.lorentzian,
            "hkl": names.get(index),
            "calculated_two_theta_degree": calculated.get(names.get(index, "")),
        }
        for index, peak in enumerate(peaks)
    ]
    return pl.DataFrame(rows, schema=PEAKS.columns)


def _fit_table(pattern: Pattern, found: Fitted, scale: float) -> pl.DataFrame:
    """A `FIT` table."""
    return pl.DataFrame(
        {
            "two_theta_degree": pattern.two_theta_degree,
            "observed_intensity": pattern.intensity * scale,
            "background_intensity": found.background * scale,
            "fitted_intensity": found.total * scale,
        },
        schema=FIT.columns,
    )
