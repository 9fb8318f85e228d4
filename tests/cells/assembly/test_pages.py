"""Pages of cells, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.models import Cell
from labdb.provenance.models import AnalysisRun
from tests.cells.cycling.made import made_run, made_table
from tests.conftest import batch_of


@pytest.fixture
def tested(cell, ada):
    made_run(cell, ada, made_table(8))
    return cell


def form_of(cell: Cell, **changed) -> dict[str, str]:
    fields = {
        "project": cell.project_id,
        "code": cell.code,
        "format": cell.format,
        "product": cell.product,
        "batch_code": cell.batch_code,
        "active_mass_mg": cell.active_mass_mg,
        "nominal_specific_capacity_mah_per_g": cell.nominal_specific_capacity_mah_per_g,
        "reference_electrode": cell.reference_electrode,
        "note": cell.note,
        **changed,
    }
    return {name: "" if value is None else str(value) for name, value in fields.items()}


def codes(page: str) -> list[str]:
    return [part.partition("<")[0] for part in page.split('aria-label="Tick ')[2:] for part in [part.partition('"')[0]]]


def test_who_may_see_a_cell(client, ada, ben, cleo, tested):
    for user, status in ((ada, 200), (ben, 200), (cleo, 404)):
        client.force_login(user)
        assert client.get(f"/cells/{tested.pk}/").status_code == status


def test_the_page_of_a_cell_shows_its_figures_results_and_runs(client, ada, tested):
    client.force_login(ada)
    page = client.get(f"/cells/{tested.pk}/").content.decode()
    test = tested.cycling_tests.get()
    for said in (f"/cycling/{test.pk}/figures/cycles.json", "First Coulombic efficiency", "1.900 mAh", "run "):
        assert said in page


def test_a_viewer_is_offered_nothing_that_writes(client, ben, tested):
    client.force_login(ben)
    assert f"/cells/{tested.pk}/change" not in client.get(f"/cells/{tested.pk}/").content.decode()
    assert client.get(f"/cells/{tested.pk}/change").status_code == 404
    assert client.post(f"/cells/{tested.pk}/change", form_of(tested)).status_code == 404


def test_the_list_shows_what_one_may_see(client, ada, cleo, tested):
    client.force_login(ada)
    assert codes(client.get("/cells/").content.decode()) == ["C-001"]
    client.force_login(cleo)
    assert "C-001" not in client.get("/cells/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=gp-ncm", ["A", "B"]),
        ("q=GP 02", ["B"]),
        ("product=GP-NCM&batch=GP-02", ["B"]),
        ("format=pouch_full", ["C"]),
        ("without_mass=on", ["C"]),
        ("min_active_mass_mg=11", ["B"]),
        ("max_active_mass_mg=11", ["A"]),
        ("min_first_discharge_capacity_mah_per_g=190", ["A"]),  # 2.1 mAh of 10 mg is 210, of 12 mg 175 mAh/g
        ("max_first_coulombic_efficiency=99", []),  # given in %, as printed
        ("min_first_coulombic_efficiency=99", ["A", "B"]),
        ("sort=-active_mass_mg", ["B", "A", "C"]),
        ("sort=first_discharge_capacity_mah_per_g", ["B", "A", "C"]),
        ("sort=nonsense", ["A", "B", "C"]),
    ],
)
def test_the_list_is_filtered_and_sorted_by_what_cells_are_and_by_what_was_measured(client, project, ada, query, found):
    for code, batch, mass, format in (
        ("A", "GP-01", 10, "coin_half"),
        ("B", "GP-02", 12, "coin_half"),
        ("C", "", None, "pouch_full"),
    ):
        cell = Cell.objects.create(
            project=project, code=code, product="GP-NCM" if mass else "", batch=batch_of(project, batch), format=format,
            active_mass_mg=mass, created_by=ada,
        )  # fmt: skip
        if mass:
            made_run(cell, ada, made_table(5))
    client.force_login(ada)
    assert codes(client.get(f"/cells/?{query}").content.decode()) == found


def test_a_filter_is_a_chip_that_can_be_taken_away(client, ada, tested):
    client.force_login(ada)
    page = client.get("/cells/?min_active_mass_mg=5&q=C").content.decode()
    assert "Active mass ≥ 5 mg" in page
    assert 'href="?q=C"' in page


def test_a_range_that_is_no_number_is_said_at_the_filter(client, ada, tested):
    client.force_login(ada)
    assert "Enter a number" in client.get("/cells/?min_active_mass_mg=heavy").content.decode()


def test_chosen_columns_are_in_list_and_csv(client, ada, tested):
    client.force_login(ada)
    answer = client.get("/cells/?as=csv&columns=first_coulombic_efficiency&columns=active_mass_mg")
    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
    assert list(rows[0])[-2:] == ["active_mass_mg", "first_coulombic_efficiency"]
    assert float(rows[0]["first_coulombic_efficiency"]) == pytest.approx(1 / 1.005, rel=1e-3)


def test_more_cells_ask_no_more_queries(client, project, ada, tested):
    client.force_login(ada)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/cells/")
        return len(queries)

    count()
    before = count()
    for number in range(5):
        made_run(Cell.objects.create(project=project, code=f"D-{number}", active_mass_mg=9, created_by=ada), ada)
    assert count() == before


def test_a_new_cell_is_made(client, ada, project):
    client.force_login(ada)
    fields = {
        "project": project.pk,
        "code": "N-1",
        "format": "coin_half",
        "reference_electrode": "Li/Li+",
        "active_mass_mg": "9.5",
    }
    assert client.post("/cells/new", fields).status_code == 302
    made = Cell.objects.get(code="N-1")
    assert (made.created_by, made.active_mass_mg) == (ada, 9.5)


def test_a_viewer_cannot_make_one_in_the_project(client, ben, project):
    client.force_login(ben)
    answer = client.post(
        "/cells/new", {"project": project.pk, "code": "N-1", "format": "coin_half", "reference_electrode": "none"}
    )
    assert answer.status_code == 200
    assert not Cell.objects.exists()


def test_a_code_that_is_taken_is_said_and_nothing_typed_is_lost(client, ada, cell):
    client.force_login(ada)
    page = client.post("/cells/new", form_of(cell, note="from the glovebox")).content.decode()
    assert "This project has a cell of that code already." in page
    assert "from the glovebox" in page


def test_a_new_cell_like_another_begins_with_its_material(client, ada, cell):
    client.force_login(ada)
    page = client.get(f"/cells/new?like={cell.pk}").content.decode()
    assert 'value="GP-NCM-01"' in page
    assert 'value="C-001"' not in page


def test_changing_the_mass_analyses_again_and_keeps_the_earlier_run(
    client, ada, tested, calls, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/cells/{tested.pk}/change", form_of(tested, active_mass_mg="11"), follow=True)
    assert "being analysed again; the earlier runs stay" in answer.content.decode()
    runs = AnalysisRun.objects.order_by("pk")
    assert [run.parameters["active_mass_mg"] for run in runs] == [10.0, 11.0]
    assert calls == [runs[1].pk]


def test_changing_the_note_analyses_nothing(client, ada, tested, calls):
    client.force_login(ada)
    client.post(f"/cells/{tested.pk}/change", form_of(tested, note="scratched"))
    assert AnalysisRun.objects.count() == 1


def test_a_cell_stays_in_its_project(client, ada, tested):
    from labdb.accounts.services import create_project

    other = create_project(ada, "Another")
    client.force_login(ada)
    client.post(f"/cells/{tested.pk}/change", form_of(tested, project=other.pk))
    tested.refresh_from_db()
    assert tested.project.name == "Porous cathodes"


def test_a_cell_without_mass_is_in_the_worklist_and_a_cell_is_found_by_search(client, ada, project):
    Cell.objects.create(project=project, code="Z-99", created_by=ada)
    client.force_login(ada)
    assert "Z-99" in client.get("/").content.decode()
    assert "Z-99" in client.get("/search?q=z-99").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("anode=lithium", ["H"]),
        ("built_from=2026-11-02", ["S"]),
        ("built_to=2026-11-02&built_from=2026-11-01", ["H"]),
        ("min_n_p_ratio=1.1", ["S"]),
        ("max_areal_loading_mg_per_cm2=7", ["H"]),
        ("min_stack_pressure_megapascal=100", ["S"]),
        ("sort=-built_on", ["S", "H"]),
        ("sort=n_p_ratio", ["H", "S"]),
    ],
)
def test_the_list_is_filtered_by_how_cells_are_built(client, project, ada, query, found):
    common = {"project": project, "created_by": ada}
    Cell.objects.create(
        code="H", anode="lithium", built_on="2026-11-01", n_p_ratio=1.05, areal_loading_mg_per_cm2=6.5, **common
    )
    Cell.objects.create(
        code="S", format="solid_state", built_on="2026-11-03", n_p_ratio=1.2, stack_pressure_megapascal=100, **common
    )
    client.force_login(ada)
    assert codes(client.get(f"/cells/?{query}").content.decode()) == found


def test_columns_of_texts_can_be_chosen_and_are_in_the_csv(client, project, ada):
    Cell.objects.create(project=project, code="H", anode="lithium", built_on="2026-11-01", created_by=ada)
    client.force_login(ada)
    query = "columns=anode&columns=built_on&columns=n_p_ratio"
    page = client.get(f"/cells/?{query}").content.decode()
    assert "lithium metal</td>" in page
    assert "2026-11-01</td>" in page
    (row,) = csv.DictReader(StringIO(client.get(f"/cells/?as=csv&{query}").getvalue().decode()))
    assert (row["anode"], row["built_on"], row["n_p_ratio"]) == ("lithium", "2026-11-01", "")


def test_a_page_of_a_cell_with_electrodes_asks_as_many_queries_whatever_it_is_built_of(
    client, project, ada, punch, graphite, django_assert_max_num_queries
):
    from cells.assembly.services import save_cell

    bare = Cell.objects.create(project=project, code="B", created_by=ada)
    full = Cell(project=project, code="F", format="coin_full")
    [full.positive_electrode], full.negative_electrode = punch(13.0), graphite()
    save_cell(full, ada)
    client.force_login(ada)
    client.get(f"/cells/{bare.pk}/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/cells/{bare.pk}/")
    with django_assert_max_num_queries(len(queries) + 2):  # its batch's own sections
        page = client.get(f"/cells/{full.pk}/").content.decode()
    assert "0.972" in page
    assert full.positive_electrode.sheet.get_absolute_url() in page
