"""The figures of pulses."""

from __future__ import annotations

import pytest

from cells.cycling.drawings import drawings_of
from cells.cycling.parameters import Parameters
from cells.hppc.analysis import analyse
from cells.hppc.plots import (
    capability_over_charge,
    power_over_charge,
    resistance_against_cycles,
    resistance_over_charge,
    voltage_traces,
)
from labdb.ingest.presentation import Shown
from labdb.ingest.technique import Analysis
from tests.cells.hppc.made import CAPACITY_MAH, as_tested, charge, discharge, hppc_table, pulse, pulse_sequence, rest
from tests.characterization.runs import accepted, named, numbers, shown

AGEING = [charge(), discharge()]
KNOWN = Parameters(active_mass_mg=500.0, nominal_capacity_mah=CAPACITY_MAH)


def run(label: str = "C-1", ohm: float = 2.0, told: Parameters = KNOWN, **more) -> Shown:
    """Pulses after one ageing cycle, and after three with half as much resistance again."""
    cycles = [AGEING, pulse_sequence(ohm), AGEING, AGEING, pulse_sequence(1.5 * ohm)]
    return shown(analyse(as_tested(hppc_table(cycles), told)), label, **more)


def test_one_test_shows_both_directions_of_each_sequence_over_its_state_of_charge():
    figure = accepted(resistance_over_charge([run(history="/history/runs/1/")]))
    assert [trace["name"] for trace in figure["data"]] == [
        "after 1 cycle, discharge",
        "after 1 cycle, charge",
        "after 3 cycles, discharge",
        "after 3 cycles, charge",
    ]
    first = named(figure, "after 1 cycle, discharge")
    assert numbers(first["y"]) == pytest.approx([2.0] * 9)
    assert numbers(first["x"]) == pytest.approx([10, 20, 30, 40, 50, 60, 70, 80, 90], abs=1)
    assert first["meta"] == {"history": "/history/runs/1/"}
    assert first["marker"]["symbol"] == "circle"
    assert named(figure, "after 1 cycle, charge")["marker"]["symbol"] == "circle-open"
    assert "after 3 cycles, discharge: 3.000 ohm at 50 %" in figure["summary"]


def test_several_cells_show_their_discharge_pulses_paler_where_they_are_younger():
    figure = accepted(resistance_over_charge([run("A", simulated=True), run("B", 4.0, colour="#d55e00", dashed=True)]))
    assert [(trace["name"], trace["showlegend"]) for trace in figure["data"]] == [
        ("A, simulated", False),
        ("A, simulated", True),
        ("B", False),
        ("B", True),
    ]
    assert "<extra>B, after 1 cycle</extra>" in figure["data"][2]["hovertemplate"]
    assert figure["data"][0]["line"]["color"] == "rgba(0,114,178,0.45)"
    assert figure["data"][1]["line"]["color"] == "rgba(0,114,178,1.0)"
    assert figure["data"][2]["line"]["dash"] == "dash"


def test_a_person_chooses_the_ageing_cycles():
    figure = accepted(resistance_over_charge([run("A", chosen=(3,)), run("B", chosen=(3,))]))
    assert [trace["name"] for trace in figure["data"]] == ["A", "B"]
    assert numbers(figure["data"][0]["y"]) == pytest.approx([3.0] * 9)


def test_power_is_per_gram_where_every_mass_is_known():
    assert power_over_charge([run()])["layout"]["yaxis"]["title"]["text"] == "Specific power / W/kg"
    without = run(told=Parameters(nominal_capacity_mah=CAPACITY_MAH))
    assert accepted(power_over_charge([run(), without]))["layout"]["yaxis"]["title"]["text"] == "Power / W"


def test_the_power_capability_falls_as_the_resistance_grows():
    figure = accepted(capability_over_charge([run("A", chosen=(1,)), run("B", 4.0, chosen=(1,))]))
    # At 50 % the cell rests at 3.7 V; down to 3.19 V, where its discharges end, 2 ohm leave 3.19 V · 0.51 V / 2 ohm.
    half = 3.19 * 0.51 / 2.0 / 0.5 * 1000
    assert numbers(figure["data"][0]["y"])[4] == pytest.approx(half, rel=0.01)
    assert numbers(figure["data"][1]["y"])[4] == pytest.approx(half / 2, rel=0.01)


def test_resistance_at_half_charge_grows_with_the_cycles():
    figure = accepted(resistance_against_cycles([run("A"), run("B", 4.0)]))
    assert numbers(named(figure, "A")["x"]) == [1, 3]
    assert numbers(named(figure, "A")["y"]) == pytest.approx([2.0, 3.0])
    assert "B: 4.000 ohm after 1, 6.000 ohm after 3" in figure["summary"]


def test_the_voltage_of_the_pulses_of_one_sequence_begins_at_their_rest():
    figure = accepted(voltage_traces([run(chosen=(3,))]))
    assert len(figure["data"]) == 18
    first = figure["data"][0]
    assert first["name"] == "90 %, discharge"
    assert numbers(first["x"])[0] == 0
    assert numbers(first["y"])[0] == 0
    # 0.1 A through 3 ohm; the rest after it stands at the voltage before.
    assert min(numbers(first["y"])) == pytest.approx(-0.3)
    assert numbers(first["x"])[-1] == pytest.approx(50)
    assert figure["summary"] == "C-1, after 3 cycles: 18 pulses"


def test_pulses_without_a_state_of_charge_say_so_in_place_of_a_figure():
    single = shown(analyse(as_tested(hppc_table([[rest(4.1, 60), pulse(4.1, 2, 1), rest(4.1, 60)]]))))
    for draw in (resistance_over_charge, power_over_charge, capability_over_charge, resistance_against_cycles):
        assert accepted(draw([single]))["empty"]
        assert accepted(draw([shown(Analysis())]))["empty"]
    assert not accepted(voltage_traces([single]))["empty"]
    assert accepted(voltage_traces([shown(Analysis())]))["empty"]


def test_many_sequences_are_thinned_evenly():
    many = analyse(as_tested(hppc_table([each for _ in range(12) for each in (AGEING, pulse_sequence(regen=False))])))
    figure = resistance_over_charge([shown(many)])
    assert len(figure["data"]) == 8
    assert figure["data"][-1]["name"] == "after 12 cycles, discharge"


def test_the_figures_are_offered_where_the_run_found_pulses():
    names = ["hppc-resistance", "hppc-power", "hppc-capability", "hppc-cycles", "hppc-traces"]
    assert [one.name for one in drawings_of(["pulses", "pulse_traces"])] == names
    assert [one.name for one in drawings_of(["pulses", "pulse_traces"], several=True)] == names[:4]
