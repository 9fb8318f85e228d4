"""The weigh-out table of a version: grams from chosen lots, for a mass of precursor or of product."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from synthesis.batch.story import components_of, weigh_out_table
from synthesis.chemical.formula import parse
from synthesis.chemical.models import Chemical, Lot
from synthesis.recipe.arithmetic import precursor_for_yield
from synthesis.recipe.models import RecipeVersion

DEFAULT_PRECURSOR_G = 100.0


class WeighOutError(ValueError):
    """A weigh-out that cannot be; says what to give instead.

    Attributes:
        field: "precursor_mass_g", "product_mass_g" or "lots".
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class WeighLine:
    """What to weigh of one component.

    Attributes:
        lot: None means the pure substance.
        choices: lots of the chemical that are not empty, the first to expire first.
        warning: the lot does not hold it, or is expired.
    """

    chemical: Chemical
    ratio: float
    lot: Lot | None
    choices: tuple[Lot, ...]
    moles: float
    mass_g: float
    warning: str = ""


@dataclass(frozen=True)
class WeighOut:
    """The table as asked for; `errors` by field where it cannot be."""

    precursor_mass_g: float
    product_mass_g: float | None = None
    lines: tuple[WeighLine, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def total_g(self) -> float:
        return sum(line.mass_g for line in self.lines)


def weigh_out_of(version: RecipeVersion, query: Mapping[str, str]) -> WeighOut:
    """The table that an address asks for: `precursor_mass_g` or `product_mass_g`, `lot-<chemical>`."""
    asked = {name: query.get(name, "").strip() for name in ("precursor_mass_g", "product_mass_g")}
    try:
        masses = {name: _mass(name, text) for name, text in asked.items()}
        lots = _chosen(version, query)
        return weigh_out_for(version, lots, masses["precursor_mass_g"], masses["product_mass_g"], asked)
    except WeighOutError as error:
        return WeighOut(DEFAULT_PRECURSOR_G, errors={error.field: str(error)}, asked=asked)


def _mass(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise WeighOutError(f"“{text}” is not a mass in grams.", name) from None


def _chosen(version: RecipeVersion, query: Mapping[str, str]) -> dict[int, int | None]:
    """Chemical → lot; None is the pure substance; a chemical that nothing is said of is missing."""
    chosen: dict[int, int | None] = {}
    for line in version.lines:
        text = query.get(f"lot-{line.chemical_id}")
        if text is not None:
            chosen[line.chemical_id] = int(text) if text.isdecimal() else None
    return chosen


def weigh_out_for(
    version: RecipeVersion,
    chosen: Mapping[int, int | None],
    precursor_mass_g: float | None = None,
    product_mass_g: float | None = None,
    asked: Mapping[str, str] | None = None,
) -> WeighOut:
    """Grams to weigh of each component.

    Args:
        chosen: chemical → lot, None for the pure substance; where nothing is said, the first usable lot.
        precursor_mass_g: of the precursor's lot as weighed; 100 g where neither mass is given.
        product_mass_g: instead of it, the mass of product that is wanted, at the expected yield.

    Raises:
        WeighOutError: a mass is not positive, both are given, or a lot is not of its chemical.
    """
    if precursor_mass_g is not None and product_mass_g is not None:
        raise WeighOutError("Give the mass of precursor or the mass of product, not both.", "product_mass_g")
    for name, mass in (("precursor_mass_g", precursor_mass_g), ("product_mass_g", product_mass_g)):
        if mass is not None and not (mass > 0 and math.isfinite(mass)):
            raise WeighOutError(f"{mass:g} g cannot be weighed; give a mass over 0.", name)
    if not version.lines:
        return WeighOut(DEFAULT_PRECURSOR_G, asked=asked or {})
    choices = _choices(version)
    lots = _lots(version, chosen, choices)
    if product_mass_g is not None:
        precursor = components_of(version, lots)[0]
        precursor_mass_g = precursor_for_yield(
            precursor, parse(version.composition), product_mass_g, version.expected_yield
        )
    mass = DEFAULT_PRECURSOR_G if precursor_mass_g is None else precursor_mass_g
    table = weigh_out_table(version, lots, mass)
    lines = sorted(version.lines, key=lambda line: (line.chemical.role != Chemical.Role.PRECURSOR, line.position))
    return WeighOut(
        mass,
        product_mass_g,
        tuple(
            WeighLine(
                line.chemical,
                line.ratio,
                lots.get(line.chemical_id),
                tuple(choices.get(line.chemical_id, ())),
                weighed.moles,
                weighed.mass_g,
                _warning(lots.get(line.chemical_id), weighed.mass_g, pure_on_purpose=line.chemical_id in chosen),
            )
            for line, weighed in zip(lines, table, strict=True)
        ),
        asked=asked or {},
    )


def _choices(version: RecipeVersion) -> dict[int, list[Lot]]:
    found: dict[int, list[Lot]] = {}
    chemicals = [line.chemical_id for line in version.lines]
    rows = Lot.objects.with_state(timezone.localdate()).not_empty().filter(chemical__in=chemicals)
    for lot in sorted(rows.select_related("chemical"), key=lambda lot: (lot.expires_on or date.max, lot.pk)):
        found.setdefault(lot.chemical_id, []).append(lot)
    return found


def _lots(version: RecipeVersion, chosen: Mapping[int, int | None], choices: Mapping[int, list[Lot]]) -> dict[int, Lot]:
    lots: dict[int, Lot] = {}
    for line in version.lines:
        of_chemical = choices.get(line.chemical_id, [])
        if line.chemical_id not in chosen:
            usable = next((lot for lot in of_chemical if lot.expiry != "past-date"), None)  # type: ignore[attr-defined]
            if usable:
                lots[line.chemical_id] = usable
        elif (wanted := chosen[line.chemical_id]) is not None:
            lot = next((lot for lot in of_chemical if lot.pk == wanted), None)
            if lot is None:
                raise WeighOutError(f"Lot {wanted} is not one of {line.chemical}, or it is empty.", "lots")
            lots[line.chemical_id] = lot
    return lots


def _warning(lot: Lot | None, mass_g: float, *, pure_on_purpose: bool) -> str:
    if lot is None:
        return "" if pure_on_purpose else "no lot on the shelf is in date and not empty"
    if lot.expiry == "past-date":  # type: ignore[attr-defined]  # annotated by with_state
        return f"expired on {lot.expires_on:%Y-%m-%d}"
    left = lot.left_g  # type: ignore[attr-defined]  # likewise
    return f"only {left:.6g} g are left" if mass_g > left + 1e-9 else ""
