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
    achieved_ratios,
    lithium_to_metals,
    mass_balance,
    weigh_out,
)
from synthesis.recipe.difference import Difference, differences
from synthesis.recipe.models import RecipeVersion, plan_of


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
        return Material(substance, assay=self.moles * substance.molar_mass_g_per_mol / self.mass_g)


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
    lines = sorted(
        version.components.select_related("chemical"),
        key=lambda line: (line.chemical.role != Chemical.Role.PRECURSOR, line.position),
    )
    return [
        Component(
            line.chemical.name,
            lots[line.chemical_id].material if line.chemical_id in lots else Material(line.chemical.substance),
            line.ratio,
        )
        for line in lines
    ]


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


def tell(batch: Batch, weighings: Sequence[Weighing] | None = None) -> Story:
    """Everything that follows from the records of a batch."""
    if weighings is None:
        weighings = list(batch.weighings.select_related("lot__chemical", "chemical"))
    weighed = weighed_together(weighings)
    version = batch.recipe_version
    precursor = next((w for w in weighed if w.chemical.role == Chemical.Role.PRECURSOR), None)
    problems: list[str] = []
    ratios: list[Achieved] = []
    balance = None
    if version is not None and precursor is not None:
        by_chemical = {w.chemical.pk: w for w in weighed}
        targets = [line for line in version.components.select_related("chemical") if line.chemical_id in by_chemical]
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
    lines = [(line.chemical, line.ratio) for line in version.components.select_related("chemical")]
    ratios = {chemical.pk: ratio for chemical, ratio in lines}
    precursor = next((w for w in weighed if w.chemical.role == Chemical.Role.PRECURSOR), None)
    used = lines
    if weighed and precursor is not None:
        used = [(w.chemical, ratios.get(w.chemical.pk, w.moles / precursor.moles)) for w in weighed]
    planned = plan_of(version.composition, lines, version.steps)
    done = plan_of(version.composition, used, batch.steps)
    return differences(planned, done)
