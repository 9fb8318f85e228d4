"""Cells over the API."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell
from labdb.accounts.services import create_project
from labdb.provenance.models import AnalysisRun


def errors(response) -> dict[str, str]:
    return {error["attr"]: error["detail"] for error in response.json()["errors"]}


def test_a_cell_is_made_with_the_caller_as_its_maker(api, ada, project):
    told = {"project": project.pk, "code": "C-7", "active_mass_mg": 8.0, "nominal_specific_capacity_mah_per_g": 200.0}
    response = api(ada).post("/api/v1/cells/", told)
    assert response.status_code == 201
    made = response.json()
    assert made["created_by"] == "ada"
    assert made["nominal_capacity_mah"] == pytest.approx(1.6)
    assert (made["tests"], made["results"], made["simulated"]) == ([], [], False)


@pytest.mark.parametrize(
    ("change", "attr", "part"),
    [
        ({"code": "C-001"}, "code", "has a cell of that code already"),
        ({"code": ""}, "code", "may not be blank"),
        ({"active_mass_mg": 0}, "active_mass_mg", "greater than or equal to"),
        ({"active_mass_mg": "nan"}, "active_mass_mg", "valid number"),
        ({"format": "cylinder"}, "format", "cylinder"),
        ({"project": 999}, "project", "There is no 999 here that you may see"),
    ],
)
def test_a_cell_that_cannot_be_is_refused_at_its_field(api, ada, project, cell, change, attr, part):
    response = api(ada).post("/api/v1/cells/", {"project": project.pk, "code": "C-8", **change})
    assert response.status_code == 400
    found = errors(response)
    assert part in (found.get(attr) or found["non_field_errors"])


def test_outsiders_find_no_cell_and_colleagues_read_it(api, ada, ben, cleo, project, cell):
    url = f"/api/v1/cells/{cell.pk}/"
    assert api(cleo).get(url).status_code == 404
    assert api(cleo).patch(url, {"note": "mine"}).status_code == 404
    assert api(cleo).delete(url).status_code == 404
    assert api(cleo).get("/api/v1/cells/").json()["results"] == []
    assert (
        "that you may see" in errors(api(cleo).post("/api/v1/cells/", {"project": project.pk, "code": "X"}))["project"]
    )
    assert api(ben).get(url).json()["code"] == "C-001"
    for refused in (
        api(ben).patch(url, {"note": "mine"}),
        api(ben).delete(url),
        api(ben).post("/api/v1/cells/", {"project": project.pk, "code": "X"}),
        api(ben).post("/api/v1/cells/bulk/", [{"project": project.pk, "code": "X"}]),
    ):
        assert refused.status_code == 403
        assert "needs the role researcher" in refused.json()["errors"][0]["detail"]
    assert Cell.objects.count() == 1


def test_a_cell_stays_in_its_project(api, ada, project, cell):
    other = create_project(ada, "Pilot line")
    response = api(ada).patch(f"/api/v1/cells/{cell.pk}/", {"project": other.pk})
    assert "stays in its project" in errors(response)["project"]


def test_another_mass_asks_for_another_analysis_of_its_tests(api, ada, cell, cycled):
    test = cycled(cell)
    url = f"/api/v1/cells/{cell.pk}/"
    assert api(ada).patch(url, {"note": "dented"}).json()["note"] == "dented"
    assert test.runs.count() == 1
    api(ada).patch(url, {"active_mass_mg": 5.0})
    assert test.runs.count() == 2
    assert test.latest_run.parameters["active_mass_mg"] == 5.0


def test_a_cell_shows_the_results_of_its_current_runs(api, ada, cell, cycled):
    test = cycled(cell)
    told = api(ada).get(f"/api/v1/cells/{cell.pk}/").json()
    assert told["tests"] == [test.pk]
    values = {row["quantity"]: row["value"] for row in told["results"]}
    assert values["first_discharge_capacity_mah_per_g"] == pytest.approx(200.0)
    assert values["first_ageing_discharge_capacity_mah_per_g"] == pytest.approx(100.0)
    assert {row["cell_code"] for row in told["results"]} == {"C-001"}


def test_a_cell_with_tests_stays_and_one_without_goes(api, ada, project, cell, cycled):
    cycled(cell)
    refused = api(ada).delete(f"/api/v1/cells/{cell.pk}/")
    assert refused.status_code == 409
    assert "C-001 has tests, so it stays" in refused.json()["errors"][0]["detail"]
    unused = Cell.objects.create(project=project, code="mistyped", created_by=ada)
    assert api(ada).delete(f"/api/v1/cells/{unused.pk}/").status_code == 204
    assert list(Cell.objects.values_list("code", flat=True)) == ["C-001"]


def test_cells_are_found_by_what_their_tests_gave(api, ada, project, cell, cycled):
    other = Cell.objects.create(project=project, code="C-002", active_mass_mg=20.0, created_by=ada)
    cycled(cell)
    cycled(other, name="same.parquet", cycles=12)
    client = api(ada)

    def codes(query):
        return [row["code"] for row in client.get(f"/api/v1/cells/?ordering=code&{query}").json()["results"]]

    assert codes("result.first_discharge_capacity_mah_per_g__gte=150") == ["C-001"]
    assert codes("result.first_discharge_capacity_mah_per_g__lte=150") == ["C-002"]
    assert codes("result.first_discharge_capacity_mah_per_g__gte=50") == ["C-001", "C-002"]
    assert codes("result.ageing_cycles=10&result.ageing_cycles=12") == ["C-001", "C-002"]
    assert codes("result.capacity_retention_at_300__gte=0.8") == []
    wrong = client.get("/api/v1/cells/?result.beauty__gte=1")
    assert "GET /api/v1/quantities lists them" in wrong.json()["errors"][0]["detail"]
    results = client.get("/api/v1/results/?quantity=ageing_cycles&cell_code=C-002").json()["results"]
    assert [(row["value"], row["cell"]) for row in results] == [(12.0, other.pk)]


# Many at once.


def test_good_rows_are_made_and_bad_ones_told_why(api, ada, project, cell):
    rows = [
        {"project": project.pk, "code": "B-1", "active_mass_mg": 9.5},
        {"project": project.pk, "code": "B-2", "active_mass_mg": "heavy"},
        {"project": project.pk, "code": "C-001"},
        {"project": project.pk, "code": "B-1"},
        "B-5",
    ]
    response = api(ada).post("/api/v1/cells/bulk/", rows)
    assert response.status_code == 207
    told = response.json()
    assert (told["made"], told["refused"]) == (1, 4)
    assert told["results"][0]["id"] == Cell.objects.get(code="B-1").pk
    assert [sorted(row["errors"]) for row in told["results"]] == [
        [],
        ["active_mass_mg"],
        ["code"],
        ["code"],
        ["non_field_errors"],
    ]
    assert Cell.objects.get(code="B-1").created_by == ada


def test_a_list_without_a_good_row_is_400(api, ada, project):
    response = api(ada).post("/api/v1/cells/bulk/", [{"project": project.pk}])
    assert response.status_code == 400
    assert response.json()["results"][0]["errors"]["code"] == ["This field is required."]


@pytest.mark.parametrize("body", [[], {}, {"rows": []}, "cells"])
def test_many_at_once_is_a_list(api, ada, project, body):
    response = api(ada).post("/api/v1/cells/bulk/", body)
    assert response.status_code == 400
    assert "Send a list of 1 to 1000 cells" in response.json()["errors"][0]["detail"]


def test_many_cells_ask_as_many_queries_as_one(api, ada, project, django_assert_max_num_queries):
    client = api(ada)
    client.get("/api/v1/me")
    for n in (1, 20):  # more are written in portions: SQLite takes 999 values at once
        rows = [{"project": project.pk, "code": f"N-{n}-{k}"} for k in range(n)]
        with django_assert_max_num_queries(12):  # token, project, codes, role, savepoints, rows, their history
            assert client.post("/api/v1/cells/bulk/", rows).status_code == 201


def test_the_same_request_again_is_answered_again_and_done_once(api, ada, ben, project):
    rows = [{"project": project.pk, "code": "K-1"}, {"project": project.pk}]
    client, key = api(ada), {"HTTP_IDEMPOTENCY_KEY": "7f0c"}
    first = client.post("/api/v1/cells/bulk/", rows, **key)
    second = client.post("/api/v1/cells/bulk/", rows, **key)
    assert (first.status_code, second.status_code) == (207, 207)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Cell.objects.count() == 1
    third = client.post("/api/v1/cells/bulk/", rows, HTTP_IDEMPOTENCY_KEY="another")
    assert third.json()["made"] == 0


def test_a_key_that_came_with_another_request_is_refused(api, ada, project):
    client = api(ada)
    client.post("/api/v1/cells/", {"project": project.pk, "code": "K-1"}, HTTP_IDEMPOTENCY_KEY="7f0c")
    other = client.post("/api/v1/cells/", {"project": project.pk, "code": "K-2"}, HTTP_IDEMPOTENCY_KEY="7f0c")
    assert other.status_code == 422
    assert "take a new one" in other.json()["errors"][0]["detail"]
    assert Cell.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(api, ada, project):
    client = api(ada)
    key = {"HTTP_IDEMPOTENCY_KEY": "7f0c"}
    assert client.post("/api/v1/cells/", {"project": project.pk, "code": ""}, **key).status_code == 400
    assert client.post("/api/v1/cells/", {"project": project.pk, "code": "K-1"}, **key).status_code == 201


def test_a_key_is_its_users_own(api, ada, cleo, project):
    own = create_project(cleo, "Elsewhere")
    key = {"HTTP_IDEMPOTENCY_KEY": "7f0c"}
    assert api(ada).post("/api/v1/cells/", {"project": project.pk, "code": "K-1"}, **key).status_code == 201
    assert api(cleo).post("/api/v1/cells/", {"project": own.pk, "code": "K-1"}, **key).status_code == 201


def test_one_cell_asks_as_many_queries_with_three_tests_as_with_one(
    api, ada, cell, cycled, django_assert_max_num_queries
):
    client = api(ada)
    for n in range(3):
        cycled(cell, name=f"{n}.parquet", cycles=5 + n)
        with django_assert_max_num_queries(5):
            client.get(f"/api/v1/cells/{cell.pk}/")
    assert AnalysisRun.objects.count() == 3
