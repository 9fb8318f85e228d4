"""What a coating is mixed of, and how it was dried. Pure.

In the database and in JSON a component is `{role, name, mass_fraction, density_g_per_cm3}`, a drying step
`{temperature_celsius, duration_hour, vacuum, note}`; what is not said is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

ROLES = {
    "active": "active material",
    "conductive": "conductive additive",
    "binder": "binder",
    "solid electrolyte": "solid electrolyte",
    "other": "other",
}
# Fractions are weighed and rounded: 96 : 2.5 : 1.6 is meant well.
SUM_TOLERANCE = 0.005


class FormulationError(ValueError):
    """A component or drying step that cannot be; says which, and why.

    Attributes:
        number: of the line, from 1; 0 where the whole is to blame.
        field: of the line, where one is to blame.
        sentence: without the line's number, for the place where the line stands.
    """

    def __init__(self, number: int, sentence: str, field: str = "", line: str = "Component") -> None:
        super().__init__(f"{line} {number}: {sentence}" if number else sentence)
        self.number, self.field, self.sentence = number, field, sentence


@dataclass(frozen=True)
class Component:
    """One solid of the coating.

    Attributes:
        role: one of ROLES.
        name: "PVDF", "Super P"; empty where only the role is known.
        mass_fraction: of the dry coating, 0 … 1.
        density_g_per_cm3: of the solid itself, for the porosity.
    """

    role: str
    mass_fraction: float
    name: str = ""
    density_g_per_cm3: float | None = None


@dataclass(frozen=True)
class Drying:
    """One stage of the drying; the duration may be words: "overnight" in the note."""

    temperature_celsius: float
    duration_hour: float | None = None
    vacuum: bool = False
    note: str = ""


def parse(formulation: Sequence[Mapping[str, Any]]) -> tuple[Component, ...]:
    """Read a formulation from its mappings; an empty one is not known.

    Raises:
        FormulationError: a line lacks something or has a senseless value, no line is active material, or the fractions
            do not add up to 1 within SUM_TOLERANCE.
    """
    components = tuple(_component(number, item) for number, item in enumerate(_lines(formulation), start=1))
    if not components:
        return ()
    if active_fraction(components) is None:
        raise FormulationError(0, "No component is the active material; give one that role.")
    total = sum(component.mass_fraction for component in components)
    if abs(total - 1) > SUM_TOLERANCE:
        raise FormulationError(0, f"The mass fractions add up to {100 * total:.4g} %; they must make 100 %.")
    return components


def parse_drying(drying: Sequence[Mapping[str, Any]]) -> tuple[Drying, ...]:
    """
    Raises:
        FormulationError: a step lacks its temperature, or a value is senseless.
    """
    return tuple(_drying(number, item) for number, item in enumerate(_lines(drying), start=1))


def dump(lines: Sequence[Component | Drying]) -> list[dict[str, Any]]:
    """As mappings that JSON can hold."""
    return [{name: value for name, value in asdict(line).items() if value not in (None, "", False)} for line in lines]


def active_fraction(components: Sequence[Component]) -> float | None:
    """Mass of active material / mass of the dry coating; None where no component is active."""
    active = [component.mass_fraction for component in components if component.role == "active"]
    return sum(active) if active else None


def ratio_text(components: Sequence[Component]) -> str:
    """As one writes it: "90 : 5 : 5"."""
    return " : ".join(f"{100 * component.mass_fraction:.4g}" for component in components)


def names_text(components: Sequence[Component]) -> str:
    """As one reads it: "active material : Super P : PVDF"."""
    return " : ".join(component.name or ROLES[component.role] for component in components)


def _lines(value: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(x, Mapping) for x in value):
        raise FormulationError(0, "Send a list of objects, one a line.")
    return value


def _component(number: int, item: Mapping[str, Any]) -> Component:
    said = _said(number, item, Component, "Component")
    role = str(said.get("role", ""))
    if not role:
        raise FormulationError(number, f"choose its role: {', '.join(ROLES)}.", "role")
    if role not in ROLES:
        raise FormulationError(number, f"the role “{role}” is none of {', '.join(ROLES)}.", "role")
    if "mass_fraction" not in said:
        raise FormulationError(number, "its mass fraction is missing.", "mass_fraction")
    fraction = _number(number, said["mass_fraction"], "mass_fraction", "Component")
    if not 0 < fraction <= 1:
        raise FormulationError(number, f"a mass fraction is over 0 and at most 1, not {fraction:g}.", "mass_fraction")
    density = said.get("density_g_per_cm3")
    if density is not None:
        density = _number(number, density, "density_g_per_cm3", "Component")
        if not density > 0:
            raise FormulationError(number, f"a density is over 0, not {density:g}.", "density_g_per_cm3")
    return Component(role, fraction, str(said.get("name", "")).strip()[:100], density)


def _drying(number: int, item: Mapping[str, Any]) -> Drying:
    line = "Drying step"
    said = _said(number, item, Drying, line)
    if "temperature_celsius" not in said:
        raise FormulationError(number, "its temperature is missing.", "temperature_celsius", line)
    temperature = _number(number, said["temperature_celsius"], "temperature_celsius", line)
    if not -273.15 < temperature < 2000:
        raise FormulationError(number, f"{temperature:g} °C cannot be.", "temperature_celsius", line)
    hours = said.get("duration_hour")
    if hours is not None:
        hours = _number(number, hours, "duration_hour", line)
        if not hours > 0:
            raise FormulationError(number, f"a duration is over 0 h, not {hours:g}.", "duration_hour", line)
    if not isinstance(said.get("vacuum", False), bool):
        raise FormulationError(number, "vacuum is true or false.", "vacuum", line)
    return Drying(temperature, hours, bool(said.get("vacuum", False)), str(said.get("note", "")).strip()[:100])


def _said(number: int, item: Mapping[str, Any], kind: type, line: str) -> dict[str, Any]:
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(item) - known):
        raise FormulationError(number, f"it has no {', '.join(unknown)}.", unknown[0], line)
    return {name: value for name, value in item.items() if value not in (None, "")}


def _number(number: int, value: Any, field: str, line: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not math.isfinite(found):
        raise FormulationError(number, f"“{value}” is no number.", field, line)
    return found
