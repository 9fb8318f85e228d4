"""A list that a person made: the rows of a CSV, or of the first sheet of an xlsx workbook, as text. Pure.

The first row that is not blank is the header. CSV: any usual separator and encoding; a note in quotes may have several
lines. Blank rows are left out; the number of a row is that of its line in a text editor, or in the spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from labdb.ingest import text, workbook
from labdb.ingest.reader import ReaderError

WORKBOOK = b"PK\x03\x04"


class ListError(ValueError):
    """The file is no list; the sentence says why, and what to do."""


@dataclass(frozen=True)
class ListRow:
    """One row: its line, its texts by header, and how many fields it has beyond the header."""

    line: int
    values: dict[str, str]
    beyond: int = 0


@dataclass(frozen=True)
class PlainList:
    """Headers as written, and the rows below."""

    headers: tuple[str, ...]
    rows: tuple[ListRow, ...]


def read(path: Path, name: str, most: int) -> PlainList:
    """Read a list.

    Args:
        most: rows; a longer list is refused.

    Raises:
        ListError: it is neither text nor a workbook, has no header, a header twice, no rows or too many.
    """
    with open(path, "rb") as file:
        begins = file.read(len(WORKBOOK))
    try:
        lines = list(_of_workbook(path, name) if begins == WORKBOOK else _of_text(path))
    except text.TextError as error:
        raise ListError(f"{name} {error}.") from error
    except ReaderError as error:
        raise ListError(f"{name} is no workbook that can be read; save it again as xlsx, or as CSV.") from error
    except csv.Error as error:
        raise ListError(f"{name} cannot be split into fields ({error}); save it again as xlsx.") from error
    filled = [(line, cells) for line, cells in lines if any(cells)]
    if not filled:
        raise ListError(f"{name} holds nothing; fill in the template.")
    headers = tuple(filled[0][1])
    while headers and not headers[-1]:
        headers = headers[:-1]
    named = [header.casefold() for header in headers if header]
    if twice := next((header for header in named if named.count(header) > 1), None):
        raise ListError(f"{name} has the column “{twice}” twice; leave one out.")
    if len(filled) == 1:
        raise ListError(f"{name} has a header and no rows below it.")
    if len(filled) - 1 > most:
        raise ListError(f"{name} has {len(filled) - 1} rows; take at most {most} at once.")
    return PlainList(headers, tuple(_row(line, headers, cells) for line, cells in filled[1:]))


def _row(line: int, headers: Sequence[str], cells: Sequence[str]) -> ListRow:
    values = {header: cell for header, cell in zip(headers, cells, strict=False) if header}
    return ListRow(line, values, sum(1 for cell in cells[len(headers) :] if cell))


def _of_text(path: Path) -> Iterator[tuple[int, list[str]]]:
    whole = text.load(path).data.decode("utf-8", errors="replace")
    header = next((line for line in whole.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=text.delimiter_of(header))
    begun = 1
    for cells in reader:
        yield begun, [cell.strip() for cell in cells]
        begun = reader.line_num + 1


def _of_workbook(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    opened = workbook.open_workbook(path, name)
    if not opened.sheet_names:
        raise ListError(f"{name} has no sheet.")
    for line, cells in enumerate(workbook.rows_of(opened, opened.sheet_names[0], name), start=1):
        yield line, [_cell(cell) for cell in cells]


def _cell(value: Any) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return workbook.text(value) or ""
