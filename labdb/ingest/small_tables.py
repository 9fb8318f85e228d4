"""Small tables that people write: rows of fields from a comma-separated text or a workbook. Pure.

A spreadsheet writes what it shows: semicolons where the comma is the decimal mark, a byte-order mark, quotes, CRLF,
empty fields at the ends of short lines. Fields stay as they are here, texts and numbers; what they mean is decided
where the column is known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from labdb.ingest import numbers, text, workbook
from labdb.ingest.reader import ReaderError

LARGEST_BYTES = 16 * 1024**2
NUMBER_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")

Row = list[Any]


@dataclass(frozen=True)
class Cells:
    """A table as it was written.

    Attributes:
        rows: fields by row, blanks around texts cut off; an empty row is an empty list.
        delimiter: between the fields; empty for a workbook.
        whole: the last line ends with a line break, so that no field of it can be cut off; so is every workbook.
        warnings: what was damaged.
    """

    rows: Sequence[Row]
    delimiter: str = ""
    whole: bool = True
    warnings: tuple[str, ...] = ()


def of_file(path: Path, name: str, is_head: Callable[[Sequence[str]], bool], wanted: str) -> Cells:
    """The rows of a text, or of the sheet of a workbook that has a head.

    Args:
        is_head: whether these fields are the heads of the columns that are looked for.
        wanted: those heads in words, for a sentence.

    Raises:
        ReaderError: it is too large, no table, damaged, or no line is a head.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(f"{name}: is larger than {LARGEST_BYTES // 1024**2} MiB, too large for such a table")
    with open(path, "rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    found = _of_workbook(path, name, is_head) if packed else _of_text(path, name, is_head)
    if found is None or head_row(found.rows, is_head) is None:
        raise ReaderError(f"{name}: no line has the heads of the columns ({wanted}); put them above the values")
    return found


def _of_workbook(path: Path, name: str, is_head: Callable[[Sequence[str]], bool]) -> Cells | None:
    book = workbook.open_workbook(path, name)
    tables = [[trimmed(row) for row in workbook.rows_of(book, sheet, name)] for sheet in book.sheet_names]
    tables = [rows for rows in tables if head_row(rows, is_head) is not None]
    if len(tables) > 1:
        raise ReaderError(f"{name}: {len(tables)} of its sheets hold such a table; save each as a file of its own")
    return Cells(tables[0]) if tables else None


def _of_text(path: Path, name: str, is_head: Callable[[Sequence[str]], bool]) -> Cells | None:
    try:
        loaded = text.load(path)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    written = loaded.data.decode("utf-8", errors="replace")
    delimiter = delimiter_of(loaded.head, is_head)
    if delimiter is None:
        return None
    try:
        rows = [trimmed(row) for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise ReaderError(f"{name}: cannot be split into columns ({error}); export it again") from error
    return Cells(rows, delimiter, written.endswith(("\n", "\r")), loaded.warnings)


def delimiter_of(lines: Iterable[str], is_head: Callable[[Sequence[str]], bool]) -> str | None:
    """What stands between the fields of the head; a comma where there is but one; None where no line is a head."""
    for line in lines:
        for delimiter in text.DELIMITERS:
            if delimiter in line and is_head(text.split(line, delimiter)):
                return delimiter
        if is_head(text.split(line, ",")):
            return ","
    return None


def head_row(rows: Sequence[Row], is_head: Callable[[Sequence[str]], bool]) -> int | None:
    """The first row that is a head."""
    for number, row in enumerate(rows):
        if row and is_head([written(field) for field in row]):
            return number
    return None


def trimmed(row: Sequence[Any]) -> Row:
    """A row without blanks around its texts, and without the empty fields at its end."""
    fields = [field.strip() if isinstance(field, str) else field for field in row]
    while fields and fields[-1] in ("", None):
        fields.pop()
    return fields


def written(field: Any) -> str:
    """A field as text; of a workbook as its export would have it."""
    return field if isinstance(field, str) else (workbook.text(field) or "")


def comma_means(fields: Iterable[Any], delimiter: str) -> str:
    """What a comma in these numbers is: `decimal`, `thousands`, or an empty string where there is none.

    Between semicolons it is the decimal mark: no spreadsheet writes semicolons without need.

    Raises:
        NumberError: it may be either.
    """
    texts = [field for field in fields if isinstance(field, str) and field]
    if delimiter == ";" and not any("." in field for field in texts):
        return "decimal" if any(NUMBER_WITH_COMMA.fullmatch(field) for field in texts) else ""
    return numbers.comma_means([pl.Series("values", texts, dtype=pl.String)])


def with_point(field: Any, comma: str) -> Any:
    """A field of a number column, its decimal comma as a point, without thousands marks."""
    if isinstance(field, bool):  # a spreadsheet's yes is no 1
        return str(field)
    if not isinstance(field, str) or not comma or "," not in field:
        return field
    if comma == "thousands":
        return field.replace(",", "")
    return field.replace(".", "").replace(",", ".")
