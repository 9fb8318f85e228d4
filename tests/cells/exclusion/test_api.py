"""Exclusions over the API."""

from __future__ import annotations

import pytest

from cells.exclusion.services import leave_out
from tests.cells.cycling.made import made_run, made_table


@pytest.fixture
def test_(cell, ada):
    made_run(cell, ada, made_table(8))
    return cell.cycling_tests.get()


def test_a_range_is_left_out_listed_and_withdrawn(api, ada, cell, test_):
    asked = {"test": test_.pk, "first_cycle": 3, "last_cycle": 4, "reason": "power cut"}
    made = api(ada).post("/api/v1/exclusions/", asked, format="json")
    assert made.status_code == 201
    assert (made.json()["cell"], made.json()["current"], made.json()["created_by"]) == (cell.pk, True, "ada")
    (row,) = api(ada).get("/api/v1/exclusions/?current=true").json()["results"]
    assert row == made.json()
    cycles = api(ada).get(f"/api/v1/cycles/?test={test_.pk}").json()["results"]
    assert [one["cycle_count"] for one in cycles if one["excluded"]] == [3, 4]
    back = api(ada).post(f"/api/v1/exclusions/{row['id']}/withdraw/", {"reason": "no"}, format="json").json()
    assert (back["current"], back["withdrawn_reason"], back["withdrawn_by"]) == (False, "no", "ada")
    assert api(ada).get("/api/v1/exclusions/?current=true").json()["results"] == []


def test_cells_say_whether_they_are_excluded(api, ada, cell):
    assert api(ada).get(f"/api/v1/cells/{cell.pk}/").json()["excluded"] is False
    leave_out(cell, ada, "leaked")
    assert api(ada).get(f"/api/v1/cells/{cell.pk}/").json()["excluded"] is True
    assert [row["id"] for row in api(ada).get("/api/v1/cells/?excluded=true").json()["results"]] == [cell.pk]
    assert api(ada).get("/api/v1/cells/?excluded=false").json()["results"] == []


def test_a_viewer_reads_and_an_outsider_finds_nothing(api, ada, ben, cleo, cell):
    made = leave_out(cell, ada, "leaked")
    assert api(ben).get(f"/api/v1/exclusions/{made.pk}/").status_code == 200
    assert api(cleo).get(f"/api/v1/exclusions/{made.pk}/").status_code == 404
    for user, status in ((ben, 403), (cleo, 400)):
        asked = {"cell": cell.pk, "reason": "mine"}
        assert api(user).post("/api/v1/exclusions/", asked, format="json").status_code == status
    for user, status in ((ben, 403), (cleo, 404)):
        answer = api(user).post(f"/api/v1/exclusions/{made.pk}/withdraw/", {"reason": "no"}, format="json")
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("asked", "attr"),
    [
        ({"reason": "why"}, "cell"),
        ({"cell": True, "reason": ""}, "reason"),
        ({"cell": True, "first_cycle": 3, "reason": "why"}, "test"),
        ({"test": True, "first_cycle": 99, "reason": "why"}, "first_cycle"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(api, ada, cell, test_, asked, attr):
    known = {"cell": cell.pk, "test": test_.pk}
    asked = {name: known[name] if value is True else value for name, value in asked.items()}
    response = api(ada).post("/api/v1/exclusions/", asked, format="json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def test_nothing_is_rewritten_or_deleted(api, ada, cell):
    made = leave_out(cell, ada, "leaked")
    for method in ("put", "patch", "delete"):
        assert getattr(api(ada), method)(f"/api/v1/exclusions/{made.pk}/").status_code == 405
