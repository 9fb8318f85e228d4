"""Figures of followed peaks: what is drawn of one test, and what of several."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cells.cycling import peak_plots
from cells.cycling.drawings import DRAWINGS, drawing
from cells.cycling.technique import analyse
from labdb.ingest.presentation import Shown
from tests.cells.cycling.test_peaks import aged

NAMES = ("dq-dv-cycles", "dq-dv-peaks", "polarisation", "mean-voltage", "mean-voltage-decay")
TYPES = {"f4": np.float32, "f8": np.float64, "i4": np.int32}


def values(array) -> list[float]:
    return np.frombuffer(base64.b64decode(array["bdata"]), TYPES[array["dtype"]]).tolist()


@pytest.fixture(scope="module")
def tables():
    return analyse(aged(120), {"active_mass_mg": 10, "reference_potential_volt": 0}).tables


def run(tables, label="A", chosen=(), **more) -> Shown:
    return Shown(
        label,
        tables.get,
        parameters={"active_mass_mg": 10},
        chosen=chosen,
        history="/run/1",
        **more,
    )


def test_each_figure_has_a_summary_and_its_history(tables):
    for name in NAMES:
        figure = drawing(name).draw([run(tables)])
        assert not figure["empty"]
        assert figure["summary"]
        cycle = "" if name == "dq-dv-cycles" else "/at/"
        assert all(trace["meta"] == {"history": f"/run/1{cycle}"} for trace in figure["data"])


def test_dq_dv_is_drawn_at_ageing_cycles_10_and_100_with_the_discharge_below_zero(tables):
    figure = drawing("dq-dv-cycles").draw([run(tables)])
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert [line["name"] for line in lines] == ["10th cycle", "100th cycle"]
    assert min(value for value in values(lines[0]["y"]) if value == value) < -1000
    marks = next(trace for trace in figure["data"] if trace["mode"] == "markers")
    assert sorted(set(marks["text"])) == ["H1–M", "H2–H3", "M–H2"]
    assert figure["layout"]["yaxis"]["title"]["text"] == "dQ/dV / mAh/(g V)"


def test_typed_cycles_are_drawn_by_the_nearest_that_is_stored_and_said_as_what_they_are(tables):
    figure = drawing("dq-dv-cycles").draw([run(tables, chosen=(48, 120))])
    names = [trace["name"] for trace in figure["data"] if trace["mode"] == "lines"]
    assert names == ["50th cycle", "120th cycle"]


def test_without_a_mass_it_is_per_cell(tables):
    figure = drawing("dq-dv-cycles").draw([Shown("A", tables.get)])
    assert figure["layout"]["yaxis"]["title"]["text"] == "dQ/dV / mAh/V"


def test_positions_are_triangles_up_in_charge_and_down_in_discharge(tables):
    figure = drawing("dq-dv-peaks").draw([run(tables)])
    assert [(trace["name"], trace["marker"]["symbol"], trace["showlegend"]) for trace in figure["data"]] == [
        (name, f"triangle-{way}", way == "up") for name in ("H1–M", "M–H2", "H2–H3") for way in ("up", "down")
    ]
    highest = figure["data"][4]
    assert values(highest["y"])[0] == pytest.approx(4.21, abs=0.001)
    assert values(highest["x"]) == [1, 10, 25, 50, 75, 100, 120]


def test_several_tests_show_one_transition_each(tables):
    others = analyse(aged(60), {}).tables  # not named: its highest transition
    runs = [run(tables, "A", group="GP"), run(others, "B", dashed=True, colour="#d55e00")]
    positions = drawing("dq-dv-peaks").draw(runs)["data"]
    assert [trace["name"] for trace in positions] == ["A, H2–H3"] * 2 + ["B, peak 3"] * 2
    assert positions[2]["marker"]["symbol"] == "triangle-up-open"
    apart = drawing("polarisation").draw(runs)["data"]
    assert [trace["line"]["color"] for trace in apart] == ["#0072b2", "#d55e00"]
    assert values(apart[0]["y"])[0] == pytest.approx(60, abs=1)
    assert values(apart[0]["y"])[-1] == pytest.approx(60 + 0.2 * 119, abs=1)


def test_cycles_of_one_test_have_colours_and_those_of_two_are_shades_of_theirs(tables):
    alone = drawing("dq-dv-cycles").draw([run(tables)])["data"]
    assert len({trace["line"]["color"] for trace in alone if trace["mode"] == "lines"}) == 2
    both = drawing("dq-dv-cycles").draw([run(tables, "A"), run(tables, "B", colour="#d55e00")])["data"]
    assert [trace["line"]["color"].rpartition(",")[0] for trace in both if trace["mode"] == "lines"] == [
        "rgba(0,114,178", "rgba(0,114,178", "rgba(213,94,0", "rgba(213,94,0"
    ]  # fmt: skip


def test_of_many_tests_two_cycles_of_each_are_drawn(tables):
    figure = drawing("dq-dv-cycles").draw([run(tables, label) for label in "ABC"])
    assert sum(trace["mode"] == "lines" for trace in figure["data"]) == 6


def test_the_mean_voltage_falls_by_what_its_result_says(tables):
    (change,) = drawing("mean-voltage-decay").draw([run(tables)])["data"]
    assert values(change["y"])[0] == 0
    assert values(change["y"])[99] == pytest.approx(-9.9 * 2.4 / 3.1, abs=0.05)


def test_the_mean_voltage_of_a_charge_is_dotted(tables):
    charge, discharge = drawing("mean-voltage").draw([run(tables, dashed=True)])["data"]
    assert [trace["line"]["dash"] for trace in (charge, discharge)] == ["dot", "dash"]
    assert values(charge["y"])[0] > values(discharge["y"])[0]


def test_what_is_not_there_is_said():
    for name in NAMES:
        figure = drawing(name).draw([Shown("A", lambda name: None)])
        assert figure["empty"]
        assert figure["summary"].endswith(".")


def test_each_drawing_has_a_name_of_its_own():
    assert len({one.name for one in DRAWINGS}) == len(DRAWINGS)


def test_voltages_against_another_reference_say_so(tables):
    for draw, its_axis in ((peak_plots.dq_dv_at_cycles, "xaxis"), (peak_plots.peak_positions, "yaxis")):
        for potential, title in (
            (0.6, "Voltage vs the cell's reference / V"),
            (0.0, "Voltage / V"),
            (None, "Voltage / V"),
        ):
            run = Shown("S1", tables.get, parameters={"reference_potential_volt": potential})
            assert draw([run])["layout"][its_axis]["title"]["text"] == title
