"""Figures of a comparison: every cell, and mean ± SD by group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest

from cells.cycling.curve import Curve
from cells.exclusion.ranges import EVERYTHING
from dashboards.comparison import numbers
from dashboards.comparison.bands import band
from dashboards.comparison.plots import POINTS, at_cycles_figure, each_figure, mean_figure
from dashboards.comparison.series import Series, colours
from labdb.figures import EXCLUDED
from tests.cells.cycling.test_plots import curve_of
from tests.cells.cycling.test_plots import numbers as decoded

CAPACITY = "discharge_capacity_mah_per_g"


def series(
    name: str, group: str = "GP-NCM", batch: str = "B1", run_id: int = 1, curve: Curve | None = None, **more
) -> Series:
    return Series(name, group, batch, run_id, curve or curve_of(cycles=8), f"/runs/{run_id}/at/", mass_mg=10.0, **more)


@pytest.fixture
def three() -> list[Series]:
    """Two cells of one batch (200 and 210 mAh/g in cycle 3, the second one cycle shorter), one of another (220)."""
    return [
        series("C1", batch="B1", run_id=1, curve=curve_of(cycles=8, first_mah=2.0)),
        series("C2", batch="B1", run_id=2, curve=curve_of(cycles=7, first_mah=2.1)),
        series("C3", batch="B2", run_id=3, curve=curve_of(cycles=8, first_mah=2.2)),
    ]


def test_mean_and_deviation_are_taken_cycle_by_cycle(three):
    found = band(three, CAPACITY, "cycle_count")
    assert found.x.tolist() == [3, 4, 5, 6, 7, 8]
    assert found.mean[0] == pytest.approx(210, rel=1e-3)
    assert found.sd[0] == pytest.approx(10, rel=1e-3)


def test_later_cycles_say_how_many_cells_are_left(three):
    found = band(three, CAPACITY, "cycle_count")
    assert found.n.tolist() == [3, 3, 3, 3, 3, 2]
    assert found.mean[-1] == pytest.approx(205, rel=1e-3)  # of 195 and 215


def test_batches_count_once_each_when_n_is_of_batches(three):
    found = band(three, CAPACITY, "cycle_count", "batches")
    assert found.n.tolist() == [2] * 6
    assert found.mean[0] == pytest.approx((205 + 220) / 2, rel=1e-3)


def test_one_cell_has_no_band(three):
    found = band(three[:1], CAPACITY, "cycle_count")
    assert np.isnan(found.sd).all()
    figure = mean_figure(three[:1], CAPACITY)
    assert [trace.get("fill") for trace in figure["data"]] == [None]


def test_the_hover_of_a_mean_has_deviation_and_n(three):
    figure = mean_figure(three, CAPACITY, history="/compare/group?cells=1")
    fill, line = figure["data"]
    assert fill["fill"] == "toself"
    assert decoded(line["customdata"]).reshape(-1, 3)[0].tolist() == pytest.approx([10, 3, 0], rel=1e-3)
    assert "n = %{customdata[1]:d} cells" in line["hovertemplate"]
    assert line["name"] == "GP-NCM, n = 3 cells of 2 batches"
    assert line["meta"]["history"] == "/compare/group?cells=1&group=GP-NCM&at="


def test_a_mean_of_batches_says_so(three):
    assert mean_figure(three, CAPACITY, over="batches")["data"][1]["name"] == "GP-NCM, n = 2 batches"


@pytest.fixture
def two_of_three(three) -> list[Series]:
    """The first cell is left out as a whole, and cycles 4 and 5 of the second."""
    return [
        replace(three[0], without=EVERYTHING, excluded=True),
        replace(three[1], without=((4, 5),)),
        three[2],
    ]


def test_what_is_left_out_is_in_no_mean_and_is_counted_beside_n(two_of_three):
    found = band(two_of_three, CAPACITY, "cycle_count")
    assert found.n.tolist() == [2, 1, 1, 2, 2, 1]
    assert found.excluded.tolist() == [1, 2, 2, 1, 1, 1]
    assert found.mean[0] == pytest.approx(215, rel=1e-3)
    line = mean_figure(two_of_three, CAPACITY)["data"][-1]
    assert line["name"] == "GP-NCM, n = 2 cells of 2 batches, 1 excluded"
    assert "%{customdata[2]:d} excluded" in line["hovertemplate"]


def test_what_is_left_out_stays_visible_in_grey(two_of_three):
    for figure in (each_figure(two_of_three, CAPACITY), mean_figure(two_of_three, CAPACITY)):
        whole, cycles = (trace for trace in figure["data"] if trace.get("legendgroup") == "excluded")
        assert whole["line"]["color"] == cycles["marker"]["color"] == EXCLUDED
        assert (whole["mode"], cycles["mode"], len(decoded(cycles["y"]))) == ("lines", "markers", 2)
        assert figure["summary"].endswith("1 excluded.")
        go.Figure(data=figure["data"], layout=figure["layout"])


def test_the_legend_counts_what_is_left_out(two_of_three):
    names = [trace["name"] for trace in each_figure(two_of_three, CAPACITY)["data"] if trace.get("showlegend", True)]
    assert names == ["excluded", "GP-NCM, 2 cells, 1 excluded"]


def test_a_column_of_the_numbers_says_what_is_left_out(two_of_three):
    head, *lines = numbers.cycles(two_of_three, CAPACITY)
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    assert [row["cycle_count"] for row in rows if row["cell"] == "C2" and row["excluded"]] == [4, 5]
    assert all(row["excluded"] for row in rows if row["cell"] == "C1")


def test_a_group_keeps_its_colour_whatever_is_drawn_with_it():
    group = [series("C1", "P-NCM"), series("C2", "GP-NCM")]
    assert colours(group) == colours(group[::-1])


def test_one_group_is_one_entry_of_the_legend(three):
    figure = each_figure(three, CAPACITY)
    assert [trace["name"] for trace in figure["data"] if trace.get("showlegend", True)] == ["GP-NCM, 3 cells"]


def test_the_legend_is_ordered_as_the_curves_end(three):
    low = series("D1", "P-NCM", run_id=4, curve=curve_of(cycles=8, first_mah=1.0))
    ranks = {t["name"]: t["legendrank"] for t in each_figure([low, *three], CAPACITY)["data"] if "name" in t}
    assert ranks["GP-NCM, 3 cells"] < ranks["P-NCM, 1 cell"]


def test_a_control_is_dashed(three):
    control = series("P1", "P-NCM", run_id=9, control=True)
    dashes = {t["name"]: t["line"].get("dash") for t in each_figure([*three, control], CAPACITY)["data"] if "name" in t}
    assert dashes == {"GP-NCM, 3 cells": None, "P-NCM, 1 cell": "dash"}


def test_simulated_cells_are_said_to_be_so_in_the_legend():
    some = [series("C1", run_id=1, simulated=True), series("C2", run_id=2)]
    assert each_figure(some[:1], CAPACITY)["data"][0]["name"] == "GP-NCM, 1 cell (simulated)"
    assert each_figure(some, CAPACITY)["data"][0]["name"] == "GP-NCM, 2 cells (1 simulated)"


def test_a_cell_without_mass_is_missing_from_a_figure_per_gram_and_the_summary_says_so():
    lines = [series("C1"), series("C2", run_id=2, curve=curve_of(None, cycles=8))]
    figure = each_figure(lines, CAPACITY)
    assert figure["summary"].endswith("1 cell without it.")
    assert each_figure(lines[1:], CAPACITY)["empty"]


def test_many_long_tests_stay_within_the_points_of_a_screen():
    long = curve_of(cycles=3000, fade_mah=0.0005)
    many = [series(f"C{n}", run_id=n, curve=long) for n in range(40)]
    figure = each_figure(many, CAPACITY)
    drawn = sum(len(decoded(trace["y"])) for trace in figure["data"] if trace.get("mode") != "markers")
    assert 0.9 * POINTS < drawn <= POINTS
    assert len(orjson.dumps(figure)) < 480_000


def test_fifty_cells_of_a_thousand_cycles_are_less_than_300_kb():
    curve = curve_of(cycles=1000, fade_mah=0.001, check_ups=(500,))
    figure = each_figure([series(f"C-{n:03}", f"P{n % 4}", run_id=n, curve=curve) for n in range(50)], CAPACITY)
    assert len(orjson.dumps(figure)) <= 300_000


def test_plotly_accepts_every_figure_of_a_comparison(three):
    for figure in (
        each_figure(three, CAPACITY),
        each_figure(three, "coulombic_efficiency", "ageing_index"),
        mean_figure(three, "capacity_retention", "ageing_index", "batches", "/compare/group?cells=1"),
        at_cycles_figure([], "dq-dv", three),
    ):
        go.Figure(data=figure["data"], layout=figure["layout"])


def test_the_numbers_of_a_mean_are_those_of_the_figure(three):
    head, first, *_ = numbers.means(three, CAPACITY, "cycle_count", "cells")
    assert head == ["group", "cycle_count", CAPACITY, "sd", "n", "n_counts", "excluded_cells"]
    assert first == ["GP-NCM", 3, pytest.approx(210, rel=1e-3), pytest.approx(10, rel=1e-3), 3, "cells", 0]


def test_the_numbers_of_cells_have_every_cycle_with_its_kind_in_stored_units(three):
    head, *lines = numbers.cycles(three[:1], "coulombic_efficiency")
    assert [dict(zip(head, line, strict=True))["kind"] for line in lines[:3]] == ["formation", "formation", "ageing"]
    assert lines[0][-1] == pytest.approx(1 / 1.005, rel=1e-2)
