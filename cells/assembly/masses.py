"""The active mass of a cell follows its positive electrode; what was computed with the old mass is computed again."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max, Q
from simple_history.utils import bulk_update_with_history

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.electrode.models import ElectrodeDisc
from labdb.accounts.models import User
from labdb.ingest.services import current_parameters, request_runs
from labdb.provenance.models import AnalysisRun
from synthesis.batch.models import Batch

Source = Cell.MassSource


@dataclass(frozen=True)
class Followed:
    """What a change of electrodes did to cells.

    Attributes:
        cells: those whose active mass changed.
        runs: that were asked for, because numbers depend on it.
    """

    cells: Sequence[Cell] = ()
    runs: Sequence[AnalysisRun] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """For the person who changed it; empty where no cell was concerned."""
        if not self.cells:
            return ""
        cells = "1 cell" if len(self.cells) == 1 else f"{len(self.cells)} cells"
        told = f"The active mass of {cells} followed"
        if not self.runs:
            return f"{told}."
        tests = "1 test is" if len(self.runs) == 1 else f"{len(self.runs)} tests are"
        return f"{told}; {tests} being analysed again, the earlier runs stay."


def given_mass(cell: Cell) -> tuple[float | None, Source]:
    """The active mass that a cell should have, and where it is from.

    The weight of its positive electrode goes before what was typed; the loading of the electrode's sheet only fills
    what nobody typed. A cell without electrode keeps its number, as entered. Where the electrode no longer gives the
    mass that the cell had from it, the mass is not known.
    """
    typed = None if cell.active_mass_mg is None or cell.active_mass_source != Source.ENTERED else cell.active_mass_mg
    if cell.positive_electrode is None:
        return cell.active_mass_mg, Source.ENTERED
    found = cell.positive_electrode.numbers
    if found.active_mass_mg is not None and (found.weighed or typed is None):
        return found.active_mass_mg, Source.WEIGHED if found.weighed else Source.LOADING
    return typed, Source.ENTERED


# A typed mass this close to the weighed one is the same number, rounded.
SAME_MASS = 1e-3


def contradictions(disc: ElectrodeDisc | None, mass_mg: float | None, batch: Batch | None) -> dict[str, str]:
    """What a person typed that the positive electrode says otherwise, which goes before it.

    Returns:
        A sentence by field: "active_mass_mg", "batch".
    """
    found: dict[str, str] = {}
    if disc is None:
        return found
    numbers = disc.numbers
    weighed = numbers.active_mass_mg if numbers.weighed else None
    if mass_mg is not None and weighed is not None and not math.isclose(mass_mg, weighed, rel_tol=SAME_MASS):
        found["active_mass_mg"] = (
            f"The weight of {disc} gives {weighed:.4g} mg, not {mass_mg:.4g} mg; leave the mass out, or correct the"
            " electrode."
        )
    if batch is not None and disc.sheet.batch is not None and disc.sheet.batch != batch:
        found["batch"] = f"{disc} is of batch {disc.sheet.batch}, not {batch}; leave the batch out."
    return found


FOLLOWING = ("active_mass_mg", "active_mass_source", "batch", "areal_loading_mg_per_cm2", "n_p_ratio")


def follow(cell: Cell) -> bool:
    """Give a cell the mass, the batch and the loading of its positive electrode, and the N/P of both; not saved.

    Returns:
        Whether something changed.
    """
    before = _following(cell)
    cell.active_mass_mg, cell.active_mass_source = given_mass(cell)
    disc = cell.positive_electrode
    if disc is not None and disc.sheet.batch is not None:
        cell.batch = disc.sheet.batch
    cell.areal_loading_mg_per_cm2 = disc.numbers.areal_loading_mg_per_cm2 if disc else None
    cell.n_p_ratio = cell.balance.n_p_ratio
    return before != _following(cell)


def _following(cell: Cell) -> tuple[object, ...]:
    return tuple(cell.batch_id if name == "batch" else getattr(cell, name) for name in FOLLOWING)


@transaction.atomic
def follow_electrodes(discs: Collection[int], user: User, reason: str = "") -> Followed:
    """Let the cells of changed electrodes follow, and analyse again what depends on their masses.

    A constant number of queries, however many cells and tests there are.

    Args:
        discs: keys of the electrodes.

    Raises:
        PermissionDenied: the user may not write in the project of a cell that changes.
    """
    cells = (
        Cell.objects.filter(Q(positive_electrode__in=discs) | Q(negative_electrode__in=discs))
        .with_electrodes()
        .select_related("project", "batch")
        .select_for_update(of=("self",))
    )
    before = {}
    changed = []
    for cell in cells.order_by("code", "pk"):
        before[cell.pk] = cell.active_mass_mg
        if follow(cell):
            changed.append(cell)
    if not changed:
        return Followed()
    bulk_update_with_history(
        changed,
        Cell,
        list(FOLLOWING),
        default_user=user,
        default_change_reason=(reason or "its electrode changed")[:100],
    )
    heavier = [cell for cell in changed if cell.active_mass_mg != before[cell.pk]]
    return Followed(heavier, measure_again(heavier, user))


def measure_again(cells: Iterable[Cell], user: User) -> list[AnalysisRun]:
    """Ask for a run of each test whose newest one was made with other parameters than those of now.

    Raises:
        PermissionDenied: the user may not write in the project of such a test.
    """
    tests = list(
        CyclingTest.objects.filter(cell__in=cells)
        .select_related("project", "cell")
        .prefetch_related("cell__storage_plans__checks")
        .annotate(newest=Max("runs"))
    )
    newest = AnalysisRun.objects.filter(pk__in=[test.newest for test in tests]).values_list("pk", "parameters")
    made_with = dict(newest)
    return request_runs([test for test in tests if made_with.get(test.newest) != current_parameters(test)], user)
