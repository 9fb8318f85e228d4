"""Neware's exports as text: .csv or .txt, separated by commas, tabs or semicolons; UTF-8, UTF-16, GB18030 or Latin-1.

Two layouts. Flat: one header, one line a record. Nested ("general report", "regular export"): three headers, for
cycles, steps and records, each further to the right; the lines of the three follow one another, and the first step of
a cycle may stand on the line of its cycle:

    Cycle Index,Chg. Cap.(Ah),…
    ,Step Index,Step Number,Step Type,…
    ,,DataPoint,Time,Total Time,Current(A),Voltage(V),…
    1,0.02256,…,1,1,Rest,00:00:20,…
    ,,1,00:00:00,00:00:00,0.00000,4.3185,…
    ,2,2,CC Chg,00:02:51,…

Columns and units: `neware_table`. "℃" and "Ω" arrive as "?" where the software's code page lacks them.
Seen from: BTSDA 7.5, 7.6, 8.0; BTS 7 general reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cells.cycling.readers.columns import Source, find
from cells.cycling.readers.neware_table import CYCLE, LABELS, RECORD, STEP, STEP_TYPE, is_header, is_used, read_records
from cells.cycling.readers.steps import step_types
from labdb.ingest import text, units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 60


@dataclass(frozen=True)
class Nesting:
    """The headers of a nested export.

    Attributes:
        first_line: index of the first header.
        delimiter: between the fields.
        headers: of each level, from the outermost; the last is that of the records.
    """

    first_line: int
    delimiter: str
    headers: list[list[str]]

    def start(self, level: int) -> int:
        """The field at which a level begins."""
        return next(index for index, field in enumerate(self.headers[level]) if field)


def nesting(lines: list[str]) -> Nesting | None:
    """The headers of a nested export, or None for a flat one."""
    for index, line in enumerate(lines[:SEARCHED_LINES]):
        for delimiter in text.DELIMITERS:
            if delimiter not in line:
                continue
            first = text.split(line, delimiter)
            if not first or units.split_header(first[0])[0] not in (*CYCLE, *STEP):
                continue
            headers = [first]
            for follower in lines[index + 1 : index + 3]:
                fields = text.split(follower, delimiter)
                start = next((place for place, field in enumerate(fields) if field), 0)
                above = next(place for place, field in enumerate(headers[-1]) if field)
                if start > above and units.split_header(fields[start])[0] in (*STEP, *RECORD):
                    headers.append(fields)
            last = headers[-1]
            start = next(place for place, field in enumerate(last) if field)
            if len(headers) > 1 and units.split_header(last[start])[0] in RECORD:
                return Nesting(index, delimiter, headers)
    return None


def recognises(head: FileHead) -> bool:
    lines = head.lines[:SEARCHED_LINES]
    if text.find_header(lines, is_header) is None and nesting(lines) is None:
        return False
    return not head.is_zip


def read(path: Path, name: str) -> Reading:
    try:
        file = text.load(path)
        lines = file.head
        nested = nesting(lines)
        if nested is not None:
            return read_nested(file, nested, name)
        header = text.find_header(lines[:SEARCHED_LINES], is_header)
        if header is None:
            raise ReaderError(f"{name}: no header of a Neware record table; export the record layer")
        table = text.table(file, *header, wanted=is_used)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(table.headers, LABELS)
    source = Source.of(name, table, found).without_blank_rows(found)
    return read_records(source, list(table.warnings), {})


def read_nested(file: text.TextFile, nested: Nesting, name: str) -> Reading:
    """Spread the cycle and step lines over the records below them."""
    records = nested.headers[-1]
    outer = len(nested.headers[0])
    while outer and not nested.headers[0][outer - 1]:
        outer -= 1
    width = max(outer + len(nested.headers[1]), *(len(header) for header in nested.headers))
    places = [f"field {index}" for index in range(width)]
    table = text.table(file, nested.first_line + len(nested.headers) - 1, nested.delimiter, places, len(records))
    frame = table.frame
    start = nested.start(-1)
    blank_before = pl.all_horizontal(pl.col(places[:start]).is_null())
    frame = frame.with_columns(is_record=blank_before & pl.col(places[start]).is_not_null())
    known: dict[str, pl.Series] = {}
    if units.split_header(nested.headers[0][0])[0] in CYCLE:
        frame = frame.with_columns(cycle_count=pl.col(places[0]).forward_fill())
    step_level = len(nested.headers) - 2
    if units.split_header(nested.headers[step_level][nested.start(step_level)])[0] in STEP:
        frame = with_steps(frame, nested, step_level, outer, places)
    body = frame.filter("is_record")
    for ours in ("cycle_count", "step_id", "step_count"):
        if ours in body.columns:
            known[ours] = body[ours].cast(pl.Float64, strict=False)
    if "step_type" in body.columns:
        known["step_type"] = step_types(body["step_type"])
    body = body.select(
        pl.col(place).alias(header)
        for place, header in zip(places, text.unique(records), strict=False)
        if header and not header.startswith(" (")
    )
    found = find(body.columns, LABELS)
    source = Source.of(name, text.TextTable((), body, 1, nested.delimiter), found)
    return read_records(
        Source(name, source.frame, 1, "record", source.units, source.comma), list(table.warnings), {}, known
    )


def with_steps(frame: pl.DataFrame, nested: Nesting, level: int, outer: int, places: list[str]) -> pl.DataFrame:
    """Give every line the number, type and count of the step that it is below."""
    header, start = nested.headers[level], nested.start(level)
    cycle_line = pl.col(places[0]).is_not_null() if level else pl.lit(value=False)
    # The first step of a cycle may follow on the line of the cycle.
    joined = cycle_line & pl.col(places[outer]).is_not_null() if level else pl.lit(value=False)
    begins = ~pl.col("is_record") & ~cycle_line & pl.col(places[start]).is_not_null()
    named = {units.split_header(field)[0]: index for index, field in reversed(list(enumerate(header))) if field}
    columns = {}
    for ours, labels in (("step_id", LABELS["step_id"]), ("step_type", STEP_TYPE)):
        place = next((named[label] for label in labels if label in named), None)
        if place is not None:
            columns[ours] = (
                pl.when(joined)
                .then(pl.col(places[min(outer + place - start, len(places) - 1)]))
                .when(begins)
                .then(pl.col(places[place]))
                .forward_fill()
            )
    return frame.with_columns(**columns, step_count=(joined | begins).cum_sum())


READER = Reader("neware-text", version=2, label="Neware export (text)", recognises=recognises, read=read)
