"""What a batch's records amount to: weigh-out table, achieved ratios, mass balance, deviations from the recipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthesis.batch.models import Batch, Weighing
from synthesis.chemical.formula import parse
from synthesis.chemical.material import Material
from synthesis.chemical.models import Chemical, Lot
from synthesis.recipe.arithmetic import (
    Achieved,
    Component,
    MassBalance,
    ToWeigh,
    Verdict,
    achieved_ratios,
    lithium_to_metals,
    mass_balance,
    weigh_out,
)
from synthesis.recipe.difference import Difference, Plan, differences
from synthesis.recipe.models import RecipeComponent, RecipeVersion, plan_of


@dataclass(frozen=True)
class Weighed:
    """What a batch holds of one chemical, over all its lots.

    Attributes:
        mass_g: as weighed, together.
        moles: of the formula, each lot with its own assay and moisture.
    """

    chemical: Chemical
    mass_g: float
    moles: float
    lots: tuple[Lot, ...]

    @property
    def material(self) -> Material:
        """One material with the mean purity of the lots."""
        substance = self.chemical.substance
        pure = self.moles * substance.molar_mass_g_per_mol / self.mass_g
        return Material(substance, assay=min(pure, 1.0))  # rounding may end a hair above pure


def weighed_together(weighings: Iterable[Weighing]) -> list[Weighed]:
    """Add up the weighings of each chemical; they come with their lot and chemical fetched."""
    by_chemical: dict[int, list[Weighing]] = {}
    for weighing in weighings:
        by_chemical.setdefault(weighing.chemical_id, []).append(weighing)
    return [
        Weighed(
            chemical=of[0].chemical,
            mass_g=sum(w.mass_g for w in of),
            moles=sum(w.lot.material.moles(w.mass_g) for w in of),
            lots=tuple(dict.fromkeys(w.lot for w in of)),
        )
        for of in by_chemical.values()
    ]


def weigh_out_table(version: RecipeVersion, lots: dict[int, Lot], precursor_mass_g: float) -> list[ToWeigh]:
    """Grams to weigh of each component, each from the lot that is chosen for its chemical (pure where none is).

    Raises:
        ValueError: the mass is not positive, or the version has no component.
    """
    components = components_of(version, lots)
    if not components:
        raise ValueError(f"{version} has no components yet.")
    return weigh_out(components, precursor_mass_g)


def components_of(version: RecipeVersion, lots: dict[int, Lot]) -> list[Component]:
    """The lines of a version as materials, the precursor first."""
    return [
        Component(
            line.chemical.name,
            lots[line.chemical_id].material if line.chemical_id in lots else Material(line.chemical.substance),
            line.ratio,
        )
        for line in lines_of(version)
    ]


def lines_of(version: RecipeVersion) -> list[RecipeComponent]:
    """The components of a version with their chemicals, the precursor first; no query where they are fetched."""
    fetched = "components" in getattr(version, "_prefetched_objects_cache", {})
    lines = version.components.all() if fetched else version.components.select_related("chemical")
    return sorted(lines, key=lambda line: (line.chemical.role != Chemical.Role.PRECURSOR, line.position))


@dataclass(frozen=True)
class Story:
    """What the records of a batch amount to.

    Attributes:
        weighed: a line a chemical.
        ratios: achieved against target, for what is in the recipe and was weighed; empty without a precursor.
        lithium_to_metals: Li/TM as weighed; None without transition metals.
        balance: None while nothing is weighed, or without a target composition.
        deviations: from the recipe, in the lab's words.
        problems: sentences about records that contradict one another.
    """

    weighed: list[Weighed]
    ratios: list[Achieved]
    lithium_to_metals: float | None
    balance: MassBalance | None
    deviations: list[Difference]
    problems: list[str]

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the ratios; None where there is none."""
        order = list(Verdict)
        return max((ratio.verdict for ratio in self.ratios), key=order.index, default=None)


def weighings_of(batch: Batch) -> list[Weighing]:
    """What was weighed into a batch, with lots and chemicals; no query where it is fetched."""
    if "weighings" in getattr(batch, "_prefetched_objects_cache", {}):
        return list(batch.weighings.all())
    return list(batch.weighings.select_related("lot__chemical", "chemical"))


@dataclass(frozen=True)
class Figures:
    """What batches are compared by; None where something is missing."""

    ratio_verdict: Verdict | None
    lithium_to_metals: float | None
    flux_ratio: float | None
    sintering_loss: float | None
    washing_loss: float | None
    product_yield: float | None


def figures_of(story: Story) -> Figures:
    precursor = next((w for w in story.weighed if w.chemical.role == Chemical.Role.PRECURSOR), None)
    flux = sum(w.moles for w in story.weighed if w.chemical.role == Chemical.Role.FLUX)
    balance = story.balance
    return Figures(
        ratio_verdict=story.verdict,
        lithium_to_metals=story.lithium_to_metals,
        flux_ratio=flux / precursor.moles if precursor is not None and flux else None,
        sintering_loss=balance.sintering_loss if balance else None,
        washing_loss=balance.washing_loss if balance else None,
        product_yield=balance.product_yield if balance else None,
    )


