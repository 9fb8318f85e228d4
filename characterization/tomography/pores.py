"""Pores as tables and numbers: volumes, classes, places in the particle. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from characterization.tomography.components import Components
from characterization.tomography.table import CLASSES, PORES
from labdb.ingest.technique import Scalar

CLASS_NAMES = ("small", "medium", "large")
LARGEST = ("largest", "second_largest")
ROUNDING = 1e-9  # of a limit in voxels: 0.002 µm³ are 250 voxels of 8e-6 µm³, not 251


@dataclass(frozen=True)
class Voxel:
    """The size of a voxel, as far as it is known.

    Attributes:
        edge_nm: within a slice.
        depth_nm: from slice to slice.
    """

    edge_nm: float | None
    depth_nm: float | None

    @property
    def volume_cubic_micrometre(self) -> float | None:
        if self.edge_nm is None or self.depth_nm is None:
            return None
        return self.edge_nm**2 * self.depth_nm / 1e9

    @property
    def aspect(self) -> float:
        """Depth / edge; voxels are taken as cubes where it is not known."""
        return self.depth_nm / self.edge_nm if self.edge_nm and self.depth_nm else 1.0


@dataclass(frozen=True)
class Body:
    """The body whose pores are looked for: its centre in pixels of a slice and slices, counted from 0.

    Attributes:
        radius: in pixels; of the sphere of the same volume, where it is no sphere.
    """

    x: float
    y: float
    z: float
    radius: float


@dataclass(frozen=True)
class Limits:
    """The classes of pores by volume.

    What has the noise limit or more is a pore; the medium limit or more, medium; more than the large limit, large.
    """

    noise: float
    medium_from: float
    large_above: float

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Limits:
        return cls(
            chosen["noise_limit_cubic_micrometre"],
            chosen["medium_from_cubic_micrometre"],
            chosen["large_above_cubic_micrometre"],
        )

    def least_voxels(self, volume: float | None) -> tuple[int, int, int]:
        """The fewest voxels of a pore, a medium pore, a large pore; every voxel is a pore where no size is known.

        Args:
            volume: of a voxel, µm³.
        """
        if volume is None:
            return 1, 1, 1
        noise, medium = (max(1, math.ceil(each / volume * (1 - ROUNDING))) for each in (self.noise, self.medium_from))
        return noise, medium, math.floor(self.large_above / volume * (1 + ROUNDING)) + 1


def pore_table(pores: Components, size: Voxel, limits: Limits, body: Body | None) -> pl.DataFrame:
    """The pores as a `PORES` table, the largest first; of equal ones the one that begins first."""
    order = np.lexsort((pores.first_voxels, -pores.voxels))
    voxels, places = pores.voxels[order], pores.centroids[order]
    volume = size.volume_cubic_micrometre
    nothing = [None] * len(order)
    names = np.array(CLASS_NAMES)[np.searchsorted(limits.least_voxels(volume)[1:], voxels, side="right")]
    away = places - ((body.z, body.y, body.x) if body else 0)
    away[:, 0] *= size.aspect
    return PORES.conform(
        pl.DataFrame(
            {
                "pore": np.arange(1, len(order) + 1),
                "voxels": voxels,
                "volume_cubic_micrometre": nothing if volume is None else voxels * volume,
                "pore_class": nothing if volume is None else names.tolist(),
                "x_voxel": places[:, 2],
                "y_voxel": places[:, 1],
                "z_voxel": places[:, 0],
                "radial_position": np.linalg.norm(away, axis=1) / body.radius if body else nothing,
                "touches_border": pores.touches_border[order],
            }
        )
    )


def class_table(pores: Components, volume: float, limits: Limits) -> pl.DataFrame:
    """The classes as a `CLASSES` table."""
    least = limits.least_voxels(volume)
    numbers = np.array([pores.count(each) for each in least])
    voxels = np.array([pores.total_voxels(each) for each in least])
    number, inside = numbers - np.append(numbers[1:], 0), voxels - np.append(voxels[1:], 0)
    return CLASSES.conform(
        pl.DataFrame(
            {
                "pore_class": list(CLASS_NAMES),
                "lower_cubic_micrometre": [limits.noise, limits.medium_from, limits.large_above],
                "upper_cubic_micrometre": [limits.medium_from, limits.large_above, None],
                "pore_number": number,
                "share_by_number": number / numbers[0] if numbers[0] else [None] * 3,
                "volume_cubic_micrometre": inside * volume,
                "share_by_volume": inside / voxels[0] if voxels[0] else [None] * 3,
            }
        )
    )


def scalars(
    pores: Components, listed: pl.DataFrame, classes: pl.DataFrame | None, region_voxels: int, size: Voxel, least: int
) -> list[Scalar]:
    """The numbers of a stack.

    Args:
        listed: a `PORES` table.
        classes: a `CLASSES` table; None without a voxel size.
        region_voxels: of the region in which pores were looked for.
        least: voxels of the smallest pore that is no noise.
    """
    number = pores.count(least)
    found = []
    if region_voxels:
        found.append(Scalar("stack_porosity", pores.total_voxels() / region_voxels))
        found.append(Scalar("resolved_porosity", pores.total_voxels(least) / region_voxels))
    found.append(Scalar("pore_number", float(number)))
    if not number:
        return found
    volume = size.volume_cubic_micrometre
    if classes is None or volume is None:
        found.append(Scalar("largest_pore_voxel", float(listed["voxels"][0])))
    else:
        shares = zip(CLASS_NAMES, classes["share_by_number"], strict=True)
        found += [Scalar(f"pore_volume_share_{name}", share, n=number) for name, share in shares]
        found.append(Scalar("total_pore_volume_cubic_micrometre", pores.total_voxels(least) * volume))
    for words, row in zip(LARGEST, listed.head(len(LARGEST)).iter_rows(named=True), strict=False):
        if row["volume_cubic_micrometre"] is not None:
            found.append(Scalar(f"{words}_pore_volume_cubic_micrometre", row["volume_cubic_micrometre"]))
        if row["radial_position"] is not None:
            found.append(Scalar(f"{words}_pore_radial_position", row["radial_position"]))
    return found
