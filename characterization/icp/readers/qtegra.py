"""Thermo Scientific Qtegra: the table of concentrations, as csv or as a sheet of a workbook.

Four header lines, then one row a solution, in the order of the run:

    ;;Raw.Average;Raw.Average;…;ExtCal.Average;ExtCal.Average;…
    ;;0;0;…;0;0;…
    ;;Fe 238.204 {142} (Radial);K 766.490 {44} (Radial);…;Fe 238.204 {142} (Radial);…
    ;;Y (cps);Y (cps);…;Y (ppm);Y (ppm);…
    7;21-unknown;1243.31421478351;…;26.6682958371848;…

The first line is the category of a column, the third its emission line, the fourth its unit; the second counts
single runs, 0 is their mean. `Raw` is the intensity, `ExtCal` the concentration by external calibration (`IntCal` with
an internal standard); `.Average`, `.STD`, `.RSD` are mean, standard deviation and its percentage over the readings of a
solution; `.StandardConcentration` is what a standard should be, and is filled for standards only. ppm is mg/L, ppb
µg/L. Kinds are not told: a row with a standard concentration is a standard, and so is every other row of its label;
blanks are known by their label. Separated by semicolons, or by commas where the system has a decimal point; decimals
may be commas. Seen from an iCAP 7000; the workbook is by layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from characterization.icp.rows import EmissionRows, Rows, comma_of, content, head_rows, kind_of, line_of, load
from characterization.icp.rows import number as number_of
from characterization.icp.table import BLANK, PROCEDURAL_BLANK, STANDARD
from characterization.icp.units import AmountUnit, amount_unit, why_not
from labdb.ingest.numbers import NumberError
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

CATEGORY = re.compile(r"(?P<scale>[A-Za-z]+)\.(?P<what>[A-Za-z]+)")
UNIT = re.compile(r"Y?\s*\((?P<unit>[^()]*)\)")
RAW = "Raw"
PREFERRED = ("ExtCal", "IntCal")  # of several calibrations in one file
HEADER_LINES = 4


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the line of categories, above a line of emission lines."""
    for index, row in enumerate(rows[:10]):
        columns = [at for at, cell in enumerate(row) if CATEGORY.fullmatch(cell)]
        means = [at for at in columns if row[at].endswith(".Average")]
        if means and index + 2 < len(rows) and any(line_of(_cell(rows[index + 2], at)) for at in means):
            return index
    return None


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def recognises(head: FileHead) -> bool:
    return any(header_at(rows) is not None for rows in head_rows(head))


def read(path: Path, name: str) -> Reading:
    sheets = [rows.without_cut_row() for rows in load(path, name)]
    found = [(rows, at) for rows in sheets if (at := header_at(rows.fields)) is not None]
    if not found:
        raise ReaderError(
            f"{name}: no line of categories (ExtCal.Average …) above one of emission lines; export the table of"
            " concentrations again."
        )
    if len(found) > 1:
        named = ", ".join(rows.sheet for rows, _ in found)
        raise ReaderError(f"{name}: several sheets hold concentrations ({named}); save each as a file of its own.")
    return _read(*found[0], name)


def _read(rows: Rows, at: int, name: str) -> Reading:
    categories, names = rows.fields[at], rows.fields[at + 2]
    runs = rows.fields[at + 1]
    body = list(zip(rows.lines[at + HEADER_LINES :], rows.fields[at + HEADER_LINES :], strict=True))
    if not body:
        raise ReaderError(f"{name}: no solutions below the four header lines; export it again.")
    where: dict[tuple[str, str, str], int] = {}
    for column, cell in enumerate(categories):
        match = CATEGORY.fullmatch(cell)
        if match and _cell(names, column) and _cell(runs, column) in ("", "0"):
            where.setdefault((match["scale"], match["what"], names[column]), column)
    scale = _scale(where, name)
    lines = [line for (of, what, line) in where if of == scale and what == "Average"]
    units = {
        line: _unit(_cell(rows.fields[at + 3], where[scale, "Average", line]), line, name) for line in lines if line
    }
    left_out = sorted(line for line in lines if line_of(line) is None)
    first = min(where.values())
    label_at = _label_column(rows.fields[at : at + HEADER_LINES], first)
    try:
        comma = comma_of(_cell(row, column) for _, row in body for column in where.values())
    except NumberError as error:
        raise ReaderError(f"{name}: {error}.") from error
    nominal = [column for (_, what, _), column in where.items() if what == "StandardConcentration"]
    standards = {
        _cell(row, label_at) for _, row in body if any(number_of(_cell(row, column), comma) for column in nominal)
    }

    made = EmissionRows()
    for solution, (line_number, row) in enumerate(body, start=1):
        label = _cell(row, label_at) or f"row {_cell(row, 0) or solution}"
        kind = kind_of(label)
        if label in standards and kind not in (BLANK, PROCEDURAL_BLANK):
            kind = STANDARD
        for line in lines:
            if line in left_out:
                continue

            def at_(scale: str, what: str, line: str = line, row: Sequence[str] = row) -> str:
                column = where.get((scale, what, line))
                return "" if column is None else _cell(row, column)

            try:
                value = content(at_(scale, "Average"), comma)
            except ValueError as error:
                raise ReaderError(f"{name}: line {line_number}, {line}: {error}; correct it.") from error
            unit = units[line]
            sd = number_of(at_(scale, "STD"), comma)
            rsd = number_of(at_(scale, "RSD"), comma)
            if sd is None and rsd is not None and value.value is not None:
                sd = abs(value.value) * rsd / 100
            standard = number_of(at_(scale, "StandardConcentration"), comma)
            made.add(
                solution,
                label,
                kind,
                line,
                value,
                unit,
                sd=sd,
                intensity=number_of(at_(RAW, "Average"), comma),
                intensity_sd=number_of(at_(RAW, "STD"), comma),
                standard_concentration_mg_per_l=(
                    None if standard is None or unit.solid else standard * unit.factor or None
                ),
            )
    warnings = list(rows.warnings)
    if left_out:
        warnings.append(f"columns that are no emission lines were left out: {', '.join(left_out[:5])}")
    metadata: dict[str, object] = {"device": "Thermo Scientific ICP", "software": "Qtegra"}
    told = [cell for cell in categories[:first] if cell]
    if told:
        metadata["comment"] = " ".join(told)
    return Reading(made.table(), metadata, tuple(warnings))


def _scale(where: Iterable[tuple[str, str, str]], name: str) -> str:
    calibrated = list(dict.fromkeys(of for of, what, _ in where if what == "Average" and of != RAW))
    if not calibrated:
        raise ReaderError(f"{name}: holds intensities and no concentrations; export ExtCal.Average too.")
    return next((of for of in PREFERRED if of in calibrated), calibrated[0])


def _unit(cell: str, line: str, name: str) -> AmountUnit:
    match = UNIT.fullmatch(cell)
    said = match["unit"] if match else cell
    unit = amount_unit(said, of_instrument=True)
    if unit is None:
        raise ReaderError(f"{name}: the unit of {line}: {why_not(said)}")
    return unit


def _label_column(header: Sequence[Sequence[str]], first: int) -> int:
    """Which of the columns before the first category holds the labels: the one that says so, else the last."""
    if first == 0:
        return 0
    for row in header:
        for column in range(first):
            if _cell(row, column).lower() in ("label", "sample", "sample name", "name"):
                return column
    return first - 1


READER = Reader("qtegra", version=1, label="Thermo Qtegra concentrations", recognises=recognises, read=read)
