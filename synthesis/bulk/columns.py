"""The columns of a list of batches, and its template."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from synthesis.bulk.template import csv_template, xlsx_template
from synthesis.chemical.models import Chemical

# Column → what belongs there; the order is that of the template.
COLUMNS = {
    "code": "Of the batch, new in its project. Needed.",
    "recipe": "GP-NCM: its newest approved version. GP-NCM v2: that one. Empty: not recorded.",
    "product": "Empty: the code of the recipe.",
    "scale": "lab or pilot; empty: lab.",
    "operator": "Who made it.",
    "started_on": "A date, 2026-11-22.",
    "furnace": "Which one.",
    "wanted_precursor_mass_g": "Precursor to weigh, in g; 100 kg is understood.",
    "mass_after_sintering_g": "As weighed, in g.",
    "mass_after_washing_g": "As weighed, in g.",
    "reason": "Why a lot is used that is expired, does not hold it, or is not in the recipe.",
    "note": "Anything else.",
}
LOT_HELP = "Number of the lot; with its supplier in front where two suppliers have that number."
MASS_HELP = "As weighed of this lot, in g; 100 kg is understood."
ABOUT_CHEMICAL = re.compile(r"(lot|mass) of (.+?)(?:\s*/\s*g)?", re.IGNORECASE)


def lot_column(chemical: Chemical) -> str:
    return f"lot of {chemical.name}"


def mass_column(chemical: Chemical) -> str:
    return f"mass of {chemical.name} / g"


@dataclass(frozen=True)
class Layout:
    """Which header of a file is which column.

    Attributes:
        plain: column → header.
        lots, masses: key of a chemical → header.
        unknown: sentences about headers that are none, which are left out.
    """

    plain: dict[str, str] = field(default_factory=dict)
    lots: dict[int, str] = field(default_factory=dict)
    masses: dict[int, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def lay_out(headers: Iterable[str], chemicals: Sequence[Chemical]) -> Layout:
    """Find the columns; a chemical goes by its name or its formula."""
    plain: dict[str, str] = {}
    about: dict[str, dict[int, str]] = {"lot": {}, "mass": {}}
    unknown: list[str] = []
    known = {chemical.formula.casefold(): chemical for chemical in chemicals}
    known |= {chemical.name.casefold(): chemical for chemical in chemicals}
    for header in headers:
        name = re.sub(r"[\s_]+", "_", header.strip().casefold().removesuffix("/ g").strip())
        match = ABOUT_CHEMICAL.fullmatch(header.strip())
        short = next((column for column in (name, f"{name}_g") if column in COLUMNS), None)
        if not header:
            continue
        if short and short not in plain:
            plain[short] = header
        elif match and (chemical := known.get(match[2].strip().casefold())):
            about[match[1].casefold()][chemical.pk] = header
        elif match:
            unknown.append(f"“{header}”: there is no chemical {match[2]}{_near(match[2], [c.name for c in chemicals])}")
        else:
            unknown.append(f"“{header}”: there is no such column{_near(name, list(COLUMNS))}")
    return Layout(plain, about["lot"], about["mass"], tuple(unknown))


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; is it {near[0]}?" if near else "."


def template_headers(chemicals: Sequence[Chemical]) -> list[tuple[str, str]]:
    """Header and what belongs below it, for all columns."""
    about = [
        pair
        for chemical in chemicals
        for pair in ((lot_column(chemical), LOT_HELP), (mass_column(chemical), MASS_HELP))
    ]
    return [*list(COLUMNS.items())[:-2], *about, *list(COLUMNS.items())[-2:]]


def template_csv(chemicals: Sequence[Chemical]) -> bytes:
    return csv_template(header for header, _ in template_headers(chemicals))


def template_xlsx(chemicals: Sequence[Chemical]) -> bytes:
    return xlsx_template("batches", template_headers(chemicals))
