"""Isotherms as pyGAPS keeps them: `.csv`, `.json`, `.xls`.

All three hold pairs of a name and a value (`adsorbate`, `temperature`, `pressure_mode`, `pressure_unit`,
`loading_unit`, `loading_basis`, `material_unit`, …) and points with a pressure, a loading and a branch (`ads`, `des`;
none is `ads`). The columns of the csv are taken by their names: some files have the loading first. The csv's points
begin below a line `data:[…]`; the xls (sheet `data`) has the names in column A, the values in column B, the points
below them.
Seen: file versions 3.0 of all three; reference isotherms that pyGAPS brings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.points import (
    CUT_LINE,
    NO_END,
    About,
    Numbers,
    Points,
    lines_of,
    number,
    reading,
    told,
)
from characterization.physisorption.table import ADSORPTION, DESORPTION
from characterization.physisorption.units import kelvin, kpa_of, loading_unit
from labdb.ingest import old_workbook
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import split

DATA_LINE = "data:["
BRANCHES = {"ads": ADSORPTION, "des": DESORPTION, "": ADSORPTION, "0": ADSORPTION, "1": DESORPTION}
XLS_NAMES = {
    "Material name": "material",
    "Experiment temperature (K)": "temperature",
    "Adsorbate used": "adsorbate",
    "Pressure mode": "pressure_mode",
    "Pressure unit": "pressure_unit",
    "Loading basis": "loading_basis",
    "Loading unit": "loading_unit",
    "Material basis": "material_basis",
    "Material unit": "material_unit",
}


def recognises_csv(head: FileHead) -> bool:
    lines = [line.strip() for line in head.lines[:200]]
    return any(line.startswith(DATA_LINE) for line in lines) and any(line.startswith("adsorbate,") for line in lines)


def recognises_json(head: FileHead) -> bool:
    start = head.text.lstrip()
    return start.startswith("{") and all(f'"{word}"' in start for word in ("isotherm_data", "loading", "pressure"))


def recognises_xls(head: FileHead) -> bool:
    return old_workbook.contains(head, "Adsorbate used", "Experiment temperature (K)", "Pressure mode")


def read_csv(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    lines = found.lines
    at = next((n for n, line in enumerate(lines) if line.strip().startswith(DATA_LINE)), None)
    if at is None or at + 1 >= len(lines):
        raise ReaderError(f"{name}: no points stand below its line “{DATA_LINE}…]”; write the isotherm again")
    said: dict[str, Any] = {}
    for line in lines[:at]:
        fields = split(line, ",")
        if len(fields) > 1:
            said[fields[0]] = ",".join(fields[1:])
    labels = [_label(field) for field in split(lines[at + 1], ",")]
    rows = [split(line, ",") for line in lines[at + 2 :] if line.strip()]
    warnings = [*found.warnings]
    if rows and not found.ended:
        whole = rows[-1][-1] in ("ads", "des")
        warnings.append(NO_END if whole else CUT_LINE)
        rows = rows if whole else rows[:-1]
    columns = {label: [row[n] if n < len(row) else "" for row in rows] for n, label in enumerate(labels)}
    if "pressure" not in columns or "loading" not in columns:
        raise ReaderError(f"{name}: its columns are {', '.join(labels)}; it needs a pressure and a loading")
    return _reading(
        name,
        said,
        [number(value) for value in columns["pressure"]],
        [number(value) for value in columns["loading"]],
        columns.get("branch"),
        warnings,
    )


def _label(field: str) -> str:
    """`loading(mmol)` is the loading."""
    return re.sub(r"\s*[(\[].*$", "", field.strip().lower())


def read_json(path: Path, name: str) -> Reading:
    text = "\n".join(lines_of(path, name).lines)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReaderError(f"{name}: is no whole JSON ({error}); it may be cut off, copy it again") from error
    points = content.get("isotherm_data") if isinstance(content, dict) else None
    if not isinstance(points, list) or not all(isinstance(point, dict) for point in points):
        raise ReaderError(f"{name}: its isotherm_data is no list of points; write the isotherm again")
    said = {key: value for key, value in content.items() if key != "isotherm_data"}
    return _reading(
        name,
        said,
        [_plain_number(point.get("pressure")) for point in points],
        [_plain_number(point.get("loading")) for point in points],
        [str(point.get("branch", "")) for point in points],
        [],
    )


def _plain_number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    return number(str(value))


def read_xls(path: Path, name: str) -> Reading:
    sheet = next((s for s in old_workbook.sheets(path, name) if s.find("Adsorbate used") is not None), None)
    if sheet is None:
        raise ReaderError(f"{name}: has no sheet with an isotherm; write the isotherm again")
    last = max(row for row, _ in sheet.cells)
    said: dict[str, Any] = {}
    header = None
    for row in range(last + 1):
        label = sheet.text(row, 0)
        if label in XLS_NAMES:
            said[XLS_NAMES[label]] = sheet.text(row, 1)
        elif _label(label) in ("pressure", "loading"):
            header = row
            break
    if header is None:
        raise ReaderError(f"{name}: no line names a pressure and a loading; write the isotherm again")
    labels = {_label(sheet.text(header, column)): column for column in range(10)}
    if "pressure" not in labels or "loading" not in labels:
        raise ReaderError(f"{name}: it needs a column of the pressure and one of the loading; write the isotherm again")
    rows = [row for row in range(header + 1, last + 1) if sheet.number(row, labels["pressure"]) is not None]
    branch = [sheet.text(row, labels["branch"]) for row in rows] if "branch" in labels else None
    return _reading(
        name,
        said,
        [sheet.number(row, labels["pressure"]) for row in rows],
        [sheet.number(row, labels["loading"]) for row in rows],
        branch,
        [],
    )


def _reading(
    name: str,
    said: Mapping[str, Any],
    pressure: Numbers,
    loading: Numbers,
    branch: Sequence[str] | None,
    warnings: Sequence[str],
) -> Reading:
    def word(key: str) -> str:
        value = said.get(key)
        return "" if value is None or value == "None" else str(value).strip()

    adsorbate = word("adsorbate")
    mode, unit = word("pressure_mode").lower() or "absolute", word("pressure_unit")
    factor = {"relative": 1.0, "relative%": 0.01}.get(mode)
    kpa = kpa_of(unit) if mode == "absolute" else None
    if factor is None and kpa is None:
        raise ReaderError(f"{name}: its pressure is {mode} in {unit!r}, which labdb does not know; convert it to bar")
    if word("material_basis") not in ("", "mass") or word("loading_basis") not in ("", "molar", "mass"):
        raise ReaderError(
            f"{name}: its loading is per {word('material_basis')} as {word('loading_basis')}; convert it to mmol/g"
        )
    amount = loading_unit(f"{word('loading_unit') or 'mmol'}/{word('material_unit') or 'g'}", gas_named(adsorbate))
    if amount is None:
        raise ReaderError(
            f"{name}: its loading in {word('loading_unit')} is in no unit that labdb knows; convert it to mmol/g"
        )
    branches = None
    if branch is not None and any(branch):
        unknown = sorted({side for side in branch if side not in BRANCHES})
        if unknown:
            raise ReaderError(f"{name}: {unknown[0]!r} is no branch; it has to be ads or des")
        branches = [BRANCHES[side] for side in branch]
    temperature = number(word("temperature"))
    points = (
        Points(loading, branches, relative_pressure=[p * factor if p is not None else None for p in pressure])
        if factor is not None
        else Points(loading, branches, pressure_kpa=[p * (kpa or 1) if p is not None else None for p in pressure])
    )
    about = About(
        amount,
        adsorbate,
        kelvin(temperature, word("temperature_unit") or "K") if temperature is not None else None,
    )
    metadata = told(
        device=word("instrument") or word("machine"),
        operator=word("user"),
        sample=" ".join(dict.fromkeys(part for part in (word("material"), word("material_batch")) if part)),
        comment=word("comment") or word("reference"),
    )
    return reading(name, points, about, metadata, warnings)


CSV = Reader("pygaps-csv", version=1, label="pyGAPS csv", recognises=recognises_csv, read=read_csv)
JSON = Reader("pygaps-json", version=1, label="pyGAPS JSON", recognises=recognises_json, read=read_json)
XLS = Reader("pygaps-xls", version=1, label="pyGAPS xls", recognises=recognises_xls, read=read_xls)
