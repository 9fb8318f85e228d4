"""The numbers a whole test stands for."""

from __future__ import annotations

import pytest

from cells.cycling.technique import CYCLING, analyse
from labdb.quantities import quantity
from tests.cells.cycling.tables import charge, cycling_table, discharge, rest


def scalars_of(table, **parameters):
    found = analyse(table, parameters)
    return {scalar.quantity: scalar for scalar in found.scalars}, found


def fading(cycles: int):
    """1 mAh in the first ageing cycle, 1 µAh less in each later one, after one formation cycle of 2 mAh."""
    formation = [[charge(0.1, 25), discharge(0.1, 20)]]
    return cycling_table(formation + [[charge(1.0, 1.0), discharge(1.0, 1.0 - 0.001 * n)] for n in range(cycles)])


def test_a_test_gives_its_first_capacities_and_its_retention_at_n():
    scalars, _ = scalars_of(fading(101), active_mass_mg=10, nominal_specific_capacity_mah_per_g=100)
    assert scalars["first_discharge_capacity_mah"].value == pytest.approx(2.0)
    assert scalars["first_discharge_capacity_mah_per_g"].value == pytest.approx(200.0)
    assert scalars["first_coulombic_efficiency"].value == pytest.approx(0.8)
    assert scalars["first_ageing_discharge_capacity_mah_per_g"].value == pytest.approx(100.0)
    assert scalars["capacity_retention_at_100"].value == pytest.approx(1 - 0.099)
    assert scalars["discharge_capacity_mah_per_g_at_50"].value == pytest.approx(95.1)
    assert "capacity_retention_at_200" not in scalars
    assert "cycle_life_80_percent" not in scalars
    assert (scalars["cycles"].value, scalars["ageing_cycles"].value) == (102, 101)


def test_the_mean_efficiency_has_its_scatter_and_its_number_of_cycles():
    halves = [(1.0, 0.98), (1.0, 0.99), (1.0, 1.0)]
    scalars, _ = scalars_of(cycling_table([[charge(1.0, a), discharge(1.0, b)] for a, b in halves]))
    mean = scalars["mean_coulombic_efficiency"]
    assert (mean.value, mean.sd, mean.n) == (pytest.approx(0.99), pytest.approx(0.01), 3)


def test_a_cycle_that_began_partly_charged_is_said_and_left_out_of_the_mean():
    halves = [(0.1, 1.0), (1.0, 1.0), (1.0, 0.9)]
    scalars, found = scalars_of(cycling_table([[charge(1.0, a), discharge(1.0, b)] for a, b in halves]))
    assert scalars["mean_coulombic_efficiency"].value == pytest.approx(0.95)
    assert any("cycle 1" in sentence for sentence in found.warnings)


def test_cycle_life_is_found():
    scalars, _ = scalars_of(fading(210))
    assert scalars["cycle_life_80_percent"].value == 202


def test_every_scalar_is_a_quantity_with_a_definition():
    scalars, _ = scalars_of(fading(210), active_mass_mg=10)
    for name in scalars:
        assert quantity(name).definition


def test_a_file_of_rest_alone_has_no_cycles_and_no_capacity():
    scalars, found = scalars_of(cycling_table([[rest()]]))
    assert {name: scalar.value for name, scalar in scalars.items()} == {"cycles": 0, "ageing_cycles": 0}
    assert found.warnings == ("no current flows in this test, so it has no capacity",)


def test_an_empty_table_is_analysed_to_nothing():
    scalars, found = scalars_of(cycling_table([[rest()]]).clear())
    assert scalars["cycles"].value == 0
    assert found.tables["cycles"].is_empty()


def test_half_a_cycle_has_no_first_capacity():
    scalars, found = scalars_of(cycling_table([[charge()]]))
    assert "first_charge_capacity_mah" not in scalars
    assert any("no cycle has both" in sentence for sentence in found.warnings)


def test_more_than_any_cathode_holds_is_a_doubt_about_the_mass():
    _, found = scalars_of(cycling_table([[charge(), discharge()]]), active_mass_mg=0.5)
    assert any("2000 mAh/g is more than any cathode holds" in sentence for sentence in found.warnings)
    assert analyse(cycling_table([[charge(), discharge()]]), {"active_mass_mg": 5}).warnings == ()


@pytest.mark.parametrize("mass_mg", [7900.0, 0.9])
def test_a_mass_that_was_typed_in_another_unit_is_doubted(mass_mg):
    _, found = scalars_of(cycling_table([[charge(), discharge()]]), active_mass_mg=mass_mg)
    (sentence,) = found.warnings
    assert sentence.endswith("check the active mass, which is in mg")


@pytest.mark.parametrize(("current_ma", "rate"), [(2000.0, "1e+03 C"), (0.002, "0.001 C")])
def test_a_current_that_is_a_thousand_times_1_c_is_doubted_and_left_as_it_is(current_ma, rate):
    table = cycling_table([[charge(current_ma, 0.5), discharge(current_ma, 0.5)]] * 2)
    scalars, found = scalars_of(table, nominal_capacity_mah=2.0)
    assert any(f"the current is {rate} by the mass" in sentence for sentence in found.warnings)
    assert scalars["first_discharge_capacity_mah"].value == pytest.approx(current_ma / 2)


def test_pulses_at_a_high_rate_are_no_wrong_unit():
    cycles = [[charge(), discharge(500.0, 0.0002), rest(), discharge(1.0, 0.8)]] * 2
    _, found = scalars_of(cycling_table(cycles), nominal_capacity_mah=1.0)
    assert not any("the current is" in sentence for sentence in found.warnings)


def test_a_test_that_begins_with_a_discharge_is_said():
    _, found = scalars_of(cycling_table([[rest(), discharge(), charge()]] * 3))
    assert any("begins with a discharge" in sentence for sentence in found.warnings)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"active_mass_mg": 0}, "active_mass_mg must be more than 0"),
        ({"nominal_capacity_mah": -1}, "nominal_capacity_mah must be more than 0"),
        ({"active_mass_mg": float("inf")}, "active_mass_mg must be more than 0"),
        ({"mass": 3}, "no parameter mass"),
    ],
)
def test_absurd_parameters_are_refused(parameters, sentence):
    with pytest.raises(ValueError, match=sentence):
        analyse(cycling_table([[charge()]]), parameters)


def test_a_kind_for_a_cycle_that_is_not_there_waits_and_is_said():
    _, found = scalars_of(cycling_table([[charge(), discharge()]] * 2), cycle_kinds={"2": "check-up", "9": "check-up"})
    assert found.tables["cycles"]["kind"].to_list() == ["ageing", "check-up"]
    assert any("cycle 9, which this test does not have" in sentence for sentence in found.warnings)


def test_the_defaults_of_the_technique_are_parameters_of_its_analysis():
    analyse(cycling_table([[charge(), discharge()]]), CYCLING.defaults)


def test_an_analysis_leaves_its_table_as_it_was():
    table = cycling_table([[charge(), discharge()]])
    before = table.clone()
    analyse(table, {})
    assert table.equals(before)
