"""What runs found, read back for figures: their numbers, and their tables when a figure asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import polars as pl

from labdb.files import store
from labdb.ingest.technique import Scalar
from labdb.provenance.models import Result, Table
from labdb.tables import parquet


@dataclass(frozen=True)
class Found:
    """
    Attributes:
        results: by quantity.
        names: of the tables that there are.
        table: by name → the table; None where the run stored none of that name.
    """

    results: dict[str, Scalar]
    names: frozenset[str]
    table: Callable[[str], pl.DataFrame | None]


def found_in(runs: Iterable[int]) -> dict[int, Found]:
    """What each run found, by its key. Two queries."""
    results: dict[int, dict[str, Scalar]] = {pk: {} for pk in runs}
    for row in Result.objects.filter(run__in=results):
        results[row.run_id][row.quantity] = Scalar(row.quantity, row.value, row.sd, row.n, row.upper_bound)
    tables: dict[int, dict[str, Table]] = {pk: {} for pk in results}
    for table in Table.objects.filter(run__in=results):
        tables[table.run_id][table.name] = table
    return {pk: Found(results[pk], frozenset(tables[pk]), partial(_read, tables[pk])) for pk in results}


def _read(tables: dict[str, Table], name: str) -> pl.DataFrame | None:
    found = tables.get(name)
    if found is None:
        return None
    with store.local_path(found.key) as path:
        return parquet.read(path)
