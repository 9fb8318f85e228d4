"""Quantachrome "Raw Analysis Data" (`.txt`) of ASiQwin and NovaWin.

Latin-1, fixed width: four lines of title, pairs of a name and a value (several on a line), a line of column names, an
empty line, a line of units, then the points, adsorption before desorption without a mark between. Pressure is either
`Press` (Torr) beside `P0`, or `P/Po`. `Volume @ STP` is in cc of the whole sample: it is divided by `Sample Weight`.
Seen: ASiQwin 3.0, NovaWin 11.03. A Nova writes 273 K as its bath temperature where nobody set it.
"""

from __future__ import annotations

import re
from pathlib import Path

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.points import About, Points, lines_of, moment, number, reading, told
from characterization.physisorption.units import kpa_of, loading_unit, mass_mg, temperature_kelvin
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

# The names that may follow each other on a line, where one value ends and the next begins.
NAMES = (
    "Operator:|Date:|Sample ID:|Filename:|Sample Desc:|Comment:|Sample [Ww]eight:|Sample Volume:|Outgas Time:|"
    "Outgas ?Temp:|Analysis gas:|Bath [Tt]emp\\.?:|Molec\\. Wt:|Non-ideality:|Press\\. Tolerance:|Equil time:|"
    "Equil timeout:|Analysis Time:|End of run:|Instrument:|Cell ID:|CellType:|Cell:|Void Vol\\.:|Run mode:|"
    "Extended info:|VoidVol Remeasure:|Cold Zone V:|Warm Zone V:"
)
PAIR = re.compile(rf"({NAMES})(.*?)(?=(?:{NAMES})|$)")
AMOUNT = "Volume @ STP"
COLUMNS = re.compile(r"\S+(?: \S+)*")


def recognises(head: FileHead) -> bool:
    return any("Quantachrome" in line for line in head.lines[:6]) and any(
        AMOUNT in line or "Analysis gas:" in line for line in head.lines[:40]
    )


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    lines = found.whole
    at = next(
        (n for n, line in enumerate(lines) if AMOUNT in (match.group() for match in COLUMNS.finditer(line))), None
    )
    if at is None:
        raise ReaderError(f"{name}: has no column “Volume @ STP”; export the Raw Analysis Data")
    about: dict[str, str] = {}
    for line in lines[:at]:
        for key, value in PAIR.findall(line):
            about.setdefault(re.sub(r"[\s.:]", "", key.lower()), value.strip())
    names = {match.group(): match.start() for match in COLUMNS.finditer(lines[at])}
    below = [n for n in range(at + 1, len(lines)) if lines[n].strip()]
    units = _units(names, lines[below[0]]) if below else {}
    rows = []
    left_out = 0
    for n in below[1:]:
        row = [number(field) for field in lines[n].split()]
        whole = len(row) == len(names) and None not in row
        rows += [row] if whole else []
        left_out += not whole
    if not rows:
        raise ReaderError(f"{name}: no points stand below its columns; export the whole isotherm")
    columns = {label.lower(): list(column) for label, column in zip(names, zip(*rows, strict=True), strict=True)}
    warnings = [*found.warnings, *found.doubt]
    if left_out:
        warnings.append(f"lines among the points that are no row of numbers were left out: {left_out}")
    gas = about.get("analysisgas", "")
    unit = loading_unit(units.get(AMOUNT.lower()) or "cc", gas_named(gas), stp=True)
    if unit is None:
        raise ReaderError(
            f"{name}: its unit of volume {units[AMOUNT.lower()]!r} is none that labdb knows; export in cc"
        )
    points = Points(
        columns[AMOUNT.lower()],
        relative_pressure=next((columns[label] for label in ("p/po", "p/p0") if label in columns), None),
        pressure_kpa=_kpa(columns, units, ("press", "pressure", "p"), name),
        saturation_pressure_kpa=_kpa(columns, units, ("p0", "po"), name),
    )
    return reading(
        name,
        points,
        About(unit, gas, temperature_kelvin(about.get("bathtemp", "")), mass_mg(about.get("sampleweight", ""))),
        {
            **moment(clock_start(about.get("date"), prefer="month")),
            **told(
                device=about.get("instrument"),
                operator=about.get("operator"),
                sample=about.get("sampleid"),
                comment=about.get("comment"),
            ),
        },
        warnings,
    )


def _units(names: dict[str, int], line: str) -> dict[str, str]:
    """The unit under each column: the one that begins nearest to it. Some columns have none."""
    found = {}
    for match in COLUMNS.finditer(line):
        nearest = min(names, key=lambda name: abs(names[name] + len(name) / 2 - (match.start() + match.end()) / 2))
        found[nearest.lower()] = match.group()
    return found


def _kpa(
    columns: dict[str, list[float | None]], units: dict[str, str], names: tuple[str, ...], name: str
) -> list[float | None] | None:
    column = next((column for column in names if column in columns), None)
    if column is None:
        return None
    factor = kpa_of(units.get(column) or "Torr")
    if factor is None:
        raise ReaderError(f"{name}: its unit of pressure {units[column]!r} is none that labdb knows; export in Torr")
    return [value * factor if value is not None else None for value in columns[column]]


READER = Reader(
    "quantachrome-text", version=1, label="Quantachrome raw analysis data", recognises=recognises, read=read
)
