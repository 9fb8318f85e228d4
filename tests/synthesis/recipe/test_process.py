"""Processes: the reference study's four, what differs between them, and what cannot be."""

from __future__ import annotations

import pytest

from synthesis.recipe.difference import Plan, differences
from synthesis.recipe.process import ProcessError, Variables, dump, parse, variables, words


def process(sinter_celsius: float = 760) -> list[dict]:
    return [
        {"kind": "mix"},
        {
            "kind": "heat",
            "name": "sintering",
            "segments": [
                {"kind": "ramp", "target_celsius": sinter_celsius, "rate_celsius_per_min": 5, "atmosphere": "O2"},
                {"kind": "hold", "hold_hour": 12},
                {"kind": "cool", "target_celsius": 300, "rate_celsius_per_min": 2},
                {"kind": "natural cooling"},
            ],
        },
        {"kind": "wash", "solvent": "deionised water", "repeats": 2, "temperature_celsius": 5},
        {"kind": "wash", "solvent": "ethanol 95 %", "repeats": 1},
        {"kind": "dry", "temperature_celsius": 80, "duration_hour": 5},
        {
            "kind": "heat",
            "name": "re-annealing",
            "segments": [
                {"kind": "ramp", "target_celsius": 650, "rate_celsius_per_min": 5, "atmosphere": "O2"},
                {"kind": "hold", "hold_hour": 10},
                {"kind": "natural cooling"},
            ],
        },
        {"kind": "store", "container": "hot-sealed vacuum pouch"},
    ]


def plan(metals: str = "Ni0.83Co0.11Mn0.06", flux: bool = True, sinter_celsius: float = 760) -> Plan:
    ratios = {"LiOH·H2O": 1.05}
    if flux:
        ratios["K2SO4"] = 0.1
    return Plan(f"Li{metals}O2", f"{metals}(OH)2", ratios, parse(process(sinter_celsius)))


def test_a_process_comes_back_as_it_was_written():
    assert dump(parse(process())) == process()


def test_a_control_without_flux_differs_in_exactly_that():
    assert [str(d) for d in differences(plan(), plan(flux=False))] == ["K2SO4: 0.1 → none"]


def test_the_pilot_product_differs_in_composition_and_temperature():
    found = differences(plan(), plan("Ni0.96Co0.02Mn0.02", sinter_celsius=700))
    assert [str(d) for d in found] == [
        "target composition: LiNi0.83Co0.11Mn0.06O2 → LiNi0.96Co0.02Mn0.02O2",
        "precursor: Ni0.83Co0.11Mn0.06(OH)2 → Ni0.96Co0.02Mn0.02(OH)2",
        "sintering, segment 1: ramp 5 °C/min to 760 °C in O2 → ramp 5 °C/min to 700 °C in O2",
    ]


def test_a_plan_does_not_differ_from_itself():
    assert differences(plan(), plan()) == []


def test_a_missing_step_and_another_order_are_said():
    short = process()
    del short[3]
    short[2], short[3] = short[3], short[2]
    found = differences(plan(), Plan(plan().composition, plan().precursor, plan().ratios, parse(short)))
    assert [d.what for d in found] == ["wash with ethanol 95 %", "order of steps"]
    assert found[0].after == "none"


def test_the_numbers_that_processes_are_compared_by():
    assert variables(parse(process())) == Variables(760, 12, 5, 2, 650, 3)
    assert variables([]) == Variables()


def test_steps_read_as_one_says_them():
    assert [words(step) for step in parse(process())[2:5]] == [
        "wash 2 × with deionised water at 5 °C",
        "wash 1 × with ethanol 95 %",
        "dry at 80 °C for 5 h",
    ]


@pytest.mark.parametrize(
    ("step", "says", "field"),
    [
        ({"kind": "bake"}, "“bake” is none of mix, heat", "kind"),
        ({"kind": "wash"}, "needs solvent", "solvent"),
        ({"kind": "wash", "solvent": "water", "repeats": 0}, "must be over 0", "repeats"),
        ({"kind": "dry", "temperature_celsius": "hot", "duration_hour": 5}, "not a number", "temperature_celsius"),
        ({"kind": "dry", "temperature_celsius": 80}, "needs duration_hour", "duration_hour"),
        ({"kind": "dry", "temperature_celsius": 80, "duration_hour": 5, "colour": "red"}, "has no colour", "colour"),
        (
            {"kind": "heat", "name": "sintering", "segments": [{"kind": "cool", "target_celsius": 300}]},
            "Step 1: sintering. Segment 1: it cools from 25 to 300 °C, which is upwards",
            "segments",
        ),
        ({"kind": "heat", "name": "s", "segments": [{"kind": "boil"}]}, "“boil” is none of ramp", "segments"),
    ],
)
def test_a_step_that_cannot_be_is_refused_at_its_field(step, says, field):
    with pytest.raises(ProcessError, match=says) as refused:
        parse([step])
    assert refused.value.field == field
