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

from cells.cycling.readers import sheets
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


def recognises_xlsx(head: FileHead) -> bool:
    return sheets.holds(head, is_header)


def read_xlsx(path: Path, name: str) -> Reading:
    found = sheets.collect(path, name, is_header, passed_over="statistic")
    channels = sorted({channel_of(sheet) for sheet in found.names})
    if len(channels) > 1:
        raise ReaderError(
            f"{name}: holds {len(channels)} channels ({', '.join(channels)}); save each in a file of its own"
        )
    columns = find(found.frame.columns, LABELS)
    source = Source(name, found.frame, found.first_row, "row", UNITS).without_blank_rows(columns)
    about: dict[str, Any] = {}
    for rows in found.beside:
        about = {**said_by(rows), **about}
    return read_channel(source, [], metadata_of(about))


def channel_of(sheet: str) -> str:
    """The channel that a sheet belongs to: 11 of `Channel_11_2`; the sheet itself where its name has no such form."""
    match = SHEET.match(sheet)
    return match["channel"] if match and match["channel"] else sheet


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
    Reader("arbin-csv", version=2, label="Arbin export (text)", recognises=recognises_csv, read=read_csv),
    Reader("arbin-xlsx", version=2, label="Arbin export (.xlsx)", recognises=recognises_xlsx, read=read_xlsx),
]
