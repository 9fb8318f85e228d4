"""Reading spreadsheets (.xlsx) without trusting them. Pure.

A sheet is kept as a dense grid by the library that reads it, so that two cells far apart would fill the memory;
sheets are therefore measured before they are opened. The older .xls is `old_workbook`, and is read for the reports of
instruments that write nothing else: the libraries at hand cannot be kept from filling the memory over a damaged one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

from labdb.ingest import archive
from labdb.ingest.reader import ReaderError

ROW = re.compile(rb"<row\b[^>]*?\br=\"(\d{1,7})\"")
FAR_CELL = re.compile(rb"\br=\"([A-Z]{2,3})\d+\"")
DENSE_CELLS = 20_000_000
EMPTY_SHARE = 50
EXCEL_ZERO = datetime(1899, 12, 31)


def open_workbook(path: Path, name: str) -> CalamineWorkbook:
    """A workbook whose size was checked.

    Raises:
        ReaderError: it is no workbook, damaged, or would unfold to too much.
    """

    def look(member: str, stream: IO[bytes], count: archive.Count) -> None:
        if member.startswith("xl/worksheets/") and member.endswith(".xml"):
            measure(archive.read_counted(stream, count), name)
        else:
            archive.skip(stream, count)

    archive.walk(path, name, look)
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        raise ReaderError(f"{name}: is no readable workbook ({archive.reason(error)}); export it again") from error


def measure(sheet: bytes, name: str) -> None:
    """Refuse a sheet that is nearly all empty space."""
    rows = max((int(number) for number in ROW.findall(sheet[-200_000:]) or ROW.findall(sheet)), default=0)
    columns = 26
    if b'r="AA' in sheet or FAR_CELL.search(sheet):
        columns = max((column_number(letters) for letters in set(FAR_CELL.findall(sheet))), default=26)
    cells = sheet.count(b"<c ") + sheet.count(b"<c>")
    if rows * columns > DENSE_CELLS and rows * columns > EMPTY_SHARE * max(cells, 1):
        raise ReaderError(f"{name}: one of its sheets is nearly all empty ({rows} × {columns} cells); export it again")


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def rows_of(workbook: CalamineWorkbook, sheet: str, name: str, first: int | None = None) -> list[list[Any]]:
    """The rows of a sheet, or the first of them.

    Raises:
        ReaderError: the sheet is damaged.
    """
    try:
        opened = workbook.get_sheet_by_name(sheet)
        return opened.to_python(skip_empty_area=False, nrows=first)

    except (CalamineError, WorksheetNotFound, OSError, ValueError) as error:
        raise ReaderError(f"{name}: sheet '{sheet}' is damaged ({archive.reason(error)}); export it again") from error


def first_rows(path: Path, rows: int) -> dict[str, list[list[Any]]]:
    """The first rows of each sheet; an unreadable workbook has none."""
    try:
        workbook = open_workbook(path, path.name)
        return {sheet: rows_of(workbook, sheet, path.name, first=rows) for sheet in workbook.sheet_names}
    except ReaderError:
        return {}


def frame(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Rows of a sheet as columns of numbers, or of text where a column is not all numbers; blank is null."""
    columns = {}
    for index, header in enumerate(headers):
        values = [row[index] if index < len(row) else None for row in rows]
        values = [None if isinstance(value, str) and not value.strip() else value for value in values]
        if all(value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values):
            columns[header] = pl.Series(header, values, dtype=pl.Float64, strict=False)
        else:
            columns[header] = pl.Series(header, [text(value) for value in values], dtype=pl.String)
    return pl.DataFrame(columns)


def text(value: Any) -> str | None:
    """A cell as an export in text would have it; a duration as h:mm:ss, also one that Excel took for a date."""
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.year < 1902:  # a duration of more than a day, in days since Excel's zero
            return text(value - EXCEL_ZERO)
        return value.isoformat(" ")
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}:{seconds % 60:09.6f}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
