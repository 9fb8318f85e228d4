"""Drawings of several runs, told by group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboards.comparison.grouped import by_group, means, points_of
from labdb.figures import EXCLUDED, Figure, figure, typed, whole_numbers
from labdb.ingest.presentation import Shown
from tests.cells.cycling.test_plots import numbers


def run(label: str, group: str = "GP", **more) -> Shown:
    return Shown(label, lambda name: None, group=group, history=f"/runs/{label}", **more)


def drawn(*lines: tuple[Shown, str, list[float], list[float]]) -> Figure:
    """A line a run and part, as a drawing makes it."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"{of.name}, {part}" if part else of.name,
            "x": typed(x, "float64"),
            "y": typed(y, "float64"),
            "line": {"color": of.colour},
            "meta": {"history": of.history},
            "hovertemplate": f"%{{x}}: %{{y}}<extra>{of.name}</extra>",
        }
        for of, part, x, y in lines
    ]
    return figure(traces, {}, "drawn")


def entries(found: Figure) -> list[str]:
    go.Figure(data=found["data"], layout=found["layout"])
    return [trace["name"] for trace in found["data"] if trace.get("showlegend") is not False]


X = [1.0, 2.0, 3.0]


def test_a_group_is_one_entry_of_the_legend_for_each_part():
    a, b, c = run("A"), run("B"), run("C", "P", simulated=True)
    found = by_group(drawn(*((one, part, X, X) for one in (a, b, c) for part in ("early", "late"))), [a, b, c])
    assert entries(found) == [
        "GP, 2 cells, early",
        "GP, 2 cells, late",
        "P, 1 cell (simulated), early",
        "P, 1 cell (simulated), late",
    ]
    assert len(found["data"]) == 6


def test_parts_that_a_legend_has_no_room_for_are_told_by_the_pointer():
    a, b = run("A"), run("B", "P")
    lines = drawn(*((one, f"cycle {n}", X, X) for one in (a, b) for n in range(4)))
    assert entries(by_group(lines, [a, b])) == ["GP, 1 cell", "P, 1 cell"]
    assert entries(means(lines, [a, b], "cells", {})) == ["GP, n = 1 cell", "P, n = 1 cell"]


def test_what_is_left_out_is_an_entry_of_its_own_and_counted():
    a, b = run("A"), run("B", excluded=True, colour=EXCLUDED)
    assert entries(by_group(drawn((a, "", X, X), (b, "", X, X)), [a, b])) == ["GP, 1 cell, 1 excluded", "excluded"]


def test_lines_of_a_group_become_their_mean_with_deviation_and_n():
    a, b = run("A"), run("B")
    found = means(drawn((a, "", X, [1, 2, 3]), (b, "", X, [3, 4, 5])), [a, b], "cells", {})
    (line,) = found["data"]
    assert line["name"] == "GP, n = 2 cells"
    assert numbers(line["y"]).tolist() == [2, 3, 4]
    assert numbers(line["error_y"]["array"]).tolist() == pytest.approx([2**0.5] * 3)
    assert line["hovertemplate"] == "%{x}: %{y} ± %{customdata[0]:.3~g} (n = %{customdata[1]:d} cells)<extra>GP</extra>"


def test_the_cells_of_a_batch_count_once_where_n_counts_batches():
    a, b, c = run("A"), run("B"), run("C")
    figure_ = drawn((a, "", X, [1, 1, 1]), (b, "", X, [3, 3, 3]), (c, "", X, [4, 4, 4]))
    (line,) = means(figure_, [a, b, c], "batches", {"/runs/A": "1", "/runs/B": "1", "/runs/C": "2"})["data"]
    assert line["name"] == "GP, n = 2 batches"
    assert numbers(line["y"]).tolist() == [3, 3, 3]


def test_what_is_left_out_is_in_no_mean_and_stays():
    a, b = run("A"), run("B", excluded=True, colour=EXCLUDED)
    grey, line = means(drawn((a, "", X, [1, 2, 3]), (b, "", X, [9, 9, 9])), [a, b], "cells", {})["data"]
    assert (grey["name"], line["name"]) == ("excluded", "GP, n = 1 cell, 1 excluded")
    assert numbers(line["y"]).tolist() == [1, 2, 3]


def test_lines_with_other_x_are_interpolated_within_their_own_range():
    a, b = run("A"), run("B")
    (line,) = means(drawn((a, "", X, [0, 0, 0]), (b, "", [1.5, 2.5], [2, 4])), [a, b], "cells", {})["data"]
    assert numbers(line["y"]).tolist() == [0, 1.5, 0]
    assert numbers(line["customdata"]).reshape(-1, 2)[:, 1].tolist() == [1, 2, 1]


def test_parts_and_halves_are_averaged_apart():
    a, b = run("A"), run("B")
    lines = [(one, part, X, [value] * 3) for one in (a, b) for part, value in (("up", 1.0), ("up", 5.0), ("down", 9.0))]
    found = means(drawn(*lines), [a, b], "cells", {})
    assert [numbers(line["y"])[0] for line in found["data"]] == [1, 5, 9]
    assert entries(found) == ["GP, up, n = 2 cells", "GP, down, n = 2 cells"]


def test_many_points_have_a_band():
    a, b = run("A"), run("B")
    x = list(np.arange(100.0))
    band, line = means(drawn((a, "", x, x), (b, "", x, [2.0] * 100)), [a, b], "cells", {})["data"]
    assert (band["fill"], len(numbers(line["y"]))) == ("toself", 100)


def test_lines_that_run_back_and_forth_have_no_mean():
    a, b = run("A"), run("B")
    loop = [1.0, 2.0, 1.0]
    found = means(drawn((a, "", loop, X), (b, "", loop, X)), [a, b], "cells", {})
    assert entries(found) == ["GP, 2 cells"]
    assert found["summary"] == "drawn"


def test_a_figure_of_bars_stays_as_it_is():
    bars = figure([{"type": "bar", "name": "GP", "y": [1.0]}], {}, "bars")
    assert means(bars, [run("A")], "cells", {}) == bars


def test_the_x_of_points_at_whole_numbers_is_read_as_it_was_written():
    x, y = points_of({**whole_numbers(np.array([3, 4, 5])), "y": typed([1, np.nan, 2])})
    assert (x.tolist(), y.tolist()) == ([3, 5], [1, 2])


def test_the_history_of_a_cycle_tells_the_run_as_well():
    a, b = run("A"), run("B")
    lines = drawn((a, "", X, X), (b, "", X, X))
    lines["data"] = [replace_history(trace) for trace in lines["data"]]
    assert entries(by_group(lines, [a, replace(b, group="P")])) == ["GP, 1 cell", "P, 1 cell"]


def replace_history(trace):
    return {**trace, "meta": {"history": trace["meta"]["history"] + "/at/"}}
