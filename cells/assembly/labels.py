"""What is printed on the label of a cell."""

from __future__ import annotations

from cells.assembly.models import Cell
from labdb.labels.kind import LabelKind, LabelText


def text(cell: Cell) -> LabelText:
    mass = f"{cell.active_mass_mg:g} mg active" if cell.active_mass_mg else ""
    batch = f"batch {cell.batch_code}" if cell.batch_code else ""
    return LabelText(cell.code, (cell.product, batch, cell.get_format_display(), mass, f"{cell.created_at:%Y-%m-%d}"))


CELLS = LabelKind("cell", "cells", lambda user: Cell.objects.visible_to(user).select_related("batch"), text)
