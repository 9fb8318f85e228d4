"""What a person types in, as a file: a comma-separated table that labdb writes and reads. Pure.

Typed values travel the way of every instrument's file: kept under their SHA-256, with who and when, read by a reader,
analysed by a run.

    # labdb entry: tap_density, version 1
    mass_g,volume_cm3,taps
    20.114,11.5,3000
    # end of the entry

The heads of the columns are the names of the columns, units at their ends. Lines that begin with # are remarks (but
where the first column is a text). The same file may be opened in a spreadsheet, changed, saved as text (with semicolons
and decimal commas, too) or as .xlsx, and uploaded. The last line says that nothing was cut off at the end; without it,
that is said.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from labdb.ingest import small_tables
from labdb.ingest.numbers import NumberError
from labdb.ingest.presentation import Entry
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

VERSION = 1
FIRST_LINE = "# labdb entry: {technique}, version 1"
LAST_LINE = "# end of the entry"
# A spreadsheet may take the comma of the first line for the end of a field, and write it with its own.
FIRST = re.compile(r"#\s*labdb entry:\s*(?P<technique>\w+)\s*[,;\t|]\s*version\s*(?P<version>\d{1,4})")
TYPES = {"text": pl.String, "whole": pl.Int64}
LARGEST_WHOLE = 2**53  # beyond which a spreadsheet counts no more


def write(technique: str, entry: Entry, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Checked rows as the bytes of a file; the same rows give the same bytes."""
    text = io.StringIO(newline="")
    text.write(FIRST_LINE.format(technique=technique) + "\n")
    writer = csv.DictWriter(text, [column.name for column in entry.columns], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value is None else value for name, value in row.items()})
    text.write(LAST_LINE + "\n")
    return text.getvalue().encode()


def entry_reader(technique: str, label: str, entry: Entry) -> Reader:
    """The reader of what was typed in for a technique; its table has the columns of the entry."""

    def recognises(head: FileHead) -> bool:
        if head.is_zip:
            return any(said(rows[0] if rows else []) == technique for rows in head.sheets.values())
        return bool(head.lines) and said([head.lines[0]]) == technique

    def read(path: Path, name: str) -> Reading:
        return reading(technique, entry, path, name)

    return Reader(f"labdb-{technique.replace('_', '-')}", 1, f"{label}, typed in", recognises, read)


def said(row: Sequence[Any]) -> str:
    """The technique that a first line names; an empty string where it names none."""
    found = _first(row)
    return found["technique"] if found else ""


def _first(row: Sequence[Any]) -> re.Match[str] | None:
    return FIRST.match(",".join(small_tables.written(field) for field in row).replace('"', "").strip())


def reading(technique: str, entry: Entry, path: Path, name: str) -> Reading:
    """A file that was typed in, as the table of its entry.

    Raises:
        ReaderError: a column is missing or unknown, a value impossible (the sentence names its row), or the end is cut
            off.
    """
    names = {column.name for column in entry.columns}

    def is_head(fields: Sequence[str]) -> bool:
        return bool(fields) and not fields[0].startswith("#") and bool(names & {field.casefold() for field in fields})

    found = small_tables.of_file(path, name, is_head, ", ".join(column.name for column in entry.columns))
    first = next((row for row in found.rows if row), [])
    version = _first(first)
    if version and int(version["version"]) > VERSION:
        raise ReaderError(
            f"{name}: is of version {version['version']}, which this labdb does not know; bring labdb up to date"
        )
    head = small_tables.head_row(found.rows, is_head)
    above, heads, below = found.rows[:head], found.rows[head or 0], list(found.rows[(head or 0) + 1 :])
    closing = next((number for number, row in enumerate(below) if row and row[0] == LAST_LINE), None)
    warnings = list(found.warnings)
    if closing is not None:
        if any(row and not _is_remark(row) for row in below[closing + 1 :]):
            raise ReaderError(f"{name}: there are rows below “{LAST_LINE}”; move that line to the end")
        below = below[:closing]
    elif not found.whole:
        raise ReaderError(
            f"{name}: its last line does not end with a line break, so it may be cut off; copy the file again, or end"
            " that line"
        )
    elif found.delimiter:
        warnings.append(f"the last line “{LAST_LINE}” is missing; rows may have been lost at the end")
    names_of_texts = {column.name for column in entry.columns if column.kind == "text"}
    if small_tables.written(heads[0]).casefold() not in names_of_texts:
        remarked = [row for row in (*above, *below) if _is_remark(row) and not _first(row)]
        below = [[] if _is_remark(row) else row for row in below]
    else:
        remarked = [row for row in above if _is_remark(row) and not _first(row)]
    remarks = [" ".join(small_tables.written(field) for field in row).lstrip("# ") for row in remarked]
    table = table_of(entry, [small_tables.written(field) for field in heads], below, found.delimiter, name)
    return Reading(table, {"comment": "; ".join(remarks)} if any(remarks) else {}, tuple(warnings))


