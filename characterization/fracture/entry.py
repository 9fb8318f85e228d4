"""What a person types in of a fracture census. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from characterization.fracture.table import CLASSES
from labdb.ingest.presentation import Column, Entry

MOST = 1_000_000


def check(rows: Sequence[Mapping[str, Any]]) -> None:
    """
    Raises:
        ValueError: an image has no particle.
    """
    for number, row in enumerate(rows, start=1):
        if not any(row[name] for name in CLASSES):
            raise ValueError(f"image {number}: no particle was counted; leave the row empty.")


ENTRY = Entry(
    columns=(
        Column("cycle_count", "After cycles", kind="whole", lowest=0, highest=MOST),
        Column("intact", "Intact", kind="whole", lowest=0, highest=MOST),
        Column("mildly_damaged", "Mildly damaged", kind="whole", help="cracked, in one piece", lowest=0, highest=MOST),
        Column("broken", "Broken", kind="whole", help="in pieces", lowest=0, highest=MOST),
        Column("image", "Image", kind="text", required=False),
    ),
    rows="image",
    offered=5,
    help="One row an image, or one row for all of a cycle number. Every particle is counted once.",
    check=check,
)
