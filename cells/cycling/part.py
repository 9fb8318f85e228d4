"""A part of the analysis of a cycling test: rate capability, pulses, storage. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from cells.cycling.parameters import Parameters
from labdb.ingest.technique import Analysis


@dataclass(frozen=True)
class Tested:
    """A test as the parts of its analysis see it.

    Attributes:
        table: its records, a `CYCLING` table.
        steps: a `STEPS` table; `first_row` and `rows` say where a step stands in the records.
        cycles: a `CYCLES` table.
        blocks: its protocol, a `BLOCKS` table.
        told: the parameters of the run.
    """

    table: pl.DataFrame
    steps: pl.DataFrame
    cycles: pl.DataFrame
    blocks: pl.DataFrame
    told: Parameters


Part = Callable[[Tested], Analysis]
"""Finds its scalars, tables and warnings; an empty `Analysis`, without tables, where the test
holds nothing of the kind: a stored table is drawn."""
