"""Micromeritics reports as workbooks of before 2007 (`.xls`): see `micromeritics_report`.

The pages stand side by side on one sheet, parted by columns of `|`, or on a sheet each. The column names stand two rows
below the title of the page, the points below them; other tables may follow further down.
Seen: 3Flex 5.02, ASAP 2020 3.01, MicroActive 4.03 (TriStar II), Gemini VII 5.03.
"""

from __future__ import annotations

from pathlib import Path

from characterization.physisorption.readers.micromeritics_report import (
    COLUMNS,
    NAMES,
    TITLE,
    UNIT,
    Column,
    product,
    report,
)
from labdb.ingest import old_workbook
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

HEADER_ROWS = 4  # in which the column names stand below the title
EMPTY_ROWS = 3  # as many end the table


def recognises(head: FileHead) -> bool:
    return old_workbook.contains(head, TITLE)


def read(path: Path, name: str) -> Reading:
    for sheet in old_workbook.sheets(path, name):
        at = sheet.find(TITLE)
        if at is not None:
            return report(_columns(sheet, at, name), _said(sheet, at[1]), name, [])
    raise ReaderError(f"{name}: has no page “{TITLE}”; print the report with it")


def _said(sheet: old_workbook.Sheet, column: int) -> dict[str, str]:
    """What the head of a page says; where the page itself leaves something empty, any other page."""
    labels = {label: key for key, names in NAMES.items() for label in names} | {"bet surface area:": "area"}
    found: dict[str, str] = {}
    for (row, at), value in sorted(sheet.cells.items(), key=lambda cell: (cell[0][1] < column, cell[0])):
        key = labels.get(value.strip().lower()) if isinstance(value, str) else None
        if key and sheet.text(row, at + 1):
            found.setdefault(key, sheet.text(row, at + 1))
    head = sorted(
        (at, value.strip()) for (row, at), value in sheet.cells.items() if row == 1 and isinstance(value, str)
    )
    found["device"] = product(value for _, value in head)
    return found


def _columns(sheet: old_workbook.Sheet, title: tuple[int, int], name: str) -> list[Column]:
    row, first = title
    candidates = range(row + 1, row + 1 + HEADER_ROWS)
    header = next((r for r in candidates if sheet.text(r, first).lower().startswith(COLUMNS)), None)
    if header is None:
        raise ReaderError(f"{name}: the page “{TITLE}” has no names of its columns; print the report with them")
    places = [first]
    while UNIT.search(sheet.text(header, places[-1] + 1)):
        places.append(places[-1] + 1)
    last = max(at for at, _ in sheet.cells)
    rows: list[list[str]] = []
    empty = 0
    for r in range(header + 1, last + 1):
        fields = [_field(sheet, r, at) for at in places]
        empty = 0 if any(fields) else empty + 1
        if empty > EMPTY_ROWS:
            break
        rows.append(fields)
    return [Column(sheet.text(header, at), [row[n] for row in rows]) for n, at in enumerate(places)]


def _field(sheet: old_workbook.Sheet, row: int, column: int) -> str:
    """A cell as text that loses nothing of a number."""
    number = sheet.number(row, column)
    return repr(number) if number is not None else sheet.text(row, column)


READER = Reader("micromeritics-xls", version=1, label="Micromeritics report, xls", recognises=recognises, read=read)
