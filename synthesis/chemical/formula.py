"""Chemical formulas with their water of crystallisation. Pure.

Masses come from periodictable (standard atomic weights); what labdb adds is the hydrate, split off before
("LiOH·H2O", "CuSO4*5H2O"), and the refusal of everything that is not a plain formula.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import periodictable
from pyparsing import ParseBaseException

TOKEN = re.compile(r"[A-Z][a-z]?|\d+(?:\.\d+)?|[()]")
# A dot is a decimal point between digits ("Ni0.83") and water after a letter or a bracket ("LiOH.H2O").
WATER = re.compile(r"[·⋅•*]|(?<=[A-Za-z)\]])\.(?=\d*[A-Z])")
# In "CuSO4.5H2O" nobody can tell.
AMBIGUOUS = re.compile(r"\d\.\d+H2O$")
PART = re.compile(r"(?P<count>\d+(?:\.\d+)?)?(?P<body>.+)")
PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉[]", "0123456789()")

# Counted as the transition metals of a layered oxide: what occupies its metal layer, dopants included.
METALS = ("Ni", "Co", "Mn", "Al", "Ti", "Zr", "Mg", "W", "Mo", "Nb", "Ta", "Fe", "Cr", "V", "Y", "B")


class FormulaError(ValueError):
    """A text that is not a formula; the sentence says where it stops being one."""


@dataclass(frozen=True)
class Formula:
    """A substance, per formula unit.

    Attributes:
        text: as it is printed, with · before water.
        atoms: element → atoms in a formula unit, the water's included.
        molar_mass_g_per_mol: of the formula unit, the water included.
        water: molecules of water of crystallisation in a formula unit.
    """

    text: str
    atoms: Mapping[str, float]
    molar_mass_g_per_mol: float
    water: float

    @property
    def metals(self) -> float:
        """Transition metals (and dopants) in a formula unit, ΣTM."""
        return sum(self.atoms.get(element, 0.0) for element in METALS)

    def metal_fractions(self) -> dict[str, float]:
        """Metal → share of ΣTM; empty for a substance without metals."""
        return {m: self.atoms[m] / self.metals for m in METALS if m in self.atoms}


@lru_cache(maxsize=4096)
def parse(text: str) -> Formula:
    """Read a formula.

    Args:
        text: "Ni0.83Co0.11Mn0.06(OH)2", "LiOH·H2O", "CuSO4*5H2O"; subscripts and spaces are allowed.

    Raises:
        FormulaError: it is not a formula; says what is wrong.
    """
    plain = re.sub(r"\s+", "", text.translate(PLAIN))
    if not plain:
        raise FormulaError("The formula is empty; write one like LiOH·H2O.")
    parts, atoms, mass, water = [], dict[str, float](), 0.0, 0.0
    for number, part in enumerate(WATER.split(plain)):
        match = PART.fullmatch(part)
        if match is None:
            raise FormulaError(f"“{text}” has an empty part beside its dot; write water as ·H2O or ·6H2O.")
        count, body = float(match["count"] or 1), match["body"]
        _check(body, text)
        try:
            found = periodictable.formula(body)
        except (ValueError, ParseBaseException) as error:
            raise FormulaError(f"“{text}” is not a formula: {error}.") from error
        if not found.atoms or not found.mass:
            raise FormulaError(f"“{text}” has no atoms.")
        for element, amount in found.atoms.items():
            atoms[str(element)] = atoms.get(str(element), 0.0) + count * float(amount)
        mass += count * float(found.mass)
        if number and body in ("H2O", "OH2"):
            water += count
        parts.append(f"{match['count'] or ''}{body}")
    return Formula("·".join(parts), atoms, mass, water)


def _check(body: str, text: str) -> None:
    """Only elements, numbers and brackets: the library's own language has isotopes, mixtures and more."""
    if "," in body:
        raise FormulaError(f"“{text}”: write the decimal with a point, 0.83.")
    if AMBIGUOUS.search(body):
        raise FormulaError(f"“{text}”: its dot could be a decimal point or water; write water as ·5H2O or *5H2O.")
    position = 0
    while position < len(body):
        token = TOKEN.match(body, position)
        if token is None:
            raise FormulaError(
                f"“{text}” is not a formula: “{body[position]}” at place {position + 1} is not understood."
            )
        if token[0][0].isalpha() and token[0] not in ELEMENTS:
            raise FormulaError(f"“{text}” is not a formula: there is no element {token[0]}.")
        if token[0].replace(".", "").isdigit() and float(token[0]) == 0:
            raise FormulaError(f"“{text}”: a count of 0 means nothing; leave the element out.")
        position = token.end()
    if body.count("(") != body.count(")"):
        raise FormulaError(f"“{text}”: a bracket is not closed.")


ELEMENTS = frozenset(element.symbol for element in periodictable.elements if element.number)
