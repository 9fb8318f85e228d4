"""A mass that no cell of its format holds is refused where it is typed in."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell
from cells.assembly.plausible import implausible_mass


@pytest.mark.parametrize(
    ("cell_format", "mass_mg"),
    [("coin_half", 7.9), ("coin_half", None), ("pouch_full", 790.0), ("pouch_full", 300_000.0), ("other", 1e7)],
)
def test_what_a_cell_can_hold_is_taken(cell_format, mass_mg):
    assert implausible_mass(cell_format, mass_mg) == ""


@pytest.mark.parametrize(
    ("cell_format", "mass_mg", "sentence"),
    [
        ("coin_half", 7900.0, "7900 mg is more active material than a coin cell holds (500 mg at most)"),
        ("coin_half", 0.0079, "0.0079 mg is less active material than a coin cell has (0.02 mg at least)"),
        ("coin_full", 7900.0, "give it in mg: 7.9 for 7900 µg."),
        ("solid_state", 7900.0, "than a mould cell holds"),
        ("pouch_full", 0.79, "give it in mg: 790 for 0.79 g."),
    ],
)
def test_what_it_cannot_hold_says_so_and_in_which_unit_it_is_wanted(cell_format, mass_mg, sentence):
    assert sentence in implausible_mass(cell_format, mass_mg)


def test_the_form_says_it_at_the_field(client, ada, project):
    client.force_login(ada)
    page = client.post("/cells/new", {"project": project.pk, "code": "C-9", "format": "coin_half",
                                      "reference_electrode": "Li/Li+", "active_mass_mg": "7900"})  # fmt: skip
    assert "7900 mg is more active material than a coin cell holds" in page.content.decode()
    assert not Cell.objects.filter(code="C-9").exists()


def test_rest_says_it_too(api, ada, project):
    answer = api(ada).post("/api/v1/cells/", {"project": project.pk, "code": "C-9", "active_mass_mg": 7900.0})
    assert answer.status_code == 400
    assert "than a coin cell holds" in str(answer.json())
    taken = api(ada).post("/api/v1/cells/", {"project": project.pk, "code": "C-9", "active_mass_mg": 7.9})
    assert taken.status_code == 201
