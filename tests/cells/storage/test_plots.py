"""The figures of storage."""

from __future__ import annotations

import pytest

from cells.cycling.drawings import drawings_of
from cells.storage.plots import means_by_group, shares_against_days
from labdb.figures import EXCLUDED
from labdb.ingest.presentation import Shown
from labdb.ingest.technique import Analysis
from tests.cells.cycling.tables import rest
from tests.cells.storage.test_analysis import analysed, down, stored, study, up
from tests.characterization.runs import accepted, named, numbers, shown


def run(recovered: float, label: str, **more) -> Shown:
    """99 mAh/g before; what is given comes back after 15 days."""
    cycles = [[up(), down()], [up(), stored(15), down(0.5 * 3)], [up(), down(recovered * 3)]]
    return shown(analysed(cycles), label, **more)


def test_one_test_begins_at_a_hundred_percent_and_has_a_point_at_every_check():
    figure = accepted(shares_against_days([shown(analysed(study()), "C-1", history="/history/runs/1/")]))
    trace = named(figure, "recovered")
    assert numbers(trace["x"]) == pytest.approx([0, 15, 42])
    assert numbers(trace["y"]) == pytest.approx([100, 95 / 0.99, 90 / 0.99])
    assert trace["meta"] == {"history": "/history/runs/1/"}
    assert numbers(named(figure, "retained")["y"])[0] == 100
    assert "C-1, recovered: 95.96 % after 15 days, 90.91 % after 42 days" in figure["summary"]


def test_several_cells_are_told_apart_and_what_is_simulated_is_said():
    figure = accepted(shares_against_days([run(0.96, "A", simulated=True), run(0.94, "B", dashed=True)]))
    assert [trace["name"] for trace in figure["data"]] == [
        "A, simulated, retained",
        "A, simulated, recovered",
        "B, retained",
        "B, recovered",
    ]


def test_bars_are_mean_and_sample_sd_of_the_cells_of_a_group():
    runs = [run(0.95, "A-1", group="A"), run(0.96, "A-2", group="A"), run(0.97, "A-3", group="A")]
    figure = accepted(means_by_group([*runs, run(0.93, "B-1", group="B", colour="#d55e00")]))
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert [(bar["name"], bar["y"][0], bar["error_y"]["array"][0]) for bar in bars] == [
        ("A", pytest.approx(50), pytest.approx(0)),
        ("B", pytest.approx(50), 0.0),
        ("A", pytest.approx(96), pytest.approx(1.0)),
        ("B", pytest.approx(93), 0.0),
    ]
    assert "A, recovered after 15 days: 96.00 ± 1.00 % (n = 3)" in figure["summary"]
    assert figure["layout"]["xaxis"]["ticktext"] == ["retained<br>15 days", "recovered<br>15 days"]


def test_each_cell_is_a_point_over_its_bar():
    runs = [run(0.95, "A-1", group="A", history="/1"), run(0.97, "A-2", group="A", history="/2")]
    points = [trace for trace in means_by_group(runs)["data"] if trace["type"] == "scatter"][-1]
    assert points["text"] == ["A-1", "A-2"]
    assert numbers(points["y"]) == pytest.approx([95, 97])
    assert points["customdata"] == ["/1", "/2"]


def test_storage_that_has_not_ended_says_so_in_place_of_a_figure():
    going_on = shown(analysed([[up(), down()], [up(), rest(24 * 9)]]))
    for draw in (shares_against_days, means_by_group):
        assert accepted(draw([going_on]))["empty"]
        assert accepted(draw([shown(Analysis())]))["empty"]


def test_the_figures_are_offered_where_the_run_found_storage():
    assert [one.name for one in drawings_of(["storage"], several=True)] == ["storage", "storage-means"]


def test_a_cell_that_is_left_out_is_a_grey_point_and_in_no_mean():
    runs = [run(0.95, "A-1", group="A"), run(0.97, "A-2", group="A")]
    figure = accepted(means_by_group([*runs, run(0.80, "A-3", group="A", excluded=True, colour=EXCLUDED)]))
    bar, points = figure["data"][-2:]
    assert bar["y"] == [pytest.approx(96)]
    assert "(n = 2, 1 excluded)" in bar["hovertemplate"]
    assert points["text"][-1] == "A-3, excluded"
    assert points["marker"]["color"][-1] == EXCLUDED
    alone = accepted(means_by_group([run(0.80, "A-3", group="A", excluded=True, colour=EXCLUDED)]))
    assert {trace["type"] for trace in alone["data"]} == {"scatter"}


def test_bars_begin_above_0_only_where_that_would_hide_their_differences():
    alike = means_by_group([run(0.95, "A-1")])["layout"]["yaxis"]
    assert alike["rangemode"] == "tozero"  # half of it is retained
    cycles = [[up(), down()], [up(), stored(15), down(0.9 * 3)], [up(), down(0.95 * 3)]]
    assert means_by_group([shown(analysed(cycles), "A-1")])["layout"]["yaxis"]["range"] == [80, 101]
