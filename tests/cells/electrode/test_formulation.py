"""Formulations and drying, as they are kept."""

from __future__ import annotations

import pytest

from cells.electrode.formulation import (
    FormulationError,
    active_fraction,
    dump,
    names_text,
    parse,
    parse_drying,
    ratio_text,
)

REFERENCE = [
    {"role": "active", "mass_fraction": 0.90},
    {"role": "conductive", "name": "Super P", "mass_fraction": 0.05},
    {"role": "binder", "name": "PVDF", "mass_fraction": 0.05},
]


def test_90_5_5_is_nine_tenths_active():
    components = parse(REFERENCE)

    assert active_fraction(components) == pytest.approx(0.9)
    assert ratio_text(components) == "90 : 5 : 5"
    assert names_text(components) == "active material : Super P : PVDF"
    assert dump(components) == REFERENCE


def test_a_composite_of_two_active_materials_adds_them():
    assert active_fraction(
        parse(
            [
                {"role": "active", "mass_fraction": 0.5},
                {"role": "active", "mass_fraction": 0.2},
                {"role": "solid electrolyte", "name": "Li3InCl6", "mass_fraction": 0.3},
            ]
        )
    ) == pytest.approx(0.7)


def test_an_empty_formulation_is_not_known():
    assert parse([]) == ()
    assert active_fraction(()) is None


def test_fractions_within_half_a_percent_of_one_are_meant_well():
    assert parse([{"role": "active", "mass_fraction": 0.955}, {"role": "binder", "mass_fraction": 0.041}])
    with pytest.raises(FormulationError, match=r"add up to 98 %; they must make 100 %"):
        parse([{"role": "active", "mass_fraction": 0.94}, {"role": "binder", "mass_fraction": 0.04}])


@pytest.mark.parametrize(
    ("line", "words", "field"),
    [
        ({"role": "glue", "mass_fraction": 1}, "the role “glue” is none of active", "role"),
        ({"role": "active"}, "its mass fraction is missing", "mass_fraction"),
        ({"role": "active", "mass_fraction": "much"}, "“much” is no number", "mass_fraction"),
        ({"role": "active", "mass_fraction": True}, "“True” is no number", "mass_fraction"),
        ({"role": "active", "mass_fraction": 90}, "over 0 and at most 1, not 90", "mass_fraction"),
        ({"role": "active", "mass_fraction": 1, "density_g_per_cm3": -4}, "a density is over 0", "density_g_per_cm3"),
        ({"role": "active", "mass_fraction": 1, "colour": "black"}, "it has no colour", "colour"),
    ],
)
def test_a_line_that_cannot_be_is_refused(line, words, field):
    with pytest.raises(FormulationError, match=f"Component 1: .*{words}") as refused:
        parse([line])

    assert refused.value.field == field


def test_a_coating_without_active_material_is_refused():
    with pytest.raises(FormulationError, match="No component is the active material"):
        parse([{"role": "binder", "mass_fraction": 1}])


@pytest.mark.parametrize("value", ["90:5:5", [90, 5, 5], {"role": "active"}, None])
def test_what_is_no_list_of_lines_is_refused(value):
    with pytest.raises(FormulationError, match="list of objects"):
        parse(value)


def test_drying_has_stages_one_of_them_overnight():
    stages = [
        {"temperature_celsius": 80.0, "duration_hour": 2.0},
        {"temperature_celsius": 120.0, "vacuum": True, "note": "overnight"},
    ]

    assert dump(parse_drying(stages)) == stages


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ({"duration_hour": 2}, "its temperature is missing"),
        ({"temperature_celsius": -400}, "-400 °C cannot be"),
        ({"temperature_celsius": 80, "duration_hour": 0}, "over 0 h"),
        ({"temperature_celsius": 80, "vacuum": "yes"}, "true or false"),
    ],
)
def test_a_drying_that_cannot_be_is_refused(stage, words):
    with pytest.raises(FormulationError, match=f"Drying step 1: .*{words}"):
        parse_drying([stage])
