"""What a technique is to the spine: readers that make its table, an analysis that makes its results.

Pure: no Django, no database. The techniques of an installation are listed in `settings.TECHNIQUES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from labdb.ingest.reader import Reader, Reading
from labdb.tables.schema import TableSchema

Progress = Callable[[float, str], None]


def no_progress(fraction: float, doing: str) -> None:
    """For callers that watch nothing."""


@dataclass(frozen=True)
class SourceFile:
    """A raw file as an analysis may open it: its bytes, and the name that it was uploaded under."""

    path: Path
    name: str


@dataclass(frozen=True)
class Scalar:
    """One number that an analysis found; its name is in `labdb.quantities`, its unit ends the name.

    Attributes:
        upper_bound: it was too little to be measured: the true value is at most this one.
    """

    quantity: str
    value: float
    sd: float | None = None
    n: int | None = None
    upper_bound: bool = False


@dataclass(frozen=True)
class Analysis:
    """What an analysis found: numbers, tables and pictures of its own, and what it has to say about them.

    Attributes:
        pictures: PNG files by name, as a browser draws them: a scaled view of a micrograph, an overlay.
    """

    scalars: tuple[Scalar, ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


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
        analyse_files: in its place where the table does not hold what is analysed (pictures, stacks of slices):
            files, table, parameters, progress → analysis.
        table_name: under which the table of the readers is kept with a run: `time_series`, `pattern`, `isotherm`.
        defaults: the parameters that are used where none are given, by name.
        from_metadata: parameters that a file may state by itself, used where nobody gives them.
        register: dotted path of the service that hangs a recognised file on its subject.
        parameters: dotted path of the service that gives a measurement's parameters (the mass, say).
        store: dotted path of the service that keeps the technique's own rows of a run, in the run's
            transaction; empty where `Result` and `Table` say it all.
        subjects: what a file may be hung on: name in a request, `cell`, → dotted path of what finds it for a
            user by the text that was given (see `labdb.ingest.subjects`).
        described_by: what says on what a measurement was made: name in an answer → ORM paths from the
            measurement, the first that leads anywhere, so that results are filtered and labelled by cell or batch.
        presentation: dotted path of how its measurements are shown and what a person may choose
            (see `labdb.ingest.presentation`); empty for techniques with pages of their own.
        only_when_said: a file is never taken for this technique by its content (any picture could be a STEM image),
            but only where a person says so.
    """

    name: str
    label: str
    schema: TableSchema
    readers: Sequence[Reader]
    version: int
    join: Callable[[Sequence[Reading]], Reading]
    analyse: Callable[[pl.DataFrame, Mapping[str, Any], Progress], Analysis] | None = None
    analyse_files: Callable[[Sequence[SourceFile], pl.DataFrame, Mapping[str, Any], Progress], Analysis] | None = None
    table_name: str = "time_series"
    defaults: Mapping[str, Any] = field(default_factory=dict)
    from_metadata: Sequence[str] = ()
    register: str = ""
    parameters: str = ""
    store: str = ""
    subjects: Mapping[str, str] = field(default_factory=dict)
    described_by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    presentation: str = ""
    only_when_said: bool = False

    def analysed(
        self, files: Sequence[SourceFile], table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress
    ) -> Analysis:
        """What the analysis finds in the files of a measurement, whose table was read from them."""
        if self.analyse_files is not None:
            return self.analyse_files(files, table, parameters, progress)
        if self.analyse is not None:
            return self.analyse(table, parameters, progress)
        return Analysis()
