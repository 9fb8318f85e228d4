"""What the parts of the analysis found, drawn over each other on the comparison page."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.models import Cell
from cells.exclusion.left_out import LeftOut
from cells.exclusion.services import leave_out
from dashboards.comparison.compared import Compared
from dashboards.comparison.drawn import OF_SEVERAL, Part, purposes_and_rest
from labdb.figures import EXCLUDED
from tests.cells.cycling.made import made_run, made_table
from tests.dashboards.comparison.conftest import ids

NAME = "mean-voltage"


def figure_of(client, cells, more: str = "", name: str = NAME):
    return client.get(f"/compare/figures/{name}.json?cells={ids(cells)}{more}")


def entries(figure) -> list[str]:
    return [trace["name"] for trace in figure["data"] if trace.get("showlegend") is not False]


def test_the_page_has_what_some_cell_stored_and_nothing_else(client, ada, cells):
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(cells)}").content.decode()
    assert f"/compare/figures/{NAME}.json?cells={ids(cells)}" in page
    assert "/compare/figures/storage.json" not in page
    formation = made_run(cells[0], ada, made_table(2)).measurement_id
    alone = client.get(f"/compare/?tests={formation}").content.decode()
    assert f"/compare/figures/{NAME}.json" not in alone  # no ageing cycle, no decay


def test_means_of_cells_without_ageing_cycles_are_no_empty_figures(client, ada, cells):
    client.force_login(ada)
    formation = made_run(cells[0], ada, made_table(2)).measurement_id
    for show, there in (("each", True), ("mean", False)):
        page = client.get(f"/compare/?tests={formation}&show={show}").content.decode()
        assert ("/compare/figures/cycles.json" in page) is there
        assert ("these cells have none" in page) is not there


def test_what_all_of_the_cells_were_tested_for_is_drawn_first(cells):
    one, other = (Compared(cell, None, cell.code, "", False, LeftOut()) for cell in cells[:2])
    drawings = [drawing for drawing in OF_SEVERAL if drawing.table in ("storage", "dq_dv")]
    parts = {"storage": [Part(one, 1, 1)], "dq_dv": [Part(one, 1, 1), Part(other, 2, 2)]}
    first, rest = purposes_and_rest([one], parts, drawings)
    assert {drawing.table for drawing in first} == {"storage"}
    assert {drawing.table for drawing in rest} == {"dq_dv"}
    assert purposes_and_rest([one, other], parts, drawings) == ([], drawings)


def test_cells_of_a_group_are_one_entry_of_the_legend(client, ada, cells):
    client.force_login(ada)
    assert entries(figure_of(client, cells).json()) == ["GP-NCM, 2 cells", "P-NCM, 1 cell"]
    assert "GP-NCM, n = 2 cells" in entries(figure_of(client, cells, "&show=mean").json())
    assert "GP-NCM, n = 1 batch" in entries(figure_of(client, cells, "&show=mean&over=batches").json())


def test_a_point_leads_to_its_history(client, ada, cells):
    client.force_login(ada)
    trace = figure_of(client, cells).json()["data"][0]
    assert client.get(f"{trace['meta']['history']}3").status_code == 200


def test_what_is_left_out_is_grey(client, ada, cells):
    leave_out(cells[0], ada, "leaked")
    client.force_login(ada)
    figure = figure_of(client, cells).json()
    assert entries(figure)[:2] == ["excluded", "GP-NCM, 1 cell, 1 excluded"]
    assert figure["data"][0]["line"]["color"] == EXCLUDED


def test_a_control_is_dashed_and_typed_numbers_reach_the_drawing(client, ada, cells):
    client.force_login(ada)
    dashes = {trace["line"].get("dash") for trace in figure_of(client, cells, "&control=GP-NCM").json()["data"]}
    assert "dash" in dashes
    figure = figure_of(client, cells, "&numbers-dq-dv-cycles=2", "dq-dv-cycles").json()
    assert "GP-NCM, 2 cells" in entries(figure)[0]


def test_the_numbers_are_the_stored_tables_of_every_cell(client, ada, cells):
    leave_out(cells[0], ada, "leaked")
    client.force_login(ada)
    text = client.get(f"/compare/numbers/{NAME}.csv?cells={ids(cells)}").getvalue().decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert {row["cell"] for row in rows} == {"GP-1", "GP-2", "P-1"}
    assert {row["cell"] for row in rows if row["excluded"] == "true"} == {"GP-1"}
    assert len(rows) == 3 * 8


def test_the_newest_test_of_a_cell_that_has_it_is_drawn_but_the_longest_for_what_every_test_has(client, ada, cells):
    longest, newest = cells[0].cycling_tests.get().current_run, made_run(cells[0], ada, made_table(5))
    client.force_login(ada)

    def drawn_run(name: str) -> set[str]:
        rows = csv.DictReader(
            StringIO(client.get(f"/compare/numbers/{name}.csv?cells={cells[0].pk}").getvalue().decode())
        )
        return {row["run"] for row in rows}

    assert drawn_run(NAME) == {str(longest.pk)}
    assert drawn_run("specific-energy") == {str(newest.pk)}
    leave_out(cells[0], ada, "wrong channel", test=newest.measurement.cyclingtest)
    assert drawn_run("specific-energy") == {str(longest.pk)}


def test_the_api_gives_the_same_figure_and_a_colleague_sees_it(client, api, ada, ben, cleo, cells):
    client.force_login(ada)
    address = f"/api/v1/figures/{NAME}/?cells={ids(cells)}&show=mean"
    assert api(ada).get(address).json() == figure_of(client, cells, "&show=mean").json()
    assert api(ben).get(address).status_code == 200
    assert api(cleo).get(address).status_code == 404
    wrong = api(ada).get(f"/api/v1/figures/dq-dv-cycles/?cells={ids(cells)}&numbers-dq-dv-cycles=x")
    assert wrong.json()["errors"][0]["attr"] == "numbers-dq-dv-cycles"


def test_there_is_no_figure_of_another_name(client, ada, cells):
    client.force_login(ada)
    assert figure_of(client, cells, name="no-such").status_code == 404
    assert client.get(f"/compare/numbers/no-such.csv?cells={ids(cells)}").status_code == 404


@pytest.mark.parametrize("name", [drawing.name for drawing in OF_SEVERAL])
def test_every_drawing_answers_for_cells_that_have_nothing_of_it(client, ada, project, name):
    bare = Cell.objects.create(project=project, code="bare", created_by=ada)
    client.force_login(ada)
    assert figure_of(client, [bare], name=name).json()["empty"]


@pytest.mark.parametrize("more", ["", "&show=mean"])
def test_more_cells_ask_no_more_queries(client, ada, cells, project, more):
    others = []
    for n in range(12):
        cell = Cell.objects.create(project=project, code=f"M-{n}", active_mass_mg=10.0, created_by=ada)
        made_run(cell, ada, made_table(4))
        others.append(cell)
    client.force_login(ada)
    counts = []
    for chosen in (others[:2], others):
        figure_of(client, chosen, more)
        with CaptureQueriesContext(connection) as queries:
            assert figure_of(client, chosen, more).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
