"""The solid electrolyte of a solid-state cell: its layers in the order in which they are pressed. Pure.

A person writes one layer a line, "separator: Li3InCl6, 100 mg, 100 MPa"; mass and pressure may be left out. Stored and
in the API a layer is an object with the names of `SolidLayer`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ROLES = ("separator", "interlayer", "catholyte")
AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>mg|g|MPa|kPa)", re.IGNORECASE)
TO_MG = {"mg": 1.0, "g": 1000.0}
TO_MEGAPASCAL = {"mpa": 1.0, "kpa": 0.001}
MOST_LAYERS = 20


class LayerError(ValueError):
    """A layer that cannot be; says which, and how one is written."""


@dataclass(frozen=True)
class SolidLayer:
    """One layer of solid electrolyte.

    Attributes:
        role: one of ROLES; a catholyte is the part that is mixed into the cathode composite.
        pressed_at_megapascal: when the layer was made, not the pressure on the finished cell.
    """

    material: str
    role: str = "separator"
    mass_mg: float | None = None
    pressed_at_megapascal: float | None = None

    @property
    def text(self) -> str:
        """As a person writes it."""
        mass = f"{self.mass_mg:.10g} mg" if self.mass_mg is not None else ""
        pressure = f"{self.pressed_at_megapascal:.10g} MPa" if self.pressed_at_megapascal is not None else ""
        return f"{self.role}: {', '.join(filter(None, (self.material, mass, pressure)))}"


def of_text(text: str) -> tuple[SolidLayer, ...]:
    """Layers as written, one a line; in one cell of a spreadsheet a semicolon parts them as well.

    Raises:
        LayerError: a line is no layer.
    """
    lines = [line.strip() for line in re.split(r"[\n;]", text)]
    return _counted([_of_line(line) for line in lines if line])


def _of_line(line: str) -> SolidLayer:
    role, colon, rest = line.partition(":")
    role = role.strip().casefold() if colon else "separator"
    if role not in ROLES:
        raise LayerError(f"“{line}”: a layer is {', '.join(ROLES[:-1])} or {ROLES[-1]}, as in “separator: Li3InCl6”.")
    material, *amounts = [part.strip() for part in (rest if colon else line).split(",")]
    found: dict[str, float] = {}
    for amount in amounts:
        match = AMOUNT.fullmatch(amount)
        if match is None:
            raise LayerError(
                f"“{line}”: “{amount}” is neither a mass nor a pressure; write “{role}: {material}, 100 mg, 100 MPa”."
            )
        unit, number = match["unit"].casefold(), float(match["number"])
        name, factor = ("mass_mg", TO_MG[unit]) if unit in TO_MG else ("pressed_at_megapascal", TO_MEGAPASCAL[unit])
        if name in found:
            raise LayerError(f"“{line}” has two of what can be said once; write one layer a line.")
        found[name] = number * factor
    return _checked(SolidLayer(material, role, **found))


def parse(value: Any) -> tuple[SolidLayer, ...]:
    """Layers as stored, or as a request sends them.

    Raises:
        LayerError: it is no list of layers.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise LayerError('The layers must be a list: [{"material": "Li3InCl6", "role": "separator", "mass_mg": 100}].')
    return _counted([_of_mapping(layer) for layer in value])


def _of_mapping(layer: Any) -> SolidLayer:
    if not isinstance(layer, Mapping):
        raise LayerError(f"{layer} is no layer; it needs at least a material.")
    unknown = sorted(set(layer) - set(SolidLayer.__dataclass_fields__))
    if unknown:
        known = ", ".join(SolidLayer.__dataclass_fields__)
        raise LayerError(f"A layer has no {', '.join(map(str, unknown))}; it has {known}.")
    return _checked(SolidLayer(**{"material": "", **layer}))


def _checked(layer: SolidLayer) -> SolidLayer:
    if not isinstance(layer.material, str) or not layer.material.strip():
        raise LayerError("A layer needs its material: “separator: Li3InCl6, 100 mg, 100 MPa”.")
    if layer.role not in ROLES:
        raise LayerError(f"{layer.material}: a layer is {', '.join(ROLES)}, not {layer.role}.")
    for words, value in (("mass", layer.mass_mg), ("pressure", layer.pressed_at_megapascal)):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and 0 < value < math.inf):
            raise LayerError(f"{layer.material}: the {words} is {value}; it must be over 0, or left out.")
    return layer


def _counted(layers: list[SolidLayer]) -> tuple[SolidLayer, ...]:
    if len(layers) > MOST_LAYERS:
        raise LayerError(f"These are {len(layers)} layers; a cell has at most {MOST_LAYERS}.")
    return tuple(layers)


def as_text(layers: Sequence[SolidLayer]) -> str:
    return "\n".join(layer.text for layer in layers)


def as_stored(layers: Sequence[SolidLayer]) -> list[dict[str, Any]]:
    """JSON values; what is not known is left out."""
    return [{name: value for name, value in asdict(layer).items() if value is not None} for layer in layers]
