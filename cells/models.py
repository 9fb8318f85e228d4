"""The cells' floor: its table of contents."""

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.exclusion.models import Exclusion

__all__ = ["Cell", "CycleRow", "CyclingTest", "ElectrodeDisc", "ElectrodeSheet", "Exclusion"]
