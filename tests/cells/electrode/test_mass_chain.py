"""The active mass of a cell follows its electrode, and its results follow the mass."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.many.judge import judge
from cells.assembly.models import Cell
from cells.assembly.services import add_cells, save_cell
from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import change_discs, save_sheet
from labdb.accounts.models import Role
from labdb.accounts.services import create_project, set_member
from labdb.provenance.models import AnalysisRun, Result
from tests.conftest import batch_of

Source = Cell.MassSource


def again(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def built(cell, punch, ada):
    """The cell, built of a disc of 13 mg: (13 − 3) × 0.9 = 9 mg active."""
    [disc] = punch(13.0)
    cell.positive_electrode = disc
    save_cell(cell, ada)
    return again(cell)


def first_capacity(run: AnalysisRun) -> float:
    return Result.objects.get(run=run, quantity="first_ageing_discharge_capacity_mah_per_g").value


def test_a_cell_takes_the_mass_of_its_weighed_electrode(built):
    assert built.active_mass_mg == pytest.approx(9.0)
    assert built.active_mass_source == Source.WEIGHED


def test_a_cell_of_an_electrode_that_nobody_weighed_takes_the_loading_of_the_sheet(cell, punch, ada):
    [disc] = punch(None)
    cell.positive_electrode, cell.active_mass_mg = disc, None
    save_cell(cell, ada)

    assert again(cell).active_mass_mg == pytest.approx(8.0 * 0.9)
    assert again(cell).active_mass_source == Source.LOADING


def test_a_loading_never_takes_the_place_of_a_mass_that_was_typed(cell, punch, ada):
    [cell.positive_electrode] = punch(None)
    save_cell(cell, ada)

    assert again(cell).active_mass_mg == 10.0
    assert again(cell).active_mass_source == Source.ENTERED


def test_a_cell_without_electrode_keeps_its_mass_as_entered(built, ada):
    built.positive_electrode = None
    save_cell(built, ada)

    assert again(built).active_mass_mg == pytest.approx(9.0)
    assert again(built).active_mass_source == Source.ENTERED


def test_a_cell_whose_electrode_is_not_weighed_any_more_has_no_mass(built, sheet, ada):
    sheet.coating_areal_mass_mg_per_cm2 = None
    save_sheet(sheet, ada)
    disc = again(built.positive_electrode)
    disc.mass_mg = None
    change_discs([disc], ada, "weighed with tweezers")

    assert again(built).active_mass_mg is None


def test_a_cell_is_of_the_batch_of_its_electrode(built, sheet, project, ada):
    sheet.batch = batch_of(project, "GP-NCM-02")
    save_sheet(sheet, ada)

    assert again(built).batch_code == "GP-NCM-02"


def test_cells_made_at_once_follow_their_electrodes(project, punch, ada):
    discs = punch(13.0, 23.0)
    add_cells([Cell(project=project, code=f"B{n}", positive_electrode=disc) for n, disc in enumerate(discs)], ada)

    made = Cell.objects.filter(code__startswith="B")
    assert [cell.active_mass_mg for cell in made] == pytest.approx([9.0, 18.0])
    assert [cell.history.count() for cell in made] == [1, 1]


def test_weighing_anew_measures_again_and_keeps_what_was(built, cycled, ada, calls, django_capture_on_commit_callbacks):
    test = cycled(built)
    old = test.current_run
    disc = again(built.positive_electrode)
    disc.mass_mg = 23.0
    with django_capture_on_commit_callbacks(execute=True):
        followed = change_discs([disc], ada, "balance was not tared")
    calls.run_all()

    assert [cell.pk for cell in followed.cells] == [built.pk]
    assert followed.sentence == (
        "The active mass of 1 cell followed; 1 test is being analysed again, the earlier runs stay."
    )
    new = again(test).current_run
    assert new.pk != old.pk
    assert (old.parameters["active_mass_mg"], new.parameters["active_mass_mg"]) == pytest.approx((9.0, 18.0))
    assert first_capacity(old) == pytest.approx(1.0 / 0.009, rel=1e-3)
    assert first_capacity(new) == pytest.approx(1.0 / 0.018, rel=1e-3)


def test_the_history_of_disc_and_cell_tells_before_and_after(built, ada):
    disc = again(built.positive_electrode)
    disc.mass_mg = 23.0
    change_discs([disc], ada, "balance was not tared")

    assert [row.mass_mg for row in disc.history.order_by("history_id")] == [13.0, 23.0]
    rows = list(built.history.order_by("history_id"))
    assert [row.active_mass_mg for row in rows] == pytest.approx([10.0, 9.0, 18.0])
    assert (rows[-1].history_user, rows[-1].history_change_reason) == (ada, "balance was not tared")


def test_another_formulation_changes_all_cells_of_the_sheet(project, punch, sheet, ada):
    discs = punch(13.0, 23.0)
    add_cells([Cell(project=project, code=f"B{n}", positive_electrode=disc) for n, disc in enumerate(discs)], ada)
    sheet.formulation = [{"role": "active", "mass_fraction": 0.8}, {"role": "binder", "mass_fraction": 0.2}]
    followed = save_sheet(sheet, ada, "weighed 80 : 20")

    assert followed.sentence == "The active mass of 2 cells followed."
    assert [again(cell).active_mass_mg for cell in followed.cells] == pytest.approx([8.0, 16.0])


def test_a_change_that_moves_no_mass_measures_nothing_again(built, cycled, sheet, ada):
    cycled(built)
    runs = AnalysisRun.objects.count()
    sheet.note = "cut at the left edge"

    assert save_sheet(sheet, ada).sentence == ""
    disc = again(built.positive_electrode)
    disc.note = "edge"
    assert change_discs([disc], ada).sentence == ""
    assert AnalysisRun.objects.count() == runs


def test_who_may_change_a_mass(built, sheet, project, ada, ben, cleo):
    for user in (ben, cleo):
        disc = again(built.positive_electrode)
        disc.mass_mg = 23.0
        with pytest.raises(PermissionDenied):
            change_discs([disc], user)
        with pytest.raises(PermissionDenied):
            save_sheet(sheet, user)
    assert again(built).active_mass_mg == pytest.approx(9.0)
    set_member(ada, project, ben, Role.RESEARCHER)
    change_discs([disc], ben)
    assert again(built).active_mass_mg == pytest.approx(18.0)


def test_discs_that_would_have_no_coating_are_refused_together(built, punch, sheet, ada):
    good, bad = punch(13.0, 13.0)
    good.mass_mg, bad.mass_mg = 14.0, 2.0
    with pytest.raises(ElectrodeError, match=f"{bad.code}: .* leaves no coating"):
        change_discs([good, bad], ada)
    assert again(good).mass_mg == 13.0
    sheet.foil_areal_mass_mg_per_cm2 = 30.0
    with pytest.raises(ElectrodeError, match="leaves no coating"):
        save_sheet(sheet, ada)
    assert again(sheet).foil_areal_mass_mg_per_cm2 == 3.0
    assert again(built).active_mass_mg == pytest.approx(9.0)


def test_an_electrode_goes_into_one_cell_once(built, project, punch, ada, cleo):
    disc = built.positive_electrode
    with pytest.raises(ElectrodeError, match="is in C-001 already"):
        save_cell(Cell(project=project, code="X", negative_electrode=disc), ada)
    [other] = punch(13.0)
    with pytest.raises(ElectrodeError, match="both electrodes of X"):
        save_cell(Cell(project=project, code="X", positive_electrode=other, negative_electrode=other), ada)
    with pytest.raises(ElectrodeError, match="in X and in Y"):
        add_cells([Cell(project=project, code=code, positive_electrode=other) for code in "XY"], ada)
    elsewhere = create_project(cleo, "Elsewhere")
    with pytest.raises(ElectrodeError, match="another project"):
        save_cell(Cell(project=elsewhere, code="X", positive_electrode=other), cleo)


def test_queries_of_a_new_formulation_do_not_grow_with_the_cells(
    project, punch, sheet, ada, cycled, django_capture_on_commit_callbacks
):
    def change(fraction: float) -> int:
        sheet.formulation = [
            {"role": "active", "mass_fraction": fraction},
            {"role": "binder", "mass_fraction": 1 - fraction},
        ]
        with (
            CaptureQueriesContext(
                connection,
            ) as asked,
            django_capture_on_commit_callbacks(execute=False),
        ):
            followed = save_sheet(sheet, ada)
        assert len(followed.runs) == Cell.objects.filter(positive_electrode__isnull=False).count()
        return len(asked)

    def build(*codes: str) -> None:
        cells = [
            Cell(project=project, code=code, positive_electrode=disc)
            for code, disc in zip(codes, punch(*[13.0] * len(codes)), strict=True)
        ]
        add_cells(cells, ada)
        for cell in cells:
            cycled(cell, cycles=3 + Cell.objects.filter(cycling_tests__isnull=False).count(), name=f"{cell}.parquet")

    build("B1")
    few = change(0.8)
    build("B2", "B3", "B4", "B5")
    assert change(0.7) == few
    assert ElectrodeSheet.objects.count() == 1
    assert ElectrodeDisc.objects.count() == 5


def test_a_typed_mass_that_the_weight_contradicts_is_refused_over_rest(api, ada, built):
    address = f"/api/v1/cells/{built.pk}"
    refused = api(ada).patch(address, {"active_mass_mg": 12.0}, format="json")
    assert refused.status_code == 400
    assert "gives 9 mg, not 12 mg" in str(refused.json())
    other = api(ada).patch(address, {"batch_code": batch_of(built.project, "B-2").code}, format="json")
    assert "is of batch GP-NCM-01, not B-2" in str(other.json())
    assert api(ada).patch(address, {"active_mass_mg": 9.0, "note": "as is"}, format="json").status_code == 200
    [row] = (
        api(ada)
        .post(
            "/api/v1/cells/bulk",
            [{"project": built.project_id, "code": "X", "positive_electrode_code": "", "active_mass_mg": 12.0}],
            format="json",
        )
        .json()["results"]
    )
    assert row["errors"] == {}


def test_a_typed_mass_that_the_weight_contradicts_is_refused_in_the_form(client, ada, cell, punch):
    [disc] = punch(13.0)
    form = {
        "project": cell.project_id,
        "code": "X",
        "format": "coin_half",
        "reference_electrode": "Li/Li+",
        "positive_electrode": disc.code,
        "active_mass_mg": "12",
    }
    client.force_login(ada)
    page = client.post("/cells/new", form).content.decode()
    assert "gives 9 mg, not 12 mg" in page
    client.post("/cells/new", form | {"active_mass_mg": ""})
    assert Cell.objects.get(code="X").active_mass_mg == pytest.approx(9.0)


def test_a_typed_mass_that_the_weight_contradicts_is_refused_in_a_list(project, punch):
    discs = punch(13.0, 13.0)
    rows = [{"code": f"X{n}", "positive_electrode": disc.code} for n, disc in enumerate(discs)]
    rows[1]["active_mass_mg"] = "12"
    good, bad = judge(list(enumerate(rows, start=2)), project)

    assert good.errors == {}
    assert "gives 9 mg, not 12 mg" in bad.errors["active_mass_mg"]
