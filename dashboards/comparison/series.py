"""The tests of a comparison as its figures see them, and what a legend says of their groups. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from cells.cycling.curve import Curve
from cells.exclusion.ranges import Ranges, leaves_out
from labdb.figures import colour

Over = Literal["cells", "batches"]


@dataclass(frozen=True)
class Series:
    """One test in a comparison.

    Attributes:
        name: the cell's code, with the test's name where a cell has two.
        group: what its colour stands for.
        batch: replicates of one batch are counted apart from batches.
        history: the address of a cycle's history, ending with "at/".
        mass_mg: that the run was made with.
        potential_volt: of its reference against Li/Li⁺; None for a full cell.
        control: drawn dashed.
        without: the cycles that a person left out of means; all where the cell or the test is.
        excluded: all of it is left out.
    """

    name: str
    group: str
    batch: str
    run_id: int
    curve: Curve
    history: str
    mass_mg: float | None = None
    potential_volt: float | None = None
    control: bool = False
    simulated: bool = False
    without: Ranges = ()
    excluded: bool = False

    def counts_at(self, cycle: int) -> bool:
        """Whether a cycle, as the cycler counted, counts in means."""
        return not leaves_out(self.without, cycle)


def colours(series: Sequence[Series]) -> dict[str, str]:
    """A colour for each group: the same in every figure of these groups, in whatever order they were chosen."""
    return colours_of(one.group for one in series)


def colours_of(groups: Iterable[str]) -> dict[str, str]:
    return {group: colour(number) for number, group in enumerate(sorted(set(groups)))}


def group_names(series: Sequence[Series], counted: bool = True) -> dict[str, str]:
    """Group → its entry in the legend, which says how many cells it has, and what of them does not count or is made up.

    Args:
        counted: with the number of cells.
    """
    members: dict[str, list[Series]] = {}
    for one in series:
        members.setdefault(one.group, []).append(one)
    names = {}
    for group, found in members.items():
        alone = len(found) == 1 and found[0].name == group
        excluded = sum(one.excluded for one in found)
        simulated = sum(one.simulated for one in found)
        said = group if alone or not counted else f"{group}, {cells(len(found) - excluded)}"
        if excluded and counted and not alone:
            said += f", {excluded} excluded"
        if simulated:
            said += " (simulated)" if simulated == len(found) else f" ({simulated} simulated)"
        names[group] = said
    return names


def cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"


def batches(count: int) -> str:
    return f"{count} batch" if count == 1 else f"{count} batches"


def per_gram_of(series: Sequence[Series]) -> bool:
    """Whether capacities are drawn per gram: then tests without a mass are left out of such figures."""
    return any(one.mass_mg for one in series)
