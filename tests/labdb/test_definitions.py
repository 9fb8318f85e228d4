"""What the documentation says of a number is what the program says beside it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cells.cycling.dq_dv import DQ_DV
from cells.cycling.peak_tracks import PEAK_TRACKS
from cells.cycling.profiles import PROFILES
from cells.cycling.table import CYCLES, STEPS
from cells.hppc.table import PULSES
from labdb.quantities import QUANTITIES, Quantity, quantity

DEFINITIONS = Path(__file__).resolve().parents[2] / "docs" / "definitions.md"


def line(of: Quantity) -> str:
    unit = "%" if of.percent else of.unit or "–"
    return f"| `{of.name}` | {of.label} | {unit} | {of.definition} |"


def test_the_documentation_defines_every_quantity_as_the_program_does():
    written = set(DEFINITIONS.read_text(encoding="utf-8").splitlines())
    missing = [line(of) for of in QUANTITIES.values() if line(of) not in written]
    assert not missing, "write into docs/definitions.md:\n" + "\n".join(missing)


def test_the_documentation_defines_nothing_that_the_program_does_not_have():
    known = {line(of) for of in QUANTITIES.values()}
    rows = [row for row in DEFINITIONS.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    assert [row for row in rows if row not in known] == []


@pytest.mark.parametrize(
    "schema", [STEPS, CYCLES, PROFILES, DQ_DV, PEAK_TRACKS, PULSES], ids=lambda schema: schema.name
)
def test_every_number_of_a_result_table_has_a_label_and_a_unit(schema):
    places = {"first_row", "rows"}  # where a step stands in its table; not a quantity
    for name, dtype in schema.columns.items():
        if dtype != pl.Categorical and dtype != pl.Boolean and name not in places:
            assert quantity(name).label


def test_a_standard_deviation_is_printed_to_the_place_that_its_mean_ends_at():
    assert quantity("mean_coulombic_efficiency").text_with_sd(0.997812, 0.0031905) == "99.781 ± 0.319"
    assert quantity("cycles").text_with_sd(303, None) == "303"
