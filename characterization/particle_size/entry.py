"""What a person types in of a particle size. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from characterization.particle_size.table import PERCENTILES
from labdb.ingest.presentation import Column, Entry


def check(rows: Sequence[Mapping[str, Any]]) -> None:
    """
    Raises:
        ValueError: the sizes of a replicate do not rise from D10 to D90.
    """
    for number, row in enumerate(rows, start=1):
        sizes = [row[name] for name in PERCENTILES]
        if sizes != sorted(sizes):
            raise ValueError(
                f"replicate {number}: D10, D50 and D90 must rise, and are {sizes[0]}, {sizes[1]}, {sizes[2]}."
            )


ENTRY = Entry(
    columns=tuple(
        Column(name, label, "µm", lowest=0.0001, highest=10_000)
        for name, label in zip(PERCENTILES, ("D10", "D50", "D90"), strict=True)
    ),
    help="One row a measurement, of the volume distribution.",
    check=check,
)
