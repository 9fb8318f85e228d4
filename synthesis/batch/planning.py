"""Starting a batch: how much, of which lots, as a weigh-out table while one types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthesis.batch.masses import grams_of
from synthesis.chemical.formula import parse
from synthesis.chemical.models import Lot
from synthesis.recipe.models import RecipeVersion
from synthesis.recipe.weighing import WeighLine, WeighOutError, weigh_out_for

# What may be given; the others follow.
GIVEN = {"precursor": "mass of precursor", "moles": "moles of precursor", "product": "mass of product"}


@dataclass(frozen=True)
class Planned:
    """A weigh-out as far as it can be computed.

    Attributes:
        precursor_mass_g: None while nothing, or nothing sensible, is given.
        moles: of precursor.
        product_mass_g: at the expected yield of the recipe.
        errors: a sentence a field: "precursor", "moles", "product", "lots".
    """

    precursor_mass_g: float | None = None
    moles: float | None = None
    product_mass_g: float | None = None
    lines: tuple[WeighLine, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def total_g(self) -> float:
        return sum(line.mass_g for line in self.lines)

    @property
    def lots(self) -> list[Lot]:
        return [line.lot for line in self.lines if line.lot is not None]


def plan(version: RecipeVersion, said: Mapping[str, str], unit: str) -> Planned:
    """What a form asks for: one of `GIVEN`, and `lot-<chemical>` for each component.

    Args:
        unit: of masses that are typed without one.
    """
    given = {name: text for name in GIVEN if (text := said.get(name, "").strip())}
    if len(given) > 1:
        names = " and ".join(GIVEN[name] for name in given)
        return Planned(errors={list(given)[-1]: f"Give one of them, not {names}; the others follow."})
    chosen = _chosen(version, said)
    try:
        per_gram = weigh_out_for(version, chosen, 1.0)
    except WeighOutError as error:
        return Planned(errors={"lots": str(error)})
    if not per_gram.lines:
        return Planned(errors={"precursor": f"{version} has no components yet."})
    if not given:
        return Planned()
    ((name, text),) = given.items()
    try:
        value = float(text.replace(",", ".")) if name == "moles" else grams_of(text, unit)
    except ValueError as error:
        return Planned(errors={name: f"“{text}” is no number." if name == "moles" else str(error)})
    moles_per_gram = per_gram.lines[0].moles
    try:
        if name == "product":
            found = weigh_out_for(version, chosen, None, value)
        else:
            found = weigh_out_for(version, chosen, value / moles_per_gram if name == "moles" else value)
    except WeighOutError as error:
        return Planned(errors={name: str(error)})
    mass = found.precursor_mass_g
    moles = mass * moles_per_gram
    return Planned(mass, moles, product_of(version, moles), found.lines)


def product_of(version: RecipeVersion, precursor_moles: float) -> float:
    """Grams of product from moles of precursor, at the expected yield."""
    target = parse(version.composition)
    precursor = next(line.chemical.substance for line in version.lines if line.chemical.role == "precursor")
    return precursor_moles * precursor.metals / target.metals * target.molar_mass_g_per_mol * version.expected_yield


def _chosen(version: RecipeVersion, said: Mapping[str, str]) -> dict[int, int | None]:
    chosen: dict[int, int | None] = {}
    for line in version.lines:
        text = said.get(f"lot-{line.chemical_id}")
        if text is not None:
            chosen[line.chemical_id] = int(text) if text.isdecimal() and len(text) < 19 else None
    return chosen
