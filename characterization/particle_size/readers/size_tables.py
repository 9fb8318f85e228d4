"""Tables of size classes and volumes, whatever instrument wrote them: their rows, and the lines around them. Pure.

A table has a column of sizes and columns of volumes: in the class ("Volume density", "q", "% Chan"), below the size
("Undersize", "% Pass", "Cumulative") or above it ("Oversize"). Several such tables may stand side by side: parts of one
distribution, as reports break it, or replicates. Number and surface distributions are refused: their D50 is another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from characterization.particle_size.readers.heads import LENGTHS, Head, head_of, is_head
from labdb.ingest import small_tables, units
from labdb.ingest.numbers import NumberError
from labdb.ingest.reader import ReaderError

STATED = re.compile(r"d[xv]? ?[(\[]?(?:v, ?)?(?P<percent>10|50|90|0[ .,]?1|0[ .,]?5|0[ .,]?9)[)\]]?", re.IGNORECASE)
SAMPLE_KEYS = ("sample name", "sample id", "sample", "id", "title")
PERCENTS = {"10": "d10_micrometre", "50": "d50_micrometre", "90": "d90_micrometre"}
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Volumes:
    """One column of volumes; nan where it has an empty field."""

    kind: str
    full: float | None
    values: list[float]

    def picked(self, rows: Sequence[int]) -> Volumes:
        return replace(self, values=[self.values[number] for number in rows])


@dataclass(frozen=True)
class Part:
    """A column of sizes in µm, and the volumes beside it."""

    sizes: list[float]
    volumes: list[Volumes]


@dataclass(frozen=True)
class Found:
    """A file's tables.

    Attributes:
        above, below: the rows over the heads and under the table: keys and values.
        parts: side by side.
        edge: which the sizes are by their head; empty where it does not say.
        has_unit: whether the head of the sizes has a unit; without one they are taken as µm.
        warnings: sentences for the owner.
    """

    above: list[list[str]]
    below: list[list[str]]
    parts: list[Part]
    edge: str
    has_unit: bool
    warnings: tuple[str, ...] = ()


def collect(path: Path, name: str) -> Found:
    """
    Raises:
        ReaderError: there is no such table, it is not of volumes, or a row of it is broken.
    """
    cells = small_tables.of_file(path, name, is_head, "a size and a volume in %")
    at = small_tables.head_row(cells.rows, is_head) or 0
    written = [small_tables.written(each) for each in cells.rows[at]]
    heads = [head_of(each) for each in written]
    if not any(head.kind in ("in", "under", "over") for head in heads):
        wrong = next(each for each, head in zip(written, heads, strict=True) if head.kind == "other base")
        raise ReaderError(f"{name}: “{wrong}” is no distribution of volumes; export the volume distribution")
    warnings = list(cells.warnings)
    body, rest = _body(cells.rows[at + 1 :], heads, name, at + 2)
    if not cells.whole and not rest:
        body = body[:-1]
        warnings.append("the last line is not ended and was left out: the file may be cut off")
    try:
        used = [number for number, head in enumerate(heads) if head.kind in ("size", "in", "under", "over")]
        comma = small_tables.comma_means(
            (row[each] for row in body for each in used if each < len(row)), cells.delimiter
        )
    except NumberError as error:
        raise ReaderError(f"{name}: {error}") from error
    columns = {
        number: [
            _number(row[number] if number < len(row) else None, comma, name, at + 2 + line)
            for line, row in enumerate(body)
        ]
        for number in used
    }
    parts: list[Part] = []
    for number in used:
        head = heads[number]
        if head.kind == "size":
            parts.append(Part([value * (head.factor or 1.0) for value in columns[number]], []))
        elif parts:
            parts[-1].volumes.append(Volumes(head.kind, head.full, columns[number]))
    parts = [_without_gaps(part, name) for part in parts if part.volumes]
    edge = next((head.edge for head in heads if head.edge), "")
    above, below = ([[small_tables.written(each) for each in row] for row in rows] for rows in (cells.rows[:at], rest))
    has_unit = all(head.factor is not None for head in heads if head.kind == "size")
    return Found(above, below, parts, edge, has_unit, tuple(warnings))


def _body(
    rows: Sequence[Sequence[Any]], heads: Sequence[Head], name: str, first_line: int
) -> tuple[list[Sequence[Any]], list[Sequence[Any]]]:
    """The rows of the table, and what stands below its end: an empty row, or one without numbers."""
    numeric = [number for number, head in enumerate(heads) if head.kind in ("size", "in", "under", "over")]
    body: list[Sequence[Any]] = []
    for at, row in enumerate(rows):
        fields = [row[number] for number in numeric if number < len(row)]
        good = [_is_number(each) for each in fields]
        if not row or not any(good):
            if body:
                return body, list(rows[at:])
            continue
        if not all(good[number] or fields[number] in ("", None) for number in range(len(good))):
            broken = next(each for each, fine in zip(fields, good, strict=True) if not fine and each not in ("", None))
            raise ReaderError(f"{name}: line {first_line + at} holds “{broken}” among the numbers; export it again")
        body.append(row)
    return body, []


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return NUMBER.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any, comma: str, name: str, line: int) -> float:
    """A number of the table; nan for an empty field."""
    if value in ("", None):
        return float("nan")
    try:
        return float(small_tables.with_point(value, comma))
    except ValueError:
        raise ReaderError(f"{name}: line {line} holds “{value}”, which is no number; export it again") from None


def _without_gaps(part: Part, name: str) -> Part:
    """A part without the rows that only other parts have.

    Raises:
        ReaderError: a size is not positive.
    """
    there = [number for number, size in enumerate(part.sizes) if size == size]
    sizes = [part.sizes[number] for number in there]
    if any(size <= 0 for size in sizes):
        raise ReaderError(f"{name}: a size of {min(sizes):g} cannot be; export it again")
    return Part(sizes, [volumes.picked(there) for volumes in part.volumes])


def stated(rows: Sequence[Sequence[str]]) -> dict[str, float]:
    """D10, D50, D90 in µm as the lines around a table state them: `Dx (10),5.2`, `D(v,0.5) : 10.1(µm)`."""
    found: dict[str, float] = {}
    for row in rows:
        for at, each in enumerate(row):
            key, _, same_field = each.partition(":")
            label, unit = _label_and_unit(key)
            match = STATED.fullmatch(label)
            value = NUMBER.search(same_field if same_field.strip() else (row[at + 1] if at + 1 < len(row) else ""))
            if match is None or value is None:
                continue
            percent = re.sub(r"\D", "", match["percent"])
            percent = {"01": "10", "05": "50", "09": "90"}.get(percent, percent)
            after = (same_field or (row[at + 1] if at + 1 < len(row) else ""))[value.end() :].strip(" ()[]")
            factor = LENGTHS.get(unit) or LENGTHS.get(after) or 1.0
            found.setdefault(PERCENTS[percent], float(value[0].replace(",", ".")) * factor)
    return found


def _label_and_unit(key: str) -> tuple[str, str]:
    match = re.fullmatch(r"(?P<label>.*?)\s*[(\[](?P<unit>µm|μm|um|nm|mm)[)\]]\s*", key.strip())
    return (match["label"].strip(), match["unit"]) if match else (key.strip(), "")


def sample_of(rows: Sequence[Sequence[str]], name: str) -> str:
    """What the instrument calls the sample, by the lines around a table; empty where they do not say.

    Raises:
        ReaderError: they name several, whose distributions are no replicates of each other.
    """
    for key in SAMPLE_KEYS:
        found: dict[str, None] = {}
        for row in rows:
            for at, each in enumerate(row):
                said, _, same_field = each.partition(":")
                if units.words(said) == key:
                    values = (
                        [same_field.strip()] if same_field.strip() else [value.strip(" :") for value in row[at + 1 :]]
                    )
                    found |= dict.fromkeys(value for value in values if value and units.words(value) != key)
        if len(found) > 1:
            raise ReaderError(f"{name}: holds several samples ({', '.join(found)}); export each as a file of its own")
        if found:
            return next(iter(found))
    return ""
