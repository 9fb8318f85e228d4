"""Patterns as columns of text (`.xy`, `.xye`, `.dat`, `.csv`, `.txt`): 2θ, intensity, perhaps its deviation.

Fields are parted by blanks, tabs, semicolons or commas; a comma in the first column of anything else is a decimal
comma. Above the points there may be nothing, comments (`#`, `!`, `;`, `'`, `/*`) or one line of column names. Without
names a file is taken for a pattern where its first column rises in even steps as 2θ does, and that it was taken for
one is said.

What a head may tell: `Anode: "Cu"`, `TimePerStep: "96"` (Bruker DIFFRAC.EVA), `# Calibrated wavelength = 0.414581`
(beamline 11-BM), a wavelength or lambda with its number. A synchrotron's file seldom tells, and then nobody knows.

Seen from: Data Collector, DIFFRAC.EVA, 11-BM, Diamond I11 (MAC and Mythen), OpenXRD, whose head says theta over 2θ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

import numpy as np

from characterization.xrd.radiation import ANODES, Radiation
from characterization.xrd.readers.finish import (
    FEWEST_POINTS,
    LARGEST_POINTS,
    WAVELENGTHS_ANGSTROM,
    Scan,
    checked_radiation,
    number,
    pattern,
    refuse_large,
    said,
    warnings_about,
)
from characterization.xrd.table import COUNTS, COUNTS_PER_SECOND, NOT_SAID
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import TextError, load

SEPARATORS = (";", "\t", None, ",")  # None: blanks
NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eEdD][+-]?\d+)?")
COMMENT = ("#", "!", ";", "'", "/*", "*/", "//", "%")
SEARCHED_LINES = 400
LOOKED_AT = 200  # points, by which a file without names is judged
LARGEST_STEP_DEGREE = 0.25
UNEVEN = 0.35  # of a step, beyond what rounding does
MOST_NEGATIVE = 0.05  # of the largest intensity: a subtracted background may go a little below zero

TWO_THETA = re.compile(r"2\s*[-_ ]?\s*th|two[\s_]*theta|2\s*[θΘϑ]|\bt+h?[-_ ]?th|^tth", re.IGNORECASE)
THETA = re.compile(r"^\W*(theta|th|[θΘϑ])\b", re.IGNORECASE)
ANGLE = re.compile(r"^\W*(angle|position|pos\b|x\b)", re.IGNORECASE)
INTENSITY = re.compile(r"\bint|intens|count|cps|yobs|^\W*(i|y)\b|signal|\bdet", re.IGNORECASE)
DEVIATION = re.compile(r"esd|sigma|err|\bs\.?d\b|uncert|^\W*e\b", re.IGNORECASE)
DIFFRACTION = re.compile(
    r"2\s*[-_]?\s*theta|two\s?theta|2[θΘϑ]|\b2th\b|\btth\b|^xydata|anode|scantype|wavelength|x-?ray|diffract",
    re.IGNORECASE | re.MULTILINE,
)
WAVELENGTH = re.compile(
    r"(?:wave\s?length|lambda|\bWL1?)\b[^0-9\n]{0,24}?(?P<number>\d+[.,]\d+)(?!\d)\s*(?P<unit>nm\b|k?eV\b)?",
    re.IGNORECASE,
)
QUOTED = re.compile(r'(\w+):\s*"([^"]*)"')
ASSIGNED = re.compile(r"^\W*([A-Za-z][^=:\n]{0,60}?)\s*[=:]\s*(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Layout:
    """Where the points of a text stand.

    Attributes:
        first: line of the first point, from 0.
        separator: between fields; None for blanks.
        fields: on a line.
        names: of the columns, where the line above the points gives one for each.
        above: what stands above the points.
    """

    first: int
    separator: str | None
    fields: int
    names: tuple[str, ...]
    above: str

    @property
    def all_comments(self) -> bool:
        return all(line.strip().startswith(COMMENT) for line in self.above.splitlines() if line.strip())

    def column(self, pattern_: re.Pattern[str]) -> int | None:
        """The first column whose name fits."""
        return next((index for index, name in enumerate(self.names) if pattern_.search(name)), None)

    @property
    def names_an_angle(self) -> bool:
        """The names say that the points are intensities over an angle."""
        if self.column(TWO_THETA) is not None:
            return True
        return bool(
            self.names
            and (THETA.search(self.names[0]) or ANGLE.search(self.names[0]))
            and any(INTENSITY.search(name) for name in self.names[1:])
        )


def split(line: str, separator: str | None) -> list[str]:
    return [field.strip() for field in line.strip().split(separator)]


def is_point(line: str, separator: str | None, fields: int | None = None) -> bool:
    parts = split(line, separator)
    return (len(parts) >= 2 if fields is None else len(parts) == fields) and all(map(NUMBER.fullmatch, parts))


def layout_of(lines: Sequence[str]) -> Layout | None:
    """Where the points begin: at least ten lines of as many numbers each; None where there are none."""
    for index, line in enumerate(islice(lines, SEARCHED_LINES)):
        if not line[:1].strip(" +-0123456789.,\t") and line.strip():
            for separator in SEPARATORS:
                if not is_point(line, separator):
                    continue
                fields = len(split(line, separator))
                block = lines[index : index + FEWEST_POINTS]
                if len(block) == FEWEST_POINTS and all(is_point(point, separator, fields) for point in block):
                    return _with_names(lines[:index], index, separator, fields)
    return None


def _with_names(above: Sequence[str], first: int, separator: str | None, fields: int) -> Layout:
    last = next((line for line in reversed(above) if line.strip()), "")
    last = last.strip().lstrip("#!;%/ ").strip()
    names: tuple[str, ...] = ()
    for parting in (separator, ",", ";", "\t", None):
        found = split(last, parting)
        if len(found) == fields and not any(map(NUMBER.fullmatch, found)):
            names = tuple(name.strip("\"'") for name in found)
            break
    return Layout(first, separator, fields, names, "\n".join(above))


def recognises(head: FileHead) -> bool:
    start = head.text[:64].lstrip()
    if head.is_zip or not start or start.startswith(("<", "*RAS", "[", "# labdb entry")):
        return False
    layout = layout_of(head.lines)
    if layout is None:
        return False
    if layout.names_an_angle:
        return True
    if layout.names and not DIFFRACTION.search(layout.above):
        return False
    if not (layout.all_comments or DIFFRACTION.search(layout.above)):
        return False
    return layout.fields in (2, 3) and _rises_as_two_theta(head.lines, layout)


def _rises_as_two_theta(lines: Sequence[str], layout: Layout) -> bool:
    """The first column rises in even, small steps within what 2θ can be; the others are not negative."""
    points = [line for line in lines[layout.first : layout.first + LOOKED_AT] if line.strip()]
    points = list(takewhile(lambda line: is_point(line, layout.separator, layout.fields), points))
    texts = [split(line, layout.separator) for line in points]
    values = np.array([[_value(text) for text in row] for row in texts])
    if not np.isfinite(values).all():
        return False
    x, steps = values[:, 0], np.diff(values[:, 0])
    written = 10.0 ** -max(_decimals(row[0]) for row in texts)
    step = float(steps.mean())
    return bool(
        x[0] >= -20
        and x[-1] <= 170
        and 0 < step <= LARGEST_STEP_DEGREE
        and (steps > 0).all()
        and np.abs(steps - step).max() <= max(UNEVEN * step, 1.01 * written)
        and values[:, 1].min() >= -MOST_NEGATIVE * np.abs(values[:, 1]).max()
        and (layout.fields == 2 or values[:, 2].min() >= 0)
    )


def _value(text: str) -> float:
    return float(text.replace(",", ".").replace("d", "e").replace("D", "e"))


def _decimals(text: str) -> int:
    """How many digits stand behind the decimal mark; −1 without a mark."""
    mantissa = re.split("[eEdD]", text)[0].replace(",", ".")
    return len(mantissa.partition(".")[2]) if "." in mantissa else -1


def numbers_below(
    lines: Sequence[str], first: int, name: str, separator: str | None = ",", fields: int = 2
) -> tuple[np.ndarray, list[str]]:
    """The points from a line on.

    A last line that does not end was cut off where it does not look like the one above it; it is left out.

    Args:
        lines: with their line ends.

    Returns:
        Shape (n, fields), and sentences about what was left out.

    Raises:
        ReaderError: a line among the points is no point.
    """
    rows: list[list[str]] = []
    warnings: list[str] = []
    if len(lines) - first > LARGEST_POINTS:
        raise ReaderError(f"{name}: has more than {LARGEST_POINTS} lines, as no pattern has; export one scan")
    last = max((index for index in range(first, len(lines)) if lines[index].strip(" \t\r\n\x1a")), default=-1)
    for index in range(first, last + 1):
        line = lines[index]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        row = split(line, separator)
        whole = len(row) == fields and all(map(NUMBER.fullmatch, row))
        if index == len(lines) - 1 and rows and not line.endswith(("\n", "\r")):
            same = whole and all(_decimals(here) == _decimals(above) for here, above in zip(row, rows[-1], strict=True))
            if not same or _decimals(row[-1]) < 0:
                warnings.append("the last line has no end, is perhaps cut off, and was left out")
                break
            warnings.append("the last line has no end: the file may be cut off")
        if not whole:
            raise ReaderError(
                f"{name}: line {index + 1} ({line.strip()[:40]!r}) is no point of {fields} numbers; export it again"
            )
        rows.append(row)
    if not rows:
        raise ReaderError(f"{name}: holds no points; export it again")
    return _floats(rows, separator, name), warnings


def _floats(rows: Sequence[Sequence[str]], separator: str | None, name: str) -> np.ndarray:
    commas = separator != ","
    if commas and any("," in row[0] for row in rows[:LOOKED_AT]):
        return np.array([[_value(text) for text in row] for row in rows])
    if commas and any("," in text for row in rows for text in row[1:]):
        if not any("." in row[0] for row in rows[:LOOKED_AT]):
            raise ReaderError(
                f"{name}: has numbers like 1,234, whose comma may be a decimal or a thousands mark; export it with a"
                " point"
            )
        rows = [[text.replace(",", "") for text in row] for row in rows]
    return np.array([[_value(text) for text in row] for row in rows])


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: there are no points, or a line among them is none.
    """
    refuse_large(path, name)
    try:
        text = load(path)
    except TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    lines = text.data.decode("utf-8", "replace").splitlines(keepends=True)
    layout = layout_of(lines)
    if layout is None:
        raise ReaderError(
            f"{name}: has no {FEWEST_POINTS} lines of 2θ and intensity one below the other; export it as two columns"
        )
    values, warnings = numbers_below(lines, layout.first, name, layout.separator, layout.fields)
    warnings = [*text.warnings, *warnings]
    x, y, deviation = _columns(layout, name, warnings)
    unit = _unit(layout.names[y] if layout.names else "")
    about = dict(QUOTED.findall(layout.above))
    radiation = _radiation(layout.above, about, name)
    scan = Scan(
        values[:, x],
        values[:, y],
        unit,
        sd=None if deviation is None else _deviations(values[:, deviation], name),
        counting_time_second=number(about.get("TimePerStep")),
    )
    return Reading(
        pattern(scan, radiation, name),
        _metadata(layout.above, about, radiation),
        (*warnings, *warnings_about(unit)),
    )


