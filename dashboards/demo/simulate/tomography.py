"""A FIB-SEM stack of one simulated particle: a ball with pores of given volumes, in a dark surrounding. Pure.

A pore is the N voxels that lie nearest to a point, so that its volume is N voxels exactly; no two pores touch. Pores
lie the denser the nearer they are to the centre. Greys are those of the phase plus one of five steps of noise that
never cross the threshold. The stack is coarser than a measured one (50 nm instead of 20 nm a voxel), for the file to
have a few MB. The bytes are the same for the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SOLID, PORE, SURROUNDING = 168, 62, 38  # grey levels of 8 bit
NOISE_STEP = 7  # greys; noise is −2 … 2 steps
MARGIN_VOXEL = 4  # of surroundings beside the particle
SHELL_VOXEL = 4  # of solid between a pore and the surface
TRIES = 400


@dataclass(frozen=True)
class Pores:
    """The pores of a particle.

    Attributes:
        numbers: of small, medium and large pores; `largest` are among the large ones.
        largest_cubic_micrometre: volumes of the largest pores, the first in the centre, the others around it.
        limits_cubic_micrometre: ends of the classes: noise, small to medium, medium to large.
        specks: below the noise limit, that an analysis leaves out.
    """

    numbers: tuple[int, int, int]
    largest_cubic_micrometre: tuple[float, ...]
    limits_cubic_micrometre: tuple[float, float, float] = (0.002, 0.010, 0.030)
    specks: int = 150


@dataclass(frozen=True)
class Particle:
    """One particle and its stack.

    Attributes:
        seed: of the places, sizes and noise.
    """

    pores: Pores
    diameter_micrometre: float
    voxel_size_nm: float
    seed: int


# The classes (80, 16 and 4 % by number) and the two largest pores that the article of the demo study reports of GP-NCM;
# and a control of few small pores, of which it reports nothing.
POROUS = Particle(Pores((800, 160, 40), (3.779, 1.123)), 9.6, 50.0, seed=83)
CONTROL = Particle(Pores((240, 9, 1), (), specks=120), 9.6, 50.0, seed=84)


def pore_voxels(particle: Particle) -> list[int]:
    """The size of every pore, the largest first, then the specks.

    Within a class, sizes fall off as in a power law: small ones are the more frequent.
    """
    pores = particle.pores
    voxel = (particle.voxel_size_nm / 1000) ** 3
    noise, medium, large = (limit / voxel for limit in pores.limits_cubic_micrometre)
    draw = np.random.default_rng(particle.seed)
    largest = sorted((round(volume / voxel) for volume in pores.largest_cubic_micrometre), reverse=True)
    ranges = (
        (math.ceil(noise - 1e-6), math.ceil(medium - 1e-6) - 1, pores.numbers[0]),
        (math.ceil(medium - 1e-6), math.floor(large + 1e-6), pores.numbers[1]),
        (math.floor(large + 1e-6) + 1, round(3 * large), pores.numbers[2] - len(largest)),
    )
    sizes = []
    for low, high, number in ranges:
        share = draw.random(number)
        sizes += np.floor(low * ((high + 1) / low) ** share).astype(int).clip(low, high).tolist()
    specks = draw.integers(1, max(2, math.ceil(noise - 1e-6) // 2), pores.specks).tolist()
    return [*largest, *sorted(sizes, reverse=True), *specks]


def stack(particle: Particle) -> np.ndarray:
    """The grey levels, uint8, slices × height × width.

    Raises:
        ValueError: the pores do not fit into the particle.
    """
    radius = particle.diameter_micrometre * 500 / particle.voxel_size_nm
    edge = 2 * (math.ceil(radius) + MARGIN_VOXEL) + 1
    centre = edge // 2
    z, y, x = np.ogrid[:edge, :edge, :edge]
    solid = (z - centre) ** 2 + (y - centre) ** 2 + (x - centre) ** 2 <= radius**2
    taken = np.zeros(solid.shape, bool)  # pores and the solid around them, which no other pore may enter
    pores = np.zeros(solid.shape, bool)
    draw = np.random.default_rng(particle.seed + 1)
    big = len(particle.pores.largest_cubic_micrometre)
    for number, voxels in enumerate(pore_voxels(particle)):
        if number < big:
            point = _central(number, voxels, centre, particle)
            room = radius - SHELL_VOXEL - _ball_radius(voxels) - float(np.linalg.norm(point - centre))
            if room < 0 or not _dig(point, voxels, pores, taken):
                raise ValueError(f"pore {number + 1} of {voxels} voxels does not fit beside the others")
            continue
        reach = radius - SHELL_VOXEL - _ball_radius(voxels) - 1
        for _ in range(TRIES if reach > 0 else 0):
            if _dig(centre + _somewhere(draw, reach), voxels, pores, taken):
                break
        else:
            raise ValueError(f"pore {number + 1} of {voxels} voxels finds no place; take a larger particle")
    greys = np.full(solid.shape, SURROUNDING, np.int16)
    greys[solid] = SOLID
    greys[pores] = PORE
    greys += NOISE_STEP * draw.integers(-2, 3, solid.shape, np.int8)
    return greys.astype(np.uint8)


def write_stack(path: Path, particle: Particle, title: str = "") -> None:
    """Write the particle as an ImageJ TIFF stack packed by deflate, with its voxel size, marked as simulated.

    Args:
        title: what the note of the file says after "SIMULATED".
    """
    import tifffile

    micrometre = particle.voxel_size_nm / 1000
    tifffile.imwrite(
        path,
        stack(particle),
        imagej=True,
        resolution=(1 / micrometre, 1 / micrometre),
        compression="zlib",
        compressionargs={"level": 6},
        metadata={"axes": "ZYX", "unit": "micron", "spacing": micrometre, "Info": f"SIMULATED {title}".rstrip()},
    )


def _ball_radius(voxels: int) -> float:
    return (3 * voxels / (4 * math.pi)) ** (1 / 3)


def _central(number: int, voxels: int, centre: int, particle: Particle) -> np.ndarray:
    """A place for one of the largest pores: the first a little off the centre, the next opposite, beside it."""
    first = _ball_radius(pore_voxels(particle)[0])
    away = -0.35 * first if number == 0 else 0.65 * first + _ball_radius(voxels) + 4
    direction = ((0.36, 0.48, 0.8), (0.36, 0.48, 0.8), (-0.8, 0.6, 0.0), (0.48, -0.8, 0.36))[min(number, 3)]
    return centre + away * np.array(direction)


def _somewhere(draw: np.random.Generator, reach: float) -> np.ndarray:
    """A point in a ball of radius `reach`, the likelier the nearer to its centre: density falls as 1 / r."""
    direction = draw.standard_normal(3)
    return reach * math.sqrt(draw.random()) * direction / np.linalg.norm(direction)


def _dig(point: np.ndarray, voxels: int, pores: np.ndarray, taken: np.ndarray) -> bool:
    """Make the voxels nearest to a point a pore, unless it would touch another."""
    half = math.ceil(_ball_radius(voxels)) + 3
    middle = np.rint(point).astype(int)
    window = tuple(slice(int(each) - half, int(each) + half + 1) for each in middle)
    here = np.stack(np.meshgrid(*(np.arange(-half, half + 1),) * 3, indexing="ij"))
    away = ((here - (point - middle)[:, None, None, None]) ** 2).sum(axis=0)
    nearest = np.zeros(away.size, bool)
    nearest[np.argsort(away, axis=None, kind="stable")[:voxels]] = True
    pore = nearest.reshape(away.shape)
    if (taken[window] & pore).any():
        return False
    from scipy.ndimage import maximum_filter

    pores[window] |= pore
    taken[window] |= maximum_filter(pore, 3)
    return True


def volumes_cubic_micrometre(particle: Particle) -> Sequence[float]:
    """What an analysis must find: the volume of every pore that is no speck, the largest first."""
    voxel = (particle.voxel_size_nm / 1000) ** 3
    return [size * voxel for size in pore_voxels(particle)[: sum(particle.pores.numbers)]]
