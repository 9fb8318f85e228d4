"""A lab's own table of a DSC or TGA, as csv or text.

    Time (min),Temperature (°C),Heat Flow (mW)
    0.00,25.0,-0.52

One line of heads with units, or a second line of units below it; time, temperature, and a heat flow (mW, W, W/g,
mW/mg, µV) or a mass (mg, g, %). Heads may also be the names of labdb's own table (`time_second`, `heat_flow_milliwatt`
…), with `sample_mass_mg`. Lines above the heads such as "Sample mass: 5.02 mg" or "Exo: up" are read; others are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from characterization.thermal.recording import (
    HEAT,
    MASS,
    OWN_NAMES,
    Column,
    Format,
    column_of,
    recording,
    signals_of,
    stated_mass_mg,
    whole_lines,
)
from labdb.ingest import numbers, text, units
from labdb.ingest.reader import FileHead, ReaderError, Reading

# What another instrument measures beside a temperature.
FOREIGN = re.compile(
    r"volt|current|capacity|potential|\bcyc|2 ?theta|wavelength|pressure|loading|frequency|impedance|uptake"
)
SEARCHED_LINES = 100
SAMPLE_MASS = re.compile(
    r"(?i)\b(sample )?(mass|weight|size)\b\W*(\(mg\)|/mg)?\W*(?P<value>\d[\d.,]*)\s*(?P<unit>mg|g|µg|ug)?\b"
)
EXO = re.compile(r"(?i)\bexo\w*\W+(is )?(?P<where>up|down)\b|\b(?P<mark>\^)\s*exo\b")


def own_column(field: str) -> Column | None:
    words = field.strip().strip('"').lower()
    if words in OWN_NAMES:
        return Column(words)
    return column_of(*units.split_header(field))


def _columns(fields: Sequence[str], below: Sequence[str] = ()) -> list[Column | None]:
    """What heads mean, with the units of the line below where they have none themselves."""
    found = [own_column(field) for field in fields]
    if len(below) == len(fields):
        found = [
            column or column_of(units.words(field), unit.strip().strip("()[]"))
            for column, field, unit in zip(found, fields, below, strict=True)
        ]
    return found


def _find(lines: Sequence[str]) -> tuple[int, str, list[Column | None], bool] | None:
    """Line of the heads, delimiter, columns, and whether a line of units stands below."""
    for at, line in enumerate(lines[:SEARCHED_LINES]):
        for delimiter in text.DELIMITERS:
            if delimiter not in line:
                continue
            fields = text.split(line, delimiter)
            if any(FOREIGN.search(units.words(field)) for field in fields):
                continue
            below = text.split(lines[at + 1], delimiter) if at + 1 < len(lines) else []
            units_below = bool(below) and not any(re.match(r"^[-+]?[\d.,]+$", field) for field in below)
            columns = _columns(fields, below if units_below else ())
            names = {column.name for column in columns if column}
            known = signals_of(columns)
            if HEAT in known or (MASS in known and "time_second" in names):
                return at, delimiter, columns, units_below and _columns(fields) != columns
    return None


def signals(head: FileHead) -> frozenset[str]:
    if head.is_zip or not head.text:
        return frozenset()
    found = _find(head.lines[:SEARCHED_LINES])
    return signals_of(found[2]) if found else frozenset()


def read(path: Path, name: str) -> Reading:
    loaded = whole_lines(path, name)
    found = _find(loaded.head)
    if found is None:
        raise ReaderError(f"{name}: no line names a time, a temperature and a heat flow or mass, each with its unit.")
    at, delimiter, columns, units_below = found
    named = [column.name for column in columns if column]
    if "time_second" not in named:
        raise ReaderError(f"{name}: has no column of the time with its unit, as in “Time (min)”; add it.")
    try:
        heads = [f"column {number}" for number in range(1, len(columns) + 1)]
        table = text.table(loaded, at + units_below, delimiter, headers=heads)
        frame = table.frame.filter(~pl.all_horizontal(pl.all().is_null()))
        comma = numbers.comma_means(frame[head] for head, column in zip(heads, columns, strict=True) if column)
        values: dict[str, np.ndarray] = {}
        for head, column in zip(heads, columns, strict=True):
            if column and column.name not in values:
                values[column.name] = column.of(numbers.to_float(frame[head], comma).to_numpy().astype(float))
    except (text.TextError, numbers.NumberError) as error:
        raise ReaderError(f"{name}: {error}") from error
    preamble = [line for line in loaded.head[:at] if line.strip()]
    mass = values.pop("sample_mass_mg", None)
    stated = next((each for each in map(_sample_mass, preamble) if each), None)
    marks = [match for line in preamble if (match := EXO.search(line))]
    return recording(
        values,
        name,
        sample_mass_mg=float(mass[0]) if mass is not None and len(mass) and mass[0] > 0 else stated,
        exothermic_up=(marks[0]["mark"] is not None or marks[0]["where"].lower() == "up") if marks else None,
        metadata={"instrument": {"preamble": preamble[:30]}} if preamble else {},
        warnings=loaded.warnings + table.warnings,
        first_line=table.first_line,
    )


def _sample_mass(line: str) -> float | None:
    match = SAMPLE_MASS.search(line)
    return stated_mass_mg(f"{match['value']} {match['unit'] or 'mg'}") if match else None


FORMAT = Format("plain-thermal-csv", 1, "plain table of DSC or TGA", signals, read)