def _columns(layout: Layout, name: str, warnings: list[str]) -> tuple[int, int, int | None]:
    """Which column is 2θ, which the intensity, which its deviation."""
    x, y, deviation = layout.column(TWO_THETA), layout.column(INTENSITY), layout.column(DEVIATION)
    if layout.names and x is None:
        x = 0
        if THETA.search(layout.names[0]):
            warnings.append(
                "its head says theta: the angles were taken for 2θ, as programs that write so mean 2θ; if they are θ,"
                " export it again over 2θ"
            )
    if not layout.names:
        warnings.append("its columns have no names: the first was taken for 2θ in degrees, the second for intensity")
    if x is None:
        x, y, deviation = 0, 1, 2 if layout.fields > 2 else None
    if y is None or y == x:
        y = next(index for index in range(layout.fields) if index != x)
    if deviation in (x, y):
        deviation = None
    if not layout.names and layout.fields > 3:
        raise ReaderError(f"{name}: has {layout.fields} columns without names; export 2θ and intensity only")
    return x, y, deviation


def _unit(name: str) -> str:
    lowered = name.lower()
    if re.search(r"cps|counts?\s*(/|per)\s*s|c/s", lowered):
        return COUNTS_PER_SECOND
    return COUNTS if "count" in lowered else NOT_SAID


