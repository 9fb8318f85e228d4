"""What a measurement is made on, as a request names it: `sample=12`, or `aged_cell=14:100` after 100 cycles.

`batch=3` and `cell=14`, which the floors below know, are understood as well.
"""

from __future__ import annotations

from cells.assembly.models import Cell
from characterization.measurement.services import AgedCell
from labdb.accounts.models import Project, User
from synthesis.sample.models import Sample


def sample(user: User, text: str) -> tuple[Sample, Project]:
    """The sample of an id.

    Raises:
        ValueError: the user sees no such sample.
    """
    rows = Sample.objects.visible_to(user).select_related("batch__project")
    found = rows.filter(pk=_id(text)).first()
    if found is None:
        raise ValueError(
            f"There is no sample {text} that you may see; GET /api/v1/samples lists yours, with their ids."
        )
    return found, found.batch.project


def aged_cell(user: User, text: str) -> tuple[AgedCell, Project]:
    """The cell of an id; after a colon how many cycles it had made by then.

    Raises:
        ValueError: the user sees no such cell, or the cycles are no number.
    """
    key, colon, cycles = text.partition(":")
    found = Cell.objects.visible_to(user).select_related("project").filter(pk=_id(key)).first()
    if found is None:
        raise ValueError(f"There is no cell {key} that you may see; GET /api/v1/cells lists yours, with their ids.")
    if colon and not (cycles.isdecimal() and len(cycles) < 9):
        raise ValueError(f"“{cycles}” is no number of cycles; aged_cell={found.pk}:100 is {found} after 100 cycles.")
    return AgedCell(found, int(cycles) if colon else None), found.project


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
