"""Exports of the Mastersizer 2000, csv, text or .xlsx: a row a record.

    Sample Name,…,d (0.1),d (0.5),d (0.9),Result Between User Sizes (Sizes in um),,,…,Operator Notes
    ,…,,,,0.01,0.011482,0.013183,…
    GP-NCM,…,5.2,10.1,18.9,,0,0,…,

The second line has the sizes in µm below the block of results. A volume stands below the upper edge of its class (the
first field of a block is empty): a public export of glass beads gives so its own d (0.5) to 0.03 %. A block
`Result Below User Sizes` is cumulative, and goes before. d (0.1) … are in µm. Records that the instrument averaged from
others are left out beside those others, which would be counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from characterization.particle_size.readers.distributions import Replicate, frame
from characterization.particle_size.readers.size_tables import Volumes
from characterization.particle_size.table import UPPER
from labdb.ingest import small_tables
from labdb.ingest.numbers import NumberError
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 20
BLOCK = re.compile(r"Result (Between|Below) User Sizes \(Sizes in um\)", re.IGNORECASE)
KINDS = {"between": "in", "below": "under"}
STATED = {"d (0.1)": "d10_micrometre", "d (0.5)": "d50_micrometre", "d (0.9)": "d90_micrometre"}
AVERAGED = re.compile(r"[\s,;:()–-]*\baverage(d)?( result)?\b.*", re.IGNORECASE)


def is_head(fields: Sequence[str]) -> bool:
    heads = {field.strip().casefold() for field in fields}
    return "sample name" in heads and (set(STATED) <= heads or any(BLOCK.fullmatch(field.strip()) for field in fields))


def recognises(head: FileHead) -> bool:
    if head.is_zip:
        tables = ([small_tables.trimmed(row) for row in rows] for rows in head.sheets.values())
        return any(small_tables.head_row(rows, is_head) is not None for rows in tables)
    return small_tables.delimiter_of(head.lines[:SEARCHED_LINES], is_head) is not None


def read(path: Path, name: str) -> Reading:
    cells = small_tables.of_file(path, name, is_head, "Sample Name, d (0.5)")
    at = small_tables.head_row(cells.rows, is_head) or 0
    heads = [small_tables.written(each) for each in cells.rows[at]]
    blocks = _blocks(heads)
    below = cells.rows[at + 1 :]
    sizes_line, records = (below[0] if below else [], below[1:]) if blocks else ([], below)
    records = [row for row in records if row]
    if not records:
        raise ReaderError(f"{name}: has no record below its heads; export the records again")
    if not blocks and not cells.whole:
        raise ReaderError(f"{name}: its last line does not end, so it may be cut off; export it again")
    stated = {STATED[head.casefold()]: number for number, head in enumerate(heads) if head.casefold() in STATED}
    used = [*stated.values(), *(number for numbers in blocks.values() for number in numbers)]
    try:
        rows = [sizes_line, *records]
        comma = small_tables.comma_means((row[n] for row in rows for n in used if n < len(row)), cells.delimiter)
    except NumberError as error:
        raise ReaderError(f"{name}: {error}") from error

    def number_of(row: Sequence[object], column: int, which: str) -> float:
        value = row[column] if column < len(row) else None
        if value in ("", None):
            return float("nan")
        try:
            return float(small_tables.with_point(value, comma))
        except (TypeError, ValueError):
            raise ReaderError(f"{name}: {which} holds “{value}”, which is no number; export it again") from None

    called = heads.index(next(head for head in heads if head.casefold() == "sample name"))
    replicates = []
    for count, row in enumerate(records, start=1):
        which = f"record {count}"
        sizes: list[float] = []
        volumes = []
        for kind, columns in blocks.items():
            own = [number_of(sizes_line, column, "the line of sizes") for column in columns]
            there = [at for at, size in enumerate(own) if size == size]
            values = [number_of(row, columns[at], which) for at in there]
            if not sizes or kind == "under":
                sizes = [own[at] for at in there]
            volumes.append(Volumes(kind, 100.0, values))
        percentiles = {key: number_of(row, column, which) for key, column in stated.items()}
        percentiles = {key: value for key, value in percentiles.items() if value == value}
        sample = small_tables.written(row[called]) if called < len(row) else ""
        cumulative = [one for one in volumes if one.kind == "under"]
        replicates.append(Replicate(sizes, cumulative or volumes, percentiles, sample))
    return _without_averages(replicates, name, cells.warnings)


def _blocks(heads: Sequence[str]) -> dict[str, list[int]]:
    """The columns of each block of results: from its head on, as far as heads are empty."""
    found = {}
    for number, head in enumerate(heads):
        match = BLOCK.fullmatch(head.strip())
        if match:
            end = next((at for at in range(number + 1, len(heads)) if heads[at].strip()), None)
            found[KINDS[match[1].casefold()]] = list(range(number, end if end is not None else number + 1000))
    return found


def _without_averages(replicates: list[Replicate], name: str, warnings: Sequence[str]) -> Reading:
    said = list(warnings)
    measured = [one for one in replicates if not AVERAGED.search(one.sample)]
    if measured and len(measured) < len(replicates):
        said.append(f"{len(replicates) - len(measured)} records that the instrument averaged were left out")
    elif not measured:
        said.append("the records are averages of the instrument, so that their scatter is not that of measurements")
    kept = measured or replicates
    samples = list(dict.fromkeys(one.sample for one in kept if one.sample))
    metadata = {"sample": samples[0]} if len(samples) == 1 else {}
    return Reading(frame(kept, UPPER, name), metadata, tuple(said))


READER = Reader("mastersizer-2000", 1, "Malvern Mastersizer 2000 records", recognises, read)
