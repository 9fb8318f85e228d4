"""What an ICP-OES file says of one powder: contents, mole ratios on ΣTM = 1, formula, residuals. Pure.

Contents are by the rules of `contents.py`, ratios by those of `composition.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from characterization.icp.composition import Composition, composition
from characterization.icp.contents import (
    Contents,
    ElementValue,
    LineValue,
    Settings,
    blanks_of,
    contents,
    readings_of,
)
from characterization.icp.rows import MEASURED, line_of
from characterization.icp.selection import choose
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from synthesis.chemical.formula import METALS, Formula, FormulaError, parse

DEFAULTS: dict[str, Any] = {
    "blank_subtraction": "mean",
    "detection_limit_factor": 3.0,
    "line_disagreement_limit_percent": 5.0,
}
RESIDUALS = {"K": "potassium", "S": "sulfur", "Na": "sodium"}
RATIOS = ("Li", "Ni", "Co", "Mn", "Al", "Zr", "Ti", "Mg", "W", "Nb", "B")
# Of lithium and metals found over what the formula has of them: outside, mass, volume or dilution are doubted.
RECOVERY = (0.95, 1.05)


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """The composition and the residuals of one sample of a file.

    Args:
        table: an `EMISSION` table.
        parameters: `sample_label`, `blank_subtraction` ("mean" or "none"), `blank_label`, `sample_mass_mg`,
            `volume_ml`, `dilution_factor`, `lines` ("K 766.490, Ni 231.604"), `dopants` ("Zr, W"),
            `target_composition`, `detection_limit_factor`, `line_disagreement_limit_percent`; and `known_as`, the
            codes of what was measured.

    Returns:
        Tables `samples` (all of the file), and of the sample that was chosen `lines`, `elements`, `composition`.
    """
    progress(0.1, "reading blanks and samples")
    given = {**DEFAULTS, **{name: value for name, value in parameters.items() if value not in (None, "")}}
    rows = readings_of(table)
    warnings: list[str] = []
    settings = settings_of(given)
    blanks = blanks_of(rows, settings.blank_label) if settings.blank else {}
    if settings.blank_label and not blanks:
        warnings.append(f"no solution of the file is labelled “{settings.blank_label}”, so no blank was taken away")
    chosen = choose(table, str(given.get("sample_label", "")), given.get("known_as", ()))
    if chosen.sentence:
        warnings.append(chosen.sentence)
    progress(0.4, "putting lines together")
    tables = {"samples": samples_table(rows, settings, chosen.label)}
    if not chosen.label:
        return Analysis((), tables, tuple(warnings))
    mine = [row for row in rows if row["sample_label"] == chosen.label]
    found = contents(mine, blanks, settings)
    warnings += found.warnings
    progress(0.7, "counting moles")
    target, said = target_of(str(given.get("target_composition", "")))
    warnings += said
    made = composition(found, target, symbols(str(given.get("dopants", ""))))
    scalars: list[Scalar] = []
    if isinstance(made, str):
        warnings.append(made)
        made = Composition(())
    warnings += made.warnings
    scalars += ratio_scalars(made)
    scalars += solid_scalars(found, made, target, warnings)
    tables |= {
        "lines": lines_table(found.lines, found.elements),
        "elements": elements_table(found.elements, made, chosen.label),
        "composition": composition_table(made, target),
    }
    return Analysis(tuple(scalars), tables, tuple(warnings))


def settings_of(given: Mapping[str, Any]) -> Settings:
    return Settings(
        blank=given["blank_subtraction"] != "none",
        blank_label=str(given.get("blank_label", "")),
        lines=lines_of(str(given.get("lines", ""))),
        sample_mass_mg=given.get("sample_mass_mg"),
        volume_ml=given.get("volume_ml"),
        dilution_factor=given.get("dilution_factor"),
        detection_limit_factor=float(given["detection_limit_factor"]),
        line_disagreement=float(given["line_disagreement_limit_percent"]) / 100,
    )


def lines_of(said: str) -> dict[str, tuple[str, ...]]:
    """Element → the lines that a person names for it: "K 766.490, Ni 231.604; Ni 221.647".

    Raises:
        ValueError: one of them is no line of an element.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in (part.strip() for part in re.split("[,;]", said)):
        if not name:
            continue
        line = line_of(name)
        if line is None:
            raise ValueError(f"“{name}” is no line of an element; write them like K 766.490, Ni 231.604.")
        found[line.element] = (*found.get(line.element, ()), name)
    return found


