"""Figures of one test, against numbers that can be counted on fingers."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest

from cells.cycling import plots
from cells.cycling.curve import Curve
from cells.cycling.plots import Line, cycles_figure, dq_dv_figure, profile_figure, time_figure
from cells.cycling.technique import CYCLING, analyse
from cells.exclusion.ranges import EVERYTHING
from labdb.figures import EXCLUDED, Figure
from tests.cells.cycling.made import made_table


def numbers(encoded: dict[str, str]) -> np.ndarray:
    types = {"f4": "<f4", "f8": "<f8", "i4": "<i4", "u2": "<u2"}
    return np.frombuffer(base64.b64decode(encoded["bdata"]), types[encoded["dtype"]])


def curve_of(mass_mg: float | None = 10.0, **made: Any) -> Curve:
    parameters = {"active_mass_mg": mass_mg, "nominal_specific_capacity_mah_per_g": 200.0}
    return Curve(CYCLING.analysed([], made_table(**made), parameters, lambda fraction, doing: None).tables["cycles"])


def named(figure: Figure, name: str) -> dict[str, Any]:
    return next(trace for trace in figure["data"] if trace.get("name") == name)


@pytest.fixture
def curve() -> Curve:
    """Two formation cycles, then ten ageing cycles of 200 mAh/g less 1 a cycle, of which cycle 8 is a check-up."""
    return curve_of(cycles=12, check_ups=(8,))


def test_the_line_is_of_ageing_cycles_and_has_a_gap_at_a_check_up(curve):
    line = named(cycles_figure(curve, "C-001", "/at/"), "Discharge capacity")
    assert (line["x0"], line["dx"]) == (3, 1)
    capacities = numbers(line["y"])
    assert capacities[:2] == pytest.approx([200, 199], rel=1e-3)
    assert np.isnan(capacities[8 - 3])
    assert len(capacities) == 10
    assert line["connectgaps"]


def test_a_check_up_is_a_hollow_marker(curve):
    check_up = named(cycles_figure(curve, "C-001", "/at/"), "check-up")
    assert check_up["marker"]["symbol"] == "circle-open"
    assert check_up["x0"] == 8
    assert numbers(check_up["y"]) == pytest.approx([205], rel=1e-3)  # 2.05 mAh of 10 mg


def test_excluded_cycles_are_grey_and_a_gap_in_the_line(curve):
    figure = cycles_figure(curve, "C-001", "/at/", without=((2, 4), (8, 8)))
    line, grey = named(figure, "Discharge capacity"), named(figure, "excluded")
    assert line["x0"] == 5
    assert grey["marker"]["color"] == EXCLUDED
    assert numbers(grey["x"]).tolist() == [2, 3, 4, 8]
    assert numbers(grey["y"])[1] == pytest.approx(200, rel=1e-3)
    assert not [trace for trace in figure["data"] if trace.get("name") == "check-up"]


def test_no_retention_counts_where_its_reference_does_not(curve):
    assert curve.excluded("capacity_retention", ((3, 3),)).all()
    assert curve.excluded("discharge_capacity_mah_per_g", ((3, 3),)).sum() == 1
    assert curve.line("capacity_retention", "cycle_count", ((3, 3),))[0].size == 0


def test_a_test_of_which_nothing_counts_is_all_grey(curve):
    figure = cycles_figure(curve, "C-001", "/at/", without=EVERYTHING)
    assert {trace["name"] for trace in figure["data"]} == {"excluded"}
    go.Figure(data=figure["data"], layout=figure["layout"])


def test_formation_stands_apart(curve):
    formation = named(cycles_figure(curve, "C-001", "/at/"), "formation")
    assert formation["mode"] == "markers"
    assert len(numbers(formation["y"])) == 2


def test_coulombic_efficiency_has_an_axis_of_its_own_in_percent(curve):
    figure = cycles_figure(curve, "C-001", "/at/")
    efficiency = named(figure, "Coulombic efficiency")
    assert efficiency["yaxis"] == "y2"
    assert np.nanmean(numbers(efficiency["y"])) == pytest.approx(100 / 1.005, abs=0.1)
    assert figure["layout"]["yaxis2"]["title"]["text"] == "Coulombic<br>efficiency / %"


def test_retention_can_be_shown_in_place_of_capacity(curve):
    figure = cycles_figure(curve, "C-001", "/at/", shows="capacity_retention")
    assert numbers(named(figure, "Capacity retention")["y"])[0] == pytest.approx(100)
    assert figure["layout"]["yaxis"]["title"]["text"] == "Capacity retention / %"


def test_without_a_mass_capacity_is_in_milliampere_hours():
    figure = cycles_figure(curve_of(None, cycles=6), "C-001", "/at/")
    assert figure["layout"]["yaxis"]["title"]["text"] == "Discharge capacity / mAh"


def test_a_simulated_cell_is_said_to_be_so_in_the_legend(curve):
    assert named(cycles_figure(curve, "C-001", "/at/", simulated=True), "Discharge capacity (simulated)")


def test_points_say_where_their_history_is_told(curve):
    assert all(trace["meta"]["history"] == "/at/" for trace in cycles_figure(curve, "C-001", "/at/")["data"])


def test_the_summary_tells_the_numbers_to_who_cannot_see_the_figure(curve):
    summary = cycles_figure(curve, "C-001", "/at/")["summary"]
    assert summary == "Discharge capacity of C-001 against cycle: from 200 to 191 mAh/g over 9 ageing cycles."


def test_a_test_without_a_complete_cycle_says_that_there_is_nothing_to_draw():
    table = made_table(1)
    figure = cycles_figure(
        Curve(CYCLING.analysed([], table.head(20), {}, lambda fraction, doing: None).tables["cycles"]), "C-001", "/at/"
    )
    assert figure["empty"]
    assert "no complete cycle yet" in figure["summary"]


def test_telling_cycles_are_the_first_and_ageing_ones_to_the_last():
    assert curve_of(cycles=12).telling() == [1, 3, 7, 12]
    assert curve_of(cycles=250, fade_mah=0.001).telling() == [1, 3, 102, 202, 250]


def test_fewer_points_keep_the_ends_of_the_line(curve):
    line = curve_of(cycles=300, fade_mah=0.001).pieces("discharge_capacity_mah", points=50).line
    assert len(numbers(line["y"])) == 50
    x = numbers(line["x"])
    assert (x[0], x[-1]) == (3, 300)


def test_ageing_cycles_are_numbered_from_one_without_gaps(curve):
    x, _ = curve.line("capacity_retention", "ageing_index")
    assert x.tolist() == list(range(1, 10))
    assert not curve.pieces("capacity_retention", "ageing_index").marked


def test_a_cycle_cut_in_two_does_not_flatten_the_efficiencies_of_the_rest():
    assert plots.efficiency_range([]) == [0.0, 102.0]
    low, high = plots.efficiency_range([curve_of(cycles=40)])
    assert 97 <= low <= 99
    assert high <= 102


def line(**changed: Any) -> Line:
    points = {"x": np.array([0.0, 100.0]), "y": np.array([3.0, 4.0])}
    return Line(**{"name": "cycle 1", **points, "history": "/runs/1/at/1", "colour": "#0072b2", **changed})


def test_a_profile_is_voltage_against_capacity():
    figure = profile_figure([line()], "capacity_mah_per_g")
    assert figure["layout"]["xaxis"]["title"]["text"] == "Capacity / mAh/g"
    assert figure["layout"]["yaxis"]["title"]["text"] == "Voltage / V"
    assert numbers(figure["data"][0]["x"]).tolist() == [0, 100]


def test_dq_dv_is_capacity_per_volt():
    figure = dq_dv_figure([line(dash="dash")], "dq_dv_mah_per_g_volt")
    assert figure["layout"]["yaxis"]["title"]["text"] == "dQ/dV / mAh/(g V)"
    assert figure["data"][0]["line"]["dash"] == "dash"


def test_lines_of_a_group_share_one_entry_of_the_legend():
    figure = profile_figure([line(group="GP-NCM"), line(group="GP-NCM")], "capacity_mah")
    assert [trace["showlegend"] for trace in figure["data"]] == [True, False]


def test_nothing_to_draw_is_a_sentence():
    assert profile_figure([], "capacity_mah", "No cycle 900.")["summary"] == "No cycle 900."
    assert time_figure(made_table(1).clear(), "C-001")["summary"] == "C-001 has no records."


def test_time_is_drawn_in_hours_with_current_below_voltage():
    records = pl.DataFrame(
        {"test_time_second": [0.0, 3600.0], "voltage_volt": [3.0, 4.0], "current_ampere": [0.1, -0.1]}
    )
    figure = time_figure(records, "C-001", (0.0, 1800.0))
    assert numbers(figure["data"][0]["x"]).tolist() == [0.0, 1.0]
    assert figure["layout"]["xaxis"]["range"] == [0.0, 0.5]
    assert figure["data"][1]["yaxis"] == "y2"


def test_plotly_accepts_every_figure_of_a_test(curve):
    table = made_table(12)
    for figure in (
        cycles_figure(curve, "C-001", "/at/"),
        profile_figure([line()], "capacity_mah"),
        dq_dv_figure([line()], "dq_dv_mah_per_volt"),
        time_figure(table, "C-001"),
    ):
        go.Figure(data=figure["data"], layout=figure["layout"])


def test_cycles_of_a_rate_test_are_drawn_beside_the_ageing_ones():
    kinds = ["formation"] * 2 + ["rate"] * 6 + ["ageing"] * 4
    cycles = analyse(made_table(12), {"active_mass_mg": 10}).tables["cycles"].with_columns(kind=pl.Series(kinds))
    curve = Curve(cycles)
    figure = cycles_figure(curve, "C-001", "/at/")
    marks = {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "markers"}
    assert marks["rate"]["x0"] == 3
    assert curve.telling()[0] == 1
    rate_test = Curve(cycles.head(8))
    assert rate_test.telling() == [1, 3, 5, 8]
    assert not cycles_figure(rate_test, "C-001", "/at/")["empty"]
