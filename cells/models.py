"""The cells' floor: its table of contents."""

from cells.assembly.models import Cell, CellTemplate
from cells.cycling.models import CycleRow, CyclingTest
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.exclusion.models import Exclusion
from cells.storage.models import StorageCheck, StoragePlan

__all__ = [
    "Cell",
    "CellTemplate",
    "CycleRow",
    "CyclingTest",
    "ElectrodeDisc",
    "ElectrodeSheet",
    "Exclusion",
    "StorageCheck",
    "StoragePlan",
]
