"""The cells' floor: its table of contents."""

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest

__all__ = ["Cell", "CycleRow", "CyclingTest"]
