"""Agilent ICP Expert, and the Varian Vista before it: one row a solution and emission line.

Vista and ICP Expert II (seen; quoted, comma separated, or tab separated by layout):

    "Solution Label",…,"Type","Element","Flags","Soln Conc","Units","Corr Con","Units","Int",…,"Date","Time","SD","RSD",
    "IntSD","IntRSD","Act Wgt","Act Vol","DF","NumReps","Replicates",,,

ICP Expert 7 (layout; some lines about the worksheet above the header):

    Label,Rack:Tube,Type,Date Time,Element,Element Label,Flags,Concentration,Unit,Intensity,Concentration SD,
    Concentration % RSD,Intensity SD,Intensity % RSD,Weight,Volume,Dilution,…

`Soln Conc` is the concentration of the solution as it was measured; `Corr Con` is that times weight, volume and
dilution, and is only taken where it is of the solid (mg/kg, %). The column "Units" comes twice. Readings are given as
intensities only. `Act Wgt`, `Act Vol` and `DF` of 1 are what the program fills in. Types: Blk, Std, Samp; all else is
a control. Flags, of the solution's line: x over the calibration (no concentration is given), o over range, # an
overranged reading, u (uv) under the calibrated range, m, i, Error no result, ! measured again, e edited, and capitals
for failed controls.
Source: Agilent ICP-OES help, "Error flags".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from characterization.icp.rows import (
    Content,
    EmissionRows,
    Rows,
    comma_of,
    content,
    head_rows,
    incomplete,
    kind_of,
    line_of,
    load,
    moment,
)
from characterization.icp.rows import factor as factor_of
from characterization.icp.rows import number as number_of
from characterization.icp.table import FAILED, NOT_CALIBRATED, OVER_RANGE, UNDER_RANGE
from characterization.icp.units import AmountUnit, amount_unit, why_not
from labdb.ingest.numbers import NumberError
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import unique

# What we call a column → what the two programs call it.
HEADERS = {
    "label": ("solution label", "label"),
    "type": ("type",),
    "line": ("element",),
    "flags": ("flags",),
    "value": ("soln conc", "concentration"),
    "unit": ("units", "unit"),
    "corrected": ("corr con",),
    "corrected_unit": ("units (2)",),
    "intensity": ("int", "intensity"),
    "sd": ("sd", "concentration sd"),
    "intensity_sd": ("intsd", "intensity sd"),
    "weight": ("act wgt", "weight"),
    "volume": ("act vol", "volume"),
    "dilution": ("df", "dilution"),
    "readings": ("numreps",),
    "date": ("date", "date time"),
    "time": ("time",),
}
NEEDED = ("label", "type", "line", "flags", "value", "unit", "intensity")
NUMBERS = ("value", "corrected", "intensity", "sd", "intensity_sd", "weight", "volume", "dilution")
CONDITIONS = {
    **dict.fromkeys("xo#", OVER_RANGE),
    **dict.fromkeys("uv", UNDER_RANGE),
    **dict.fromkeys("mi", FAILED),
}
WORST = (FAILED, NOT_CALIBRATED, OVER_RANGE, UNDER_RANGE, "")
CHECKED = {"Q": "a check standard", "L": "a control sample", "Z": "a check blank", "W": "a spike", "N": "a spike"}


def columns_of(row: Sequence[str]) -> dict[str, int] | None:
    """Where the columns are, if the row is a header of ours."""
    names = [cell.lower() for cell in unique([cell.strip() for cell in row])]
    found = {ours: names.index(theirs) for ours, known in HEADERS.items() for theirs in known[::-1] if theirs in names}
    return found if all(column in found for column in NEEDED) else None


def recognises(head: FileHead) -> bool:
    return any(columns_of(row) for rows in head_rows(head) for row in rows)


def read(path: Path, name: str) -> Reading:
    for rows in (each.without_cut_row() for each in load(path, name)):
        for at, row in enumerate(rows.fields[:60]):
            columns = columns_of(row)
            if columns:
                return _read(rows, at, columns, name)
    raise ReaderError(
        f"{name}: no line names Solution Label, Type, Element, Flags, Soln Conc and Units; export the results again."
    )


def condition_of(flags: str) -> str:
    """The worst of what the flags mean for the number."""
    if flags.lower() == "uncal":
        return NOT_CALIBRATED
    if flags.lower() == "error":
        return FAILED
    return min((CONDITIONS.get(flag, "") for flag in flags), key=WORST.index, default="")


def _read(rows: Rows, at: int, columns: dict[str, int], name: str) -> Reading:
    body = list(zip(rows.lines[at + 1 :], rows.fields[at + 1 :], strict=True))
    if not body:
        raise ReaderError(f"{name}: no results below the header; export it again.")

    def cell(row: Sequence[str], column: str) -> str:
        place = columns.get(column, len(row))
        return row[place] if place < len(row) else ""

    try:
        comma = comma_of(cell(row, column) for _, row in body for column in NUMBERS)
    except NumberError as error:
        raise ReaderError(f"{name}: {error}.") from error
    made, warnings = EmissionRows(), list(rows.warnings)
    solution, current, seen = 0, ("", ""), set[str]()
    weighed = corrected = False
    failed: dict[str, None] = {}
    for line_number, row in body:
        here = f"{name}: line {line_number}"
        label, line = cell(row, "label"), " ".join(cell(row, "line").split())
        if line_of(line) is None:
            raise ReaderError(f"{here}: “{line}” is no emission line; export the results again.")
        when = f"{cell(row, 'date')} {cell(row, 'time')}".strip()
        if (label, when) != current or line in seen:
            solution, current, seen = solution + 1, (label, when), set()
        seen.add(line)
        try:
            value = content(cell(row, "value"), comma)
        except ValueError as error:
            raise ReaderError(f"{here}: {error}; correct it.") from error
        flags = cell(row, "flags") or value.flags
        condition = value.condition or condition_of(flags)
        failed |= {CHECKED[flag]: None for flag in flags if flag in CHECKED}
        sd = number_of(cell(row, "sd"), comma)
        dilution = factor_of(cell(row, "dilution"), comma)
        weight, volume = factor_of(cell(row, "weight"), comma), factor_of(cell(row, "volume"), comma)
        told = weight is not None and volume is not None and (weight, volume) != (1.0, 1.0)
        weighed |= told
        solid = _of_solid(cell(row, "corrected"), cell(row, "corrected_unit"), comma, value, sd)
        unit = _unit(cell(row, "unit"), line, here)
        straight = value.value is None or solid or not cell(row, "corrected")
        corrected |= not straight and _differs(number_of(cell(row, "corrected"), comma), value.value, dilution)
        more: dict[str, Any] = {
            "intensity": number_of(cell(row, "intensity"), comma),
            "intensity_sd": number_of(cell(row, "intensity_sd"), comma),
            "readings": _whole(cell(row, "readings")),
            "dilution_factor": dilution,
            "sample_mass_mg": weight * 1000 if told and weight else None,
            "volume_ml": volume if told else None,
            **solid,
        }
        kind = kind_of(label, cell(row, "type"))
        made.add(solution, label, kind, line, value, unit, sd=sd, condition=condition, flags=flags, **more)
    table = made.table()
    warnings += incomplete(table)
    if weighed:
        warnings.append("weights and volumes of the file are taken as g and mL; enter others where they are not")
    if corrected:
        warnings.append(
            "the corrected concentrations of the file are not its solution concentrations times the dilution; labdb"
            " computes from the solution concentrations"
        )
    if failed:
        warnings.append(f"the instrument flags results as beside {' and '.join(failed)} that failed")
    stamps = [f"{cell(row, 'date')} {cell(row, 'time')}".strip() for _, row in body]
    metadata: dict[str, object] = {"software": "ICP Expert", "device": "Agilent or Varian ICP-OES"}
    preamble = [" ".join(cell for cell in row if cell) for row in rows.fields[:at]]
    if start := moment(stamps[0], stamps[-1]):
        metadata["start_time_local"] = start
    metadata["instrument"] = {"first_measured": stamps[0], "preamble": preamble[:10]}
    return Reading(table, metadata, tuple(warnings))


def _unit(said: str, line: str, here: str) -> AmountUnit:
    unit = amount_unit(said, of_instrument=True)
    if unit is None:
        raise ReaderError(f"{here}, {line}: {why_not(said)}")
    return unit


def _of_solid(cell: str, said: str, comma: str, value: Content, sd: float | None) -> dict[str, float]:
    """The corrected content, where it is one of the solid; its SD in proportion."""
    unit = amount_unit(said, of_instrument=True) if said else None
    found = number_of(cell, comma)
    if unit is None or not unit.solid or found is None:
        return {}
    solid = {"mass_fraction_mg_per_kg": found * unit.factor}
    if sd is not None and value.value:
        solid["mass_fraction_sd_mg_per_kg"] = abs(sd / value.value * found * unit.factor)
    return solid


def _differs(corrected: float | None, value: float | None, dilution: float | None) -> bool:
    if corrected is None or value is None:
        return False
    return abs(corrected - value * (dilution or 1.0)) > 1e-4 * abs(corrected)


def _whole(cell: str) -> int | None:
    return int(cell) if cell.isdigit() and 0 < int(cell) < 1000 else None


READER = Reader("icp-expert", version=1, label="Agilent ICP Expert results", recognises=recognises, read=read)
