"""The pages of exclusions, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.models import Cell
from cells.exclusion.models import Exclusion
from cells.exclusion.services import leave_out, withdraw
from tests.cells.cycling.made import made_run, made_table


@pytest.fixture
def test_(cell, ada):
    made_run(cell, ada, made_table(8))
    return cell.cycling_tests.get()


def test_who_may_see_an_exclusion(client, ada, ben, cleo, cell):
    made = leave_out(cell, ada, "a drop too many")
    for user, status in ((ada, 200), (ben, 200), (cleo, 404)):
        client.force_login(user)
        assert client.get(f"/exclusions/{made.pk}/").status_code == status
    assert "a drop too many" not in client.get("/exclusions/").content.decode()


def test_a_cell_is_left_out_from_its_page_and_says_so_there(client, ada, cell):
    client.force_login(ada)
    assert f"/exclusions/new?id={cell.pk}" in client.get(f"/cells/{cell.pk}/").content.decode()
    response = client.post(f"/exclusions/new?id={cell.pk}", {"reason": "leaked"})
    assert response.url == f"/cells/{cell.pk}/"
    page = client.get(response.url).content.decode()
    for said in ("All of it", "“leaked”", "excluded"):
        assert said in page


def test_ticked_cells_are_left_out_together_and_one_comes_back_to_the_comparison(client, ada, cell, project):
    other = Cell.objects.create(project=project, code="C-002", created_by=ada)
    client.force_login(ada)
    address = f"/exclusions/new?id={cell.pk}&id={other.pk}&next=/compare/%3Fcells%3D1"
    assert "Leave 2 cells out" in client.get(address).content.decode()
    assert client.post(address, {"reason": "wet"}).url == "/compare/?cells=1"
    assert Exclusion.objects.count() == 2


def test_one_is_never_sent_to_another_site(client, ada, cell):
    client.force_login(ada)
    response = client.post(f"/exclusions/new?id={cell.pk}&next=https://elsewhere.example/", {"reason": "leaked"})
    assert response.url == f"/cells/{cell.pk}/"


def test_cycles_are_left_out_and_a_wrong_range_is_said_at_the_field(client, ada, cell, test_):
    client.force_login(ada)
    address = f"/exclusions/new?test={test_.pk}&first=4&last=5"
    assert 'value="4"' in client.get(address).content.decode()
    wrong = client.post(address, {"first_cycle": 5, "last_cycle": 4, "reason": "power cut"})
    assert "ends before it begins" in wrong.content.decode()
    assert (
        client.post(address, {"first_cycle": 4, "last_cycle": 5, "reason": "power cut"}).url == f"/cycling/{test_.pk}/"
    )
    page = client.get(f"/cycling/{test_.pk}/").content.decode()
    assert "cycles 4 to 5" in page.lower()
    assert page.count("excluded</span>") >= 2
    rows = client.get(f"/cycling/{test_.pk}/cycles.csv").getvalue().decode().splitlines()
    assert rows[0].split(",")[-1] == "excluded"
    assert [row.split(",")[-1] for row in rows[1:]] == ["false"] * 3 + ["true"] * 2 + ["false"] * 3


def test_a_viewer_is_offered_no_form_and_may_not_post_one(client, ada, ben, cell, test_):
    made = leave_out(cell, ada, "leaked")
    client.force_login(ben)
    for address in (f"/exclusions/new?id={cell.pk}", f"/exclusions/new?test={test_.pk}"):
        assert client.post(address, {"reason": "mine"}).status_code == 404
    assert "Withdraw" not in client.get(f"/exclusions/{made.pk}/").content.decode()
    assert "/exclusions/new" not in client.get(f"/cells/{cell.pk}/").content.decode()
    assert client.post(f"/exclusions/{made.pk}/withdraw", {"reason": "no"}).status_code == 403


def test_withdrawing_needs_a_reason_and_shows_both(client, ada, cell):
    made = leave_out(cell, ada, "leaked")
    client.force_login(ada)
    assert client.post(f"/exclusions/{made.pk}/withdraw", {"reason": " "}).status_code == 200
    assert client.post(f"/exclusions/{made.pk}/withdraw", {"reason": "was water"}).status_code == 302
    page = client.get(f"/exclusions/{made.pk}/").content.decode()
    assert "leaked" in page
    assert "was water" in page


def test_lists_show_what_is_left_out_in_page_and_csv(client, ada, cell, project):
    Cell.objects.create(project=project, code="C-002", created_by=ada)
    leave_out(cell, ada, "leaked")
    client.force_login(ada)
    assert client.get("/cells/").content.decode().count("excluded</span>") == 1
    head, first, second = client.get("/cells/?as=csv").getvalue().decode().splitlines()
    at = head.split(",").index("excluded")
    assert (first.split(",")[at], second.split(",")[at]) == ("true", "false")
    assert "leaked" in client.get("/exclusions/?as=csv").getvalue().decode()


@pytest.mark.parametrize("address", ["/exclusions/", "/cells/", "/cells/{pk}/"])
def test_more_exclusions_ask_no_more_queries(client, ada, cell, address):
    client.force_login(ada)
    address = address.format(pk=cell.pk)
    withdraw(leave_out(cell, ada, "leaked"), ada, "was water")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(6):
        withdraw(leave_out(cell, ada, f"{number}"), ada, "was water")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
