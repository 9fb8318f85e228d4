"""Rows of numbers in the text files of impedance analysers. Pure.

A last line without a line break may be cut inside a number: it counts only where a further field follows the last one
that is used. Programs that leave out the last line break write their rows alike, and so are believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from labdb.ingest import numbers, text
from labdb.ingest.reader import ReaderError

LARGEST_BYTES = 64 * 1024**2
LINE_END = re.compile(r"\r*\n|\r")
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Lines:
    """The lines of a text file.

    Attributes:
        ended: the last line ends with a line break.
        warnings: what was damaged.
    """

    lines: Sequence[str]
    ended: bool
    warnings: tuple[str, ...] = ()


def lines_of(path: Path, name: str) -> Lines:
    """
    Raises:
        ReaderError: it is too large, empty, or no text.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(f"{name}: is larger than {LARGEST_BYTES // 1024**2} MiB, too large for an impedance spectrum")
    try:
        loaded = text.load(path)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    written = loaded.data.decode("utf-8", errors="replace")
    lines = LINE_END.split(written)
    ended = lines[-1] == ""
    return Lines(lines[:-1] if ended else lines, ended, loaded.warnings)


def by_blanks(line: str) -> list[str]:
    return BLANKS.split(line.strip())


def by_commas(line: str) -> list[str]:
    return [field.strip() for field in line.split(",")]


def by_tabs(line: str) -> list[str]:
    return [field.strip() for field in line.split("\t")]


def columns_of(
    found: Lines,
    first: int,
    end: int | None,
    split: Callable[[str], list[str]],
    at: Mapping[str, int],
    name: str,
    *,
    commas: bool = True,
) -> tuple[dict[str, pl.Series], list[str]]:
    """The columns that are used of the rows from one line to another.

    Args:
        first: index of the first row.
        end: index of the line below the last row; None where they run to the end of the file.
        split: a line → its fields.
        at: column → place of its field.
        commas: fields may have a decimal comma (the delimiter is none).

    Returns:
        The columns, and sentences about what was left out.

    Raises:
        ReaderError: a row is too short, or a field no number; the sentence names the line.
    """
    needed = max(at.values())
    fields: dict[str, list[str]] = {column: [] for column in at}
    places: list[int] = []
    said = list(found.warnings)
    stop = len(found.lines) if end is None else end
    before: list[str] = []
    for number in range(first, stop):
        line = found.lines[number]
        if not line.strip(" \t,;\x1a"):
            continue
        parts = split(line)
        cut = number == len(found.lines) - 1 and not found.ended
        if cut and len(parts) <= needed + 1:
            said.append("the last line may be cut off and was left out: it does not end with a line break")
            continue
        if cut and not _like(parts, before):
            said.append("the last line is cut off: points may be missing at the end")
        before = parts
        if len(parts) <= needed:
            raise ReaderError(f"{name}: line {number + 1} has too few fields; the file is damaged, export it again")
        places.append(number + 1)
        for column, place in at.items():
            fields[column].append(parts[place])
    series = {column: pl.Series(column, values, dtype=pl.String) for column, values in fields.items()}
    try:
        comma = numbers.comma_means(series.values()) if commas else ""
        return {column: numbers.to_float(values, comma) for column, values in series.items()}, said
    except numbers.NumberError as error:
        where = f"line {places[error.row]}: " if error.row is not None else ""
        raise ReaderError(f"{name}: {where}{error}; the file is damaged, export it again") from error


def _like(parts: Sequence[str], before: Sequence[str]) -> bool:
    """Whether a line without an end is whole: it has the fields of the line before, the last of the same length."""
    if len(parts) != len(before):
        return False
    return len(parts[-1].lstrip("+-")) == len(before[-1].lstrip("+-"))
