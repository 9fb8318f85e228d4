"""A cross-section as a picture: TIFF of one page, PNG, JPEG.

Seen from Zeiss SmartSEM (8 bit with a palette, tag 34118), FEI and Thermo xT (8 bit, tag 34682), ImageJ (8, 16 and 32
bit), screenshots of Hitachi software (RGBA). TIFFs of several pages are stacks, and read by tomography. Pixels and
scale: see `characterization.micrograph`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from characterization.micrograph.databar import find_databar
from characterization.micrograph.picture import Picture, is_single_picture, opened
from labdb.ingest.reader import Reader, ReaderError, Reading

# A coloured scale bar or arrow is no objection; a photograph or an element map is.
MOST_COLOURED = 0.2


def read(path: Path, name: str) -> Reading:
    with opened(path, name) as file:
        picture = file.picture
        if picture.pages > 1 or picture.broken:
            raise ReaderError(f"{name}: holds several pictures; read it as a stack, or save each slice by itself.")
        levels = file.grey()
        if file.coloured() > MOST_COLOURED:
            raise ReaderError(
                f"{name}: is a picture in colours, in which no pores are measured; upload it as a picture (STEM, EDS,"
                " photo), or save the grey picture of the microscope."
            )
    told = picture.databar_rows
    rows = find_databar(levels) if told is None else told
    return Reading(
        images(picture, levels, rows),
        metadata={**picture.metadata, **_found_out(picture, told, rows)},
        warnings=(*picture.warnings, *_doubts(picture)),
    )


def images(picture: Picture, levels: np.ndarray, databar_rows: int) -> pl.DataFrame:
    """An `IMAGES` table of one row."""
    from skimage.filters import threshold_otsu

    otsu = float(threshold_otsu(levels)) if levels.max() > levels.min() else None
    return pl.DataFrame(
        {
            "width_pixel": [picture.width],
            "height_pixel": [picture.height],
            "databar_rows": [databar_rows],
            "bits": [picture.bits],
            "pixel_size_nm": [picture.pixel_size_nm],
            "grey_min": [float(levels.min())],
            "grey_max": [float(levels.max())],
            "grey_mean": [float(levels.mean(dtype=np.float64))],
            "otsu_threshold": [otsu],
            "fraction_below_otsu": [None if otsu is None else float((levels <= otsu).mean())],
        },
        schema_overrides={"pixel_size_nm": pl.Float64, "otsu_threshold": pl.Float64, "fraction_below_otsu": pl.Float64},
    )


def _found_out(picture: Picture, told: int | None, rows: int) -> dict[str, str]:
    """Where scale and data bar were taken from."""
    found = {"pixel_size_from": picture.pixel_size_from} if picture.pixel_size_from else {}
    if rows:
        found["databar_from"] = "found in the picture" if told is None else "the file"
    return found


def _doubts(picture: Picture) -> list[str]:
    if picture.format == "JPEG":
        return ["a JPEG changes grey levels at the edges of pores; keep the microscope's own TIFF"]
    return []


READER = Reader("sem-picture", 1, "Micrograph (TIFF, PNG, JPEG)", is_single_picture, read)
