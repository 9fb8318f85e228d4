"""What a cycling file is hung on, as a request names it."""

from __future__ import annotations

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.cycling.services import NewCell
from labdb.accounts.models import Project, User


def cell(user: User, text: str) -> tuple[Cell, Project]:
    """The cell of an id, for a test of its own.

    Raises:
        ValueError: the user sees no such cell.
    """
    found = Cell.objects.visible_to(user).select_related("project").filter(pk=_id(text)).first()
    if found is None:
        raise ValueError(f"There is no cell {text} that you may see; GET /api/v1/cells lists yours, with their ids.")
    return found, found.project


def test(user: User, text: str) -> tuple[CyclingTest, Project]:
    """The test of an id, which goes on in the file.

    Raises:
        ValueError: the user sees no such test.
    """
    found = CyclingTest.objects.visible_to(user).select_related("project").filter(pk=_id(text)).first()
    if found is None:
        raise ValueError(f"There is no test {text} that you may see; GET /api/v1/tests lists yours, with their ids.")
    return found, found.project


def new_cell(user: User, text: str) -> tuple[NewCell, None]:
    """A cell to be made: the text is its code, `auto` names it after the file."""
    return NewCell("" if text == "auto" else text), None


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