def symbols(said: str) -> tuple[str, ...]:
    """Metals that a person names: "Zr, W".

    Raises:
        ValueError: one of them is none that can be counted as a transition metal.
    """
    names = [part for part in re.split(r"[,;\s]+", said) if part]
    for name in names:
        if name not in METALS:
            known = ", ".join(metal for metal in METALS if metal in MEASURED)
            raise ValueError(f"“{name}” is no metal that is counted as a dopant; there are {known}.")
    return tuple(names)


def target_of(said: str) -> tuple[Formula | None, list[str]]:
    """The composition that was meant, and what is wrong with it."""
    if not said:
        return None, ["no target composition is known, so ΣTM are the Ni, Co, Mn and Al that were measured"]
    try:
        target = parse(said)
    except FormulaError as error:
        return None, [f"the target composition was not used: {error}"]
    if not target.metals:
        return None, [f"the target composition {target.text} has no transition metal and was not used"]
    return target, []


def ratio_scalars(made: Composition) -> list[Scalar]:
    found = []
    for one in made.ratios:
        if one.element in RATIOS:
            found.append(Scalar(f"{one.element.lower()}_per_tm", one.value, one.sd, one.n))
    if (farthest := made.largest_deviation) is not None and farthest.deviation is not None:
        found.append(Scalar("composition_deviation", abs(farthest.deviation), farthest.sd, farthest.n))
    lithium = made["Li"]
    if lithium is not None and lithium.deviation is not None and not lithium.below:
        found.append(Scalar("lithium_deviation", lithium.deviation, lithium.sd, lithium.n))
    return found


def solid_scalars(found: Contents, made: Composition, target: Formula | None, warnings: list[str]) -> list[Scalar]:
    """What is per mass of powder: residuals, and how much of the powder was found again."""
    residuals = {
        element: value
        for element, value in found.elements.items()
        if element in RESIDUALS and not (target and element in target.atoms)
    }
    if any(not value.solid for value in found.elements.values()):
        warnings.append(
            "nothing is known per mass of powder: enter the sample mass and the volume of the digest (and its dilution)"
        )
        return []
    scalars = []
    for element, value in residuals.items():
        name = f"residual_{RESIDUALS[element]}_mg_per_kg"
        if value.value is not None:
            scalars.append(Scalar(name, value.value, value.sd, value.n))
        elif value.limit is not None:
            scalars.append(Scalar(name, value.limit, upper_bound=True))
            warnings.append(f"residual {element} is under its limit: {value.limit:.3g} mg/kg is an upper bound")
        else:
            warnings.append(f"residual {element} is under a limit that nobody told, so it has no number")
    recovered = recovery(found, made)
    if recovered is not None:
        scalars.append(recovered)
        if not RECOVERY[0] <= recovered.value <= RECOVERY[1]:
            warnings.append(
                f"lithium and metals are {100 * recovered.value:.3g} % of what the formula has in this mass: look at"
                " the sample mass, the volume and the dilution, or at what did not dissolve"
            )
    return scalars


def recovery(found: Contents, made: Composition) -> Scalar | None:
    expected = made.expected_mass_fraction
    if expected is None:
        return None
    counted = ["Li", *(one.element for one in made.ratios if one.counted)]
    there = sum(found.elements[element].value or 0.0 for element in counted) / 1e6
    return Scalar("metal_recovery", there / expected)


def samples_table(rows: Sequence[Mapping[str, Any]], settings: Settings, chosen: str) -> pl.DataFrame:
    """Every label of the file and every element: as measured, without blanks taken away."""
    made = []
    plain = Settings(line_disagreement=settings.line_disagreement)
    by_label: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_label.setdefault(row["sample_label"], []).append(row)
    for label, mine in by_label.items():
        for element, value in in_order(contents(as_measured(mine), {}, plain).elements):
            made.append(
                {
                    "sample_label": label,
                    "sample_kind": mine[0]["sample_kind"],
                    "element": element,
                    "chosen": label == chosen,
                    "solutions": len({row["solution_count"] for row in mine}),
                    **amounts(value),
                }
            )
    schema = {
        "sample_label": pl.String,
        "sample_kind": pl.String,
        "element": pl.String,
        "chosen": pl.Boolean,
        "solutions": pl.Int64,
        **AMOUNTS,
    }
    return pl.DataFrame(made, schema=schema)


def in_order(elements: Mapping[str, ElementValue]) -> list[tuple[str, ElementValue]]:
    """Lithium, the metals of a cathode, what is left in it, and all else."""
    first = ("Li", *METALS, *RESIDUALS)
    return sorted(
        elements.items(), key=lambda item: (first.index(item[0]) if item[0] in first else len(first), item[0])
    )


