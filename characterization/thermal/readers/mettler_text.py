"""Mettler-Toledo STARe text export: TGA, DSC, TGA/DSC.

    Curve Name:
      mp2028_281122_LNO, 28.11.2022 14:59:27
      Performed 28.11.2022 14:59:26
      Sample Weight
    Curve Values:
              Index              t             Ts             Tr          Value
                               [s]           [°C]           [°C]           [mg]
                  0              0        21.0052             25        4.17537
    Results:
    Sample:
      mp2028_281122_LNO, 4.1752 mg

Columns are blank separated; the first line below their heads has the units, none for the index. Ts is the sample, Tr
the reference or the programme. What the value is, its unit says: mg, %, mW, W/g. Several curves of one measurement
follow one another. When it was performed is not when it began (a measurement seen here would then end after it was
printed), so no start is taken from it. Seen from STARe 13, latin-1, English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from characterization.thermal.recording import (
    HEAT,
    HEAT_UNITS,
    MASS,
    MASS_UNITS,
    Column,
    Format,
    lines_of,
    number,
    plain_unit,
    recording,
    stated_mass_mg,
    whole_lines,
)
from labdb.ingest.reader import FileHead, ReaderError, Reading

VALUES = "Curve Values:"
UNIT = re.compile(r"\[([^\]]*)\]")
EXO = {"^exo": True, "^endo": False}


@dataclass
class Curve:
    """One curve of a report.

    Attributes:
        about: the lines that name it.
        columns: heads of the columns.
        units: of each column; empty for the index.
    """

    about: list[str]
    columns: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)


def signals(head: FileHead) -> frozenset[str]:
    lines = head.lines
    if not any(line.strip() == VALUES for line in lines):
        return frozenset()
    found = set()
    for at, line in enumerate(lines[:-2]):
        if line.strip() == VALUES:
            value = _value_column(UNIT.findall(lines[at + 2])[-1:])
            if value is not None:
                found.add(MASS if value.name.startswith("mass") else HEAT)
    return frozenset(found)


def _value_column(units: list[str]) -> Column | None:
    plain = plain_unit(units[0]) if units else ""
    known = HEAT_UNITS.get(plain) or MASS_UNITS.get(plain)
    return Column(*known) if known else None


def read(path: Path, name: str) -> Reading:
    loaded = whole_lines(path, name)
    lines = lines_of(loaded)
    curves = _curves(lines, name)
    table: dict[str, np.ndarray] = {}
    for curve in curves:
        _take(curve, table, name)
    ends = [at for at, line in enumerate(lines) if line.strip() == "Sample:"]
    # A last line may be cut off, and the mass with it.
    after = lines[ends[-1] + 1].strip() if ends and ends[-1] + 2 < len(lines) else ""
    sample, _, mass = after.rpartition(",")
    warnings = list(loaded.warnings)
    if not after:
        warnings.append("the end of the report, which states the sample mass, is missing: the file may be cut off")
    about = " ".join(line for curve in curves for line in curve.about)
    exo = next((up for word, up in EXO.items() if word in about.lower().replace(" ", "")), None)
    return recording(
        table,
        name,
        sample_mass_mg=stated_mass_mg(mass),
        exothermic_up=exo,
        metadata={
            "sample": sample.strip() or (curves[0].about[0].partition(",")[0] if curves[0].about else None),
            "software": next(
                (line.strip() for at in lines if (line := at[at.find("STARe SW") :]).startswith("STARe")), None
            ),
            "instrument": {"curve": [line for curve in curves for line in curve.about]},
        },
        warnings=warnings,
    )


def _curves(lines: list[str], name: str) -> list[Curve]:
    """
    Raises:
        ReaderError: a curve has no units, a row is damaged, or there is none.
    """
    found: list[Curve] = []
    about: list[str] = []
    at = 0
    while at < len(lines):
        words = lines[at].strip()
        at += 1
        if words == "Curve Name:":
            about = []
        elif words == VALUES:
            if at + 1 >= len(lines):
                raise ReaderError(f"{name}: ends within the heads of its columns; export it again.")
            curve = Curve(about, lines[at].split())
            units = UNIT.findall(lines[at + 1])
            curve.units = [""] * (len(curve.columns) - len(units)) + units
            if len(curve.units) != len(curve.columns) or not units:
                raise ReaderError(f"{name}: the units below the heads in line {at + 2} are damaged; export it again.")
            at += 2
            while at < len(lines) and (fields := lines[at].split()):
                if len(fields) != len(curve.columns):
                    raise ReaderError(
                        f"{name}: line {at + 1} has {len(fields)} values, not {len(curve.columns)}; export it again."
                    )
                curve.rows.append([number(value, name, at + 1) for value in fields])
                at += 1
            if not curve.rows:
                raise ReaderError(f"{name}: no rows below the heads of its columns; export it again.")
            found.append(curve)
            about = []
        elif words:
            about.append(words)
    if not found:
        raise ReaderError(f"{name}: has no “{VALUES}”; export the curve with its values.")
    return found


def _take(curve: Curve, table: dict[str, np.ndarray], name: str) -> None:
    """Put a curve beside those before it.

    Raises:
        ReaderError: it is of another measurement, or without a time or a temperature.
    """
    rows = np.array(curve.rows)
    position = {column: at for at, column in enumerate(curve.columns)}
    value = _value_column(curve.units[-1:])
    if value is None:
        raise ReaderError(f"{name}: the curve is in {curve.units[-1] or 'no unit'}, which is no mass and no heat flow.")
    sample = next((column for column in ("Ts", "Ts1", "T") if column in position), None)
    scale = {"s": 1.0, "min": 60.0, "h": 3600.0}.get(curve.units[position["t"]]) if "t" in position else None
    if scale is None or sample is None:
        raise ReaderError(f"{name}: the curve has no time t or no sample temperature Ts; export it with both.")
    found = {
        "time_second": rows[:, position["t"]] * scale,
        "temperature_celsius": rows[:, position[sample]] - (273.15 if curve.units[position[sample]] == "K" else 0.0),
        value.name: value.of(rows[:, -1]),
    }
    same = "time_second" not in table or np.array_equal(table["time_second"], found["time_second"])
    if not same or value.name in table:
        raise ReaderError(f"{name}: holds curves of several measurements; export each measurement by itself.")
    table.update(found)


FORMAT = Format("mettler-text", 1, "Mettler STARe text", signals, read)
