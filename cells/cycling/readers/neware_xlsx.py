"""Neware's export as a workbook (.xlsx) from BTSDA.

Sheets: `record` (as `neware_table`; a long test goes on in `record1` or `record_2`), `step`, `cycle`, and `test` or
`unit`, which hold names and values (Start Time, Barcode, Active material, …) side by side. Older BTS names the
record sheet `Detail_…`. Durations may be stored as text, as times, or, beyond a day, as dates since 1900.
Written from the known layout; no file of an instrument was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from cells.cycling.readers import sheets
from cells.cycling.readers.columns import Source, find
from cells.cycling.readers.finish import local, mass_mg
from cells.cycling.readers.neware_table import LABELS, is_header, read_records
from labdb.ingest import numbers, units, workbook
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

MASS = re.compile(r"^\s*([\d.]+)\s*(mg|g|kg|µg|ug)\s*$")
MASS_MG = {"mg": 1.0, "g": 1e3, "kg": 1e6, "µg": 1e-3, "ug": 1e-3}
# Words of the sheets beside the records, and what they are in ours.
ABOUT = {
    "start time": "start",
    "starttime": "start",
    "barcode": "sample",
    "remark": "comment",
    "remarks": "comment",
    "comment": "comment",
    "builder": "operator",
    "creator": "operator",
    "step name": "protocol",
    "step file": "protocol",
    "process name": "protocol",
    "active material": "mass",
    "active mass": "mass",
    "channel": "device",
    "device": "device",
    "启动时间": "start",
    "开始时间": "start",
    "条码": "sample",
    "备注": "comment",
    "创建者": "operator",
    "活性物质": "mass",
}


def recognises(head: FileHead) -> bool:
    return sheets.holds(head, is_header)


def read(path: Path, name: str) -> Reading:
    found = sheets.collect(path, name, is_header)
    columns = find(found.frame.columns, LABELS)
    try:
        comma = numbers.comma_means(found.frame[column.header] for column in columns.values())
    except numbers.NumberError as error:
        raise ReaderError(f"{name}: {error}") from error
    source = Source(name, found.frame, found.first_row, "row", comma=comma).without_blank_rows(columns)
    about: dict[str, str] = {}
    for rows in found.beside:
        about = {**said_by(rows), **about}
    return read_records(source, [], metadata_of(about))


def said_by(rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Names and the values beside them."""
    found: dict[str, str] = {}
    for row in rows[: sheets.SEARCHED_ROWS]:
        cells = [workbook.text(cell) or "" for cell in row]
        for cell, beside in pairwise(cells):
            label = units.words(cell.rstrip(":："))
            if label in ABOUT and beside and units.words(beside) not in ABOUT:
                found.setdefault(ABOUT[label], beside)
    return found


def metadata_of(about: dict[str, str]) -> dict[str, Any]:
    mass = MASS.match(about.get("mass", ""))
    return {
        "start_time_local": local(clock_start(about.get("start"))),
        "device": f"Neware {about['device']}" if "device" in about else "Neware",
        "operator": about.get("operator"),
        "sample": about.get("sample"),
        "comment": about.get("comment"),
        "protocol": about.get("protocol"),
        "active_mass_mg": mass_mg(float(mass[1]) * MASS_MG[mass[2]]) if mass else None,
        "instrument": {"active material": about["mass"]} if "mass" in about else {},
    }


READER = Reader("neware-xlsx", version=2, label="Neware export (.xlsx)", recognises=recognises, read=read)
