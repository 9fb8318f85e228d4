"""What a person types in of a Karl Fischer titration. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labdb.ingest.presentation import Column, Entry


def check(rows: Sequence[Mapping[str, Any]]) -> None:
    """
    Raises:
        ValueError: a drift has no time over which it ran.
    """
    for number, row in enumerate(rows, start=1):
        if row.get("drift_microgram_per_min") and row.get("titration_time_min") is None:
            raise ValueError(
                f"replicate {number}: a drift needs the titration time over which it ran; where the titrator has"
                " subtracted it already, leave it empty."
            )


ENTRY = Entry(
    columns=(
        Column("sample_mass_g", "Sample", "g", lowest=0.0001, highest=1000),
        Column("water_microgram", "Water found", "µg", lowest=0, highest=1e7),
        Column("blank_microgram", "Blank", "µg", required=False, help="of an empty vial", lowest=0, highest=1e7),
        Column(
            "drift_microgram_per_min",
            "Drift",
            "µg/min",
            required=False,
            help="only where the titrator has not subtracted it",
            lowest=0,
            highest=10_000,
        ),
        Column("titration_time_min", "Titration time", "min", required=False, lowest=0, highest=1440),
        Column("oven_temperature_celsius", "Oven", "°C", required=False, lowest=0, highest=1000),
    ),
    help="One row a portion of the powder.",
    check=check,
)
