"""Pores in circles: porosity, its radial profile, and the pores one by one. Pure.

Porosity = pore pixels / pixels of the selected circle (Eq. 1 of the reference study); a pore pixel is as dark as the
threshold or darker, and part of a pore of at least the smallest size that is counted. The radial profile is the same
number inside circles of a share of the radius about the same middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from characterization.micrograph.circles import Circle

# Shares of the radius, 5 % … 100 %.
FRACTIONS = np.round(np.arange(1, 21) * 0.05, 2)
HALF = 0.5
TOUCHING = np.ones((3, 3), dtype=int)  # pixels that touch at a corner are one pore

RADIAL = {
    "circle": pl.Int64,
    "radius_fraction": pl.Float64,
    "porosity": pl.Float64,  # inside a circle of that share of the radius
    "shell_porosity": pl.Float64,  # between the share before and this one
    "pixels": pl.Int64,  # of the circle
}
PORES = {
    "circle": pl.Int64,
    "area_pixel": pl.Int64,
    "equivalent_diameter_pixel": pl.Float64,  # of a disc of the same area
    "equivalent_diameter_nm": pl.Float64,  # null without a scale
    "radius_fraction": pl.Float64,  # of the middle of the pore, from the middle of the particle
    "at_rim": pl.Boolean,  # cut by the circle
}


@dataclass(frozen=True)
class Measured:
    """What was found in one circle.

    Attributes:
        pores: of the pixels of `box`, whether they are pore; false outside the circle.
        radial: a `RADIAL` table. pore_table: a `PORES` table, largest first.
    """

    circle: Circle
    box: tuple[slice, slice]
    pores: np.ndarray
    radial: pl.DataFrame
    pore_table: pl.DataFrame

    @property
    def porosity(self) -> float:
        return float(self.radial["porosity"][-1])

    @property
    def porosity_inside_half_radius(self) -> float:
        return float(self.radial.filter(pl.col("radius_fraction") == HALF)["porosity"][0])


def measure(
    levels: np.ndarray,
    circle: Circle,
    threshold: float,
    *,
    number: int = 1,
    minimum_pore_pixel: int = 1,
    pixel_size_nm: float | None = None,
) -> Measured:
    """
    Args:
        levels: grey levels, shape (height, width).
        number: of the circle, from 1.

    Raises:
        ValueError: no pixel of the picture is in the circle.
    """
    from scipy import ndimage

    box = circle.box(levels.shape)
    away = circle.distances(box)
    inside = away <= 1
    if not inside.any():
        raise ValueError("the circle is beside the picture")
    pores = (levels[box] <= threshold) & inside
    labels, count = ndimage.label(pores, TOUCHING)
    found = _Found(labels[pores], away[pores], count)
    counted = found.areas >= minimum_pore_pixel
    pores[pores] = counted[found.labels]
    return Measured(
        circle,
        box,
        pores,
        _radial(away, inside, pores, number),
        _pore_table(found, counted, circle, number, pixel_size_nm),
    )


class _Found:
    """The dark pixels of a circle.

    Attributes:
        labels: of each the number of its region, from 1.
        away: of each the distance from the middle, in radii.
        areas: of each region; that of number 0 is 0.
    """

    def __init__(self, labels: np.ndarray, away: np.ndarray, count: int) -> None:
        self.labels, self.away = labels, away
        self.areas = np.bincount(labels, minlength=count + 1)


def _radial(away: np.ndarray, inside: np.ndarray, pores: np.ndarray, number: int) -> pl.DataFrame:
    count = len(FRACTIONS)
    # A pixel belongs to the first circle that holds it: at or within its share of the radius.
    shell = (np.ceil(away * count) - 1).clip(0, count - 1).astype(np.uint8)
    pixels = np.bincount(shell[inside], minlength=count)
    dark = np.bincount(shell[pores], minlength=count)
    within, dark_within = np.cumsum(pixels), np.cumsum(dark)
    with np.errstate(invalid="ignore", divide="ignore"):
        porosity, of_shell = dark_within / within, dark / pixels
    return pl.DataFrame(
        {
            "circle": np.full(len(FRACTIONS), number),
            "radius_fraction": FRACTIONS,
            "porosity": porosity,
            "shell_porosity": of_shell,
            "pixels": within,
        },
        schema=RADIAL,
    ).with_columns(pl.col("porosity", "shell_porosity").fill_nan(None))


def _pore_table(
    found: _Found, counted: np.ndarray, circle: Circle, number: int, pixel_size_nm: float | None
) -> pl.DataFrame:
    kept = np.flatnonzero(counted)
    if not len(kept):
        return pl.DataFrame(schema=PORES)
    areas = found.areas
    rim = found.labels[found.away > 1 - 1 / circle.radius]  # within a pixel of it
    at_rim = np.bincount(rim, minlength=len(areas))[kept] > 0
    mean_away = np.bincount(found.labels, found.away, minlength=len(areas))[kept] / areas[kept]
    diameter = 2 * np.sqrt(areas[kept] / math.pi)
    return pl.DataFrame(
        {
            "circle": np.full(len(kept), number),
            "area_pixel": areas[kept],
            "equivalent_diameter_pixel": diameter,
            "equivalent_diameter_nm": diameter * pixel_size_nm if pixel_size_nm else [None] * len(kept),
            "radius_fraction": mean_away,
            "at_rim": at_rim,
        },
        schema=PORES,
    ).sort("area_pixel", descending=True, maintain_order=True)


def smoothed(levels: np.ndarray, circles: Sequence[Circle], sigma_pixel: float) -> np.ndarray:
    """A Gaussian of so many pixels over the part of a picture that holds the circles; the rest is left as it is.

    Without smoothing the picture itself, in its own type.
    """
    if sigma_pixel <= 0:
        return levels
    from scipy import ndimage

    margin = math.ceil(4 * sigma_pixel) + 1
    found = levels.astype(np.float32)
    boxes = [circle.box(levels.shape) for circle in circles]
    for rows, columns in boxes:
        top, left = max(0, rows.start - margin), max(0, columns.start - margin)
        part = levels[top : rows.stop + margin, left : columns.stop + margin]
        smooth = ndimage.gaussian_filter(part, sigma_pixel, output=np.float32)
        found[rows, columns] = smooth[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return found
