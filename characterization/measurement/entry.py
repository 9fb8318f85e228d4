"""What a person types in, as a file: a comma-separated table that labdb writes and reads. Pure.

Typed values travel the way of every instrument's file: kept under their SHA-256, with who and when, read by a reader,
analysed by a run. The file begins with `# labdb entry: <technique>, version 1`; the heads of its columns are the names
of the columns, units at their ends. The same file may be written by a spreadsheet, and uploaded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from characterization.measurement.presentation import Entry
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import decode

FIRST_LINE = "# labdb entry: {technique}, version 1"


def write(technique: str, entry: Entry, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Checked rows as the bytes of a file; the same rows give the same bytes."""
    text = io.StringIO(newline="")
    text.write(FIRST_LINE.format(technique=technique) + "\n")
    writer = csv.DictWriter(text, [column.name for column in entry.columns], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value is None else value for name, value in row.items()})
    return text.getvalue().encode()


def entry_reader(technique: str, label: str, entry: Entry) -> Reader:
    """The reader of what was typed in for a technique; its table has the columns of the entry."""
    first_line = FIRST_LINE.format(technique=technique)

    def recognises(head: FileHead) -> bool:
        return bool(head.lines) and head.lines[0].strip().strip('";').rstrip(",") == first_line

    def read(path: Path, name: str) -> Reading:
        return Reading(table(entry, path, name))

    return Reader(f"labdb-{technique.replace('_', '-')}", 1, f"{label}, typed in", recognises, read)


def table(entry: Entry, path: Path, name: str) -> pl.DataFrame:
    """
    Raises:
        ReaderError: a column is missing, or a value impossible; the sentence names its row.
    """
    lines = decode(path.read_bytes()).splitlines()[1:]
    dialect = csv.excel if not lines or ";" not in lines[0] else _Semicolons
    rows = list(csv.DictReader((line for line in lines if line.strip()), dialect=dialect))
    names = [column.name for column in entry.columns]
    heads = {head.strip() for head in (rows[0] if rows else {}) if head}
    missing = [column.name for column in entry.columns if column.required and column.name not in heads]
    if missing:
        raise ReaderError(
            f"{name}: the column {', '.join(missing)} is missing below the first line;"
            f" its columns are {', '.join(names)}."
        )
    try:
        found = entry.checked([{str(key).strip(): value for key, value in row.items() if key} for row in rows])
    except ValueError as error:
        raise ReaderError(f"{name}: {error}") from error
    types = {"text": pl.String, "whole": pl.Int64}
    schema = {column.name: types.get(column.kind, pl.Float64) for column in entry.columns}
    return pl.DataFrame(found, schema=schema)


class _Semicolons(csv.excel):
    delimiter = ";"
