"""Two recipes, or a batch and its recipe, side by side: what differs, in the lab's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthesis.recipe.process import Dry, Heat, Mix, Sieve, Step, Store, Wash, words


@dataclass(frozen=True)
class Plan:
    """What is compared: a target, mole ratios, a process.

    Attributes:
        composition: target formula.
        precursor: its formula.
        ratios: every other material → moles per mole of precursor, in order.
        process: the steps in order.
    """

    composition: str
    precursor: str
    ratios: Mapping[str, float]
    process: Sequence[Step]


@dataclass(frozen=True)
class Difference:
    """One line of a diff.

    Attributes:
        what: "K2SO4", "sintering: hold".
        before, after: as printed; "none" where there is nothing.
    """

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


def differences(before: Plan, after: Plan) -> list[Difference]:
    """The lines in which two plans differ, in the order of the work; none where they are the same."""
    found = _line("target composition", before.composition or "none", after.composition or "none")
    found += _line("precursor", before.precursor or "none", after.precursor or "none")
    names = list(dict.fromkeys([*before.ratios, *after.ratios]))
    for name in names:
        found += _line(name, _ratio(before.ratios.get(name)), _ratio(after.ratios.get(name)))
    return found + _process(before.process, after.process)


def _ratio(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _line(what: str, before: str, after: str) -> list[Difference]:
    return [] if before == after else [Difference(what, before, after)]


def _label(step: Step) -> str:
    """Steps with the same label are the same step done differently."""
    match step:
        case Heat():
            return step.name
        case Wash():
            return f"wash with {step.solvent}"
        case Mix() | Dry() | Sieve() | Store():
            return type(step).__name__.lower()


def _process(before: Sequence[Step], after: Sequence[Step]) -> list[Difference]:
    def numbered(steps: Sequence[Step]) -> dict[str, Step]:
        """Label → step; the second of a label is "dry 2"."""
        named: dict[str, Step] = {}
        for step in steps:
            label, number = _label(step), 1
            while (name := label if number == 1 else f"{label} {number}") in named:
                number += 1
            named[name] = step
        return named

    one, two = numbered(before), numbered(after)
    found = []
    for name in dict.fromkeys([*one, *two]):
        a, b = one.get(name), two.get(name)
        if a is None or b is None:
            found.append(Difference(name, words(a) if a else "none", words(b) if b else "none"))
        elif isinstance(a, Heat) and isinstance(b, Heat):
            found += _programme(name, a, b)
        else:
            found += _line(name, words(a), words(b))
    shared = [name for name in one if name in two]
    if shared != [name for name in two if name in one]:
        found.append(Difference("order of steps", ", ".join(one), ", ".join(two)))
    return found


def _programme(name: str, a: Heat, b: Heat) -> list[Difference]:
    """Segment by segment where the programmes have the same shape, else as a whole."""
    if [s.kind for s in a.segments] != [s.kind for s in b.segments]:
        return [Difference(name, words(a), words(b))]
    found = _line(f"{name}: furnace", a.furnace or "none", b.furnace or "none")
    for number, (x, y) in enumerate(zip(a.segments, b.segments, strict=True), start=1):
        found += _line(f"{name}, segment {number}", x.words(), y.words())
    return found
