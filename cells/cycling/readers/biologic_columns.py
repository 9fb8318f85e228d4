"""BioLogic columns without the EC-Lab header: cut-down .mpt, BT-Lab .csv, texts made from either.

The first line is the column heads of EC-Lab ("time/s", "Ewe/V", "I/mA" …), separated by tab, semicolon or comma;
the .csv of a BCS begins with an unnamed column of record numbers. Decimal point or comma. Nothing is said of the
instrument, the mass or the technique. Of three electrodes the voltage between them is read, because nothing says
that the potential against the reference was meant. What the columns mean: `biologic.py`.
"""

from __future__ import annotations

from pathlib import Path

from cells.cycling.readers.biologic import CURRENTS, Export, Heads, reading_of
from cells.cycling.readers.biologic_mpt import MAGIC
from labdb.ingest import text, units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 5


def is_heads(fields: list[str]) -> bool:
    """Heads of EC-Lab: each with its unit behind a slash, enough of them for a cycling table."""
    heads = Heads.of(fields)
    time, current = heads.first("time"), heads.first(*CURRENTS, "dq")
    return (
        heads.is_cycling
        and time is not None
        and units.factor(time.unit, "s") is not None
        and current is not None
        and current.unit != ""
    )


def recognises(head: FileHead) -> bool:
    return not MAGIC.match(head.text) and text.find_header(head.lines[:SEARCHED_LINES], is_heads) is not None


def read(path: Path, name: str) -> Reading:
    try:
        content = text.load(path)
        found = text.find_header(content.head[:SEARCHED_LINES], is_heads)
        if found is None:
            raise ReaderError(f"{name}: no line of column heads (time/s, Ewe/V, I/mA …); export it with its header")
        table = text.table(content, *found)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    export = Export(name, table.frame, cell_voltage=True, warnings=table.warnings, first_line=table.first_line)
    return reading_of(export)


READER = Reader(
    "biologic-columns", version=2, label="BioLogic columns without header", recognises=recognises, read=read
)