def _is_remark(row: Sequence[Any]) -> bool:
    return bool(row) and isinstance(row[0], str) and row[0].startswith("#")


def table_of(
    entry: Entry,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    delimiter: str,
    name: str,
    factors: Mapping[str, float] | None = None,
) -> pl.DataFrame:
    """Rows of fields as the table of an entry; rows are counted from the first below the heads.

    Args:
        heads: names of columns of the entry; what stands below an empty head is refused.
        delimiter: between the fields, empty for a workbook.
        name: of the file, for sentences.
        factors: column → what its numbers are multiplied by to be in its unit.

    Raises:
        ReaderError: as `reading`.
    """
    names = [head.casefold() for head in heads]
    repeated = sorted({head for head in names if head and names.count(head) > 1})
    if repeated:
        raise ReaderError(f"{name}: the column {', '.join(repeated)} is there twice; delete one")
    missing = [column.name for column in entry.columns if column.required and column.name not in names]
    if missing:
        raise ReaderError(
            f"{name}: the column {', '.join(missing)} is missing;"
            f" its columns are {', '.join(column.name for column in entry.columns)}"
        )
    for number, row in enumerate(rows, start=1):
        if len(row) > len(names) or any(value not in ("", None) for value in _below_nothing(names, row)):
            raise ReaderError(
                f"{name}: row {number} has more fields than there are columns; where the comma is the decimal mark, put"
                " semicolons between the fields"
            )
    columns = {head: [row[at] if at < len(row) else None for row in rows] for at, head in enumerate(names) if head}
    texts = {column.name for column in entry.columns if column.kind == "text"}
    numbers = [head for head in columns if head not in texts]
    try:
        comma = small_tables.comma_means((field for head in numbers for field in columns[head]), delimiter)
        columns |= {head: [small_tables.with_point(field, comma) for field in columns[head]] for head in numbers}
        columns |= {head: [_times(field, by) for field in columns[head]] for head, by in (factors or {}).items()}
        columns |= {head: [small_tables.written(field) for field in columns[head]] for head in texts & set(columns)}
        found = entry.checked([{head: values[at] for head, values in columns.items()} for at in range(len(rows))])
    except (NumberError, ValueError) as error:
        raise ReaderError(f"{name}: {error}") from error
    for column in entry.columns:
        if column.kind == "whole" and any(abs(row[column.name] or 0) > LARGEST_WHOLE for row in found):
            raise ReaderError(f"{name}: {column.label} holds a number that is too large to be a count")
    schema = {column.name: TYPES.get(column.kind, pl.Float64) for column in entry.columns}
    return pl.DataFrame(found, schema=schema)


def _below_nothing(heads: Sequence[str], row: Sequence[Any]) -> list[Any]:
    return [value for head, value in zip(heads, row, strict=False) if not head]


def _times(field: Any, factor: float) -> Any:
    """A number in the unit of its column; what is none stays for the sentence that refuses it."""
    try:
        return float(field) * factor if factor != 1 else field
    except (TypeError, ValueError):
        return field
