"""What the ICP readers share: a file as rows of text, contents with “<” and flags, the table of it all. Pure."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import periodictable
import polars as pl

from characterization.icp.table import (
    BLANK,
    CONTROL,
    EMISSION,
    FAILED,
    NOT_CALIBRATED,
    OVER_RANGE,
    PROCEDURAL_BLANK,
    SAMPLE,
    STANDARD,
)
from characterization.icp.units import AmountUnit
from labdb.ingest import numbers, text, workbook
from labdb.ingest.reader import FileHead, ReaderError

# An export of 10,000 samples is smaller.
LARGEST_BYTES = 16 * 1024**2
DELIMITERS = "\t;,"
LARGEST_CONTENT, SMALLEST_FACTOR = 1e12, 1e-9

# What a plasma of argon in air measures: no gases, and nothing that decays.
GASES = ("N", "O", "F", "Ne", "Ar", "Kr", "Xe")
MEASURED = frozenset(
    element.symbol
    for element in periodictable.elements
    if (3 <= element.number <= 83 or element.symbol in ("Th", "U")) and element.symbol not in GASES
)
ELEMENT = re.compile(r"(?:\d{1,3})?(?P<symbol>[A-Z][a-z]?)(?![A-Za-z])")
WAVELENGTH = re.compile(r"(?<![\d.])(\d{3}\.\d{1,4})(?![\d.])")

NUMBER = r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?"
CONTENT = re.compile(rf"(?P<sign>[<>≤≥]?)\s*(?P<number>{NUMBER})\s*(?P<flags>[A-Za-z!#*]{{0,3}})")
NOT_DETECTED = re.compile(
    r"(<\s*)?(n\.?\s?d\.?|b\.?d\.?l\.?|lod|mdl|dl|loq|not detected|below (detection )?limit)", re.I
)
OVER = re.compile(r"#{2,}|over(range|flow)?|sat(urated)?\.?|>\s*(cal|max|range)\.?", re.I)
NOTHING = re.compile(r"-{1,3}|n/?a|none|null|nan|[+-]?inf(inity)?|#n/a|#(num|div/0|value|ref|zahl|wert)!", re.I)

BLANKS = re.compile(r"(?<![a-z])(blank|blk|leerwert)(?![a-z])|空白", re.I)
PROCEDURAL = re.compile(r"digest|proce|method|prep|reagent|acid|aufschluss|(?<![a-z])mb(?![a-z])", re.I)
STANDARDS = re.compile(r"(std|standard|cal|calibration)[ _.-]*\d*$", re.I)
CONTROLS = re.compile(r"(qc|ccv|icv|ccb|icb|lcs|crm|check|drift|lab control)(?![a-z])", re.I)


@dataclass(frozen=True)
class Rows:
    """A file, or a sheet of it, as rows of fields without outer blanks.

    Attributes:
        lines: line number of each row.
        whole: the last line has its end; without it, its last value may be cut off.
        sheet: of a workbook; empty for text.
    """

    fields: list[list[str]]
    lines: list[int]
    warnings: tuple[str, ...] = ()
    whole: bool = True
    sheet: str = ""

    def without_cut_row(self) -> Rows:
        """Without a last row that has no line end: instruments end theirs, so that it was cut off in transfer."""
        if self.whole or not self.fields:
            return self
        said = "the last line is cut off and was left out: the file is incomplete"
        return Rows(self.fields[:-1], self.lines[:-1], (*self.warnings, said), True, self.sheet)


def load(path: Path, name: str, delimiter: str = "") -> list[Rows]:
    """A text file as rows, or each sheet of a workbook.

    Args:
        delimiter: of a text; empty for the one that splits its longest line into most fields.

    Raises:
        ReaderError: it is neither, damaged, or far too large.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(f"{name}: is larger than any export of an ICP; export the samples of one run.")
    if FileHead.of(path, name).is_zip:
        book = workbook.open_workbook(path, name)
        return [_of_sheet(sheet, workbook.rows_of(book, sheet, name)) for sheet in book.sheet_names]
    try:
        loaded = text.load(path)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}.") from error
    return [split(loaded, name, delimiter)]


