"""Contents of elements as a person types them in. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import labdb.ingest.entry as typed_in
from characterization.icp.rows import MEASURED, EmissionRows, content
from characterization.icp.table import SAMPLE
from characterization.icp.units import amount_unit, why_not
from labdb.ingest.presentation import Column, Entry
from labdb.ingest.reader import Reader, Reading

TECHNIQUE = "icp"
LABEL = "typed in"


@dataclass(frozen=True)
class ElementColumn(Column):
    """The symbol of an element."""

    def checked(self, value: Any, row: int) -> Any:
        symbol = super().checked(value, row)
        if symbol is not None and symbol not in MEASURED:
            raise ValueError(f"row {row}: {symbol} is no element that an ICP measures; write its symbol, Ni.")
        return symbol


@dataclass(frozen=True)
class ContentColumn(Column):
    """A content, or the limit that it is under: "<0.01"."""

    def checked(self, value: Any, row: int) -> Any:
        said = super().checked(value, row)
        if said is None:
            return None
        if "," in said:  # a spreadsheet's decimal comma; 1,234 may be either, and is refused below
            said = said if re.fullmatch(r"\D*[1-9]\d{0,2},\d{3}", said) else said.replace(",", ".")
        try:
            found = content(said, "")
        except ValueError:
            found = None
        if found is None or (found.value is None and found.limit is None):
            raise ValueError(f"row {row}: {self.label} is {said}; write a number, or <0.01 for what is under a limit.")
        if found.value is not None and found.value < 0:
            raise ValueError(f"row {row}: {self.label} is {said}; a content is not under 0, write < and its limit.")
        return said


@dataclass(frozen=True)
class UnitColumn(Column):
    """The unit of a content."""

    def checked(self, value: Any, row: int) -> Any:
        said = super().checked(value, row)
        if said is not None and amount_unit(said, of_instrument=False) is None:
            raise ValueError(f"row {row}: {why_not(said)}")
        return said


ENTRY = Entry(
    columns=(
        ElementColumn("element", "Element", kind="text", help="Its symbol."),
        ContentColumn("content", "Content", kind="text", help="0.35, or <0.01 where it is under a limit."),
        UnitColumn("unit", "Unit", kind="text", help="mg/L of the solution; mg/kg or wt% of the powder."),
        Column("content_sd", "SD", help="In the same unit.", required=False, lowest=0.0),
    ),
    rows="element",
    offered=6,
    help="One row an element; several of one element are replicates. Contents of a solution ask for the sample mass and"
    " the volume of the digest before anything is per kg of powder.",
)


def read(path: Path, name: str) -> Reading:
    rows, times = EmissionRows(), dict[str, int]()
    typed = typed_in.reading(TECHNIQUE, ENTRY, path, name)
    for row in typed.table.iter_rows(named=True):
        element = row["element"]
        times[element] = times.get(element, 0) + 1
        found, unit = content(row["content"], ""), amount_unit(row["unit"], of_instrument=False)
        rows.add(times[element], LABEL, SAMPLE, element, found, unit, sd=row["content_sd"])
    table = rows.table().sort("solution_count", maintain_order=True)
    return Reading(table, typed.metadata, typed.warnings)


READER: Reader = replace(typed_in.entry_reader(TECHNIQUE, "ICP", ENTRY), read=read)
