"""The cells of a comparison: each with its test, its group, and what of it is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTransform

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.exclusion.left_out import LeftOut, left_out_of
from cells.exclusion.models import Exclusion
from cells.exclusion.ranges import Ranges
from dashboards.comparison.grouping import GROUPINGS
from dashboards.comparison.selection import Selection
from labdb.accounts.models import User
from labdb.provenance.models import Result


@dataclass(frozen=True)
class Compared:
    """One cell in a comparison, with the test that stands for it.

    Attributes:
        run_id: the newest successful run of the test; None where there is none yet.
        name: the cell's code; with the test's name, or the project's, where that alone would be two things.
        chosen: a person chose this test of the cell.
        left_out: of all compared cells, what does not count.
    """

    cell: Cell
    test: CyclingTest | None
    name: str
    group: str
    chosen: bool
    left_out: LeftOut

    @property
    def run_id(self) -> int | None:
        return self.test.current_run_id if self.test else None

    @property
    def excluded(self) -> Exclusion | None:
        """Why nothing of it counts."""
        return self.left_out.whole(self.cell.pk, self.test.pk if self.test else None)

    @property
    def without(self) -> Ranges:
        """The cycles of its test that do not count."""
        return self.left_out.ranges(self.cell.pk, self.test.pk) if self.test else ()

    @property
    def exclusions(self) -> list[Exclusion]:
        """All that keeps something of it out."""
        if self.test:
            return self.left_out.of_test(self.cell.pk, self.test.pk)
        return [self.excluded] if self.excluded else []


def compare(user: User, selection: Selection) -> list[Compared]:
    """The chosen cells that the user may see, each with its longest test or the chosen ones.

    A test that is left out stands for its cell only where there is no other, or where it was chosen. Three queries, and
    those that the groups ask.
    """
    chosen = Q(cell__in=selection.cells) | Q(pk__in=selection.tests)
    cycles = Result.objects.filter(run=OuterRef("current_run"), quantity="cycles").values("value")[:1]
    tests = (
        CyclingTest.objects.visible_to(user)
        .filter(chosen)
        .annotate(cycles=Subquery(cycles), mass_mg=KeyTransform("active_mass_mg", "current_run__parameters"))
        .order_by("cell", F("cycles").desc(nulls_last=True), "-pk")
    )
    by_cell: dict[int, list[CyclingTest]] = {}
    for test in tests:
        by_cell.setdefault(test.cell_id, []).append(test)
    wanted = [*selection.cells, *(test.cell_id for test in tests if test.pk in selection.tests)]
    grouping = GROUPINGS[selection.by]
    visible = Cell.objects.visible_to(user).filter(pk__in=wanted)
    rows = visible.select_related("project", "batch", *grouping.joined).prefetch_related(*grouping.fetched)
    cells = {cell.pk: cell for cell in rows}
    left_out = left_out_of(cells)
    shown: list[tuple[Cell, CyclingTest | None]] = []
    for pk in dict.fromkeys(wanted):
        if pk not in cells:
            continue
        of_cell = sorted(by_cell.get(pk, []), key=lambda test: test.pk in left_out.tests)
        picked: Sequence[CyclingTest | None] = [test for test in of_cell if test.pk in selection.tests]
        shown += [(cells[pk], test) for test in picked or of_cell[:1] or [None]]
    names, named = _names(shown), dict(selection.named)
    return [
        Compared(
            cell,
            test,
            name,
            _group(cell, name, selection.by, named),
            test is not None and test.pk in selection.tests,
            left_out,
        )
        for (cell, test), name in zip(shown, names, strict=True)
    ]


def _group(cell: Cell, name: str, by: str, named: dict[int, str]) -> str:
    if by == "cell":
        return name
    if by == "own" and cell.pk in named:
        return named[cell.pk]
    return GROUPINGS[by].group(cell)


def _names(shown: Sequence[tuple[Cell, CyclingTest | None]]) -> list[str]:
    """A name for each that no other has."""
    codes = [cell.code for cell, _ in shown]
    cells: dict[str, set[int]] = {}
    for cell, _ in shown:
        cells.setdefault(cell.code, set()).add(cell.pk)
    names = []
    for cell, test in shown:
        name = f"{cell.code} ({cell.project})" if len(cells[cell.code]) > 1 else cell.code
        names.append(f"{name}, {test.name}" if codes.count(cell.code) > len(cells[cell.code]) and test else name)
    return names
