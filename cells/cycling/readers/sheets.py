"""Record tables in workbooks: the sheets that hold one, put together, and what the sheets beside them say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from labdb.ingest import workbook
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.text import unique

SEARCHED_ROWS = 60
IsHeader = Callable[[list[str]], bool]


@dataclass(frozen=True)
class Sheets:
    """The record table of a workbook.

    Attributes:
        frame: all records, numbers or text by column.
        names: of the sheets that it was put together from.
        first_row: of the records, as a person counts.
        beside: the rows of the other sheets, and those above the first header.
    """

    frame: pl.DataFrame
    names: list[str]
    first_row: int
    beside: list[list[list[Any]]]


def header_row(rows: Sequence[Sequence[Any]], is_header: IsHeader) -> int | None:
    """The row that heads a record table."""
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        if is_header([str(cell) for cell in row if cell not in (None, "")]):
            return index
    return None


def holds(head: FileHead, is_header: IsHeader) -> bool:
    """Whether a sheet of the workbook holds a record table."""
    return any(header_row(rows, is_header) is not None for rows in head.sheets.values())


def collect(path: Path, name: str, is_header: IsHeader, passed_over: str = "") -> Sheets:
    """Put the record sheets of a workbook together.

    Args:
        path: of the workbook.
        name: the uploaded name.
        is_header: whether a row heads a record table.
        passed_over: sheets whose names begin so are left out, in lower case: sums of the records with like columns.

    Raises:
        ReaderError: the workbook is damaged, no sheet holds records, or they have different columns.
    """
    book = workbook.open_workbook(path, name)
    headers: list[str] = []
    records: list[list[Any]] = []
    names: list[str] = []
    beside: list[list[list[Any]]] = []
    first_row = 0
    for sheet in book.sheet_names:
        rows = workbook.rows_of(book, sheet, name)
        at = header_row(rows, is_header)
        if passed_over and sheet.lower().startswith(passed_over):
            continue
        if at is None:
            beside.append(rows)
            continue
        found = unique([str(cell or "").strip() for cell in rows[at]])
        if headers and found != headers:
            raise ReaderError(f"{name}: its record sheets have different columns; export one test at a time")
        headers, first_row = found, first_row or at + 2
        names.append(sheet)
        records.extend(rows[at + 1 :])
        beside.append(rows[:at])
    if not headers:
        raise ReaderError(f"{name}: no sheet holds a table of records; export it with its record sheet")
    return Sheets(workbook.frame(headers, records), names, first_row, beside)
