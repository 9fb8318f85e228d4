"""Figures over the API: of one test, and of a comparison."""

from __future__ import annotations

import pytest

from tests.cells.conftest import cycled, stored_tables  # noqa: F401


@pytest.fixture
def test_(cell, cycled):  # noqa: F811
    return cycled(cell)


@pytest.mark.parametrize("name", ["cycles", "profiles", "dq-dv", "time"])
def test_every_figure_of_a_test_is_data_and_layout(api, ada, test_, name):
    figure = api(ada).get(f"/api/v1/tests/{test_.pk}/figures/{name}/").json()
    assert figure["data"]
    assert "layout" in figure


@pytest.mark.parametrize("name", ["cycles", "profiles", "dq-dv"])
def test_the_figure_of_a_comparison_is_that_of_the_page(api, ada, cell, test_, client, name):
    query = f"cells={cell.pk}&by=cell&cycles=1,2"
    answer = api(ada).get(f"/api/v1/figures/{name}/?{query}")
    assert answer.status_code == 200
    client.force_login(ada)
    assert answer.json() == client.get(f"/compare/figures/{name}.json?{query}").json()


def test_outsiders_see_no_figure_and_colleagues_do(api, ben, cleo, cell, test_):
    for address in (f"/api/v1/tests/{test_.pk}/figures/cycles/", f"/api/v1/figures/cycles/?cells={cell.pk}"):
        assert api(ben).get(address).status_code == 200
        assert api(cleo).get(address).status_code == 404


@pytest.mark.parametrize(
    ("query", "attr", "part"),
    [
        ("", "cells", "ids with commas between"),
        ("cells=one", "cells", "'one' is not a whole number"),
        ("cells=1&by=colour", "by", "one of product, batch, cell, own"),
        ("cells=1&colour=red", "colour", "known are: by, show"),
    ],
)
def test_a_figure_that_cannot_be_drawn_says_why(api, ada, query, attr, part):
    response = api(ada).get(f"/api/v1/figures/cycles/?{query}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["attr"] == attr
    assert part in error["detail"]
