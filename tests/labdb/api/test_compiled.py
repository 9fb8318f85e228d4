"""Pages whose query is kept: quick, and as much a person's own as the first."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell
from labdb.accounts.models import Membership, Role
from labdb.accounts.services import create_project, remove_member, set_member
from labdb.api import compiled


@pytest.fixture(autouse=True)
def forget():
    compiled._kept.clear()


@pytest.fixture
def second(api, ada, ben, project):
    """The address of the second page of 4 cells, as Ada was given it."""
    Cell.objects.bulk_create(Cell(project=project, code=f"C-{n}", created_by=ada) for n in range(4))
    return api(ada).get("/api/v1/cells/?limit=2&ordering=id").json()["next"]


def codes(response) -> list[str]:
    return [row["code"] for row in response.json()["results"]]


def test_a_kept_page_gives_the_rows_that_a_new_one_gives(api, ada, second):
    client = api(ada)
    assert codes(client.get(second)) == codes(client.get(second)) == ["C-2", "C-3"]
    assert type(client.get(second).json()["results"][0]["simulated"]) is bool


def test_what_is_kept_for_one_person_is_not_shown_to_another(api, ada, ben, cleo, second):
    for _ in range(2):
        assert codes(api(ada).get(second)) == codes(api(ben).get(second)) == ["C-2", "C-3"]
        assert codes(api(cleo).get(second)) == []


def test_who_was_taken_out_sees_no_kept_page(api, ada, ben, project, second):
    client = api(ben)
    assert codes(client.get(second)) == ["C-2", "C-3"]
    remove_member(ada, project, ben)
    assert codes(client.get(second)) == []
    set_member(ada, project, ben, Role.VIEWER)
    assert codes(client.get(second)) == ["C-2", "C-3"]


def test_a_token_of_another_project_sees_no_page_that_its_owner_sees(api, ada, project, second):
    other = create_project(ada, "Pilot line")
    assert codes(api(ada).get(second)) == ["C-2", "C-3"]
    assert codes(api(ada, project=other).get(second)) == []


def test_an_administrator_who_is_none_any_more_sees_what_the_others_see(api, cleo, second):
    client = api(cleo)
    cleo.is_superuser = True
    cleo.save()
    assert codes(client.get(second)) == ["C-2", "C-3"]
    cleo.is_superuser = False
    cleo.save()
    assert codes(client.get(second)) == []
    assert not Membership.objects.filter(user=cleo).exists()


def test_another_filter_is_another_question(api, ada, second):
    client = api(ada)
    assert codes(client.get(f"{second}&code=C-3")) == ["C-3"]
    assert codes(client.get(f"{second}&code=C-2")) == ["C-2"]
    assert codes(client.get(f"{second}&code=C-2&code=C-3")) == ["C-2", "C-3"]


def test_what_is_kept_has_an_end(api, ada, second, monkeypatch):
    monkeypatch.setattr(compiled, "MOST_KEPT", 3)
    client = api(ada)
    for n in range(5):
        client.get(f"{second}&code=C-{n}")
        assert len(compiled._kept) <= 3


def test_a_question_without_an_answer_is_answered_with_no_rows(api, ada, second):
    assert codes(api(ada).get(f"{second}&code__contains=none of these")) == []