def tell(batch: Batch, weighings: Sequence[Weighing] | None = None) -> Story:
    """Everything that follows from the records of a batch."""
    if weighings is None:
        weighings = weighings_of(batch)
    weighed = weighed_together(weighings)
    version = batch.recipe_version
    precursor = next((w for w in weighed if w.chemical.role == Chemical.Role.PRECURSOR), None)
    problems: list[str] = []
    ratios: list[Achieved] = []
    balance = None
    if version is not None and precursor is not None:
        by_chemical = {w.chemical.pk: w for w in weighed}
        targets = [line for line in lines_of(version) if line.chemical_id in by_chemical]
        targets.sort(key=lambda line: line.chemical_id != precursor.chemical.pk)
        lines = [Component(t.chemical.name, by_chemical[t.chemical_id].material, t.ratio) for t in targets]
        masses = [by_chemical[t.chemical_id].mass_g for t in targets]
        if lines and lines[0].ratio == 1:
            ratios = achieved_ratios(lines, masses, version.bands)
    if version is not None and precursor is not None:
        every = [precursor, *(w for w in weighed if w is not precursor)]
        try:
            balance = mass_balance(
                [Component(w.chemical.name, w.material, 1) for w in every],
                [w.mass_g for w in every],
                parse(version.composition),
                batch.mass_after_sintering_g,
                batch.mass_after_washing_g,
            )
        except ValueError as error:
            problems.append(str(error))
    lithium = None
    if precursor is not None and precursor.chemical.substance.metals:
        lines = [Component(w.chemical.name, w.material, 1) for w in weighed]
        lithium = lithium_to_metals(lines, [w.moles for w in weighed])
    return Story(weighed, ratios, lithium, balance, deviations(batch, weighed), problems)


def deviations(batch: Batch, weighed: Sequence[Weighed]) -> list[Difference]:
    """What the batch was made differently in than its recipe says: process, and materials left out or added.

    Ratios are judged by their bands, not listed here.
    """
    version = batch.recipe_version
    if version is None:
        return []
    lines = [(line.chemical, line.ratio) for line in lines_of(version)]
    return differences(plan_of(version.composition, lines, version.steps), plan_as_done(batch, weighed))


def plan_as_done(batch: Batch, weighed: Sequence[Weighed]) -> Plan:
    """A batch for comparison: what was weighed, at the ratio that was meant where the recipe has it, and its process.

    While nothing is weighed, as its recipe says.
    """
    version = batch.recipe_version
    lines = [(line.chemical, line.ratio) for line in lines_of(version)] if version else []
    ratios = {chemical.pk: ratio for chemical, ratio in lines}
    precursor = next((w for w in weighed if w.chemical.role == Chemical.Role.PRECURSOR), None)
    if precursor is not None:
        order = {pk: place for place, pk in enumerate(ratios)}
        used = [(w.chemical, ratios.get(w.chemical.pk, w.moles / precursor.moles)) for w in weighed]
        lines = sorted(used, key=lambda line: order.get(line[0].pk, len(order)))
    return plan_of(version.composition if version else "", lines, batch.steps)


@dataclass(frozen=True)
class Line:
    """A line of the weigh-out table: what is to be weighed of a chemical, and what was.

    Attributes:
        ratio: of the recipe; None where the chemical is not in it.
        lot: planned; the first weighed where one was.
        moles, mass_g: to weigh; None while no precursor mass is known.
        weighings: what was weighed, in order.
        achieved: None for the precursor, and while something is missing.
    """

    chemical: Chemical
    ratio: float | None
    lot: Lot | None
    moles: float | None
    mass_g: float | None
    weighings: tuple[Weighing, ...]
    achieved: Achieved | None

    @property
    def weighed_g(self) -> float | None:
        return sum(w.mass_g for w in self.weighings) if self.weighings else None

    @property
    def still_g(self) -> float | None:
        """What is still to be weighed; None where that is not known, or nothing."""
        if self.mass_g is None:
            return None
        rest = self.mass_g - (self.weighed_g or 0.0)
        return rest if rest > 0.005 * self.mass_g else None


def weigh_lines(batch: Batch, story: Story, weighings: Sequence[Weighing], planned: Iterable[Lot] = ()) -> list[Line]:
    """The weigh-out table of a batch, in the order of its recipe.

    The moles follow the precursor as weighed; before that, the mass that is wanted.
    """
    lots = {lot.chemical_id: lot for lot in planned}
    of: dict[int, list[Weighing]] = {}
    for weighing in weighings:
        of.setdefault(weighing.chemical_id, []).append(weighing)
    lots |= {pk: group[0].lot for pk, group in of.items()}
    recipe = lines_of(batch.recipe_version) if batch.recipe_version else []
    components = {line.chemical_id: line for line in recipe}
    achieved = {ratio.name: ratio for ratio in story.ratios}
    base = _precursor_moles(batch, story, recipe, lots)
    chemicals = {line.chemical_id: line.chemical for line in recipe} | {
        w.chemical.pk: w.chemical for w in story.weighed
    }
    found = []
    for pk, chemical in chemicals.items():
        ratio = components[pk].ratio if pk in components else None
        material = lots[pk].material if pk in lots else Material(chemical.substance)
        moles = None if base is None or ratio is None else base * ratio
        is_precursor = chemical.role == Chemical.Role.PRECURSOR
        mass = batch.wanted_precursor_mass_g if is_precursor else None if moles is None else material.grams(moles)
        if is_precursor and mass is not None:
            moles = material.moles(mass)
        weighed = tuple(of.get(pk, ()))
        found.append(Line(chemical, ratio, lots.get(pk), moles, mass, weighed, achieved.get(chemical.name)))
    return found


def _precursor_moles(
    batch: Batch, story: Story, recipe: Sequence[RecipeComponent], lots: dict[int, Lot]
) -> float | None:
    for weighed in story.weighed:
        if weighed.chemical.role == Chemical.Role.PRECURSOR:
            return weighed.moles
    if batch.wanted_precursor_mass_g is None or not recipe:
        return None
    first = recipe[0].chemical
    material = lots[first.pk].material if first.pk in lots else Material(first.substance)
    return material.moles(batch.wanted_precursor_mass_g)
