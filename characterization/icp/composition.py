"""Moles from contents: ratios on ΣTM = 1, the formula, the distance from a target composition. Pure.

ΣTM are nickel, cobalt, manganese and aluminium, and those dopants that the target composition names or a person says.
Other metals of `METALS` have a ratio to ΣTM but are not in it, so that traces of iron or zirconium change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import periodictable

from characterization.icp.contents import Contents, ElementValue
from synthesis.chemical.formula import METALS, Formula

MAIN = ("Ni", "Co", "Mn", "Al")
OXYGEN_PER_FORMULA = 2.0
DECIMALS = (2, 3)  # fewest and most that a formula is printed with


def molar_mass(element: str) -> float:
    return float(periodictable.elements.symbol(element).mass)


@dataclass(frozen=True)
class Ratio:
    """Moles of an element per mole of ΣTM.

    Attributes:
        value: an upper bound where `below`.
        counted: it is part of ΣTM.
        target: of the target composition on the same ΣTM; None where there is none.
    """

    element: str
    value: float
    sd: float | None = None
    n: int | None = None
    below: bool = False
    counted: bool = False
    target: float | None = None

    @property
    def deviation(self) -> float | None:
        """None for an upper bound that is above the target: nobody knows."""
        if self.target is None or (self.below and self.value >= self.target):
            return None
        return self.value - self.target


@dataclass(frozen=True)
class Composition:
    """The ratios of a sample: lithium first, then the metals in the order of `METALS`."""

    ratios: tuple[Ratio, ...]
    warnings: tuple[str, ...] = ()

    def __getitem__(self, element: str) -> Ratio | None:
        return next((one for one in self.ratios if one.element == element), None)

    @property
    def formula(self) -> str:
        """ "Li1.02Ni0.83Co0.11Mn0.06O2": what was found, with the oxygen that nobody measured.

        Each number goes to the place of the first digit of its standard deviation.
        """
        parts = [
            f"{one.element}{one.value:.{decimals(one.sd)}f}"
            for one in self.ratios
            if not one.below and (one.counted or one.element == "Li")
        ]
        return "".join(parts) + "O2" if parts else ""

    @property
    def largest_deviation(self) -> Ratio | None:
        """Of the metals in ΣTM, that which is farthest from its target."""
        known = [one for one in self.ratios if one.counted and one.deviation is not None]
        return max(known, key=lambda one: abs(one.deviation or 0.0), default=None)

    @property
    def expected_mass_fraction(self) -> float | None:
        """What lithium and ΣTM weigh in a powder that is nothing but this formula with O2; None without lithium."""
        if (lithium := self["Li"]) is None or lithium.below:
            return None
        metals = lithium.value * molar_mass("Li") + sum(
            one.value * molar_mass(one.element) for one in self.ratios if one.counted and not one.below
        )
        return metals / (metals + OXYGEN_PER_FORMULA * molar_mass("O"))


def decimals(sd: float | None) -> int:
    fewest, most = DECIMALS
    if sd is None or sd <= 0:
        return most
    return min(max(math.ceil(-math.log10(sd)), fewest), most)


@dataclass(frozen=True)
class Moles:
    """Moles, in any unit that is the same for all elements of a solution, with their standard deviation."""

    value: float
    sd: float | None


def moles(of: ElementValue) -> Moles:
    mass = molar_mass(of.element)
    return Moles((of.value or 0.0) / mass, None if of.sd is None else of.sd / mass)


def ratios(amounts: Mapping[str, Moles], counted: Sequence[str]) -> dict[str, tuple[float, float | None]]:
    """Element → (moles per ΣTM, its standard deviation).

    The elements are independent of each other, to first order: with S = Σn over ΣTM and r = n/S,
    s(r)² = (s(n) (1 − r))² / S² + r² Σ s(m)² / S² over the other metals m of ΣTM for a metal that is counted, and
    s(r)² = s(n)² / S² + r² Σ s(m)² / S² over all metals for any other element. An unknown standard deviation of a metal
    makes all of them unknown.
    """
    total = sum(amounts[metal].value for metal in counted)
    found: dict[str, tuple[float, float | None]] = {}
    for element, amount in amounts.items():
        ratio = amount.value / total
        others = [amounts[metal].sd for metal in counted if metal != element]
        if amount.sd is None or any(sd is None for sd in others):
            found[element] = ratio, None
            continue
        own = amount.sd * (1 - ratio if element in counted else 1.0)
        around = sum(sd * sd for sd in others if sd is not None)
        found[element] = ratio, math.sqrt(own * own + ratio * ratio * around) / total
    return found


def composition(found: Contents, target: Formula | None, dopants: Sequence[str] = ()) -> Composition | str:
    """The composition of a sample, or the sentence why it has none.

    Where two solutions or more hold all metals, the ratios of each are averaged, and their standard deviation is that
    between the solutions, since an error of mass or volume is in all elements of a solution alike. Otherwise the means
    of the elements make the ratios, with propagated standard deviations.

    Args:
        target: the composition that was meant; None where nobody said.
        dopants: metals that are counted besides `MAIN`.
    """
    elements = found.elements
    meant = target.atoms if target else {}
    wanted = [metal for metal in METALS if metal in MAIN or metal in meant or metal in dopants]
    warnings: list[str] = []
    missing = [metal for metal in wanted if metal not in elements and (metal in meant or metal in dopants)]
    main = [metal for metal in missing if metal in MAIN]
    if main:
        return f"no line of {', '.join(main)}, which the target composition has, can be used: nothing is put on ΣTM = 1"
    if missing:
        warnings.append(f"{', '.join(missing)} was not measured and is left out of ΣTM and of the target")
    counted = [metal for metal in wanted if metal in elements and not elements[metal].below]
    if not any(metal in counted for metal in ("Ni", "Co", "Mn")):
        return "no Ni, Co or Mn was found, so there is no composition"
    seen = [element for element in ("Li", *METALS) if element in elements]
    if len({elements[element].solid for element in seen}) > 1:
        return "some contents are of the solution and some of the powder; enter the sample mass and the volume"
    limits = [element for element in seen if elements[element].below]
    # An upper bound is worth telling of what was meant to be there.
    asked = {"Li", *wanted} if target is None else {"Li", *meant, *dopants}
    measured = [element for element in seen if element not in limits]
    complete = [
        {element: moles(one) for element, one in each.items() if element in measured and not one.below}
        for each in found.by_solution.values()
        if all(metal in each and not each[metal].below for metal in counted)
    ]
    all_in_one = {element: moles(elements[element]) for element in measured}
    means = ratios(all_in_one, counted)
    each = [ratios(amounts, counted) for amounts in complete] if len(complete) > 1 else []
    total = sum(all_in_one[metal].value for metal in counted)
    targets = _targets(target, counted, limits)
    made = []
    for element in seen:
        is_counted, aim = element in counted, targets.get(element)
        if element in limits:
            limit = elements[element].limit
            if limit is not None and element in asked:
                bound = limit / molar_mass(element) / total
                made.append(Ratio(element, bound, below=True, target=aim))
            continue
        values = [one[element][0] for one in each if element in one]
        if len(values) > 1:
            made.append(Ratio(element, fmean(values), stdev(values), len(values), counted=is_counted, target=aim))
            continue
        ns = [elements[one].n for one in {element, *counted}]
        n = min((n for n in ns if n is not None), default=None) if all(n is not None for n in ns) else None
        made.append(Ratio(element, *means[element], n, counted=is_counted, target=aim))
    warnings += [
        f"{one} is under its limit: its ratio is an upper bound{'' if one == 'Li' else ', and it is not in ΣTM'}"
        for one in limits
        if one in asked
    ]
    return Composition(tuple(made), tuple(warnings))


def _targets(target: Formula | None, counted: Sequence[str], limits: Sequence[str]) -> dict[str, float]:
    """Element → moles per ΣTM that were meant, on the metals that were measured; 0 for one that was not meant."""
    if target is None:
        return {}
    total = sum(target.atoms.get(metal, 0.0) for metal in {*counted, *limits} if metal in METALS)
    if not total:
        return {}
    return {
        element: target.atoms.get(element, 0.0) / total
        for element in ("Li", *METALS)
        if element in target.atoms or element in counted
    }
