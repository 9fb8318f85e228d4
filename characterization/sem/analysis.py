"""Porosity of a particle's cross-section: picture and circles → porosity, radial profile, pores. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from characterization.micrograph.circles import Circle, find_particle
from characterization.micrograph.picture import grey
from characterization.micrograph.view import view_of
from characterization.sem.overlay import overlay_of
from characterization.sem.pores import PORES, RADIAL, Measured, measure, smoothed
from characterization.sem.threshold import Threshold, automatic, histogram
from labdb.ingest.reader import ReaderError
from labdb.ingest.technique import Analysis, Progress, Scalar, SourceFile, no_progress
from labdb.replicates import Replicates

SMOOTHING_PIXEL = 1.0
MINIMUM_PORE_PIXEL = 5
MOST_CIRCLES = 50
FLAT_SHARE = 0.999  # of the pixels that have one grey level: there is no picture
BINS_DRAWN = 256

CIRCLES = {
    "circle": pl.Int64,
    "centre_x_pixel": pl.Float64,  # from the upper left corner of the picture
    "centre_y_pixel": pl.Float64,
    "radius_pixel": pl.Float64,
    "porosity": pl.Float64,
    "porosity_inside_half_radius": pl.Float64,
    "pore_count": pl.Int64,
    "median_pore_diameter_nm": pl.Float64,
    "found_by": pl.String,  # "labdb" or "person"
}
VIEW = {
    "factor": pl.Int64,  # pixels of the picture in one of the view
    "black_level": pl.Float64,
    "white_level": pl.Float64,
    "width_pixel": pl.Int64,  # of the picture
    "height_pixel": pl.Int64,
    "databar_rows": pl.Int64,
    "grey_threshold": pl.Float64,
    "threshold_method": pl.String,
    "pixel_size_nm": pl.Float64,
}
HISTOGRAM = {"grey_level": pl.Float64, "share": pl.Float64}  # of the measured pixels, as the threshold saw them


@dataclass(frozen=True)
class Parameters:
    """What a person may choose.

    Attributes:
        circles: none: the particle's is found.
        threshold: grey level; pores are at or below it. None: automatic.
        pixel_size_nm: None: as the file says.
        databar_rows: at the lower edge, left out. None: as the file says or as found.
        smoothing_pixel: σ of a Gaussian over the picture before the threshold; 0 for none.
        minimum_pore_pixel: smaller pores are noise.
    """

    circles: tuple[Circle, ...] = ()
    threshold: float | None = None
    pixel_size_nm: float | None = None
    databar_rows: int | None = None
    smoothing_pixel: float = SMOOTHING_PIXEL
    minimum_pore_pixel: int = MINIMUM_PORE_PIXEL

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Parameters:
        """From JSON values by name.

        Raises:
            ValueError: a name is none of ours, or circles are none.
        """
        unknown = sorted(set(values) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"the analysis of a cross-section has no parameter {', '.join(unknown)}")
        known = {name: value for name, value in values.items() if value is not None}
        return cls(**{**known, "circles": circles_of(known.get("circles", ()))})


def circles_of(values: Any) -> tuple[Circle, ...]:
    """Circles from JSON: a list of [x, y, radius] in pixels from the upper left corner.

    Raises:
        ValueError: it is no such list.
    """
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ValueError("Circles are a list of [x, y, radius] in pixels.")
    if len(values) > MOST_CIRCLES:
        raise ValueError(f"There are {len(values)} circles; at most {MOST_CIRCLES} are measured in one picture.")
    found = []
    for number, each in enumerate(values, start=1):
        three = list(each) if isinstance(each, Sequence) and not isinstance(each, str) else []
        proper = [part for part in three if isinstance(part, int | float) and not isinstance(part, bool)]
        if len(three) != 3 or len(proper) != 3 or not all(abs(part) < 1e6 for part in proper):
            raise ValueError(f"Circle {number} is no [x, y, radius] in pixels.")
        if proper[2] < 2:
            raise ValueError(f"Circle {number} has a radius of {proper[2]:g} pixels; it must be 2 or more.")
        found.append(Circle(float(proper[0]), float(proper[1]), float(proper[2])))
    return tuple(found)


def analyse_files(
    files: Sequence[SourceFile], table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress
) -> Analysis:
    """Measure the pores of a picture.

    Args:
        files: one picture. table: its `IMAGES` table. parameters: fields of `Parameters`.

    Raises:
        ReaderError: the picture has nothing on it.
        ValueError: a parameter is none.
    """
    told = Parameters.of(parameters)
    about = table.row(0, named=True)
    progress(0.05, "opening the picture")
    levels = grey(files[0].path, files[0].name)
    bar = about["databar_rows"] if told.databar_rows is None else told.databar_rows
    scale = told.pixel_size_nm or about["pixel_size_nm"]
    if bar >= levels.shape[0] - 2:
        raise ReaderError(f"{files[0].name}: is {levels.shape[0]} rows high, of which {bar} are left out as data bar.")
    return _analysed(files[0].name, levels, bar, scale, told, progress)


def _analysed(
    name: str, levels: np.ndarray, bar: int, scale: float | None, told: Parameters, progress: Progress
) -> Analysis:
    seen = levels[: levels.shape[0] - bar]
    refuse_flat(seen, name)
    progress(0.2, "looking for the particle")
    warnings = [] if scale else ["the file says no pixel size; enter it (in nm) for diameters, porosity needs none"]
    circles, by = _circles(seen, told, warnings)
    progress(0.4, "telling pores from solid")
    smooth = smoothed(seen, circles, told.smoothing_pixel)
    used = _threshold(smooth, circles, told, warnings)
    found = [
        measure(
            smooth,
            circle,
            used.level,
            number=number,
            minimum_pore_pixel=told.minimum_pore_pixel,
            pixel_size_nm=scale,
        )
        for number, circle in enumerate(circles, start=1)
    ]
    progress(0.8, "drawing the overlay")
    view, picture = view_of(levels, seen)
    pictures = {"view": picture}
    if found:
        pictures["pores"] = overlay_of(view, found)
    about = {
        "factor": view.factor,
        "black_level": view.black,
        "white_level": view.white,
        "width_pixel": levels.shape[1],
        "height_pixel": levels.shape[0],
        "databar_rows": bar,
        "grey_threshold": used.level,
        "threshold_method": used.method,
        "pixel_size_nm": scale,
    }
    tables = {
        "circles": _circle_table(found, by),
        "radial": pl.concat([one.radial for one in found]) if found else pl.DataFrame(schema=RADIAL),
        "pores": pl.concat([one.pore_table for one in found]) if found else pl.DataFrame(schema=PORES),
        "histogram": _histogram(smooth, circles),
        "view": pl.DataFrame([about], schema=VIEW),
    }
    return Analysis(_scalars(found, scale, used.level), tables, tuple(warnings), pictures)


def refuse_flat(seen: np.ndarray, name: str) -> None:
    """
    Raises:
        ReaderError: nearly all pixels have one grey level.
    """
    level = np.median(seen)
    if (seen == level).mean() >= FLAT_SHARE:
        what = "black" if level <= 0 else "of one grey level"
        raise ReaderError(f"{name}: the picture is {what}, so there is no porosity to measure; take it again.")


def _circles(seen: np.ndarray, told: Parameters, warnings: list[str]) -> tuple[list[Circle], str]:
    if not told.circles:
        circle = find_particle(seen)
        if circle is None:
            warnings.append("no round particle on a darker ground was found; mark its circle on the picture")
        return ([circle] if circle else []), "labdb"
    kept = []
    for number, circle in enumerate(told.circles, start=1):
        rows, columns = circle.box(seen.shape)
        if rows.stop <= rows.start or columns.stop <= columns.start:
            warnings.append(f"circle {number} is beside the picture and is left out")
            continue
        part = seen[rows, columns]
        if part.max() <= part.min():
            warnings.append(f"circle {number} has one grey level and is left out")
            continue
        if circle.reaches_beyond(seen.shape):
            warnings.append(f"circle {number} reaches beyond the picture; only what is in the picture is counted")
        kept.append(circle)
    return kept, "person"


def _inside(levels: np.ndarray, circles: Sequence[Circle]) -> np.ndarray:
    """The pixels of all circles; of the whole picture where there is none."""
    if not circles:
        return levels.ravel()
    parts = []
    for circle in circles:
        box = circle.box(levels.shape)
        parts.append(levels[box][circle.distances(box) <= 1])
    return np.concatenate(parts)


def _threshold(smooth: np.ndarray, circles: Sequence[Circle], told: Parameters, warnings: list[str]) -> Threshold:
    if told.threshold is not None:
        return Threshold(told.threshold, "set by a person")
    found = automatic(_inside(smooth, circles))
    if not circles:
        return Threshold(found.level, "of the whole picture, for the eye only")
    if found.doubt:
        warnings.append(found.doubt)
    return found


def _circle_table(found: Sequence[Measured], by: str) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "circle": number,
                "centre_x_pixel": one.circle.x,
                "centre_y_pixel": one.circle.y,
                "radius_pixel": one.circle.radius,
                "porosity": one.porosity,
                "porosity_inside_half_radius": one.porosity_inside_half_radius,
                "pore_count": one.pore_table.height,
                "median_pore_diameter_nm": one.pore_table["equivalent_diameter_nm"].median(),
                "found_by": by,
            }
            for number, one in enumerate(found, start=1)
        ],
        schema=CIRCLES,
    )


def _histogram(smooth: np.ndarray, circles: Sequence[Circle]) -> pl.DataFrame:
    counts, middles = histogram(_inside(smooth, circles), BINS_DRAWN)
    return pl.DataFrame({"grey_level": middles, "share": counts / counts.sum()}, schema=HISTOGRAM)


def _scalars(found: Sequence[Measured], scale: float | None, threshold: float) -> tuple[Scalar, ...]:
    """Means over the circles of a picture, with sample SD and n."""
    if not found:
        return ()
    values: dict[str, list[float]] = {
        "porosity": [one.porosity for one in found],
        "porosity_inside_half_radius": [one.porosity_inside_half_radius for one in found],
        "pore_count": [float(one.pore_table.height) for one in found],
    }
    if scale:
        values["particle_diameter_micrometre"] = [2 * one.circle.radius * scale / 1000 for one in found]
        medians = [one.pore_table["equivalent_diameter_nm"].median() for one in found]
        values["median_pore_diameter_nm"] = [float(each) for each in medians if isinstance(each, int | float)]
    scalars = []
    for quantity, each in values.items():
        over = Replicates.of([value for value in each if math.isfinite(value)])
        if over is not None:
            scalars.append(Scalar(quantity, over.mean, over.sd, over.n))
    return (*scalars, Scalar("grey_threshold", threshold))
