"""Rows of texts, and what would become of each."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.many.judge import judge
from cells.assembly.models import Cell


def judged(project, *rows: dict[str, str], **base):
    return judge(list(enumerate(rows, start=2)), project, base)


def test_a_row_becomes_the_cell_that_its_texts_say(project, punch):
    [disc] = punch(13.0)
    [row] = judged(
        project,
        {
            "code": "C-1", "format": "Solid-state mould cell", "positive_electrode": disc.code,
            "anode": "lithium_indium", "reference_electrode": "Li–In",
            "solid_layers": "separator: Li3InCl6, 100 mg, 100 MPa; interlayer: Li6PS5Cl",
            "stack_pressure_megapascal": "99,5", "built_on": "2026-11-20", "pouch_layers": "",
        },
    )  # fmt: skip
    assert row.errors == {}
    cell = row.cell
    assert (cell.format, cell.anode, cell.reference_electrode) == ("solid_state", "lithium_indium", "Li-In")
    assert (cell.stack_pressure_megapascal, cell.built_on) == (99.5, date(2026, 11, 20))
    assert [layer.material for layer in cell.layers] == ["Li3InCl6", "Li6PS5Cl"]
    assert cell.active_mass_mg == pytest.approx(9.0)
    assert not Cell.objects.exists()


@pytest.mark.parametrize(
    ("texts", "name", "said"),
    [
        ({"code": ""}, "code", "It has no code"),
        ({"code": "C-001"}, "code", "has a cell C-001 already"),
        ({"batch": "nowhere"}, "batch", "has no batch nowhere"),
        ({"positive_electrode": "nowhere"}, "positive_electrode", "has no electrode nowhere"),
        ({"template": "nothing"}, "template", "has no template nothing; there is half, VC"),
        ({"active_mass_mg": "heavy"}, "active_mass_mg", "Enter a number"),
        ({"active_mass_mg": "0"}, "active_mass_mg", "greater than"),
        ({"active_mass_mg": "1,234"}, "active_mass_mg", "may be 1.234 or 1234"),
        ({"format": "cylinder"}, "format", "is none of coin half cell"),
        ({"built_on": "03/04/2026"}, "built_on", "write it as 2026-11-22"),
        ({"built_on": "soon"}, "built_on", "is no date"),
        ({"built_on": "2999-01-01"}, "built_on", "still to come"),
        ({"solid_layers": "somewhere: salt"}, "solid_layers", "a layer is"),
        ({"template": "half, VC", "solid_layers": "LPSC"}, "solid_layers", "Only a solid-state cell"),
    ],
)
def test_a_text_that_cannot_be_is_said_at_its_field(project, cell, template, texts, name, said):
    [row] = judged(project, {"code": "C-2", **texts})
    assert said in row.errors[name]
    assert row.cell is None


def test_a_row_goes_before_its_template(project, template):
    [row] = judged(project, {"code": "C-2", "template": "Half, VC", "electrolyte": "LP57"})
    assert (row.cell.electrolyte, row.cell.case) == ("LP57", "CR2025")


def test_a_code_or_an_electrode_goes_to_the_first_row_that_names_it(project, punch):
    [disc] = punch(13.0)
    rows = judged(
        project,
        {"code": "C-1", "positive_electrode": disc.code},
        {"code": "C-2", "positive_electrode": disc.code},
        {"code": "C-1"},
    )
    assert rows[0].errors == {}
    assert "in line 2 already" in rows[1].errors["positive_electrode"]
    assert rows[2].errors["code"] == "Line 2 has the code C-1 already."


def test_what_is_missing_for_mah_per_g_is_a_warning(project):
    [row] = judged(project, {"code": "C-1"})
    assert "Without an active mass" in row.warnings[0]


def test_more_rows_ask_no_more_queries(project, punch, template):
    def count(codes: list[str]) -> int:
        rows = [
            {"code": f"C-{code}", "positive_electrode": code, "batch": "GP-NCM-01", "template": "half, VC"}
            for code in codes
        ]
        with CaptureQueriesContext(connection) as queries:
            assert not any(row.errors for row in judged(project, *rows))
        return len(queries)

    discs = [disc.code for disc in punch(13.0, 13.1, 13.2, 13.3, 13.4)]
    assert count(discs[:1]) == count(discs)
