"""What of some cells is left out at present, as means, figures and lists ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from cells.exclusion.models import Exclusion
from cells.exclusion.ranges import EVERYTHING, Ranges


@dataclass(frozen=True)
class LeftOut:
    """
    Attributes:
        cells, tests: what is left out as a whole, by key.
        cycles: of a test, the exclusions of parts of it.
    """

    cells: Mapping[int, Exclusion] = field(default_factory=dict)
    tests: Mapping[int, Exclusion] = field(default_factory=dict)
    cycles: Mapping[int, Sequence[Exclusion]] = field(default_factory=dict)

    def whole(self, cell: int, test: int | None = None) -> Exclusion | None:
        """Why nothing of the cell, or of this test of it, counts; None where something does."""
        return self.cells.get(cell) or (self.tests.get(test) if test is not None else None)

    def of_test(self, cell: int, test: int) -> list[Exclusion]:
        """All that keeps something of a test out, the widest first."""
        whole = [one for one in (self.cells.get(cell), self.tests.get(test)) if one]
        return [*whole, *self.cycles.get(test, ())]

    def ranges(self, cell: int, test: int) -> Ranges:
        """The cycles of a test that do not count."""
        if self.whole(cell, test):
            return EVERYTHING
        return tuple((one.first_cycle or 0, one.last_cycle or 0) for one in self.cycles.get(test, ()))


def left_out_of(cells: Iterable[int]) -> LeftOut:
    """One query."""
    whole: dict[int, Exclusion] = {}
    tests: dict[int, Exclusion] = {}
    cycles: dict[int, list[Exclusion]] = {}
    for one in Exclusion.objects.current().filter(cell__in=list(cells)).select_related("cell", "test", "created_by"):
        if one.test_id is None:
            whole[one.cell_id] = one
        elif one.first_cycle is None:
            tests[one.test_id] = one
        else:
            cycles.setdefault(one.test_id, []).append(one)
    return LeftOut(whole, tests, cycles)


def cell_is_left_out() -> Exists:
    """For rows of cells."""
    return Exists(Exclusion.objects.current().filter(cell=OuterRef("pk"), test=None))


def cycle_is_left_out() -> Exists:
    """For rows of cycles: by itself, with its test, or with its cell."""
    by_itself = Q(test=OuterRef("run__measurement_id")) & (
        Q(first_cycle=None) | Q(first_cycle__lte=OuterRef("cycle_count"), last_cycle__gte=OuterRef("cycle_count"))
    )
    with_its_cell = Q(test=None, cell=OuterRef("run__measurement__cyclingtest__cell_id"))
    return Exists(Exclusion.objects.current().filter(by_itself | with_its_cell))
