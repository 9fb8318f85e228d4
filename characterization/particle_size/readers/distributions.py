"""Distributions of volume over size, put in order and checked. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

import polars as pl

from characterization.particle_size.readers.size_tables import Found, Part, Volumes, sample_of, stated
from characterization.particle_size.table import PARTICLE_SIZE, PERCENTILES
from labdb.ingest.reader import ReaderError

FEWEST_CLASSES = 5
SUM_TOLERANCE = 0.01
FALL_TOLERANCE = 0.0005
HOLE_STEPS = 1.8  # a class so much wider than usual is several


@dataclass(frozen=True)
class Replicate:
    """One distribution, or only what is stated of it.

    Attributes:
        sizes: in µm, in the order of the file; empty where only percentiles are stated.
        volumes: one column of a kind, as long as the sizes.
        stated: D10, D50, D90, by name.
        sample: as the instrument calls it.
    """

    sizes: Sequence[float]
    volumes: Sequence[Volumes]
    stated: Mapping[str, float] = field(default_factory=dict)
    sample: str = ""


def replicates_of(found: Found, name: str) -> list[Replicate]:
    """The distributions of the tables side by side: parts of one, or replicates.

    Raises:
        ReaderError: nobody can tell which volumes belong together.
    """
    shared = stated([*found.above, *found.below])
    sample = sample_of(found.above, name)
    made = [
        Replicate(part.sizes, volumes, {}, sample)
        for part in _one_after_the_other(found.parts, name)
        for volumes in _records(part.volumes, name)
    ]
    return [replace(made[0], stated=shared)] if len(made) == 1 else made


def _one_after_the_other(parts: Sequence[Part], name: str) -> Sequence[Part]:
    """A report breaks a long table into columns: parts whose sizes do not overlap are one.

    Raises:
        ReaderError: classes are missing between the parts, as where lines were cut off.
    """
    kinds = {tuple(volumes.kind for volumes in part.volumes) for part in parts}
    ranges = sorted((min(part.sizes), max(part.sizes)) for part in parts if part.sizes)
    apart = all(first[1] < second[0] for first, second in pairwise(ranges))
    if len(parts) < 2 or len(kinds) > 1 or not apart:
        return parts
    sizes = [size for part in parts for size in part.sizes]
    steps = [math.log(after / before) for before, after in pairwise(sorted(sizes)) if after > before]
    if steps and max(steps) > HOLE_STEPS * median(steps):
        raise ReaderError(f"{name}: classes between the columns of its table are missing; export it again")
    volumes = [
        replace(first, values=[value for part in parts for value in part.volumes[number].values])
        for number, first in enumerate(parts[0].volumes)
    ]
    return [Part(sizes, volumes)]


def _records(volumes: Sequence[Volumes], name: str) -> list[list[Volumes]]:
    """Columns of volumes beside one column of sizes: one of each kind is a record."""
    by_kind: dict[str, list[Volumes]] = {}
    for column in volumes:
        by_kind.setdefault(column.kind, []).append(column)
    counts = {len(columns) for columns in by_kind.values()}
    if len(counts) != 1:
        raise ReaderError(f"{name}: the columns of volumes do not belong together; export one record a file")
    return [list(record) for record in zip(*by_kind.values(), strict=True)]


def frame(replicates: Sequence[Replicate], size_is: str, name: str) -> pl.DataFrame:
    """Distributions as a `PARTICLE_SIZE` table.

    Args:
        size_is: what the size of a class is, where its volume stands by itself.

    Raises:
        ReaderError: sizes repeat or jump, volumes are missing, negative, do not add up, or a cumulative curve falls.
    """
    tables = []
    for number, one in enumerate(replicates, start=1):
        which = f"{name}: record {number}" if len(replicates) > 1 else name
        if not one.sizes and not one.stated:
            raise ReaderError(f"{which}: has no size classes below its heads; export it again")
        columns = _rising(one, which) if one.sizes else {}
        rows = len(columns["size"]) if columns else 1
        tables.append(
            pl.DataFrame(
                {
                    "replicate": [number] * rows,
                    "sample": [one.sample or None] * rows,
                    "size_micrometre": columns.get("size", [None] * rows),
                    "volume_share": columns.get("in", [None] * rows),
                    "cumulative_volume_share": columns.get("under", [None] * rows),
                    "size_is": [size_is if columns else None] * rows,
                    **{each: [one.stated.get(each)] * rows for each in PERCENTILES},
                },
                schema=PARTICLE_SIZE.columns,
            )
        )
    return pl.concat(tables)


def _rising(one: Replicate, which: str) -> dict[str, list[float]]:
    """Rising sizes, and volumes "in" and "under" as fractions; what is above a size as what is below it."""
    sizes = list(one.sizes)
    if len(sizes) < FEWEST_CLASSES:
        raise ReaderError(f"{which}: has {len(sizes)} size classes, too few for a distribution; export all of them")
    falling = sizes[0] > sizes[-1]
    sizes = sizes[::-1] if falling else sizes
    if any(after <= before for before, after in pairwise(sizes)):
        raise ReaderError(f"{which}: the sizes neither rise nor fall throughout; export it again")
    columns = {"size": sizes}
    for volumes in one.volumes:
        values = volumes.values[::-1] if falling else list(volumes.values)
        if volumes.kind == "in":
            columns["in"] = _in_classes(values, sizes, volumes.full, which)
        else:
            columns["under"] = _below(values, sizes, volumes, which)
    return columns


def _in_classes(values: list[float], sizes: Sequence[float], full: float | None, which: str) -> list[float]:
    """Volumes of classes as fractions that add up to 1."""
    ends = (0, len(values) - 1)  # below the first size, or above the last, an export may have no field
    values = [0.0 if value != value and at in ends else value for at, value in enumerate(values)]
    _refuse_gaps(values, sizes, which)
    total = sum(values)
    whole = next((of for of in ((full,) if full else (100.0, 1.0)) if abs(total - of) <= SUM_TOLERANCE * of), None)
    if whole is None:
        raise ReaderError(
            f"{which}: the volumes of the classes add up to {total:.4g}, not to {full or 100:g}: classes are missing,"
            " or these are no volumes of classes; export it again"
        )
    return [value / whole for value in values]


def _below(values: list[float], sizes: Sequence[float], volumes: Volumes, which: str) -> list[float]:
    """Volumes below each size as fractions."""
    _refuse_gaps(values, sizes, which)
    highest = max(values)
    full = volumes.full or (100.0 if highest > 1 + SUM_TOLERANCE else None)
    if full is None and abs(highest - 1) > SUM_TOLERANCE:
        raise ReaderError(f"{which}: nothing says whether the cumulative volumes are in %; write % into their head")
    full = full or 1.0
    if highest > full * (1 + SUM_TOLERANCE):
        raise ReaderError(f"{which}: a cumulative volume is above 100 %; export it again")
    shares = [1 - value / full if volumes.kind == "over" else value / full for value in values]
    for at, (before, after) in enumerate(pairwise(shares)):
        if after < before - FALL_TOLERANCE:
            raise ReaderError(f"{which}: the cumulative volume falls at {sizes[at + 1]:g} µm; export it again")
    return [min(max(share, 0.0), 1.0) for share in shares]


def _refuse_gaps(values: Sequence[float], sizes: Sequence[float], which: str) -> None:
    gap = next((size for size, value in zip(sizes, values, strict=True) if value != value), None)
    if gap is not None:
        raise ReaderError(f"{which}: there is no volume at {gap:g} µm; export it again")
    if min(values) < 0:
        raise ReaderError(f"{which}: a volume is negative; export it again")
