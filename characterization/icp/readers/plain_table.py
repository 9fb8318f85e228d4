"""A table that somebody made of ICP results, as csv, text or .xlsx, in one of two layouts below a free preamble.

One row a result:

    sample,element,value,unit            GP-NCM-01,Ni,48.9,wt%
    sample;line;mean (mg/L);SD (mg/L)    GP-NCM-01;K 766.490;<0,05;

One column an element, its unit in the header, in a row below it, or in a column "unit":

    sample,Li (wt%),Ni (wt%),Co (wt%),K (mg/kg)
    GP-NCM-01,7.31,49.2,6.5,<20

Also read: sd, rsd (%), type (blank, standard, sample), dilution, sample mass (mg or g), volume (mL or L), replicate,
flags. Rows of one sample (and element) repeat it: they are replicates, each a solution of its own. Units of a solution
are mg/L, µg/L and their like, of the powder mg/kg, µg/g, wt%; ppm and ppb may be both and are refused, so are mole per
cent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from characterization.icp.readers import icp_expert, qtegra
from characterization.icp.rows import (
    MEASURED,
    EmissionRows,
    Rows,
    comma_of,
    content,
    head_rows,
    kind_of,
    line_of,
    load,
)
from characterization.icp.rows import factor as factor_of
from characterization.icp.rows import number as number_of
from characterization.icp.units import AmountUnit, amount_unit, plain, why_not
from labdb.ingest.numbers import NumberError
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.units import split_header

WORDS = {
    "sample": ("sample", "sample name", "sample label", "sample id", "label", "solution", "solution label", "name"),
    "element": ("element", "analyte", "line", "emission line", "element line"),
    "value": (
        *("value", "concentration", "conc", "content", "amount", "result", "mean", "average", "mass fraction"),
        *("measured", "mean concentration"),
    ),
    "unit": ("unit", "units"),
    "sd": ("sd", "std", "stdev", "st dev", "standard deviation", "std dev"),
    "rsd": ("rsd", "rel sd", "%rsd", "rsd %", "relative standard deviation"),
    "type": ("type", "kind", "sample type", "sample kind"),
    "dilution": ("dilution", "dilution factor", "df"),
    "mass": ("sample mass", "mass", "weight", "sample weight", "weighed"),
    "volume": ("volume", "final volume"),
    "replicate": ("replicate", "rep", "no", "run"),
    "flags": ("flag", "flags"),
}
MEANING = {word: ours for ours, words in WORDS.items() for word in words}
MASSES, VOLUMES = {"mg": 1.0, "g": 1000.0}, {"ml": 1.0, "l": 1000.0, "cm3": 1.0}
COLUMN = re.compile(
    r"(?:\d{1,3})?(?P<symbol>[A-Z][a-z]?)(?:[ _-]+(?P<wavelength>\d{3}(?:\.\d+)?)(?: ?nm)?)?"
    r"(?: ?\(?(?:axial|radial)\)?)?(?P<spread>[ _]+(?:r?sd|std|stdev))?[ _]*(?P<unit>[/([{ _].*|%.*)?",
    re.IGNORECASE,
)


@dataclass
class Layout:
    """What the columns of a table are.

    Attributes:
        at: our word → column.
        units: our word → the unit in its header.
        elements: column → (name of its emission line, unit in its header).
        spreads: name of an emission line → (column of its SD, whether it is a percentage).
        unknown: headers that nothing is made of.
    """

    at: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    elements: dict[int, tuple[str, str]] = field(default_factory=dict)
    spreads: dict[str, tuple[int, bool]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        return "element" not in self.at


def layout_of(row: Sequence[str]) -> Layout | None:
    """What a row says as a header; None where it is none of ours."""
    found = Layout()
    for column, cell in enumerate(row):
        if not cell:
            continue
        words, unit = split_header(cell)
        if plain(cell).removeprefix("/") in ("at%", "atomic%", "mol%"):
            return None  # of an X-ray detector
        word = MEANING.get(words) or MEANING.get(words.partition(" mg per ")[0])
        element = _element_column(cell)
        if element is not None:
            name, its_unit, spread = element
            if spread:
                found.spreads[name] = (column, spread == "rsd")
            else:
                found.elements[column] = (name, its_unit)
        elif word and word not in found.at:
            found.at[word] = column
            found.units[word] = unit
        elif "value" not in found.at and amount_unit(cell, of_instrument=False):
            found.at["value"], found.units["value"] = column, cell
        else:
            found.unknown.append(cell)
    if "sample" not in found.at:
        return None
    if "element" in found.at:
        has_unit = "unit" in found.at or bool(found.units.get("value"))
        return found if "value" in found.at and has_unit and not found.elements else None
    return found if len(found.elements) >= 2 else None


def _element_column(cell: str) -> tuple[str, str, str] | None:
    """(emission line, unit, "sd" or "rsd" or "") of a header of one element."""
    match = COLUMN.fullmatch(cell.strip())
    if match is None or match["symbol"] not in MEASURED:
        return None
    unit = (match["unit"] or "").strip(" _/()[]{}")
    spread = (match["spread"] or "").strip(" _").lower()
    if unit and amount_unit(unit, of_instrument=True) is None and not (spread and unit == "%"):
        return None
    name = match["symbol"] + (f" {match['wavelength']}" if match["wavelength"] else "")
    return name, unit, {"": "", "rsd": "rsd"}.get(spread, "sd")


def unit_row(row: Sequence[str], layout: Layout) -> bool:
    """Units that stand in a row of their own below the header."""
    cells = [row[column] if column < len(row) else "" for column in layout.elements]
    return any(cells) and all(not cell or amount_unit(cell, of_instrument=True) for cell in cells)


def header_at(rows: Sequence[Sequence[str]]) -> tuple[int, Layout] | None:
    """The header of a table of element contents, with what stands below it making sense."""
    for index, row in enumerate(rows[:60]):
        layout = layout_of(row)
        if layout is None:
            continue
        below = rows[index + 1] if index + 1 < len(rows) else []
        if layout.wide:
            said = "unit" in layout.at or any(unit for _, unit in layout.elements.values())
            if said or unit_row(below, layout):
                return index, layout
        elif not below or len(below) <= layout.at["element"] or line_of(below[layout.at["element"]]):
            return index, layout
    return None


def recognises(head: FileHead) -> bool:
    return any(
        header_at(rows) and not any(icp_expert.columns_of(row) for row in rows) and qtegra.header_at(rows) is None
        for rows in head_rows(head)
    )


def read(path: Path, name: str) -> Reading:
    tables = [(rows, *where) for rows in load(path, name) if (where := header_at(rows.fields))]
    if not tables:
        raise ReaderError(
            f"{name}: no header of a table of element contents: sample, element, value, unit; or sample and a column an"
            " element with its unit, Ni (wt%)."
        )
    if len(tables) > 1:
        sheets = ", ".join(rows.sheet for rows, *_ in tables)
        raise ReaderError(f"{name}: several sheets hold contents ({sheets}); save each as a file of its own.")
    rows, at, layout = tables[0]
    return _read(rows, at, layout, name)


def _read(rows: Rows, at: int, layout: Layout, name: str) -> Reading:
    known = [*layout.at.values(), *layout.elements, *(column for column, _ in layout.spreads.values())]
    if not rows.whole:
        raise ReaderError(
            f"{name}: its last line does not end with a line break, so it may be cut off; copy the file again, or end"
            " that line."
        )
    body = list(zip(rows.lines[at + 1 :], rows.fields[at + 1 :], strict=True))
    below: Sequence[str] = ()
    if body and layout.wide and unit_row(body[0][1], layout):
        below = body.pop(0)[1]
    if not body:
        raise ReaderError(f"{name}: no rows below the header; export the table again.")

    def cell(row: Sequence[str], column: int | None) -> str:
        return row[column] if column is not None and column < len(row) else ""

    texts = [column for word, column in layout.at.items() if word in ("sample", "element", "unit", "type", "flags")]
    try:
        comma = comma_of(cell(row, column) for _, row in body for column in known if column not in texts)
    except NumberError as error:
        raise ReaderError(f"{name}: {error}.") from error
    factors = _factors(layout, name)
    made, warnings = EmissionRows(), list(rows.warnings)
    times: dict[tuple[str, str], int] = {}
    solutions: dict[tuple[str, int], int] = {}
    for line_number, row in body:
        here = f"{name}: line {line_number}"
        label = " ".join(cell(row, layout.at["sample"]).split())
        if not label:
            raise ReaderError(f"{here}: the sample has no name; give it one, or remove the row.")
        kind = kind_of(label, cell(row, layout.at.get("type")))
        more: dict[str, Any] = {
            ours: found * factors[ours]
            for ours in factors
            if (found := factor_of(cell(row, layout.at.get(_SOURCE[ours])), comma)) is not None
        }
        for line, field_, unit, sd in _values(layout, row, below, comma, here):
            try:
                value = content(field_, comma)
            except ValueError as error:
                raise ReaderError(f"{here}, {line}: {error}; correct it.") from error
            if field_ == "":
                continue
            time = times[label, line] = times.get((label, line), 0) + 1
            solution = solutions.setdefault((label, time), len(solutions) + 1)
            spread = sd
            if spread is None and (rsd := _rsd(layout, row, line, comma)) is not None and value.value is not None:
                spread = abs(value.value) * rsd / 100
            flags = cell(row, layout.at.get("flags"))
            made.add(solution, label, kind, line, value, unit, sd=spread, flags=flags, **more)
    if not made.rows:
        raise ReaderError(f"{name}: no content stands below the header; export the table again.")
    if layout.unknown:
        warnings.append(f"columns that nothing is made of: {', '.join(layout.unknown[:8])}")
    preamble = [" ".join(cell for cell in row if cell) for row in rows.fields[:at]]
    metadata = {"instrument": {"preamble": preamble[:10]}} if preamble else {}
    return Reading(made.table().sort("solution_count", maintain_order=True), metadata, tuple(warnings))


_SOURCE = {"dilution_factor": "dilution", "sample_mass_mg": "mass", "volume_ml": "volume"}


def _factors(layout: Layout, name: str) -> dict[str, float]:
    """How the numbers of mass, volume and dilution become ours, for the columns that are there.

    Raises:
        ReaderError: a mass or volume has no unit.
    """
    found = {"dilution_factor": 1.0} if "dilution" in layout.at else {}
    for ours, known in (("sample_mass_mg", MASSES), ("volume_ml", VOLUMES)):
        word = _SOURCE[ours]
        if word in layout.at:
            said = layout.units[word].lower()
            if said not in known:
                units = " or ".join(list(known)[:2])
                raise ReaderError(f"{name}: the column of the {word} has no unit; write “{word} ({units})” above it.")
            found[ours] = known[said]
    return found


def _values(
    layout: Layout, row: Sequence[str], below: Sequence[str], comma: str, here: str
) -> list[tuple[str, str, AmountUnit, float | None]]:
    """(emission line, field, unit, SD in that unit) of each content in a row."""

    def cell(column: int | None) -> str:
        return row[column] if column is not None and column < len(row) else ""

    own = cell(layout.at.get("unit"))
    if not layout.wide:
        line = " ".join(cell(layout.at["element"]).split())
        if line_of(line) is None:
            raise ReaderError(f"{here}: “{line}” is no element; write its symbol, Ni.")
        unit = _unit(own or layout.units.get("value", ""), line, here)
        return [(line, cell(layout.at["value"]), unit, _sd(layout, cell(layout.at.get("sd")), comma, unit))]
    found = []
    for column, (line, said) in layout.elements.items():
        stands = below[column] if column < len(below) else ""
        if not cell(column):
            continue
        unit = _unit(said or stands or own, line, here)
        spread, percent = layout.spreads.get(line, (None, False))
        sd = None if percent else number_of(cell(spread), comma)
        found.append((line, cell(column), unit, sd))
    return found


def _sd(layout: Layout, field_: str, comma: str, unit: AmountUnit) -> float | None:
    """An SD in the unit of its value; one in a unit of its own is brought to it."""
    sd = number_of(field_, comma)
    own = amount_unit(layout.units.get("sd", ""), of_instrument=False) if layout.units.get("sd") else None
    if sd is None or own is None or own.solid != unit.solid:
        return sd
    return sd * own.factor / unit.factor


def _rsd(layout: Layout, row: Sequence[str], line: str, comma: str) -> float | None:
    column = layout.at.get("rsd")
    if column is None:
        column, percent = layout.spreads.get(line, (None, False))
        column = column if percent else None
    return number_of(row[column], comma) if column is not None and column < len(row) else None


def _unit(said: str, line: str, here: str) -> AmountUnit:
    unit = amount_unit(said, of_instrument=False)
    if unit is None:
        raise ReaderError(f"{here}, {line}: {'the unit is missing: ' if not said else 'the unit '}{why_not(said)}")
    return unit


READER = Reader("icp-table", version=1, label="table of element contents", recognises=recognises, read=read)
