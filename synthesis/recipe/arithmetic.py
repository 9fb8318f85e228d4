"""Recipe arithmetic: mole ratios to grams and back, with a verdict. Pure.

Everything is counted per mole of the precursor's formula unit (for a hydroxide Ni0.83Co0.11Mn0.06(OH)2 that is one
mole of transition metals); `synthesis.chemical.material` says how much of a formula a gram from a container holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from synthesis.chemical.formula import Formula
from synthesis.chemical.material import Material


class Verdict(StrEnum):
    """What a deviation means under the bands of a recipe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Component:
    """A line of a recipe: a material and its moles per mole of precursor (the precursor's own ratio is 1)."""

    name: str
    material: Material
    ratio: float

    def __post_init__(self) -> None:
        if self.ratio <= 0:
            raise ValueError(f"The ratio of {self.name} is {self.ratio:g}; it must be over 0.")


@dataclass(frozen=True)
class ToWeigh:
    """A line of the weigh-out table."""

    name: str
    moles: float
    mass_g: float


def weigh_out(components: Sequence[Component], precursor_mass_g: float) -> list[ToWeigh]:
    """Grams to weigh of each component for a given mass of precursor.

    Args:
        components: the precursor first.
        precursor_mass_g: of the precursor's material as weighed.

    Raises:
        ValueError: the mass is not positive, or the precursor's ratio is not 1.
    """
    if precursor_mass_g <= 0:
        raise ValueError(f"The precursor's mass is {precursor_mass_g:g} g; it must be over 0.")
    precursor = components[0]
    if precursor.ratio != 1:
        raise ValueError(f"Ratios are per mole of precursor: that of {precursor.name} is 1, not {precursor.ratio:g}.")
    moles = precursor.material.moles(precursor_mass_g)
    return [
        ToWeigh(component.name, moles * component.ratio, component.material.grams(moles * component.ratio))
        for component in components
    ]


def precursor_for_yield(
    precursor: Component, product: Formula, product_mass_g: float, yield_fraction: float = 1.0
) -> float:
    """Grams of precursor for a wanted mass of product.

    One mole of transition metals in the precursor becomes one in the product; `yield_fraction` is what is expected
    to be left after sieving and washing.

    Raises:
        ValueError: a mass or the yield is not positive, or one of the formulas has no transition metal.
    """
    if product_mass_g <= 0 or not 0 < yield_fraction <= 1:
        raise ValueError("The wanted mass must be over 0 g and the expected yield over 0 and at most 100 %.")
    if not product.metals or not precursor.material.formula.metals:
        raise ValueError("Precursor and product must hold transition metals.")
    metals = product_mass_g / yield_fraction / product.molar_mass_g_per_mol * product.metals
    return precursor.material.grams(metals / precursor.material.formula.metals)


@dataclass(frozen=True)
class Bands:
    """Relative deviations of a ratio from its target from which a recipe warns, and from which it fails."""

    warn: float = 0.005
    fail: float = 0.02

    def __post_init__(self) -> None:
        if not 0 < self.warn <= self.fail:
            raise ValueError("The warn band must be over 0 and not wider than the fail band.")

    def verdict(self, deviation: float) -> Verdict:
        # A scale reads in steps: what is a band to eight digits is inside it.
        size = round(abs(deviation), 8)
        if size > self.fail:
            return Verdict.FAIL
        return Verdict.WARN if size > self.warn else Verdict.OK


@dataclass(frozen=True)
class Achieved:
    """A ratio as weighed against its target."""

    name: str
    target: float
    value: float
    verdict: Verdict

    @property
    def deviation(self) -> float:
        """Relative to the target."""
        return self.value / self.target - 1


def achieved_ratios(components: Sequence[Component], masses_g: Sequence[float], bands: Bands) -> list[Achieved]:
    """The mole ratios that masses as weighed amount to.

    Args:
        components: as in the recipe, the precursor first.
        masses_g: as weighed, one a component.
        bands: of the recipe.

    Returns:
        One ratio a component but the precursor, in order.

    Raises:
        ValueError: a mass is not positive, or there is not one a component.
    """
    if len(masses_g) != len(components):
        raise ValueError(f"{len(components)} components need as many masses; there are {len(masses_g)}.")
    for component, mass in zip(components, masses_g, strict=True):
        if mass <= 0:
            raise ValueError(f"The mass of {component.name} is {mass:g} g; it must be over 0.")
    base = components[0].material.moles(masses_g[0])
    found = []
    for component, mass in list(zip(components, masses_g, strict=True))[1:]:
        value = component.material.moles(mass) / base
        found.append(Achieved(component.name, component.ratio, value, bands.verdict(value / component.ratio - 1)))
    return found


def lithium_to_metals(components: Sequence[Component], amounts: Sequence[float]) -> float:
    """Li/TM by mole of a mixture.

    Args:
        amounts: moles of each component; the ratios of a recipe serve as well.

    Raises:
        ValueError: nothing in it holds a transition metal.
    """
    lithium = sum(n * c.material.formula.atoms.get("Li", 0.0) for c, n in zip(components, amounts, strict=True))
    metals = sum(n * c.material.formula.metals for c, n in zip(components, amounts, strict=True))
    if not metals:
        raise ValueError("Nothing in this mixture holds a transition metal, so it has no Li/TM.")
    return lithium / metals


@dataclass(frozen=True)
class MassBalance:
    """What a batch weighed on its way, against what it could weigh.

    Attributes:
        charged_g: all that was weighed in.
        theoretical_product_g: all transition metals of the precursor as product.
        after_sintering_g, after_washing_g: as weighed; None where not weighed.
    """

    charged_g: float
    theoretical_product_g: float
    after_sintering_g: float | None = None
    after_washing_g: float | None = None

    @property
    def sintering_loss(self) -> float | None:
        """Share of the charge that left as gas or dust."""
        return None if self.after_sintering_g is None else 1 - self.after_sintering_g / self.charged_g

    @property
    def washing_loss(self) -> float | None:
        """Share of the sintered mass that the wash took: the flux, residual lithium, and powder."""
        if self.after_sintering_g is None or self.after_washing_g is None:
            return None
        return 1 - self.after_washing_g / self.after_sintering_g

    @property
    def product_yield(self) -> float | None:
        """Washed (else sintered) mass over the theoretical mass of product."""
        last = self.after_washing_g if self.after_washing_g is not None else self.after_sintering_g
        return None if last is None else last / self.theoretical_product_g


def mass_balance(
    components: Sequence[Component],
    masses_g: Sequence[float],
    product: Formula,
    after_sintering_g: float | None = None,
    after_washing_g: float | None = None,
) -> MassBalance:
    """The mass balance of a batch.

    Raises:
        ValueError: the product holds no transition metal, or more came out than went in.
    """
    if not product.metals:
        raise ValueError(f"The target composition {product.text} holds no transition metal.")
    charged = sum(masses_g)
    metals = components[0].material.moles(masses_g[0]) * components[0].material.formula.metals
    for stage, mass, limit in (
        ("sintering", after_sintering_g, charged),
        ("washing", after_washing_g, charged if after_sintering_g is None else after_sintering_g),
    ):
        if mass is not None and not 0 < mass <= limit:
            raise ValueError(f"The mass after {stage} is {mass:g} g, but {limit:g} g went in.")
    return MassBalance(
        charged, metals / product.metals * product.molar_mass_g_per_mol, after_sintering_g, after_washing_g
    )
