"""The plotted points of a Micromeritics report, "Isotherm Linear Plot", as `.csv`.

Latin-1 or UTF-8, `;` with decimal commas or `,` with points: p/p0 and amount of the adsorption, beside them those of
the desorption. The file names neither gas, temperature nor mass. Seen: one with decimal commas.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from characterization.physisorption.readers.micromeritics_report import as_numbers, loading_unit_of, unit_of
from characterization.physisorption.readers.points import About, Numbers, Points, lines_of, reading
from characterization.physisorption.table import ADSORPTION, DESORPTION
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import find_header, split

HEADER_LINES = 30  # in which the names of the columns stand


def is_header(fields: Sequence[str]) -> bool:
    """Column names of one isotherm: p/p0 and amount, once or twice."""
    labels = [field.lower() for field in fields if field]
    pairs = zip(labels[::2], labels[1::2], strict=False)
    return len(labels) in (2, 4) and all(
        pressure.startswith("relative pressure (p") and amount.startswith("quantity adsorbed (")
        for pressure, amount in pairs
    )


def recognises(head: FileHead) -> bool:
    return find_header(head.lines[:HEADER_LINES], is_header) is not None


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    header = find_header(found.lines[:HEADER_LINES], is_header)
    if header is None:
        raise ReaderError(f"{name}: no line names a relative pressure and a quantity adsorbed; export the plot again")
    at, delimiter = header
    labels = [label for label in split(found.lines[at], delimiter) if label]
    rows = [split(line, delimiter) for line in found.whole[at + 1 :] if line.strip(f" {delimiter}")]
    fields = {str(n): [row[n] if n < len(row) else "" for row in rows] for n in range(len(labels))}
    values = list(as_numbers(fields, name).values())
    unit = loading_unit_of({unit_of(label) for label in labels[1::2]}, None, name)
    sides = list(zip((ADSORPTION, DESORPTION), values[::2], values[1::2], strict=False))
    if len(sides) == 2 and not _falls(sides[1][1]):
        raise ReaderError(
            f"{name}: its second pair of columns is no desorption; save each isotherm as a file of its own"
        )
    points = [
        (p, n, branch)
        for branch, pressures, amounts in sides
        for p, n in zip(pressures, amounts, strict=True)
        if p is not None or n is not None
    ]
    return reading(
        name,
        Points(
            [n for _, n, _ in points],
            [branch for _, _, branch in points] if len(sides) == 2 else None,
            relative_pressure=[p for p, _, _ in points],
        ),
        About(unit),
        {},
        [*found.warnings, *found.doubt],
    )


def _falls(values: Numbers) -> bool:
    there = [value for value in values if value is not None]
    return len(there) < 2 or there[-1] < there[0]


READER = Reader("micromeritics-csv", version=1, label="Micromeritics isotherm plot", recognises=recognises, read=read)
