"""A series of cells in one form."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cells.assembly.models import Cell

OWN = ("code", "positive_electrode", "negative_electrode", "active_mass_mg", "note")


def typed(template, *rows: dict[str, str], **head) -> dict[str, object]:
    own = {f"row-{name}": [row.get(name, "") for row in rows] for name in OWN}
    return {"template": template.pk, "pattern": "N-{01..03}", "product": "GP-NCM", **own, **head}


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def fields(answer) -> list[dict[str, str]]:
    return [{name: text for name, text, _ in line} for _, line, _ in answer.context["rows"]]


def test_codes_and_the_free_discs_of_a_sheet_are_laid_out(as_ada, template, punch, sheet):
    discs = punch(13.0, 14.0)
    answer = as_ada.post("/cells/series", typed(template, positive_electrodes=sheet.code, do="lay out"))
    assert [row["code"] for row in fields(answer)] == ["N-01", "N-02", "N-03"]
    assert [row["positive_electrode"] for row in fields(answer)] == [discs[0].code, discs[1].code, ""]
    assert "9.000" in answer.content.decode()
    assert not Cell.objects.exists()


def test_masses_that_were_typed_stay_when_the_rows_are_laid_out_again(as_ada, template):
    answer = as_ada.post(
        "/cells/series",
        typed(template, {"code": "N-01", "active_mass_mg": "9.5"}, pattern="M-{1..2}", do="lay out"),
    )
    assert [(row["code"], row["active_mass_mg"]) for row in fields(answer)] == [("M-1", "9.5"), ("M-2", "")]


def test_a_series_is_made_whole_as_its_template_says_with_masses_of_its_own(as_ada, ada, template):
    rows = [{"code": "N-01", "active_mass_mg": "9.5"}, {"code": "N-02", "active_mass_mg": "9.6"}, {}]
    answer = as_ada.post("/cells/series", typed(template, *rows, built_by="Ada", do="make"), follow=True)
    made = list(Cell.objects.order_by("code"))
    assert [(cell.code, cell.active_mass_mg, cell.electrolyte_volume_microliter) for cell in made] == [
        ("N-01", 9.5, 200),
        ("N-02", 9.6, 200),
    ]
    assert {(cell.product, cell.built_by, cell.created_by) for cell in made} == {("GP-NCM", "Ada", ada)}
    page = answer.content.decode()
    assert "2 cells are made" in page
    assert f"{reverse('label-sheet')}?cell={made[0].pk},{made[1].pk}" in page
    assert [row.history_change_reason for row in Cell.history.all()] == ["made in a series"] * 2


def test_one_row_with_an_error_and_nothing_is_made(as_ada, template, cell):
    answer = as_ada.post("/cells/series", typed(template, {"code": "N-01"}, {"code": cell.code}, do="make"))
    assert "has a cell C-001 already" in answer.content.decode()
    assert "nothing is made" in answer.content.decode()
    assert Cell.objects.count() == 1


def test_a_series_may_be_built_like_a_cell(as_ada, cell):
    Cell.objects.filter(pk=cell.pk).update(electrolyte="LP57")
    as_ada.post(f"/cells/series?like={cell.pk}", {"pattern": "L-{1..2}", "do": "make", "row-code": ["L-1", "L-2"],
                **{f"row-{name}": ["", ""] for name in OWN[1:]}})  # fmt: skip
    made = Cell.objects.filter(code__startswith="L-")
    assert [(one.electrolyte, one.active_mass_mg) for one in made] == [("LP57", None)] * 2


def test_a_pattern_or_a_batch_that_is_none_is_said_at_its_field(as_ada, template):
    page = as_ada.post("/cells/series", typed(template, pattern="N-{1-3}", batch="nowhere")).content.decode()
    assert "once and as {01..12}" in page
    assert "has no batch nowhere" in page


def test_ben_and_cleo_make_no_series(client, ben, cleo, template, cell):
    for who in (ben, cleo):
        client.force_login(who)
        client.post("/cells/series", typed(template, {"code": "N-01"}, do="make"))
        assert client.post(f"/cells/series?like={cell.pk}", {"pattern": "L-1"}).status_code == 404
        assert Cell.objects.count() == 1
    assert client.get(f"/cells/made?cells={cell.pk}").status_code == 404
