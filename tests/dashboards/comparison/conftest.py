"""Cells to compare."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell
from tests.cells.cycling.made import made_run, made_table
from tests.conftest import batch_of


@pytest.fixture
def cells(project, ada):
    """Two GP-NCM cells of one batch and one P-NCM cell, each of 10 mg with a finished test of 8 cycles."""
    made = []
    for code, product, batch, first in (
        ("GP-1", "GP-NCM", "GP-01", 2.0),
        ("GP-2", "GP-NCM", "GP-01", 2.1),
        ("P-1", "P-NCM", "P-01", 1.9),
    ):
        cell = Cell.objects.create(
            project=project,
            code=code,
            product=product,
            batch=batch_of(project, batch),
            active_mass_mg=10.0,
            nominal_specific_capacity_mah_per_g=200.0,
            created_by=ada,
        )
        made_run(cell, ada, made_table(8, first_mah=first))
        made.append(cell)
    return made


def ids(cells) -> str:
    return ",".join(str(cell.pk) for cell in cells)
