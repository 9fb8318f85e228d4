"""The protocol of a test as its page lists it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from polars import col

from cells.cycling.protocol_plots import COLOUR_OF, SECOND_PER_HOUR
from cells.cycling.table import BLOCK_KINDS

MOST_BLOCKS = 200  # as many as a page shows; the table of the run has all


def protocol_section(blocks: pl.DataFrame | None) -> dict[str, Any]:
    """The blocks of a run, each with its colour and hours; None for a run of an analysis that looked for none."""
    if blocks is None:
        return {"blocks": None, "block_count": 0, "block_kinds": ()}
    listed = blocks.head(MOST_BLOCKS).with_columns(
        col("kind").cast(pl.String), hours=(col("end_time_second") - col("start_time_second")) / SECOND_PER_HOUR
    )
    rows = [block | {"colour": COLOUR_OF[block["kind"]]} for block in listed.iter_rows(named=True)]
    return {"blocks": rows, "block_count": blocks.height, "block_kinds": BLOCK_KINDS}


def said_kinds(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a person said of cycles and of steps, in words."""
    cycles = sorted(parameters.get("cycle_kinds", {}).items(), key=lambda item: int(item[0]))
    steps = parameters.get("step_kinds", {}).items()
    return [*((f"cycle {number}", kind) for number, kind in cycles), *((f"steps {text}", kind) for text, kind in steps)]
