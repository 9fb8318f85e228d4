"""What belongs to which format of cell: the fields of the form, and why a value is refused. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

COIN_HALF, COIN_FULL, POUCH_FULL, SOLID_STATE, OTHER = "coin_half", "coin_full", "pouch_full", "solid_state", "other"
WITH_LIQUID = frozenset({COIN_HALF, COIN_FULL, POUCH_FULL, OTHER})
SOLID = frozenset({SOLID_STATE, OTHER})
PUNCHED_NEGATIVE = frozenset({COIN_FULL, POUCH_FULL, OTHER})
METAL_ANODE = frozenset({COIN_HALF, SOLID_STATE, OTHER})
CANNED = frozenset({COIN_HALF, COIN_FULL, SOLID_STATE, OTHER})
PRESSED = frozenset({SOLID_STATE, POUCH_FULL, OTHER})
LAYERED = frozenset({POUCH_FULL, OTHER})
ALL = frozenset({COIN_HALF, COIN_FULL, POUCH_FULL, SOLID_STATE, OTHER})

LIQUID = "A solid-state cell has no liquid electrolyte; leave it empty, or call the format other."
NO_LAYERS = "Only a solid-state cell has layers of solid electrolyte; leave them empty, or call the format other."


@dataclass(frozen=True)
class Field:
    """A field that some formats have.

    Attributes:
        formats: that have it.
        refused: the sentence where another format is given it.
    """

    formats: Collection[str]
    refused: str


# A field that is not here belongs to every format.
FIELDS: dict[str, Field] = {
    "negative_electrode": Field(
        PUNCHED_NEGATIVE, "The counter electrode of this format is a metal; describe it as the anode instead."
    ),
    "anode_thickness_micrometer": Field(
        METAL_ANODE, "The negative electrode of a full cell is punched from a sheet, which says how thick it is."
    ),
    "anode_diameter_mm": Field(
        METAL_ANODE, "The negative electrode of a full cell is punched from a sheet; its size stands with the disc."
    ),
    "separator": Field(WITH_LIQUID, "A solid-state cell has no separator but its solid layers; name it among them."),
    "separator_thickness_micrometer": Field(
        WITH_LIQUID, "A solid-state cell has no separator but its solid layers; name it among them."
    ),
    "electrolyte": Field(WITH_LIQUID, LIQUID),
    "electrolyte_volume_microliter": Field(WITH_LIQUID, LIQUID),
    "electrolyte_mass_g": Field(WITH_LIQUID, LIQUID),
    "solid_layers": Field(SOLID, NO_LAYERS),
    "cathode_pressure_megapascal": Field(SOLID, "Only the cathode of a solid-state cell is pressed in the cell."),
    "stack_pressure_megapascal": Field(PRESSED, "A coin cell has the pressure of its spring; leave it empty."),
    "case": Field(CANNED, "A pouch cell has no case; leave it empty."),
    "pouch_layers": Field(LAYERED, "Only a pouch cell has layers; leave them empty."),
}


def has(cell_format: str, name: str) -> bool:
    """Whether cells of a format have a field."""
    return name not in FIELDS or cell_format in FIELDS[name].formats


def formats_with(name: str) -> list[str]:
    """The formats that have a field, in order; for a form that shows only what belongs."""
    return sorted(FIELDS[name].formats if name in FIELDS else ALL)


def refusals(cell_format: str, given: Collection[str]) -> dict[str, str]:
    """Field → sentence, for what was given to a format that has no such thing."""
    return {name: field.refused for name, field in FIELDS.items() if name in given and not has(cell_format, name)}
