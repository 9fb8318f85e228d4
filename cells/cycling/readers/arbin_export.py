"""Arbin's exports: .csv, and workbooks with a sheet a channel (`Channel_11_1`, `Channel_1-003`, …).

A channel goes on in the next sheet when a sheet is full. `Global_Info` holds the schedule, operator and start.
Columns and units: `arbin_table`. Seen from: MITS Pro 7, MITS 8 / MITS X, and csv written from Arbin's SQL database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from cells.cycling.readers.arbin_table import LABELS, UNITS, is_header, read_channel
from cells.cycling.readers.columns import Source, find
from cells.cycling.readers.finish import local
from labdb.ingest import text, units, workbook
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 60
SHEET = re.compile(r"channel[_ -]?(?P<channel>\d+)?", re.IGNORECASE)
ABOUT = {
    "schedule file name": "protocol",
    "creator": "operator",
    "comments": "comment",
    "software version": "software",
    "item id": "sample",
    "start datetime": "start",
    "channel": "channel",
    "test name": "test name",
    "serial number": "serial number",
}


def recognises_csv(head: FileHead) -> bool:
    return not head.is_zip and text.find_header(head.lines[:SEARCHED_LINES], is_header) is not None


def read_csv(path: Path, name: str) -> Reading:
    try:
        file = text.load(path)
        header = text.find_header(file.head[:SEARCHED_LINES], is_header)
        if header is None:
            raise ReaderError(f"{name}: no header of an Arbin channel; export it again with all columns")
        table = text.table(file, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(table.headers, LABELS)
    source = Source.of(name, table, found, UNITS).without_blank_rows(found)
    return read_channel(source, list(table.warnings), {})


def header_row(rows: Sequence[Sequence[Any]]) -> int | None:
    for index, row in enumerate(rows[:SEARCHED_LINES]):
        if is_header([str(cell) for cell in row if cell not in (None, "")]):
            return index
    return None


def recognises_xlsx(head: FileHead) -> bool:
    return any(header_row(rows) is not None for rows in head.sheets.values())


def read_xlsx(path: Path, name: str) -> Reading:
    book = workbook.open_workbook(path, name)
    headers: list[str] = []
    records: list[list[Any]] = []
    channels: set[str] = set()
    about: dict[str, Any] = {}
    first_row = 0
    for sheet in book.sheet_names:
        rows = workbook.rows_of(book, sheet, name)
        at = header_row(rows)
        if at is None:
            about = {**said_by(rows), **about}
            continue
        match = SHEET.match(sheet)
        channels.add((match["channel"] if match else None) or sheet)
        found = text.unique([str(cell or "").strip() for cell in rows[at]])
        if len(channels) > 1:
            raise ReaderError(
                f"{name}: holds {len(channels)} channels ({', '.join(sorted(channels))}); save each in its own file"
            )
        if headers and found != headers:
            raise ReaderError(f"{name}: the sheets of its channel have different columns; export it again")
        headers, first_row = found, first_row or at + 2
        records.extend(rows[at + 1 :])
    if not headers:
        raise ReaderError(f"{name}: no sheet with the records of a channel; export it with its channel sheets")
    frame = workbook.frame(headers, records)
    columns = find(headers, LABELS)
    source = Source(name, frame, first_row, "row", UNITS).without_blank_rows(columns)
    return read_channel(source, [], metadata_of(about))


def said_by(rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """What stands below the headings of the sheet `Global_Info`."""
    for above, below in pairwise(rows):
        found = {
            ABOUT[units.words(str(cell))]: workbook.text(value)
            for cell, value in zip(above, below, strict=False)
            if isinstance(cell, str) and units.words(cell) in ABOUT and value not in (None, "")
        }
        if "protocol" in found or "start" in found:
            return found
    return {}


def metadata_of(about: dict[str, Any]) -> dict[str, Any]:
    return {
        "device": f"Arbin channel {about['channel']}" if about.get("channel") else "Arbin",
        "software": about.get("software"),
        "operator": about.get("operator"),
        "sample": about.get("sample"),
        "comment": about.get("comment"),
        "protocol": about.get("protocol"),
        "instrument": {
            "start of the schedule": local(clock_start(about.get("start"))),
            **{key: about[key] for key in ("test name", "serial number") if key in about},
        },
    }


READERS = [
    Reader("arbin-csv", version=1, label="Arbin export (text)", recognises=recognises_csv, read=read_csv),
    Reader("arbin-xlsx", version=1, label="Arbin export (.xlsx)", recognises=recognises_xlsx, read=read_xlsx),
]