def _deviations(values: np.ndarray, name: str) -> np.ndarray:
    if (values < 0).any():
        raise ReaderError(f"{name}: its third column is negative, so it is no deviation; export two columns")
    return values


def _radiation(above: str, about: dict[str, str], name: str) -> Radiation:
    anode = about.get("Anode", "")
    match = WAVELENGTH.search(above)
    known = number(match["number"]) if match else None
    if known is not None and match is not None and match["unit"]:
        known = known * 10 if match["unit"].lower() == "nm" else None
    if known is not None and not WAVELENGTHS_ANGSTROM[0] <= known <= WAVELENGTHS_ANGSTROM[1]:
        known = None
    return checked_radiation(Radiation(known, anode=anode if anode in ANODES else ""), name)


def _metadata(above: str, about: dict[str, str], radiation: Radiation) -> dict[str, object]:
    facts = about or {key: value for key, value in ASSIGNED.findall(above)[:40] if len(value) < 200}
    named = {key.lower(): value for key, value in facts.items()}
    return said(
        operator=about.get("Operator"),
        sample=about.get("Id") or named.get("user sample name") or named.get("sample"),
        comment=about.get("Comment") or named.get("sample comment"),
        instrument=said(radiation=radiation.words, head=facts),
    )


READER = Reader("xrd-columns", version=1, label="2θ and intensity in columns", recognises=recognises, read=read)