def split(loaded: text.TextFile, name: str, delimiter: str = "") -> Rows:
    content = loaded.data.decode("utf-8", errors="replace")
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter or _delimiter(loaded.head))
    fields, lines = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                fields.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise ReaderError(f"{name}: line {reader.line_num} cannot be split into fields ({error}).") from error
    return Rows(fields, lines, loaded.warnings, whole=content.endswith(("\n", "\r")))


def _delimiter(lines: Sequence[str]) -> str:
    longest = max(lines[:60], key=len, default="")
    return max(DELIMITERS, key=lambda mark: (longest.count(mark), -DELIMITERS.index(mark)))


def _of_sheet(sheet: str, rows: Sequence[Sequence[Any]]) -> Rows:
    filled = [
        (number, [workbook.text(value) or "" for value in row])
        for number, row in enumerate(rows, start=1)
        if any(value not in (None, "") for value in row)
    ]
    return Rows([row for _, row in filled], [number for number, _ in filled], sheet=sheet)


def head_rows(head: FileHead) -> list[list[list[str]]]:
    """The first rows of a file as a recogniser sees them, a list a sheet; one for a text, none for anything else."""
    if head.is_zip:
        return [_of_sheet(sheet, rows).fields for sheet, rows in head.sheets.items()]
    if not head.data or not head.text:
        return []
    lines = head.lines[:60]
    mark = _delimiter(lines)
    return [[text.split(line, mark) for line in lines if line.strip()]]


@dataclass(frozen=True)
class Line:
    """An emission line by its name: the element, and the wavelength where the name has it."""

    element: str
    wavelength_nm: float | None = None


def line_of(name: str) -> Line | None:
    """What "Ni 231.604 {446} (Radial)" or "60Ni (KED)" is a line of; None where it is none."""
    match = ELEMENT.match(name.strip())
    if match is None or match["symbol"] not in MEASURED:
        return None
    wavelength = WAVELENGTH.search(name)
    return Line(match["symbol"], float(wavelength[1]) if wavelength else None)


@dataclass(frozen=True)
class Content:
    """What stands in a field of contents, in the file's unit.

    Attributes:
        value: None where there is no number.
        limit: of “<0.01”.
        below: under a limit of detection, known or not.
        condition: what the field itself says is wrong with it.
        flags: letters behind the number.
    """

    value: float | None = None
    limit: float | None = None
    below: bool = False
    condition: str = ""
    flags: str = ""


def content(field_: str, comma: str) -> Content:
    """
    Args:
        field_: "0.35", "<0.01", "n.d.", "> 100.0", "12.1 o", "####", "Uncal", or nothing.
        comma: what a comma is, see `labdb.ingest.numbers.comma_means`.

    Raises:
        ValueError: it is nothing of that.
    """
    said = field_.strip()
    if not said or NOTHING.fullmatch(said):
        return Content()
    if NOT_DETECTED.fullmatch(said):
        return Content(below=True)
    if OVER.fullmatch(said):
        return Content(condition=OVER_RANGE)
    if said.lower() in ("uncal", "uncalibrated"):
        return Content(condition=NOT_CALIBRATED)
    if said.lower() == "error":
        return Content(condition=FAILED)
    match = CONTENT.fullmatch(said)
    value = _float(match["number"], comma) if match else math.nan
    if match is None or not abs(value) <= LARGEST_CONTENT:
        raise ValueError(f"“{said}” is no content")
    if match["sign"] in ("<", "≤"):
        if value <= 0:
            raise ValueError(f"“{said}” is no limit")
        return Content(limit=value, below=True, flags=match["flags"])
    if match["sign"]:
        return Content(condition=OVER_RANGE, flags=match["flags"])
    return Content(value=value, flags=match["flags"])


def _float(number: str, comma: str) -> float:
    if comma == "decimal" and "," in number:
        number = number.replace(".", "").replace(",", ".")
    elif comma == "thousands":
        number = number.replace(",", "")
    try:
        return float(number)
    except ValueError:
        return math.nan


