"""What the parts of the analysis bring to a run and to the page of a test, told with a part of our own."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling import drawings, technique
from cells.cycling.part import Tested
from labdb.figures import axis
from labdb.ingest.presentation import Drawing
from labdb.ingest.technique import Analysis, Scalar
from tests.cells.cycling.made import made_run, made_table


def count_steps(tested: Tested) -> Analysis:
    frame = pl.DataFrame({"cycle_count": [1], "steps": [tested.steps.height]})
    return Analysis((Scalar("voltage_volt", 4.0),), {"counted": frame}, ("counted",))


def draw_steps(runs):
    (one,) = runs
    frame = one.table("counted")
    return {
        "data": [{"type": "scatter", "name": one.name, "x": list(one.chosen), "y": frame["steps"].to_list()}],
        "layout": {"xaxis": axis("cycle_count")},
    }


@pytest.fixture
def with_a_part(monkeypatch):
    monkeypatch.setattr(technique, "PARTS", (("counting", count_steps),))
    monkeypatch.setattr(drawings, "DRAWINGS", (Drawing("counted", "Steps counted", draw_steps, table="counted"),))


def test_the_tables_and_warnings_of_a_part_are_those_of_the_analysis(with_a_part):
    found = technique.analyse(made_table(8), {"active_mass_mg": 10})
    assert found.tables["counted"]["steps"].item() == found.tables["steps"].height
    assert "counted" in found.warnings


def test_a_drawing_stands_on_the_page_where_the_run_has_its_table_and_who_may_see_it(
    with_a_part, client, ada, ben, cleo, cell
):
    run = made_run(cell, ada, made_table(8))
    address = f"/cycling/{run.measurement_id}/"
    client.force_login(ada)
    assert "Steps counted" in client.get(address).content.decode()
    figure = client.get(f"{address}drawings/counted.json?numbers=3, 5").json()
    assert figure["data"][0]["x"] == [3, 5]
    for user, status in ((ben, 200), (cleo, 404)):
        client.force_login(user)
        assert client.get(f"{address}drawings/counted.json").status_code == status


def test_without_its_table_there_is_no_drawing(client, ada, cell, monkeypatch):
    run = made_run(cell, ada, made_table(8))
    monkeypatch.setattr(drawings, "DRAWINGS", (Drawing("counted", "Steps counted", draw_steps, table="counted"),))
    client.force_login(ada)
    address = f"/cycling/{run.measurement_id}/"
    assert "Steps counted" not in client.get(address).content.decode()
    assert client.get(f"{address}drawings/counted.json").status_code == 404
    assert client.get(f"{address}drawings/no-such.json").status_code == 404


def test_what_a_test_was_made_for_is_drawn_before_what_any_test_has():
    of_rate = ("cycles", "dq_dv", "dq_dv_peaks", "energies", "rate")
    first, rest = drawings.purposes_and_rest(drawings.drawings_of(of_rate), of_rate)
    assert [one.name for one in first] == ["rate-cycles", "rate-capability", "specific-energy"]
    assert {one.table for one in rest} == {"cycles", "dq_dv", "dq_dv_peaks"}
    of_ageing = ("cycles", "dq_dv", "dq_dv_peaks", "energies")
    first, rest = drawings.purposes_and_rest(drawings.drawings_of(of_ageing), of_ageing)
    assert not first
    assert "specific-energy" in [one.name for one in rest]


def test_a_test_without_ageing_cycles_has_no_empty_figures_of_them(client, ada, cell):
    client.force_login(ada)
    for cycles, there in ((2, False), (8, True)):
        run = made_run(cell, ada, made_table(cycles))
        page = client.get(f"/cycling/{run.measurement_id}/").content.decode()
        assert ("drawings/mean-voltage.json" in page) is there
