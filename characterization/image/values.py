"""Values that a person measured on a picture: what, how much, and where on it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from labdb.quantities import quantity

# What is measured on pictures; another length gets its row in `labdb.quantities` first, with its definition.
MEASURED = (
    "rock_salt_layer_nm",
    "lattice_spacing_nm",
    "coating_thickness_nm",
    "primary_particle_width_nm",
    "crack_width_nm",
)
MOST_VALUES = 500
LONGEST_NOTE = 200
LARGEST_NM = 1e7


@dataclass(frozen=True)
class Value:
    """One value.

    Attributes:
        quantity: one of `MEASURED`, its unit at the end.
        line: where it was measured, x and y of both ends in pixels from the upper left corner; None where nobody said.
        note: "left of the grain boundary".
    """

    quantity: str
    value: float
    line: tuple[float, float, float, float] | None = None
    note: str = ""

    @classmethod
    def of(cls, values: Any, number: int) -> Value:
        """From JSON: `{"quantity": "rock_salt_layer_nm", "value": 7.1, "line": [10, 20, 10, 90], "note": ""}`.

        Raises:
            ValueError: it is no such value; the sentence names it by its number.
        """
        if not isinstance(values, Mapping):
            raise ValueError(f"Value {number} is no quantity with a value.")
        unknown = sorted(set(values) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"Value {number} has {', '.join(unknown)}; it has quantity, value, line and note.")
        name = values.get("quantity")
        if name not in MEASURED:
            raise ValueError(
                f"Value {number}: {name} is nothing that is measured on pictures; choose {', '.join(MEASURED)}."
            )
        found = values.get("value")
        words = quantity(name)
        if not _is_number(found) or not 0 < found <= LARGEST_NM:
            raise ValueError(f"Value {number}: {words.label} is {found}; it must be more than 0 {words.unit}.")
        note = values.get("note") or ""
        if not isinstance(note, str) or len(note) > LONGEST_NOTE:
            raise ValueError(f"Value {number}: the note is no text of up to {LONGEST_NOTE} characters.")
        return cls(name, float(found), _line(values.get("line"), number), " ".join(note.split()))

    def length_nm(self, pixel_size_nm: float) -> float | None:
        """Of its line."""
        if self.line is None:
            return None
        x1, y1, x2, y2 = self.line
        return math.hypot(x2 - x1, y2 - y1) * pixel_size_nm


def values_of(values: Any) -> tuple[Value, ...]:
    """
    Raises:
        ValueError: one is none.
    """
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ValueError("Values are a list of quantities with their values.")
    if len(values) > MOST_VALUES:
        raise ValueError(f"There are {len(values)} values; at most {MOST_VALUES} are kept with one picture.")
    return tuple(Value.of(each, number) for number, each in enumerate(values, start=1))


def _line(ends: Any, number: int) -> tuple[float, float, float, float] | None:
    if ends is None:
        return None
    four = list(ends) if isinstance(ends, Sequence) and not isinstance(ends, str) else []
    if len(four) != 4 or not all(_is_number(end) and abs(end) < 1e6 for end in four):
        raise ValueError(f"Value {number}: a line is x and y of both ends in pixels.")
    return (float(four[0]), float(four[1]), float(four[2]), float(four[3]))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
