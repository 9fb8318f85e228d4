"""The history of a point: from the number to the file's bytes."""

from __future__ import annotations

import pytest

from cells.exclusion.services import leave_out
from tests.cells.cycling.made import made_run, made_table


@pytest.fixture
def run(cell, ada):
    """Of C-001: 10 mg, 1 C = 190 mA/g, batch GP-NCM-01."""
    return made_run(cell, ada, made_table(8))


def addresses(run) -> list[str]:
    result = run.results.get(quantity="first_coulombic_efficiency")
    return [
        f"/provenance/runs/{run.pk}/at/3",
        f"/provenance/runs/{run.pk}/ageing/at/1",
        f"/provenance/results/{result.pk}",
    ]


def test_a_cycle_tells_run_file_cell_and_batch(client, ada, run):
    client.force_login(ada)
    page = client.get(f"/provenance/runs/{run.pk}/at/3").content.decode()
    for said in (
        "Cycle 3 of C-001",
        "bdf-csv, version 1",
        "cycling, version 2",
        "10.00 mg",
        "190.0 mA/g",
        run.inputs[0]["sha256"],
        "Ada Owner",
        f"/files/{run.inputs[0]['file']}/download",
        "GP-NCM-01",
        "Discharge capacity of one cycle / active mass of the cathode.",
    ):
        assert said in page


def test_an_ageing_cycle_is_found_by_its_own_number(client, ada, run):
    client.force_login(ada)
    page = client.get(f"/provenance/runs/{run.pk}/ageing/at/1").content.decode()
    assert "Cycle 3 of C-001" in page  # two formation cycles go before


def test_a_result_tells_its_history(client, ada, run):
    client.force_login(ada)
    page = client.get(addresses(run)[2]).content.decode()
    assert "First Coulombic efficiency of C-001" in page
    assert run.inputs[0]["sha256"] in page


def test_the_drawer_gets_the_history_alone(client, ada, run):
    client.force_login(ada)
    for address in addresses(run):
        assert "<html" in client.get(address).content.decode()
        assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_a_colleague_sees_it_and_an_outsider_does_not(client, ben, cleo, run):
    for user, status in ((ben, 200), (cleo, 404)):
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses(run)] == [status] * 3


def test_a_cycle_that_is_not_there_is_not_found(client, ada, run):
    client.force_login(ada)
    assert client.get(f"/provenance/runs/{run.pk}/at/900").status_code == 404


def test_an_older_run_says_which_one_the_pages_show_now(client, ada, cell, run):
    test = cell.cycling_tests.get()
    newer = made_run(cell, ada, made_table(8), test)
    client.force_login(ada)
    page = client.get(f"/provenance/runs/{run.pk}/at/3").content.decode()
    assert f"run {newer.pk}" in page
    assert f"this is what run {run.pk} found" in page


def test_the_files_of_a_history_are_asked_for_once(client, ada, run, django_assert_max_num_queries):
    client.force_login(ada)
    with django_assert_max_num_queries(10):
        client.get(f"/provenance/runs/{run.pk}/at/3", headers={"HX-Request": "true"})


def test_a_cell_of_a_weighed_electrode_leads_over_it_to_the_batch(client, ada, cell, run):
    from cells.assembly.services import save_cell
    from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
    from cells.electrode.services import add_discs, save_sheet

    sheet = ElectrodeSheet(project=cell.project, code="E-1", batch=cell.batch, foil_material="none")
    sheet.formulation = [{"role": "active", "mass_fraction": 0.9}, {"role": "binder", "mass_fraction": 0.1}]
    save_sheet(sheet, ada)
    cell.positive_electrode = ElectrodeDisc(sheet=sheet, code="E-1-01", diameter_mm=10.0, mass_mg=10.0)
    add_discs([cell.positive_electrode], ada)
    save_cell(cell, ada)
    client.force_login(ada)
    page = client.get(f"/provenance/runs/{run.pk}/at/3").content.decode()

    places = [page.index(words) for words in ("Cell C-001", "Electrode E-1-01", "Batch GP-NCM-01")]
    assert places == sorted(places)
    assert "10.00 mg with foil" in page
    assert "9.000 mg" in page  # active now; the run's own parameters still say 10.00 mg


def test_a_point_offers_to_leave_its_cycle_out_and_leads_back(client, ada, ben, run):
    address = f"/provenance/runs/{run.pk}/at/3"
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/compare/?cells=1&by=cell#results"}
    client.force_login(ada)
    drawer = client.get(address, headers=here).content.decode()
    back = "%2Fcompare%2F%3Fcells%3D1%26by%3Dcell"
    assert f"/exclusions/new?test={run.measurement_id}&amp;first=3&amp;next={back}" in drawer
    elsewhere = {**here, "HX-Current-URL": "https://elsewhere.example/"}
    assert "next=" not in client.get(address, headers=elsewhere).content.decode()
    client.force_login(ben)
    assert "/exclusions/new" not in client.get(address, headers=here).content.decode()


def test_a_point_that_is_left_out_says_why(client, ada, cell, run):
    leave_out(cell, ada, "power cut", test=cell.cycling_tests.get(), first_cycle=3)
    client.force_login(ada)
    assert "“power cut”" in client.get(f"/provenance/runs/{run.pk}/at/3").content.decode()
    assert "power cut" not in client.get(f"/provenance/runs/{run.pk}/at/4").content.decode()
