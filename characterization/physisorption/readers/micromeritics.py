"""Reports of Micromeritics instruments (ASAP, TriStar, 3Flex, Gemini): `.xls`, `.TXT`, and plotted points as `.csv`.

`.xls`: the pages of the report stand side by side on one sheet (or on a sheet each), parted by columns of `|`. The
page "Isotherm Tabular Report" has its column names two rows below its title and units in them; rows with a saturation
pressure alone are measurements of p0. Adsorption comes first, the highest pressure ends it.
`.TXT`: UTF-16, the same pages one below the other in columns of fixed width, their names over three lines with the
units in the third; other pages repeat the points. `-1.#IND` is a number that the program could not compute.
`.csv`: "Isotherm Linear Plot", Latin-1 or UTF-8, `;` with decimal commas or `,` with points: p/p0 and amount of the
adsorption, beside them those of the desorption. It names neither gas, temperature nor mass.
Amounts are per gram of the mass that the report states. Dates follow the language of the computer.
Seen: 3Flex 5.02, ASAP 2020 3.01, MicroActive 4.03 (TriStar II), Gemini VII 5.03 (xls); Gemini VII 1.03 (TXT); csv.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.points import (
    About,
    Numbers,
    Points,
    lines_of,
    moment,
    number,
    printed,
    reading,
    told,
)
from characterization.physisorption.table import ADSORPTION, DESORPTION
from characterization.physisorption.units import (
    LoadingUnit,
    kpa_of,
    loading_unit,
    mass_mg,
    temperature_kelvin,
)
from labdb.ingest import numbers, old_workbook
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import find_header, split

TITLE = "Isotherm Tabular Report"
NAMES = {
    "sample": ("sample:", "echantillon:"),
    "operator": ("operator:", "analyste:"),
    "gas": ("analysis adsorptive:", "analysis ads.:"),
    "temperature": ("analysis bath temp.:",),
    "mass": ("sample mass:",),
    "started": ("started:",),
    "completed": ("completed:",),
}
UNIT = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)?)\)\s*$")
HEADER_ROWS = 4  # in which the column names stand below the title of a page
CHINESE_NOON = re.compile(r"(上午|下午)\s*(\d+):")


@dataclass(frozen=True)
class _Column:
    """A column of the page: what it is, its unit, its values down to the end of the page."""

    label: str
    unit: str
    values: Numbers


def recognises_xls(head: FileHead) -> bool:
    return old_workbook.contains(head, TITLE)


def recognises_txt(head: FileHead) -> bool:
    return any("Micromeritics" in line for line in head.lines[:10]) and any(
        "nalysis adsorptive:" in line for line in head.lines[:60]
    )


def is_plot(fields: Sequence[str]) -> bool:
    """Column names of one isotherm: p/p0 and amount, once or twice."""
    labels = [field.lower() for field in fields if field]
    pairs = list(zip(labels[::2], labels[1::2], strict=False))
    return len(labels) in (2, 4) and all(
        pressure.startswith("relative pressure (p") and amount.startswith("quantity adsorbed (")
        for pressure, amount in pairs
    )


def recognises_csv(head: FileHead) -> bool:
    return find_header(head.lines[:30], is_plot) is not None


def read_xls(path: Path, name: str) -> Reading:
    for sheet in old_workbook.sheets(path, name):
        at = sheet.find(TITLE)
        if at is not None:
            said = _pairs_of(sheet, at[1])
            return _reading(_columns_of(sheet, at, name), said, name, [])
    raise ReaderError(f"{name}: has no page “{TITLE}”; print the report with it")


def _pairs_of(sheet: old_workbook.Sheet, column: int) -> dict[str, str]:
    """What the head of a page says; where the page itself leaves something empty, any other page."""
    labels = {label: key for key, names in NAMES.items() for label in names}
    found: dict[str, str] = {}
    for (row, at), value in sorted(sheet.cells.items(), key=lambda cell: (cell[0][1] < column, cell[0])):
        key = labels.get(value.strip().lower()) if isinstance(value, str) else None
        if key and sheet.text(row, at + 1):
            found.setdefault(key, sheet.text(row, at + 1))
    product = [value.strip() for (row, at), value in sorted(sheet.cells.items()) if row == 1 and isinstance(value, str)]
    found["device"] = _product(product)
    for (row, at), value in sorted(sheet.cells.items()):
        if isinstance(value, str) and value.strip().lower() == "bet surface area:":
            found.setdefault("area", sheet.text(row, at + 1))
    return found


def _product(words: Sequence[str]) -> str:
    """The program and the instrument, which stand at the head of each page before its number."""
    page = next((at for at, word in enumerate(words) if word.startswith("Page")), len(words))
    return ", ".join(word for word in words[:page] if not re.match(r"\d+$|Unit|Serial|\|", word))


def _columns_of(sheet: old_workbook.Sheet, title: tuple[int, int], name: str) -> list[_Column]:
    row, first = title
    header = next(
        (r for r in range(row + 1, row + 1 + HEADER_ROWS) if sheet.text(r, first).lower().startswith("relative")), None
    )
    if header is None:
        raise ReaderError(f"{name}: the page “{TITLE}” has no column “Relative Pressure”; print the report with it")
    last = max(at for at, _ in sheet.cells)
    columns = []
    at = first
    while UNIT.search(sheet.text(header, at)):
        label = sheet.text(header, at)
        values = [sheet.number(r, at) for r in range(header + 1, last + 1)]
        columns.append(_Column(label.lower(), _unit(label), values))
        at += 1
    return columns


def _unit(label: str) -> str:
    match = UNIT.search(label)
    return match[1] if match else ""


def read_txt(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    lines = found.whole
    title = next((number for number, line in enumerate(lines) if line.strip() == TITLE), None)
    if title is None:
        raise ReaderError(f"{name}: has no page “{TITLE}”; print the report with it, or copy the file again")
    said: dict[str, str] = {}
    for line in lines[:title]:
        for pair in re.finditer(r"(\S[^:]*?:)\s+(.*?)(?:\s{3,}|$)", line.strip()):
            for key, names in NAMES.items():
                if pair[1].lower() in names and pair[2].strip():
                    said.setdefault(key, pair[2].strip())
    product = next((line.strip() for line in lines[:title] if re.search(r"\bPage\s+\d+\s*$", line)), "")
    said["device"] = _product(re.split(r"\s{3,}", product))
    area = next(
        (line.partition(":")[2] for line in lines if re.match(r"\s*BET surface area:", line, re.IGNORECASE)), ""
    )
    said["area"] = area.strip()
    rule = next((n for n in range(title + 1, len(lines)) if set(lines[n].strip()) == {"-"}), None)
    if rule is None:
        raise ReaderError(f"{name}: the page “{TITLE}” is cut off; copy the file again")
    columns, ended = _columns_in(lines, title + 1, rule)
    warnings = [*found.warnings]
    if not ended:
        warnings.append("the table ends with the file, which is cut off: points may be missing")
    return _reading(columns, said, name, warnings)


def _columns_in(lines: Sequence[str], first: int, rule: int) -> tuple[list[_Column], bool]:
    """The columns of a page of fixed width, and whether something follows it."""
    titles = [line for line in lines[first:rule] if line.strip()]
    starts = _column_starts(titles)
    labels = [" ".join(_slices(line, starts)[at] for line in titles).strip() for at in range(len(starts))]
    rows: list[list[str]] = []
    end = rule + 1
    for end in range(rule + 1, len(lines)):
        fields = lines[end].split()
        if not fields or not all(re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?|\d+:\d\d|-?\d\.#\w+", f) for f in fields):
            break
        rows.append(_slices(lines[end], starts))
    ended = end < len(lines) - 1
    columns = [
        _Column(" ".join(label.lower().split()), _unit(label), [number(row[at]) for row in rows])
        for at, label in enumerate(labels)
    ]
    return columns, ended


def _column_starts(titles: Sequence[str]) -> list[int]:
    """Where the columns of a head begin: after every gap that goes through all its lines."""
    width = max(len(line) for line in titles)
    filled = [any(len(line) > at and line[at] != " " for line in titles) for at in range(width)]
    return [at for at in range(width) if filled[at] and (at == 0 or not filled[at - 1])]


def _slices(line: str, starts: Sequence[int]) -> list[str]:
    """The fields of a line, each put to the column that it lies over: numbers are set to the right of their width."""
    fields = [""] * len(starts)
    for match in re.finditer(r"\S+(?: \S+)*", line):
        middle = (match.start() + match.end()) / 2
        ends = [*starts[1:], max(len(line), starts[-1] + 1)]
        at = min(range(len(starts)), key=lambda n: abs((starts[n] + ends[n]) / 2 - middle))
        fields[at] = f"{fields[at]} {match.group()}".strip()
    return fields


def read_csv(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    header = find_header(found.lines[:30], is_plot)
    if header is None:
        raise ReaderError(f"{name}: no line names a relative pressure and a quantity adsorbed; export the plot again")
    at, delimiter = header
    labels = [label for label in split(found.lines[at], delimiter) if label]
    rows = [split(line, delimiter) for line in found.whole[at + 1 :] if line.strip(f" {delimiter}")]
    columns = [
        pl.Series(label, [row[n] if n < len(row) else "" for row in rows], dtype=pl.String)
        for n, label in enumerate(labels)
    ]
    try:
        comma = numbers.comma_means(columns) if delimiter != "," else ""
        values = [numbers.to_float(column, comma).to_list() for column in columns]
    except numbers.NumberError as error:
        where = f" in line {at + 2 + error.row}" if error.row is not None else ""
        raise ReaderError(f"{name}: {error}{where}; correct it, or export the plot again") from error
    units = {_unit(label) for label in labels[1::2]}
    unit = _loading_unit(units, None, name)
    sides = [(pressure, amount) for pressure, amount in zip(values[::2], values[1::2], strict=True)]
    if len(sides) == 2 and sides[1][0] and not _falls(sides[1][0]):
        raise ReaderError(
            f"{name}: its second pair of columns is no desorption; save each isotherm as a file of its own"
        )
    loading: list[float | None] = []
    pressure: list[float | None] = []
    branch: list[str] = []
    for of, (side_pressure, side_amount) in zip((ADSORPTION, DESORPTION), sides, strict=False):
        kept = [(p, n) for p, n in zip(side_pressure, side_amount, strict=True) if p is not None or n is not None]
        pressure += [p for p, _ in kept]
        loading += [n for _, n in kept]
        branch += [of] * len(kept)
    split_here = branch if len(sides) == 2 else None
    return reading(
        name, Points(loading, split_here, relative_pressure=pressure), About(unit), {}, [*found.warnings, *found.doubt]
    )


def _falls(values: Numbers) -> bool:
    there = [value for value in values if value is not None]
    return len(there) < 2 or there[-1] < there[0]


def _reading(columns: Sequence[_Column], said: dict[str, str], name: str, warnings: Sequence[str]) -> Reading:
    def of(*labels: str) -> _Column | None:
        return next((column for column in columns if column.label.startswith(labels)), None)

    relative, amount = of("relative"), of("quantity")
    absolute, saturation = of("absolute"), of("saturation")
    if relative is None or amount is None:
        raise ReaderError(f"{name}: the page “{TITLE}” lacks the relative pressure or the quantity adsorbed")
    unit = _loading_unit({amount.unit}, said.get("gas"), name)
    points = [at for at, value in enumerate(relative.values) if value is not None]
    points = points[: next((n for n in range(1, len(points)) if points[n] - points[n - 1] > 3), len(points))]

    def picked(column: _Column | None, convert: Callable[[float], float] = float) -> Numbers | None:
        return [convert(v) if (v := column.values[at]) is not None else None for at in points] if column else None

    factor = kpa_of(absolute.unit) if absolute else None
    known = [(at, value) for at, value in enumerate(saturation.values) if value is not None] if saturation else []
    p0 = _latest(points, known, kpa_of(saturation.unit) if saturation else None)
    return reading(
        name,
        Points(
            picked(amount) or [],
            relative_pressure=picked(relative),
            pressure_kpa=picked(absolute, lambda value: value * (factor or 1.0)) if factor else None,
            saturation_pressure_kpa=p0,
        ),
        About(unit, said.get("gas"), temperature_kelvin(said.get("temperature", "")), mass_mg(said.get("mass", ""))),
        {
            **moment(_moment(said.get("started", ""), said.get("completed"))),
            **told(device=said.get("device"), operator=said.get("operator"), sample=said.get("sample")),
            **printed(said.get("area")),
        },
        warnings,
    )


def _latest(points: Sequence[int], known: Sequence[tuple[int, float]], factor: float | None) -> Numbers | None:
    """The saturation pressure that was measured last before each point, or first of all."""
    if not known or factor is None:
        return None
    return [factor * next((value for at, value in reversed(known) if at <= point), known[0][1]) for point in points]


def _loading_unit(units: set[str], gas: str | None, name: str) -> LoadingUnit:
    found = {loading_unit(unit, gas_named(gas)) for unit in units}
    unit = found.pop() if len(found) == 1 else None
    if unit is None:
        raise ReaderError(
            f"{name}: its unit of the quantity adsorbed ({', '.join(sorted(units))}) is none that labdb knows;"
            " export in mmol/g or cm³/g STP"
        )
    return unit


def _moment(started: str, completed: str | None) -> datetime | None:
    """`2021/12/16 下午 06:50:16` and the like; None where day and month could be exchanged, or for 1970."""

    def western(text: str) -> str:
        noon = CHINESE_NOON.search(text)
        if not noon:
            return text
        hour = int(noon[2]) % 12 + (12 if noon[1] == "下午" else 0)
        return CHINESE_NOON.sub(f"{hour:02d}:", text)

    begun = numbers.clock_start(western(started), western(completed or ""))
    return begun if begun and begun.year > 1970 else None


XLS = Reader(
    "micromeritics-xls", version=1, label="Micromeritics report, xls", recognises=recognises_xls, read=read_xls
)
TXT = Reader(
    "micromeritics-text", version=1, label="Micromeritics report, text", recognises=recognises_txt, read=read_txt
)
CSV = Reader(
    "micromeritics-csv", version=1, label="Micromeritics isotherm plot", recognises=recognises_csv, read=read_csv
)
