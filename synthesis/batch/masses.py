"""Masses as people type and read them: grams at the bench, kilograms in the pilot plant. Pure."""

from __future__ import annotations

import math
import re

GRAMS = {"mg": 0.001, "g": 1.0, "kg": 1000.0, "t": 1e6}
MASS = re.compile(r"\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*([a-zA-Z]*)\s*")


def grams_of(text: str, unit: str = "g") -> float:
    """What was typed, in grams: "100", "100 kg", "0,35 g".

    Args:
        unit: meant where none is typed.

    Raises:
        ValueError: it is no mass; says what one looks like.
    """
    match = MASS.fullmatch(text.replace("\u202f", "").replace("\u00a0", ""))
    if match is None or (match[2] or unit) not in GRAMS:
        raise ValueError(
            f"“{text.strip()}” is no mass; type a number, with mg, g, kg or t behind it where it is not {unit}."
        )
    try:
        value = float(match[1].replace(",", "."))
    except ValueError:
        raise ValueError(f"“{match[1]}” is no number; 1250.5 is one.") from None
    if not math.isfinite(value):
        raise ValueError(f"“{match[1]}” is no mass.")
    return value * GRAMS[match[2] or unit]


def unit_of(scale: str) -> str:
    """In which unit the masses of a batch are shown."""
    return "kg" if scale == "pilot" else "g"


def shown(grams: float, unit: str) -> float:
    return grams / GRAMS[unit]