def comma_of(fields: Iterable[str]) -> str:
    """What a comma in these fields is; the limits and flags around the numbers are looked through.

    Raises:
        NumberError: it could be a decimal mark as well as a thousands mark.
    """
    found = (CONTENT.fullmatch(field_.strip()) for field_ in fields if "," in field_ or "." in field_)
    return numbers.comma_means([pl.Series("value", [match["number"] for match in found if match], dtype=pl.String)])


def number(field_: str, comma: str) -> float | None:
    """A plain number, or None where there is none that is finite."""
    try:
        return content(field_, comma).value
    except ValueError:
        return None


def factor(field_: str, comma: str) -> float | None:
    """A mass, a volume or a dilution: a number that something can be divided by."""
    found = number(field_, comma)
    return found if found is not None and found >= SMALLEST_FACTOR else None


def kind_of(label: str, said: str = "") -> str:
    """What a solution is, by the type that the file gives it, else by its label.

    A blank that went through the digestion is often measured as a sample; its label tells.
    """
    blank = BLANKS.search(label)
    procedural = PROCEDURAL_BLANK if blank and PROCEDURAL.search(label) else ""
    word = re.sub(r"[^a-z]", "", said.lower())
    if word.startswith(("blk", "blank", "calblk", "calblank")):
        return procedural or BLANK
    if word.startswith(("std", "standard", "cal")):
        return BLANK if blank else STANDARD
    if word.startswith(("samp", "unk", "spl")):
        return procedural or (PROCEDURAL_BLANK if blank else CONTROL if CONTROLS.match(label) else SAMPLE)
    if word:
        return CONTROL
    if blank:
        return procedural or BLANK
    if CONTROLS.match(label):
        return CONTROL
    return STANDARD if STANDARDS.match(label) else SAMPLE


@dataclass
class EmissionRows:
    """Rows of an `EMISSION` table as a reader meets them."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        solution: int,
        label: str,
        kind: str,
        name: str,
        found: Content,
        unit: AmountUnit | None,
        *,
        sd: float | None = None,
        condition: str = "",
        flags: str = "",
        **more: Any,
    ) -> None:
        """One value.

        Args:
            name: of the emission line.
            unit: of the value and its SD; None where the file gives no content of this line.
            flags: as the file has them, in place of those behind the number.
            more: other columns, in our units.
        """
        line = line_of(name)
        if line is None:
            raise ValueError(f"“{name}” is no emission line")
        row = {
            "solution_count": solution,
            "sample_label": label,
            "sample_kind": kind,
            "element": line.element,
            "emission_line": " ".join(name.split()),
            "wavelength_nm": line.wavelength_nm,
            "below_limit": found.below,
            "flags": flags or found.flags,
            "condition": condition or found.condition,
        }
        if unit is not None:
            amount, ending = ("mass_fraction", "mg_per_kg") if unit.solid else ("concentration", "mg_per_l")
            sd = sd if sd is not None and sd >= 0 and found.value is not None else None
            for column, value in ((amount, found.value), (f"{amount}_sd", sd), (f"{amount}_limit", found.limit)):
                row[f"{column}_{ending}"] = None if value is None else value * unit.factor
        self.rows.append(row | more)

    def table(self) -> pl.DataFrame:
        """Only the columns that hold anything, beside those that are required."""
        frame = pl.DataFrame(self.rows, schema=EMISSION.columns)
        empty = [c for c in EMISSION.optional if frame[c].null_count() == frame.height]
        return frame.drop(empty)


def incomplete(table: pl.DataFrame) -> list[str]:
    """A sentence where the last solution has fewer lines than those before it: a file may be cut between two lines."""
    counts = table.group_by("solution_count", maintain_order=True).agg(pl.col("emission_line").n_unique().alias("n"))
    *before, last = counts["n"].to_list()
    most = max(before[-5:], default=0)
    if last >= most:
        return []
    label = table["sample_label"][-1]
    return [f"the last solution, {label}, has {last} lines and those before it {most}: the file may be cut off"]


def moment(first: str, last: str = "", prefer: str = "") -> str | None:
    """When a run began, ISO 8601, by the instrument's clock; None where day and month may be either."""
    found: datetime | None = numbers.clock_start(first, last or None, prefer=prefer)
    return found.isoformat() if found else None
