"""A lab's own table of the values that can be typed in, as csv or .xlsx: heads in words, units in brackets. Pure.

    Sample;Mass (g);Volume (mL);Taps
    GP-NCM-01;20,114;11,5;3000
    GP-NCM-01;19,900;11,3;3000

One table is one measurement: a column that names samples must name the same in all rows. Rows of means, deviations and
sums that a spreadsheet computed below are left out, as they are computed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from labdb.ingest import small_tables, units
from labdb.ingest.entry import said, table_of
from labdb.ingest.presentation import Entry
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 60
SAMPLE = re.compile(r"(sample|batch|lot|powder|material)( (name|code|id|no|number))?|name|code")
NUMBERING = re.compile(r"(no|nr|n|#|number|replicate|run|measurement|trial|repeat)?")
SUMMARY = re.compile(
    r"(mean|average|total|subtotal|sum|avg|sd|s d|std( dev(iation)?)?|stdev|rsd|cv|standard deviation|rel sd)\b.*"
)


@dataclass(frozen=True)
class Head:
    """How people and instruments head a column.

    Attributes:
        words: pattern of the whole head without its unit, in lower case, marks as blanks.
        units: unit as printed → how many of the column's own unit it is; an empty unit where none need be said.
    """

    words: str
    units: Mapping[str, float] = field(default_factory=lambda: {"": 1.0})

    def fits(self, head: str) -> bool:
        return re.fullmatch(self.words, _label(head)) is not None


@lru_cache(maxsize=4096)
def _label(head: str) -> str:
    return units.split_header(head)[0]


def plain_reader(
    technique: str, label: str, entry: Entry, heads: Mapping[str, Head], needed: Sequence[Sequence[str]] = ()
) -> Reader:
    """The reader of a lab's own table for a technique; its table has the columns of the entry.

    Args:
        heads: column of the entry → how it is headed; its name itself always is a head of it.
        needed: sets of columns by which such a table is recognised; the required ones where none are named.
    """
    wanted = tuple(needed) or (tuple(column.name for column in entry.columns if column.required),)
    fewest = min(len(columns) for columns in wanted)

    @lru_cache(maxsize=4096)
    def column_of(head: str) -> str:
        return _column(head, heads)

    def columns_of(fields: Sequence[str]) -> list[str]:
        """The column of each field; an empty string for a head of none."""
        return [column_of(head) for head in fields]

    def is_head(fields: Sequence[str]) -> bool:
        if len(fields) < fewest or fields[0][:1].isdigit():  # a line of values, as most are
            return False
        there = set(columns_of(fields))
        return any(there.issuperset(columns) for columns in wanted)

    def recognises(head: FileHead) -> bool:
        if head.is_zip:
            tables = [rows for rows in head.sheets.values() if not said(rows[0] if rows else [])]
            return any(
                small_tables.head_row([small_tables.trimmed(row) for row in rows], is_head) is not None
                for rows in tables
            )
        lines = head.lines[:SEARCHED_LINES]
        return bool(lines) and not said([lines[0]]) and small_tables.delimiter_of(lines, is_head) is not None

    def read(path: Path, name: str) -> Reading:
        found = small_tables.of_file(path, name, is_head, " or ".join(", ".join(columns) for columns in wanted))
        if not found.whole:
            raise ReaderError(
                f"{name}: its last line does not end with a line break, so it may be cut off; copy the file again, or"
                " end that line"
            )
        at = small_tables.head_row(found.rows, is_head) or 0
        written = [small_tables.written(each) for each in found.rows[at]]
        below, warnings = _without_summary(found.rows[at + 1 :])
        columns = columns_of(written)
        table = table_of(
            entry,
            [name for name in columns if name],
            [_fields(row, columns) for row in below],
            found.delimiter,
            name,
            {
                column: _factor(head, heads[column], name)
                for head, column in zip(written, columns, strict=True)
                if column
            },
        )
        sample, ignored = _others(written, columns, below, name)
        if ignored:
            warnings.append(f"the columns {', '.join(ignored)} were not read")
        metadata = {"sample": sample} if sample else {}
        return Reading(table, metadata, (*found.warnings, *warnings))

    return Reader(f"{technique.replace('_', '-')}-table", 1, f"{label}, a table", recognises, read)


def _column(head: str, heads: Mapping[str, Head]) -> str:
    if head.strip().casefold() in heads:
        return head.strip().casefold()
    return next((column for column, of in heads.items() if of.fits(head)), "")


def _factor(head: str, of: Head, name: str) -> float:
    """
    Raises:
        ReaderError: the head has no unit, or one that the column cannot be in.
    """
    if not of.fits(head):  # the name of the column, which has its unit
        return 1.0
    unit = units.split_header(head)[1].replace("\u03bc", "µ")
    if unit not in of.units:
        known = ", ".join(each for each in of.units if each)
        says = f"is in {unit}" if unit else "does not say its unit"
        raise ReaderError(f"{name}: the column “{head}” {says}; write one of {known} in brackets behind it")
    return of.units[unit]


def _fields(row: Sequence[Any], columns: Sequence[str]) -> list[Any]:
    """The fields below known heads; what stands beyond the heads stays, to be refused."""
    padded = [*row, *[None] * (len(columns) - len(row))]
    return small_tables.trimmed([value for at, value in enumerate(padded) if at >= len(columns) or columns[at]])


def _without_summary(rows: Sequence[Sequence[Any]]) -> tuple[list[Sequence[Any]], list[str]]:
    """Rows without those that a spreadsheet computed; they become empty, so that the others keep their numbers."""
    computed = [any(isinstance(value, str) and SUMMARY.fullmatch(units.words(value)) for value in row) for row in rows]
    warnings = [f"{sum(computed)} rows of means, deviations or sums were left out"] if any(computed) else []
    return [[] if summary else row for row, summary in zip(rows, computed, strict=True)], warnings


def _others(
    written: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[Any]], name: str
) -> tuple[str, list[str]]:
    """The one sample that the table names, and the heads of what is not read.

    Raises:
        ReaderError: it names several samples.
    """
    sample, ignored = "", []
    for at, (head, column) in enumerate(zip(written, columns, strict=True)):
        if column:
            continue
        values = {small_tables.written(row[at]) for row in rows if at < len(row)} - {""}
        label = units.split_header(head)[0]
        if SAMPLE.fullmatch(label):
            if len(values) > 1:
                some = ", ".join(sorted(values)[:5])
                raise ReaderError(f"{name}: holds {len(values)} samples ({some}); save each as a file of its own")
            sample = sample or next(iter(values), "")
        elif values and not NUMBERING.fullmatch(label):
            ignored.append(head)
    return sample, ignored
