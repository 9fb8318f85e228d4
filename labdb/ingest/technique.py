"""What a technique is to the spine: readers that make its table, an analysis that makes its results.

Pure: no Django, no database. The techniques of an installation are listed in `settings.TECHNIQUES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from labdb.ingest.reader import Reader, Reading
from labdb.tables.schema import TableSchema

Progress = Callable[[float, str], None]


def no_progress(fraction: float, doing: str) -> None:
    """For callers that watch nothing."""


@dataclass(frozen=True)
class Scalar:
    """One number that an analysis found; its name is in `labdb.quantities`, its unit ends the name."""

    quantity: str
    value: float
    sd: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Analysis:
    """What an analysis found in a table: numbers, tables of its own, and what it has to say about them."""

    scalars: tuple[Scalar, ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Technique:
    """A technique as the spine sees it.

    Attributes:
        name: as stored and queried, `cycling`.
        label: as printed, "Cycling".
        schema: the promises of the table that its readers make.
        readers: one per file format.
        version: of the analysis; raised by a change that alters a number.
        join: puts the readings of one test's files, in order, into one table.
        analyse: table, parameters, progress → analysis. `parameters` are JSON values by name.
        defaults: the parameters that are used where none are given, by name.
        from_metadata: parameters that a file may state by itself, used where nobody gives them.
        register: dotted path of the service that hangs a recognised file on its subject.
        parameters: dotted path of the service that gives a measurement's parameters (the mass, say).
        store: dotted path of the service that keeps the technique's own rows of a run, in the run's
            transaction; empty where `Result` and `Table` say it all.
        subjects: what a file may be hung on: name in a request, `cell`, → dotted path of what finds it for a
            user by the text that was given (see `labdb.ingest.subjects`).
        described_by: what says on what a measurement was made: name in an answer → ORM path from the
            measurement, so that results are filtered and labelled by cell or batch.
    """

    name: str
    label: str
    schema: TableSchema
    readers: Sequence[Reader]
    version: int
    join: Callable[[Sequence[Reading]], Reading]
    analyse: Callable[[pl.DataFrame, Mapping[str, Any], Progress], Analysis]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    from_metadata: Sequence[str] = ()
    register: str = ""
    parameters: str = ""
    store: str = ""
    subjects: Mapping[str, str] = field(default_factory=dict)
    described_by: Mapping[str, str] = field(default_factory=dict)
