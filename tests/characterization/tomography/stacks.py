"""Stacks for the tests, written as instruments and programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import tifffile
from PIL import Image

from characterization.tomography.analysis import analyse_files
from characterization.tomography.technique import TOMOGRAPHY
from labdb.ingest.reader import FileHead, Reading
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis, SourceFile, no_progress

SOLID, DARK = 200, 40


def blocks(shape: tuple[int, int, int] = (12, 14, 16)) -> np.ndarray:
    """A solid block with three pores of 8, 27 and 64 voxels, none of which touch each other or an end."""
    greys = np.full(shape, SOLID, np.uint8)
    greys[1:3, 1:3, 1:3] = DARK
    greys[1:4, 8:11, 10:13] = DARK
    greys[6:10, 5:9, 4:8] = DARK
    return greys


def ball(edge: int, radius: float, pores: Mapping[tuple[int, int, int], float]) -> np.ndarray:
    """A ball in dark surroundings, with balls of pore: centre (z, y, x) → radius."""
    z, y, x = np.ogrid[:edge, :edge, :edge]
    middle = edge // 2

    def inside(centre: tuple[int, int, int], of: float) -> np.ndarray:
        return (z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2 <= of**2

    greys = np.full((edge, edge, edge), DARK, np.uint8)
    greys[inside((middle, middle, middle), radius)] = SOLID
    for centre, of in pores.items():
        greys[inside(centre, of)] = DARK
    return greys


def write_imagej(
    path: Path, greys: np.ndarray, voxel_nm: float | None = 100.0, spacing_nm: float | None = 100.0
) -> Path:
    more: dict[str, Any] = {"metadata": {"axes": "ZYX"}}
    if voxel_nm:
        more["metadata"] |= {"unit": "micron"} | ({"spacing": spacing_nm / 1000} if spacing_nm else {})
        more["resolution"] = (1000 / voxel_nm, 1000 / voxel_nm)
    tifffile.imwrite(path, greys, imagej=True, **more)
    return path


def png(greys: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(greys).save(file, "PNG")
    return file.getvalue()


def tif(greys: np.ndarray, **more: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, greys, metadata=None, **more)
    return file.getvalue()


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> Reading:
    """The one reading of the one reader that recognises a file."""
    (match,) = matches(FileHead.of(path), [TOMOGRAPHY])
    return match.reader.read(path, path.name)


def analysed(path: Path, slab_voxels: int = 16_000_000, **parameters: Any) -> Analysis:
    table = TOMOGRAPHY.schema.conform(read(path).table)
    return analyse_files([SourceFile(path, path.name)], table, parameters, no_progress, slab_voxels)


def values(analysis: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


def sizes(analysis: Analysis) -> list[int]:
    table: pl.DataFrame = analysis.tables["pores"]
    return table["voxels"].to_list()
