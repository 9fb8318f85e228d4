"""Units of contents: of a solution in mg/L, of a solid in mg/kg. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class AmountUnit:
    """How a unit becomes ours.

    Attributes:
        solid: it is of a solid, and becomes mg/kg; else of a solution, and becomes mg/L.
        factor: how many of ours one of it is.
    """

    solid: bool
    factor: float


MG_PER_L, MG_PER_KG = AmountUnit(solid=False, factor=1.0), AmountUnit(solid=True, factor=1.0)
SOLUTION = {
    **dict.fromkeys(("mg/l", "ug/ml", "mg/dm3"), 1.0),
    **dict.fromkeys(("ug/l", "ng/ml", "ug/dm3"), 1e-3),
    **dict.fromkeys(("g/l", "mg/ml"), 1e3),
    "ng/l": 1e-6,
}
SOLID = {
    **dict.fromkeys(("mg/kg", "ug/g"), 1.0),
    **dict.fromkeys(("ug/kg", "ng/g"), 1e-3),
    **dict.fromkeys(("g/kg", "mg/g"), 1e3),
    **dict.fromkeys(
        ("%", "wt%", "wt-%", "weight%", "mass%", "m%", "w%", "%w/w", "w/w%", "%m/m", "%wt", "percent"), 1e4
    ),
}
# Parts of what, only the instrument's export says: those of its solutions.
PARTS = {"ppm": 1.0, "ppb": 1e-3}
MOLAR = ("at%", "mol%", "atomic%", "mole%", "at-%", "mol-%", "mol/l", "mmol/l")
MARKS = str.maketrans({"µ": "u", "μ": "u", "⁻": "-", "−": "-", "¹": "1", "³": "3", "^": "", "·": " ", "_": " "})


def plain(unit: str) -> str:
    """A unit in one spelling: "µg mL⁻¹" and "ug_per_ml" are "ug/ml"."""
    text = unit.strip().strip("()[]{}").lower().translate(MARKS)
    text = re.sub(r"\s*\bper\b\s*", "/", text)
    text = re.sub(r"\s*\.?\s*\b(k?g|m?l|dm3)\s*-1$", r"/\1", text)
    return re.sub(r"[\s.]+", "", text)


def amount_unit(unit: str, *, of_instrument: bool) -> AmountUnit | None:
    """The unit of a content; None for what is none, or may be two things.

    Args:
        of_instrument: it stands in an instrument's export, where ppm is mg/L of the solution; in a table that somebody
            made it may be mg/kg of the powder as well.
    """
    text = plain(unit)
    if text in SOLUTION:
        return AmountUnit(solid=False, factor=SOLUTION[text])
    if text in SOLID:
        return AmountUnit(solid=True, factor=SOLID[text])
    if of_instrument and text in PARTS:
        return AmountUnit(solid=False, factor=PARTS[text])
    return None


def why_not(unit: str) -> str:
    """What to tell about a unit that is not understood; the end of a sentence that begins with the file."""
    text = plain(unit)
    if text in PARTS or text == "ppt":
        return f"“{unit}” may be of the solution or of the powder; write mg/L or mg/kg."
    if text in MOLAR:
        return f"“{unit}” counts moles; give mg/L, mg/kg or wt%."
    return f"“{unit}” is no unit of a content; write mg/L, µg/L, mg/kg or wt%."
