"""From emission lines to the elements of a sample: blanks, limits of detection, lines put together. Pure.

The rules, in the order in which they are applied:

1. A line's value is the mean of its readings. From a concentration, the mean of the blanks of the same line is taken
   away (procedural blanks where there are any, else all blanks), and the variances of both are added.
2. What the file calls “<0.01” is under that limit. A concentration is under its limit of detection too where it is
   less than `detection_limit_factor` (3) × the standard deviation of the blank; without a blank, where it is not above
   0, and its limit is 3 × its own standard deviation. Such a value is neither 0 nor missing: the limit is its upper
   bound.
3. Lines that are over range, not calibrated or failed are not used. Of the others, those in the calibrated range are,
   or, if there are none, those under it, which is said. A line under its limit is used only if all of an element are:
   the lowest of their limits is then the element's.
4. The element is the mean of its lines. Its standard deviation is the larger of theirs (root mean square) and of the
   scatter between them. Lines that differ by more than `line_disagreement_limit_percent`, and by more than three of
   their standard deviations, are named.
5. A concentration in mg/L × volume of the digest × dilution / sample mass is the mass fraction of the powder.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, stdev
from typing import Any

import polars as pl

from characterization.icp.table import BLANK, EMISSION, PROCEDURAL_BLANK, UNDER_RANGE, UNUSABLE

SCATTER_SD = 3.0


@dataclass(frozen=True)
class Settings:
    """What a person may choose, or the file says.

    Attributes:
        blank: concentrations of blanks are taken away.
        blank_label: which solution is the blank; empty for those that the file calls so.
        lines: element → names of the only lines that count for it.
        sample_mass_mg, volume_ml, dilution_factor: in place of what the file says.
        detection_limit_factor: standard deviations of the blank that are a limit of detection.
        line_disagreement: of the lines of one element, relative to their mean, from which on it is said.
    """

    blank: bool = True
    blank_label: str = ""
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sample_mass_mg: float | None = None
    volume_ml: float | None = None
    dilution_factor: float | None = None
    detection_limit_factor: float = 3.0
    line_disagreement: float = 0.05


@dataclass(frozen=True)
class LineValue:
    """One line of one solution, of the powder (mg/kg) or of the solution before its dilution (mg/L).

    Attributes:
        solid: in mg/kg.
        value: None where there is none that can be used.
        sd: of the readings and the blank; None where unknown.
        readings: that the value is the mean of.
        below: under its limit.
        limit: of detection, or as the file says; None where unknown.
        concentration_mg_per_l, blank_mg_per_l: as measured, before anything is taken away; None for a solid.
        factor: what a net concentration is multiplied with.
    """

    solution: int
    element: str
    line: str
    solid: bool
    value: float | None
    sd: float | None = None
    readings: int | None = None
    below: bool = False
    limit: float | None = None
    condition: str = ""
    flags: str = ""
    concentration_mg_per_l: float | None = None
    blank_mg_per_l: float | None = None
    factor: float = 1.0
    used: bool = False


@dataclass(frozen=True)
class ElementValue:
    """One element, of one solution or of all solutions of a sample.

    Attributes:
        value: None where it is under its limit.
        sd: see the rules above; between solutions where there are several.
        n: solutions where there are several, else readings of one.
        limit: upper bound of what is under its limit; None where nobody knows one.
    """

    element: str
    solid: bool
    value: float | None
    sd: float | None = None
    n: int | None = None
    limit: float | None = None
    lines: tuple[str, ...] = ()

    @property
    def below(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Blank:
    """What the blanks say of a line: mean and standard deviation in mg/L, None where unknown."""

    mean: float
    sd: float | None


def readings_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """One row a solution and line: the mean that the file gives, else that of its readings."""
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in table.iter_rows(named=True):
        groups.setdefault((row["solution_count"], row["emission_line"]), []).append(row)
    return [_one_reading(rows) for rows in groups.values()]


def _one_reading(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found = {**dict.fromkeys(EMISSION.columns), **next((row for row in rows if row["replicate"] is None), rows[0])}
    if found["replicate"] is None or len(rows) == 1:
        return found
    for amount, ending in (("concentration", "mg_per_l"), ("mass_fraction", "mg_per_kg")):
        values = [value for row in rows if (value := row.get(f"{amount}_{ending}")) is not None]
        found[f"{amount}_{ending}"] = fmean(values) if values else None
        found[f"{amount}_sd_{ending}"] = stdev(values) if len(values) > 1 else None
    return found | {"readings": len(rows)}


def blanks_of(rows: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Blank]:
    """Emission line → blank; of procedural blanks where there are any, or of the solutions of a label.

    The standard deviation is the larger of that between the blanks and of that of their readings.
    """
    rows = list(rows)
    if label:
        wanted = [row for row in rows if row["sample_label"].lower() == label.lower()]
    else:
        wanted = [row for row in rows if row["sample_kind"] == PROCEDURAL_BLANK] or [
            row for row in rows if row["sample_kind"] == BLANK
        ]
    found: dict[str, Blank] = {}
    for line in dict.fromkeys(row["emission_line"] for row in wanted):
        of_line = [row for row in wanted if row["emission_line"] == line and row["concentration_mg_per_l"] is not None]
        values = [row["concentration_mg_per_l"] for row in of_line]
        if values:
            within = rms([row["concentration_sd_mg_per_l"] for row in of_line])
            between = stdev(values) if len(values) > 1 else None
            known = [sd for sd in (within, between) if sd]
            found[line] = Blank(fmean(values), max(known) if known else None)
    return found


def rms(values: Iterable[float | None]) -> float | None:
    """Root mean square of what is known."""
    known = [value for value in values if value is not None]
    return math.sqrt(fmean(value * value for value in known)) if known else None


def line_value(row: Mapping[str, Any], blank: Blank | None, settings: Settings) -> LineValue:
    """A row of `readings_of`, net of its blank, undiluted, and per mass of powder where that is known."""
    mass = settings.sample_mass_mg or row["sample_mass_mg"]
    volume = settings.volume_ml or row["volume_ml"]
    dilution = settings.dilution_factor or row["dilution_factor"] or 1.0
    measured = row["concentration_mg_per_l"], row["concentration_limit_mg_per_l"]
    told = row["mass_fraction_mg_per_kg"] is not None or row["mass_fraction_limit_mg_per_kg"] is not None
    common = {
        "solution": row["solution_count"],
        "element": row["element"],
        "line": row["emission_line"],
        "readings": row["readings"],
        "condition": row["condition"] or "",
        "flags": row["flags"] or "",
    }
    if told and not (settings.sample_mass_mg and settings.volume_ml and any(one is not None for one in measured)):
        value, sd = row["mass_fraction_mg_per_kg"], row["mass_fraction_sd_mg_per_kg"]
        nothing = value is not None and value <= 0
        return LineValue(
            **common,
            solid=True,
            value=value,
            sd=sd,
            below=nothing or bool(row["below_limit"]),
            limit=(settings.detection_limit_factor * sd if sd else None)
            if nothing
            else row["mass_fraction_limit_mg_per_kg"],
        )
    factor = dilution * volume * 1000 / mass if mass and volume else dilution
    value, sd, limit = measured[0], row["concentration_sd_mg_per_l"], measured[1]
    below = bool(row["below_limit"])
    if value is not None:
        net, scatter = value, sd
        bound = None
        if blank is not None:
            net -= blank.mean
            if sd is not None or blank.sd is not None:
                scatter = math.hypot(sd or 0.0, blank.sd or 0.0)
            bound = settings.detection_limit_factor * blank.sd if blank.sd is not None else None
        if bound is not None:
            below, limit = below or net < bound, bound if net < bound else limit
        elif net <= 0:
            below, limit = True, settings.detection_limit_factor * scatter if scatter else limit
        value, sd = net, scatter
    return LineValue(
        **common,
        solid=bool(mass and volume),
        value=None if value is None else value * factor,
        sd=None if sd is None else sd * factor,
        below=below,
        limit=None if limit is None else limit * factor,
        concentration_mg_per_l=measured[0],
        blank_mg_per_l=blank.mean if blank else None,
        factor=factor,
    )


def counts(line: LineValue, settings: Settings) -> bool:
    """Whether a person lets a line count for its element."""
    wanted = settings.lines.get(line.element)
    return wanted is None or any(same_line(line.line, name) for name in wanted)


def same_line(line: str, name: str) -> bool:
    """Whether a person's "K 766.490" is the file's "K 766.490 {44} (Radial)"."""
    return " ".join(line.split()).lower().startswith(" ".join(name.split()).lower())


def put_together(
    lines: Sequence[LineValue], settings: Settings
) -> tuple[ElementValue | None, list[LineValue], list[str]]:
    """The lines of one element in one solution as one value, by rules 3 and 4.

    Returns:
        The element, None where no line can be used; the lines, each with whether it was used; what to say of it.
    """
    able = [one for one in lines if counts(one, settings) and one.condition not in UNUSABLE]
    able = [one for one in able if one.value is not None or one.below]
    if not able:
        return None, list(lines), []
    element = able[0].element
    said: list[str] = []
    seen = [one for one in able if not one.below]
    used = [one for one in seen if one.condition != UNDER_RANGE]
    if not used and seen:
        used = seen
        said.append(f"{element} is under the calibrated range in all of its lines")
    if not used:
        limits = [one.limit for one in able if one.limit is not None]
        marked = [replace(one, used=one in able) for one in lines]
        names = tuple(one.line for one in able)
        limit = min(limits) if limits else None
        return ElementValue(element, able[0].solid, None, limit=limit, lines=names), marked, said
    values = [one.value for one in used if one.value is not None]
    mean, within = fmean(values), rms(one.sd for one in used)
    between = stdev(values) if len(values) > 1 else None
    known = [sd for sd in (within, between) if sd is not None]
    spread = max(values) - min(values)
    if spread > settings.line_disagreement * abs(mean) and spread > SCATTER_SD * (within or 0.0):
        told = ", ".join(f"{one.line}: {one.value:.4g}" for one in used)
        said.append(f"the lines of {element} differ by {100 * spread / abs(mean):.2g} % ({told})")
    lower = [one for one in able if one.below and one.limit is not None and one.limit < min(values)]
    if lower:
        said.append(
            f"{element} is under the limit of {', '.join(one.line for one in lower)}, but not of its other lines"
        )
    readings = [one.readings for one in used if one.readings]
    marked = [replace(one, used=one in used) for one in lines]
    n = min(readings) if readings else None
    names = tuple(one.line for one in used)
    return ElementValue(element, used[0].solid, mean, max(known) if known else None, n, None, names), marked, said


def over_solutions(found: Sequence[ElementValue]) -> ElementValue:
    """The solutions of one sample put together: mean and standard deviation between them.

    What is under its limit in some is the mean of the others; what is under it in all has the lowest limit as bound.
    """
    seen = [one for one in found if not one.below]
    lines = tuple(dict.fromkeys(line for one in seen or found for line in one.lines))
    if not seen:
        limits = [one.limit for one in found if one.limit is not None]
        return replace(found[0], limit=min(limits) if limits else None, lines=lines)
    if len(seen) == 1:
        return replace(seen[0], lines=lines)
    values = [one.value for one in seen if one.value is not None]
    return ElementValue(seen[0].element, seen[0].solid, fmean(values), stdev(values), len(values), None, lines)


@dataclass(frozen=True)
class Contents:
    """What a sample holds.

    Attributes:
        elements: element → all its solutions put together.
        by_solution: solution → element → value.
        lines: every line of every solution, with whether it was used.
        warnings: what to say of it.
    """

    elements: dict[str, ElementValue]
    by_solution: dict[int, dict[str, ElementValue]]
    lines: list[LineValue]
    warnings: list[str]


def contents(rows: Sequence[Mapping[str, Any]], blanks: Mapping[str, Blank], settings: Settings) -> Contents:
    """The elements of the solutions of one sample.

    Args:
        rows: of `readings_of`, of this sample only.
        blanks: of `blanks_of`; empty to take nothing away.
    """
    values = [line_value(row, blanks.get(row["emission_line"]), settings) for row in rows]
    by_solution: dict[int, dict[str, ElementValue]] = {}
    lines: list[LineValue] = []
    warnings: dict[str, None] = {}
    unusable: dict[str, set[str]] = {}
    for solution in dict.fromkeys(one.solution for one in values):
        by_solution[solution] = {}
        for element in dict.fromkeys(one.element for one in values if one.solution == solution):
            mine = [one for one in values if one.solution == solution and one.element == element]
            found, marked, said = put_together(mine, settings)
            lines += marked
            warnings |= dict.fromkeys(said)
            if found is not None:
                by_solution[solution][element] = found
            else:
                unusable.setdefault(element, set()).update(one.condition for one in mine if one.condition)
    elements = {}
    for element in dict.fromkeys(one.element for one in values):
        each = [found[element] for found in by_solution.values() if element in found]
        if len({one.solid for one in each}) > 1:
            warnings[
                f"{element} is of the powder in some rows and of a solution in others; those of solutions are left out"
            ] = None
            each = [one for one in each if one.solid]
        if each:
            elements[element] = over_solutions(each)
            seen = sum(not one.below for one in each)
            if 0 < seen < len(each) and any(
                (one.limit or 0) < (elements[element].value or 0) for one in each if one.below
            ):
                warnings[f"{element} is above its limit in {seen} of {len(each)} solutions; its mean is of these"] = (
                    None
                )
        else:
            why = ", ".join(sorted(unusable.get(element, ()))) or "no value"
            warnings[f"no line of {element} can be used ({why})"] = None
    return Contents(elements, by_solution, lines, list(warnings))