def as_measured(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    nothing = dict.fromkeys(("dilution_factor", "sample_mass_mg", "volume_ml"))
    return [{**row, **nothing} for row in rows]


AMOUNTS: dict[str, Any] = {
    "concentration_mg_per_l": pl.Float64,
    "concentration_sd_mg_per_l": pl.Float64,
    "concentration_limit_mg_per_l": pl.Float64,
    "mass_fraction_mg_per_kg": pl.Float64,
    "mass_fraction_sd_mg_per_kg": pl.Float64,
    "mass_fraction_limit_mg_per_kg": pl.Float64,
    "below_limit": pl.Boolean,
    "n": pl.Int64,
}


def amounts(value: ElementValue) -> dict[str, Any]:
    """An element's content under the names of its unit."""
    name, ending = ("mass_fraction", "mg_per_kg") if value.solid else ("concentration", "mg_per_l")
    return {
        f"{name}_{ending}": value.value,
        f"{name}_sd_{ending}": value.sd,
        f"{name}_limit_{ending}": value.limit,
        "below_limit": value.below,
        "n": value.n,
    }


def elements_table(elements: Mapping[str, ElementValue], made: Composition, label: str) -> pl.DataFrame:
    """One row an element of the sample: content (of the solution before dilution, or of the powder), ratio, lines."""
    rows = []
    for element, value in in_order(elements):
        ratio = made[element]
        rows.append(
            {
                "sample_label": label,
                "element": element,
                "lines": ", ".join(value.lines),
                **amounts(value),
                "mole_ratio": ratio.value if ratio else None,
                "mole_ratio_sd": ratio.sd if ratio else None,
            }
        )
    schema = {
        "sample_label": pl.String,
        "element": pl.String,
        "lines": pl.String,
        **AMOUNTS,
        "mole_ratio": pl.Float64,
        "mole_ratio_sd": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)


def composition_table(made: Composition, target: Formula | None) -> pl.DataFrame:
    """One row an element that has a ratio; the formula and its target are the same in all."""
    schema = {
        "element": pl.String,
        "mole_ratio": pl.Float64,
        "mole_ratio_sd": pl.Float64,
        "n": pl.Int64,
        "below_limit": pl.Boolean,
        "counted": pl.Boolean,
        "target_mole_ratio": pl.Float64,
        "mole_ratio_deviation": pl.Float64,
        "formula": pl.String,
        "target_composition": pl.String,
    }
    return pl.DataFrame(
        [
            {
                "element": one.element,
                "mole_ratio": one.value,
                "mole_ratio_sd": one.sd,
                "n": one.n,
                "below_limit": one.below,
                "counted": one.counted,
                "target_mole_ratio": one.target,
                "mole_ratio_deviation": one.deviation,
                "formula": made.formula,
                "target_composition": target.text if target else None,
            }
            for one in made.ratios
        ],
        schema=schema,
    )


def lines_table(lines: Sequence[LineValue], elements: Mapping[str, ElementValue]) -> pl.DataFrame:
    """One row a line and solution of the sample, with its distance from the element's content."""
    rows = []
    for one in lines:
        whole = elements.get(one.element)
        name, ending = ("mass_fraction", "mg_per_kg") if one.solid else ("net_concentration", "mg_per_l")
        mean = whole.value if whole else None
        rows.append(
            {
                "solution_count": one.solution,
                "element": one.element,
                "emission_line": one.line,
                "used": one.used,
                "condition": one.condition,
                "flags": one.flags,
                "below_limit": one.below,
                "concentration_mg_per_l": one.concentration_mg_per_l,
                "blank_mg_per_l": one.blank_mg_per_l,
                f"{name}_{ending}": one.value,
                f"{name}_sd_{ending}": one.sd,
                f"{name}_limit_{ending}": one.limit,
                "line_deviation": one.value / mean - 1 if mean and one.value is not None else None,
                "line_deviation_sd": one.sd / mean if mean and one.sd is not None and one.value is not None else None,
            }
        )
    schema = {
        "solution_count": pl.Int64,
        "element": pl.String,
        "emission_line": pl.String,
        "used": pl.Boolean,
        "condition": pl.String,
        "flags": pl.String,
        "below_limit": pl.Boolean,
        "concentration_mg_per_l": pl.Float64,
        "blank_mg_per_l": pl.Float64,
        "net_concentration_mg_per_l": pl.Float64,
        "net_concentration_sd_mg_per_l": pl.Float64,
        "net_concentration_limit_mg_per_l": pl.Float64,
        "mass_fraction_mg_per_kg": pl.Float64,
        "mass_fraction_sd_mg_per_kg": pl.Float64,
        "mass_fraction_limit_mg_per_kg": pl.Float64,
        "line_deviation": pl.Float64,
        "line_deviation_sd": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)
