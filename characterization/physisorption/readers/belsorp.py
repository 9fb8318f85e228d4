"""BELSORP (MicrotracBEL) exports of BELSORP-max, -mini and BELMaster: `.csv`, `.DAT`, and the older `.xls`.

All three have pairs of a name and a value, then the points with a line of column names. Names are English or Japanese
(Shift JIS, wide letters). Amounts are per gram. Dates are year/month/day with two digits, or with four in any order.

`.csv`: `Sample weight,1.8400E-02,[g]`; a line `No,pe/kPa,p0/kPa,p/p0,Va/cm^3(STP) g^-1`, the lines `ADS` and `DES`
above the branches; the number of points of each is stated above. `.DAT`: tabs, names in quotes with units in them
(`"Sample weight/g:"`), sections in frames of `=`, a row of zeros at the end of each branch. `.xls`: sheet `AdsDes`,
names in column A, values in column C, units in column D, the same columns and marks as the csv.
Seen: BELSORP-max (csv, DAT), BELMaster 7 (csv). Layout: Shift JIS, xls.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.points import About, Points, lines_of, moment, number, reading, told
from characterization.physisorption.table import ADSORPTION, DESORPTION
from characterization.physisorption.units import MASS_MG, kelvin, kpa_of, loading_unit
from labdb.ingest import old_workbook
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import split

JAPANESE = {"cp932": "吸着"}
NAMES = {
    "adsorptive": ("adsorptive", "吸着質名称"),
    "temperature": ("adsorption temperature", "meas. temp.", "吸着温度"),
    "mass": ("sample weight", "sample mass", "サンプル質量"),
    "sample": ("comment1", "コメント1"),
    "operator": ("comment2", "コメント2"),
    "day": ("date of measurement", "analysis date", "測定日"),
    "serial": ("serial number", "instrument s/n", "s/n", "シリアルナンバー", "装置s/n"),
    "p0": ("saturated vapor pressure", "saturation vapor pressure"),
    "adsorption points": ("number of adsorption data point", "adsorption data point number"),
    "desorption points": ("number of desorption data point", "desorption data point number"),
}
MARKS = {"ads": ADSORPTION, "des": DESORPTION}
SECTIONS = {
    "adsorption data": ADSORPTION,
    "吸着データ": ADSORPTION,
    "desorption data": DESORPTION,
    "脱着データ": DESORPTION,
}
LOADING = re.compile(r"^(v|va|n|na)/\s*(.+)$")
PRESSURE = re.compile(r"^pe/\s*(.+)$")
SATURATION = re.compile(r"^p0/\s*(.+)$")


def plain(label: str) -> str:
    """A name without quotes, colon, wide letters and capitals."""
    return " ".join(unicodedata.normalize("NFKC", label).strip().strip('"').split()).rstrip(" :").lower()


def head_text(head: FileHead) -> str:
    japanese = JAPANESE["cp932"].encode("cp932") in head.data
    return head.data.decode("cp932", errors="replace") if japanese else head.text


def recognises_csv(head: FileHead) -> bool:
    labels = [plain(line.partition(",")[0]) for line in head_text(head).splitlines()[:60]]
    return _has(labels, "adsorptive") and _has(labels, "temperature") and _has(labels, "mass")


def recognises_dat(head: FileHead) -> bool:
    lines = head_text(head).splitlines()[:80]
    labels = [plain(line.partition("\t")[0]).partition("/")[0] for line in lines if "\t" in line]
    framed = any(line.startswith("=====") for line in lines[:5])
    return framed and _has(labels, "adsorptive") and _has(labels, "temperature")


def recognises_xls(head: FileHead) -> bool:
    return old_workbook.contains(head, "AdsDes") and any(
        old_workbook.contains(head, word) for word in ("Adsorptive", "Sample weight", "Sample mass", "COMMENT1")
    )


def _has(labels: Iterable[str], key: str) -> bool:
    return any(label in NAMES[key] for label in labels)


@dataclass
class _Found:
    """What stands in a file: pairs as (value, unit), rows as text with their branch, and what is missing."""

    pairs: dict[str, tuple[str, str]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def pair(self, label: str, value: str, unit: str = "") -> None:
        for key, names in NAMES.items():
            if label in names:
                self.pairs.setdefault(key, (value.strip().strip('"').strip(), unit.strip().strip("[]")))

    def value(self, key: str) -> str:
        return self.pairs.get(key, ("", ""))[0]

    def unit(self, key: str, otherwise: str) -> str:
        return self.pairs.get(key, ("", ""))[1] or otherwise


def read_csv(path: Path, name: str) -> Reading:
    lines = lines_of(path, name, JAPANESE)
    found = _Found(warnings=[*lines.warnings, *lines.doubt])
    branch = ""
    for line in lines.whole:
        cells = split(line, ",")
        first = plain(cells[0]) if cells else ""
        if first == "no":
            found.columns = [plain(cell) for cell in cells]
        elif first in MARKS:
            branch = MARKS[first]
        elif branch and found.columns:
            if any(cells):
                found.rows.append((branch, cells))
        elif len(cells) > 1:
            found.pair(first, cells[1], cells[2] if len(cells) > 2 else "")
    for key, of in (("adsorption points", ADSORPTION), ("desorption points", DESORPTION)):
        promised, there = number(found.value(key)), sum(side == of for side, _ in found.rows)
        if promised is not None and there < promised:
            found.warnings.append(f"the file promises {promised:g} points of {of} and holds {there}: it is cut off")
    return _reading(found, name)


def read_dat(path: Path, name: str) -> Reading:
    lines = lines_of(path, name, JAPANESE)
    found = _Found(warnings=[*lines.warnings, *lines.doubt])
    branch, ended = "", True
    for line in lines.whole:
        cells = [cell.strip() for cell in line.split("\t")]
        label = plain(cells[0])
        if not line.strip() or line.startswith("="):
            continue
        if len(cells) == 1:
            branch = SECTIONS.get(label, "")
            ended = not branch
        elif len(cells) == 2 and not branch:
            words, _, unit = label.rpartition("/") if label not in NAMES["serial"] else (label, "", "")
            found.pair(words or label, cells[1], unit)
        elif branch and label.rstrip(".") == "no":
            found.columns = [plain(cell) for cell in cells]
        elif branch and not ended:
            if all(number(cell) == 0 for cell in cells):
                ended = True
            else:
                found.rows.append((branch, cells))
    if not ended:
        found.warnings.append(f"the {branch} ends without its row of zeros: the file is cut off")
    return _reading(found, name)


def read_xls(path: Path, name: str) -> Reading:
    sheet = next((sheet for sheet in old_workbook.sheets(path, name) if sheet.name == "AdsDes"), None)
    if sheet is None:
        raise ReaderError(f"{name}: has no sheet “AdsDes”; export the isotherm")
    found = _Found()
    branch = ""
    for row in range(max((at for at, _ in sheet.cells), default=-1) + 1):
        first = plain(sheet.text(row, 0))
        if first in ("no", "no."):
            width = max(column for at, column in sheet.cells if at == row) + 1
            found.columns = [plain(sheet.text(row, column)) for column in range(width)]
        elif first in MARKS:
            branch = MARKS[first]
        elif branch and first:
            cells = [sheet.number(row, column) for column in range(len(found.columns))]
            found.rows.append((branch, ["" if cell is None else repr(cell) for cell in cells]))
        elif first:
            found.pair(first, sheet.text(row, 2), sheet.text(row, 3))
    return _reading(found, name)


def _reading(found: _Found, name: str) -> Reading:
    place = {column: at for at, column in enumerate(found.columns)}
    amount = next((match for column in place if (match := LOADING.match(column))), None)
    if amount is None:
        raise ReaderError(f"{name}: no column holds the amount adsorbed (V, Va, na); export the whole isotherm")
    unit = loading_unit(amount[2], gas_named(found.value("adsorptive")))
    if unit is None:
        raise ReaderError(f"{name}: its unit of loading {amount[2]!r} is none that labdb knows; export in cm3(STP) g-1")
    whole = [(branch, cells) for branch, cells in found.rows if len(cells) >= len(found.columns)]
    if len(whole) < len(found.rows):
        found.warnings.append(f"{len(found.rows) - len(whole)} rows with too few columns were left out")
    branches = [branch for branch, _ in whole]
    rows = [cells for _, cells in whole]
    points = Points(
        _column(rows, place[amount[0]]),
        branches,
        relative_pressure=_column(rows, place["p/p0"]) if "p/p0" in place else None,
        pressure_kpa=_kpa(rows, place, PRESSURE, name),
        saturation_pressure_kpa=_kpa(rows, place, SATURATION, name),
    )
    temperature, mass = number(found.value("temperature")), number(found.value("mass"))
    factor = MASS_MG.get(found.unit("mass", "g"))
    about = About(
        unit,
        found.value("adsorptive"),
        kelvin(temperature, found.unit("temperature", "K")) if temperature is not None else None,
        mass * factor if mass and factor else None,
    )
    serial = found.value("serial")
    metadata = {
        **moment(_day(found.value("day"))),
        **told(
            device=f"BELSORP {serial}" if serial else "",
            operator=found.value("operator"),
            sample=found.value("sample"),
        ),
    }
    return reading(name, points, about, metadata, found.warnings)


def _day(text: str) -> datetime | None:
    """`13/01/30` is the year first; of other forms only one that can be read in one way."""
    try:
        return datetime.strptime(text, "%y/%m/%d")
    except ValueError:
        return clock_start(text)


def _column(rows: Sequence[Sequence[str]], at: int) -> list[float | None]:
    return [number(row[at]) for row in rows]


def _kpa(
    rows: Sequence[Sequence[str]], place: Mapping[str, int], form: re.Pattern[str], name: str
) -> list[float | None] | None:
    match = next((match for column in place if (match := form.match(column))), None)
    if match is None:
        return None
    factor = kpa_of(match[1])
    if factor is None:
        raise ReaderError(f"{name}: its unit of pressure {match[1]!r} is none that labdb knows; export in kPa")
    return [value * factor if value is not None else None for value in _column(rows, place[match[0]])]


CSV = Reader("belsorp-csv", version=1, label="BELSORP csv", recognises=recognises_csv, read=read_csv)
DAT = Reader("belsorp-dat", version=1, label="BELSORP DAT", recognises=recognises_dat, read=read_dat)
XLS = Reader("belsorp-xls", version=1, label="BELSORP xls", recognises=recognises_xls, read=read_xls)
