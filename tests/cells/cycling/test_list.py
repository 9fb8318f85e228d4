"""The list of cycling tests, as Ada, Ben and Cleo meet it."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow
from tests.cells.cycling.made import made_run, made_table


@pytest.fixture
def tests(project, ada):
    """Two tests: one with a check-up at its sixth cycle, one of formation and ageing alone."""
    cells = [Cell.objects.create(project=project, code=f"C-{n}", created_by=ada, active_mass_mg=10) for n in (1, 2)]
    return [
        made_run(cells[0], ada, made_table(9, check_ups=(6,))).measurement,
        made_run(cells[1], ada, made_table(7)).measurement,
    ]


def test_the_list_says_what_the_cycles_of_a_test_were_for(client, ada, tests):
    client.force_login(ada)
    page = client.get("/cycling/").content.decode()
    assert "formation, ageing, check-up" in page
    assert all(test.name in page for test in tests)


def test_the_list_is_filtered_by_the_kind_of_cycles(client, ada, tests):
    client.force_login(ada)
    page = client.get("/cycling/?kind=check-up").content.decode()
    assert tests[0].name in page
    assert tests[1].name not in page


def test_an_outsider_sees_no_test_and_a_colleague_those_of_the_project(client, ben, cleo, tests):
    for user, there in ((ben, True), (cleo, False)):
        client.force_login(user)
        assert (tests[0].name in client.get("/cycling/").content.decode()) is there


def test_the_csv_has_stored_units(client, ada, tests):
    client.force_login(ada)
    answer = client.get("/cycling/?as=csv&columns=kinds&columns=cycles&columns=first_coulombic_efficiency")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "name,kinds,cycles,first_coulombic_efficiency"
    assert any("formation, ageing, check-up" in line and ",9.0,0.99" in line for line in lines)


def test_ticked_tests_are_compared(client, ada, tests):
    client.force_login(ada)
    page = client.get("/compare/", {"tests": [test.pk for test in tests]}).content.decode()
    assert "Compare 2 cells" in page


def test_the_queries_do_not_grow_with_the_tests(client, ada, project, tests, django_assert_max_num_queries):
    client.force_login(ada)
    client.get("/cycling/")
    with django_assert_max_num_queries(9) as few:
        client.get("/cycling/")
    for n in range(3, 9):
        cell = Cell.objects.create(project=project, code=f"C-{n}", created_by=ada)
        made_run(cell, ada, made_table(4))
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/cycling/")
    assert CycleRow.objects.exists()
