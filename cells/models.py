"""The cells' floor: its table of contents."""

from cells.assembly.models import Cell, CellTemplate
from cells.cycling.models import CycleRow, CyclingTest
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.exclusion.models import Exclusion

__all__ = ["Cell", "CellTemplate", "CycleRow", "CyclingTest", "ElectrodeDisc", "ElectrodeSheet", "Exclusion"]
