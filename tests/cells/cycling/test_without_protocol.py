"""Tests whose protocol labdb could not tell wait in the worklist, until somebody says it."""

from __future__ import annotations

import pytest

from cells.cycling.models import CyclingTest
from cells.cycling.services import set_step_kinds
from tests.cells.cycling.made import made_run
from tests.cells.cycling.tables import cycling_table, discharge


@pytest.fixture
def untold(cell, ada) -> CyclingTest:
    """A single fast discharge: nothing says what it was for."""
    return CyclingTest.objects.get(pk=made_run(cell, ada, cycling_table([[discharge(2.0, 0.2)]])).measurement_id)


@pytest.fixture
def told(cell, ada) -> CyclingTest:
    return CyclingTest.objects.get(pk=made_run(cell, ada).measurement_id)


def test_a_test_of_no_kind_that_labdb_knows_waits_in_the_worklist(client, ada, cleo, untold, told):
    client.force_login(ada)
    page = client.get("/").content.decode()
    assert "Tests without protocol" in page
    assert "labdb could not tell what its cycles were for" in page
    assert f'href="{untold.get_absolute_url()}#protocol"' in page
    assert f'href="{told.get_absolute_url()}#protocol"' not in page
    client.force_login(cleo)
    assert "Tests without protocol" not in client.get("/").content.decode()


def test_it_waits_no_longer_when_somebody_said_what_it_was(ada, untold):
    set_step_kinds(untold, ada, 1, 1, "check-up")
    assert not CyclingTest.objects.without_protocol().exists()


def test_a_test_without_1_c_waits_where_the_mass_is_known_and_else_the_cell_waits_for_its_mass(ada, cell):
    cell.nominal_specific_capacity_mah_per_g = None
    cell.save()
    test = CyclingTest.objects.get(pk=made_run(cell, ada).measurement_id)
    assert list(CyclingTest.objects.without_protocol()) == [test]
    cell.active_mass_mg = None
    cell.save()
    assert not CyclingTest.objects.without_protocol().exists()


def test_the_list_and_rest_find_them(client, api, ada, untold, told):
    client.force_login(ada)
    page = client.get("/cycling/?without_protocol=on").content.decode()
    assert untold.name in page
    assert told.name not in page
    rows = api(ada).get("/api/v1/tests/?without_protocol=true").json()["results"]
    assert [row["id"] for row in rows] == [untold.pk]
    rows = api(ada).get("/api/v1/tests/?without_protocol=false").json()["results"]
    assert [row["id"] for row in rows] == [told.pk]


def test_the_worklist_asks_no_more_of_the_database_for_many_of_them(
    client, ada, cell, untold, django_assert_max_num_queries
):
    client.force_login(ada)
    client.get("/")
    with django_assert_max_num_queries(80) as asked:
        client.get("/")
    few = len(asked)
    for _ in range(4):
        made_run(cell, ada, cycling_table([[discharge(2.0, 0.2)]]))
    with django_assert_max_num_queries(few):
        client.get("/")
