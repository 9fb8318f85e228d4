"""A template to build many cells by."""

from __future__ import annotations

import pytest

from cells.assembly.models import CellTemplate
from cells.assembly.templates import save_template
from tests.cells.assembly.test_build import HALF


@pytest.fixture
def template(project, ada):
    made = CellTemplate(project=project, name="half, VC", **HALF)
    save_template(made, ada)
    return made
