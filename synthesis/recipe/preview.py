"""What a version in the making amounts to: masses, Li/TM, the process in words, and what does not add up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthesis.chemical.formula import FormulaError, parse
from synthesis.chemical.material import Material
from synthesis.chemical.models import Chemical
from synthesis.recipe import process
from synthesis.recipe.arithmetic import Component, lithium_to_metals, weigh_out
from synthesis.recipe.editor import Draft, StepRow
from synthesis.recipe.services import RecipeError, check_components


@dataclass(frozen=True)
class RatioLine:
    """A line of the ratios: grams are of the pure substance, for 100 g of pure precursor."""

    chemical: Chemical
    ratio: float
    molar_mass_g_per_mol: float
    mass_g: float


def ratio_lines(lines: Sequence[tuple[Chemical, float]]) -> list[RatioLine]:
    """The ratios with masses; none without a precursor at ratio 1, which comes first."""
    if not lines or lines[0][0].role != Chemical.Role.PRECURSOR or lines[0][1] != 1:
        return []
    components = [Component(chemical.name, Material(chemical.substance), ratio) for chemical, ratio in lines]
    return [
        RatioLine(chemical, ratio, chemical.molar_mass_g_per_mol, weighed.mass_g)
        for (chemical, ratio), weighed in zip(lines, weigh_out(components, 100), strict=True)
    ]


def lithium_to_metals_of(lines: Sequence[tuple[Chemical, float]]) -> float | None:
    components = [Component(chemical.name, Material(chemical.substance), ratio) for chemical, ratio in lines]
    try:
        return lithium_to_metals(components, [ratio for _, ratio in lines])
    except ValueError:
        return None


def suggested_composition(lines: Sequence[tuple[Chemical, float]]) -> str:
    """The layered oxide of the precursor's metals, LiMO2; empty where the precursor is not known yet."""
    precursor = next((chemical.substance for chemical, _ in lines if chemical.role == Chemical.Role.PRECURSOR), None)
    if precursor is None or not precursor.metals:
        return ""
    return "Li" + "".join(f"{metal}{share:.4g}" for metal, share in precursor.metal_fractions().items()) + "O2"


def segments_json(step: StepRow) -> str:
    """The programme of a step as typed, for the address of its figure."""
    return json.dumps(step.item().get("segments", []), separators=(",", ":"))


def check(draft: Draft, composition: str, chemicals: Mapping[str, Chemical], *, strict: bool) -> str:
    """Judge the rows as saving would; each says at its field what is wrong with it.

    Returns:
        What is wrong with the composition, as far as the rows tell; empty where nothing is.
    """
    lines = draft.lines(chemicals, strict=strict)
    draft.process(strict=strict)
    if composition:
        try:
            parse(composition)
        except FormulaError as error:
            return str(error)
    if lines is None or not composition or not (strict or len(lines) > 1):
        return ""
    try:
        check_components(composition, lines)
    except RecipeError as error:
        if error.field == "composition":
            return str(error)
        refuse(draft, error, lines)
    return ""


def refuse(draft: Draft, error: RecipeError, lines: Sequence[tuple[Chemical, float]]) -> None:
    """Put a sentence of the service where it belongs."""
    if error.field == "components" and error.line is not None:
        row = draft.row_of(lines[error.line][0], last=True)
        if row is not None:
            row.errors["ratio"] = str(error)
            return
    draft.errors.append(str(error))


def told(draft: Draft, composition: str, chemicals: Mapping[str, Chemical]) -> dict[str, Any]:
    """Everything that the page shows while one types, by the names of its fields."""
    lines = draft.good_lines(chemicals)
    masses = {line.chemical.pk: line for line in ratio_lines(lines)}
    composition_error = check(draft, composition, chemicals, strict=False)
    errors: dict[str, str] = {"composition": composition_error} if composition_error else {}
    rows: dict[str, dict[str, float | str]] = {}
    for number, row in enumerate(draft.components):
        chemical = chemicals.get(row.values.get("chemical", ""))
        if chemical is not None:
            line = masses.get(chemical.pk)
            rows[str(number)] = {
                "formula": chemical.substance.text,
                "molar_mass_g_per_mol": chemical.molar_mass_g_per_mol,
                **({"mass_g": line.mass_g} if line else {}),
            }
        errors |= {f"component-{number}-{name}": text for name, text in row.errors.items()}
    steps: dict[str, dict[str, str]] = {}
    for number, step in enumerate(draft.steps):
        steps[str(number)] = {"words": words_of(step)}
        if step.kind == "heat":
            steps[str(number)]["segments"] = segments_json(step)
        errors |= {f"step-{number}-{name or 'kind'}": text for name, text in step.errors.items()}
        for place, segment in enumerate(step.segments):
            errors |= {f"step-{number}-segment-{place}-{name or 'kind'}": text for name, text in segment.errors.items()}
    return {
        "errors": errors,
        "components": rows,
        "components_error": " ".join(draft.errors),
        "lithium_to_metals": lithium_to_metals_of(lines),
        "steps": steps,
        "suggested_composition": suggested_composition(lines),
    }


def words_of(step: StepRow) -> str:
    """A step in words; empty while it is not complete."""
    try:
        return process.words(process.parse([step.item()])[0])
    except process.ProcessError:
        return ""
