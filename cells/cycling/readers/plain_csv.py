"""Lab-made tables: a free preamble, then a header of plain words and its rows, separated by semicolons, tabs or commas.

    operator;Ada …
    index;test_time;step_time;date_stamp;step;cycle;current;voltage;charge_capacity;discharge_Capacity
    0;120.00;120.00;43374.42;1;1;0.00;1.14;0.00;0.00

The plain words have no units: time is taken in s, current in A, voltage in V, capacity in Ah, and a warning says so;
`current(mA)` and the like are converted. The preamble may hold `key;value` lines (operator, cell, schedule …).
Seen from: cellpy's custom instrument file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cells.cycling.readers.columns import Source, find, missing
from cells.cycling.readers.finish import finish, local
from labdb.ingest import text, units
from labdb.ingest.numbers import clock_start, excel_moment
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 200
LABELS = {
    "test_time_second": ("test time",),
    "step_time_second": ("step time",),
    "voltage_volt": ("voltage",),
    "current_ampere": ("current",),
    "cycle_count": ("cycle",),
    "step_id": ("step",),
    "charge_capacity_ah": ("charge capacity",),
    "discharge_capacity_ah": ("discharge capacity",),
}
UNITS = {
    "test_time_second": "s",
    "step_time_second": "s",
    "voltage_volt": "V",
    "current_ampere": "A",
    "charge_capacity_ah": "Ah",
    "discharge_capacity_ah": "Ah",
}
ABOUT = {
    "operator": "operator",
    "instrument": "device",
    "schedule": "protocol",
    "cell": "sample",
    "comment": "comment",
}


def is_header(fields: Sequence[str]) -> bool:
    """Plain words for a test: time of the test, step and cycle, and at least one of current and voltage."""
    labels = {units.split_header(field)[0] for field in fields}
    return {"test time", "step", "cycle"} <= labels and bool(labels & {"current", "voltage"})


def recognises(head: FileHead) -> bool:
    return not head.is_zip and text.find_header(head.lines[:SEARCHED_LINES], is_header) is not None


def read(path: Path, name: str) -> Reading:
    try:
        file = text.load(path)
        header = text.find_header(file.head[:SEARCHED_LINES], is_header)
        if header is None:
            raise ReaderError(f"{name}: no header with test_time, step, cycle, current and voltage")
        table = text.table(file, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(table.headers, LABELS)
    absent = missing(found)
    if absent:
        raise ReaderError(f"{name}: no column of {' and '.join(absent)}; add it to the table")
    source = Source.of(name, table, found, UNITS).without_blank_rows(found)
    said = list(table.warnings)
    bare = [column.header for ours, column in found.items() if ours in UNITS and not column.unit]
    if bare:
        said.append(f"the columns {', '.join(bare)} name no unit and were taken in s, V, A and Ah")
    values = source.table(found)
    about, rest = said_by(table.preamble, table.delimiter)
    labels = {units.split_header(title)[0]: title for title in reversed(table.headers)}
    if "date stamp" in labels and len(source.frame):
        about["start_time_local"] = begin(source.frame[labels["date stamp"]].to_list())
    return finish(values, name, {**about, "instrument": rest}, said)


def begin(stamps: list[str | None]) -> str | None:
    """The first date stamp, in days as Excel counts them, or written out."""
    first = next((stamp for stamp in stamps if stamp), "")
    last = next((stamp for stamp in reversed(stamps) if stamp), "")
    try:
        return local(excel_moment(float(first.replace(",", "."))))
    except ValueError:
        return local(clock_start(first, last))


def said_by(preamble: Sequence[str], delimiter: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The `key;value` lines above the table: those that have a name of ours, and the rest as written."""
    ours: dict[str, Any] = {}
    rest: dict[str, str] = {}
    for line in preamble:
        fields = [field for field in text.split(line, delimiter) if field]
        if len(fields) != 2 or fields[0].isdigit() or fields[0].startswith("#"):
            continue
        key = units.words(fields[0])
        if key in ABOUT:
            ours[ABOUT[key]] = fields[1]
        else:
            rest[key] = fields[1]
    return ours, rest


READER = Reader("plain-csv", version=2, label="Plain table (text)", recognises=recognises, read=read)
