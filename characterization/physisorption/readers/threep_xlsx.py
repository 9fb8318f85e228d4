"""Workbooks of 3P Instruments (3P meso, micro and sync series) (`.xlsx`).

Sheet `Summary` or `Info`: names in column A, values in column B; the mass with its unit in brackets and a decimal comma
("0,0304(g)"). Sheet `Isotherm`: a line `ID, p (kPa), p/p0, V (cm³/g STP), p0 (kPa), Time`; a line of `---` parts
adsorption from desorption. The file does not say the temperature of the bath.
Seen: one of a 3P sync.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.micromeritics_report import unit_of
from characterization.physisorption.readers.points import About, Points, moment, printed, reading, told
from characterization.physisorption.table import ADSORPTION, DESORPTION
from characterization.physisorption.units import kpa_of, loading_unit, mass_mg
from labdb.ingest import workbook
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SHEET, ABOUT = "Isotherm", ("Summary", "Info")
MARK = "---"


def _header(rows: Sequence[Sequence[Any]]) -> int | None:
    """Where the column names stand."""
    for number, row in enumerate(rows[:20]):
        labels = [str(cell).strip() for cell in row]
        if "ID" in labels and "p/p0" in labels and any(label.startswith("V (") for label in labels):
            return number
    return None


def recognises(head: FileHead) -> bool:
    return (
        SHEET in head.sheets and any(name in head.sheets for name in ABOUT) and _header(head.sheets[SHEET]) is not None
    )


def read(path: Path, name: str) -> Reading:
    book = workbook.open_workbook(path, name)
    about = next((sheet for sheet in ABOUT if sheet in book.sheet_names), None)
    if SHEET not in book.sheet_names or about is None:
        raise ReaderError(f"{name}: has no sheets “{SHEET}” and “{ABOUT[0]}”; export the whole report")
    said = {
        str(row[0]).strip().lower(): workbook.text(row[1]) or ""
        for row in workbook.rows_of(book, about, name)
        if len(row) > 1 and row[0]
    }
    rows = workbook.rows_of(book, SHEET, name)
    header = _header(rows)
    if header is None:
        raise ReaderError(f"{name}: the sheet “{SHEET}” has no columns p/p0 and V; export the whole report")
    labels = [str(cell).strip() for cell in rows[header]]
    branch, branches, kept = ADSORPTION, [], []
    for row in rows[header + 1 :]:
        if str(row[0]).strip() == MARK:
            branch = DESORPTION
        elif any(isinstance(cell, int | float) for cell in row):
            branches.append(branch)
            kept.append(row)

    def column(start: str) -> tuple[str, list[float | None]] | None:
        at = next((n for n, label in enumerate(labels) if label.startswith(start)), None)
        if at is None:
            return None
        values = [row[at] for row in kept]
        return unit_of(labels[at]), [float(v) if isinstance(v, int | float) else None for v in values]

    def kpa(start: str) -> list[float | None] | None:
        found = column(start)
        factor = kpa_of(found[0]) if found else None
        return [v * factor if v is not None else None for v in found[1]] if found and factor else None

    amount, relative = column("V ("), column("p/p0")
    gas = said.get("adsorbate")
    unit = loading_unit(amount[0], gas_named(gas)) if amount else None
    if amount is None or relative is None or unit is None:
        raise ReaderError(f"{name}: its volume {labels} is in no unit that labdb knows; export in cm³/g STP")
    return reading(
        name,
        Points(amount[1], branches, relative[1], kpa("p ("), kpa("p0 (")),
        About(unit, gas, None, mass_mg(said.get("sample weight", ""))),
        {
            **moment(clock_start(said.get("started time"))),
            **told(
                device="3P Instruments",
                sample=said.get("charge name") or said.get("sample"),
                operator=said.get("operator"),
                comment=said.get("sample"),
            ),
            **printed(said.get("bet surface area:")),
        },
    )


READER = Reader("3p-xlsx", version=1, label="3P Instruments workbook", recognises=recognises, read=read)
