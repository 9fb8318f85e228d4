"""Resistance and power of pulses against hand arithmetic: 2 ohm in all, 1 ohm at once, at 0.1 A."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.parameters import Parameters
from cells.hppc.analysis import analyse, at_state_of_charge
from tests.cells.cycling.tables import Step
from tests.cells.hppc.made import (
    CAPACITY_MAH,
    as_tested,
    charge,
    discharge,
    hppc_table,
    open_circuit,
    portion,
    pulse,
    pulse_sequence,
    rest,
)

KNOWN = Parameters(active_mass_mg=500.0, nominal_capacity_mah=CAPACITY_MAH)


def found(*cycles: list[Step], told: Parameters | None = None, change=None):
    table = hppc_table(cycles)
    return analyse(as_tested(table if change is None else change(table), told))


def values(*cycles: list[Step], told: Parameters | None = None) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in found(*cycles, told=told).scalars}


def test_resistance_is_the_change_of_the_voltage_over_the_current():
    pulses = found(pulse_sequence(ohm=2.0, ohmic=1.0)).tables["pulses"]
    down = pulses.filter(pl.col("direction") == "discharge")
    up = pulses.filter(pl.col("direction") == "charge")
    assert down["pulse_resistance_ohm"].to_list() == pytest.approx([2.0] * 9)
    assert up["pulse_resistance_ohm"].to_list() == pytest.approx([1.6] * 9)
    assert pulses["pulse_ohmic_resistance_ohm"].to_list() == pytest.approx([1.0] * 18)
    assert down["current_ampere"].to_list() == pytest.approx([-0.1] * 9)
    assert down["c_rate"].to_list() == pytest.approx([1.0] * 9)


def test_power_is_the_voltage_at_the_end_times_its_drop_over_the_resistance():
    pulses = found(pulse_sequence(), told=KNOWN).tables["pulses"]
    first = pulses.row(0, named=True)
    # At 90 % the cell rests at 4.1 V; 0.1 A through 2 ohm leave 3.9 V, and 3.9 V · 0.2 V / 2 ohm are 0.39 W.
    assert first["rest_voltage_volt"] == pytest.approx(4.1)
    assert first["pulse_voltage_volt"] == pytest.approx(3.9)
    assert first["pulse_power_watt"] == pytest.approx(0.39)
    # Of half a gram: 780 W/kg, and 1 ohm·g.
    assert first["pulse_power_w_per_kg"] == pytest.approx(780.0)
    assert first["pulse_resistance_ohm_gram"] == pytest.approx(1.0)


def test_the_power_capability_is_at_the_voltage_limit_of_the_test():
    first, second = found([charge(), discharge()], pulse_sequence(), told=KNOWN).tables["pulses"].rows(named=True)[:2]
    # Discharges end at 3.19 V, charges at 4.2 V; the cell rests at 4.1 V, 2 ohm down and 1.6 ohm up.
    assert first["power_capability_watt"] == pytest.approx(3.19 * (4.1 - 3.19) / 2.0)
    assert second["power_capability_watt"] == pytest.approx(4.2 * (4.2 - 4.1) / 1.6)
    assert first["power_capability_w_per_kg"] == pytest.approx(first["power_capability_watt"] / 0.5e-3)


def test_per_gram_is_nothing_without_the_mass():
    pulses = found(pulse_sequence()).tables["pulses"]
    assert pulses["pulse_resistance_ohm_gram"].null_count() == pulses.height
    assert pulses["pulse_power_w_per_kg"].null_count() == pulses.height


def test_the_state_of_charge_is_what_was_discharged_of_the_whole_discharge_of_the_sequence():
    pulses = found(pulse_sequence(regen=False)).tables["pulses"]
    # Each pulse takes 0.1 A · 10 s beside the portions of 10 mAh.
    taken = 100 / 360
    total = 100 + 9 * taken
    expected = [1 - (10 * n + (n - 1) * taken) / total for n in range(1, 10)]
    assert pulses["state_of_charge"].to_list() == pytest.approx(expected)


def test_on_the_way_up_the_state_of_charge_counts_from_the_empty_cell():
    steps = [discharge(), rest(3.2)]
    for soc in (0.25, 0.5, 0.75):
        steps += [charge(mah=25), rest(3.2 + soc), pulse(3.2 + soc, 2.0, 1.0), rest(3.2 + soc, 40)]
    steps += [charge(mah=25 + 3 * 100 / 360), rest(4.2)]
    pulses = found(steps, [discharge()]).tables["pulses"]
    assert pulses["state_of_charge"].to_list() == pytest.approx([0.25, 0.5, 0.75], abs=0.01)


def test_results_stand_at_half_charge_for_each_number_of_ageing_cycles_with_their_growth():
    ageing = [charge(), discharge()]
    results = values(ageing, pulse_sequence(ohm=2.0), *[ageing] * 2, pulse_sequence(ohm=3.0), told=KNOWN)
    assert results["hppc_sequences"] == 2
    assert results["hppc_discharge_resistance_ohm"] == pytest.approx(2.0)
    assert results["hppc_discharge_resistance_ohm_at_1"] == pytest.approx(2.0)
    assert results["hppc_discharge_resistance_ohm_at_3"] == pytest.approx(3.0)
    assert results["hppc_charge_resistance_ohm"] == pytest.approx(1.6)
    assert results["hppc_resistance_growth"] == pytest.approx(0.5)
    # At half charge 3.7 V at rest, 3.5 V at the end of the pulse.
    assert results["hppc_discharge_power_watt"] == pytest.approx(0.35, rel=0.01)


def test_between_two_pulses_the_value_lies_on_a_straight_line():
    pulses = pl.DataFrame({"state_of_charge": [0.6, 0.4, None], "pulse_resistance_ohm": [1.0, 3.0, 9.0]})
    assert at_state_of_charge(pulses, "pulse_resistance_ohm") == pytest.approx(2.0)
    assert at_state_of_charge(pulses, "pulse_resistance_ohm", 0.7) is None


def test_a_single_pulse_has_a_resistance_but_no_state_of_charge_and_says_so():
    analysis = found([rest(4.1, 60), pulse(4.1, 2.0, 1.0), rest(4.1, 60)])
    (row,) = analysis.tables["pulses"].rows(named=True)
    assert row["pulse_resistance_ohm"] == pytest.approx(2.0)
    assert row["state_of_charge"] is None
    assert any("state of charge is not known" in sentence for sentence in analysis.warnings)
    assert not any(scalar.quantity == "hppc_discharge_resistance_ohm" for scalar in analysis.scalars)


def test_a_pulse_out_of_a_current_has_no_resistance_and_this_is_said():
    steps = pulse_sequence(regen=False)
    del steps[7]  # the rest before the second pulse
    analysis = found(steps)
    assert analysis.tables["pulses"]["pulse_resistance_ohm"].is_null().to_list() == [False, True] + [False] * 7
    assert any("1 pulse (step 8) without a rest before" in sentence for sentence in analysis.warnings)


def test_a_voltage_that_goes_against_its_current_is_said_and_gives_nothing():
    def turned(table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns(current_ampere=-pl.col("current_ampere"))

    analysis = found([rest(4.1), pulse(4.1, 2, 1), rest(4.1), pulse(4.1, 2, 1, 100), rest(4.1)], change=turned)
    assert analysis.tables == {}  # short charges and nothing else: no pulses
    sequence = found(pulse_sequence(), change=turned)
    assert sequence.tables["pulses"]["pulse_resistance_ohm"].null_count() == 18
    assert any("the sign of the current may be wrong" in sentence for sentence in sequence.warnings)


def test_a_pulse_of_one_record_gives_the_resistance_at_it_and_says_what_it_does_not():
    steps = pulse_sequence(regen=False)
    steps = [Step(s.hours, s.current_ma, s.voltage_volt, s.step_type, rows=2) if s.rows == 101 else s for s in steps]

    def without_first(table: pl.DataFrame) -> pl.DataFrame:
        begins = pl.col("step_count") != pl.col("step_count").shift(1)
        return table.filter(~(begins & (pl.col("current_ampere") < -0.09)).fill_null(value=False))

    analysis = found(steps, change=without_first)
    pulses = analysis.tables["pulses"]
    assert pulses["pulse_resistance_ohm"].to_list() == pytest.approx([2.0] * 9)
    assert pulses["pulse_ohmic_resistance_ohm"].null_count() == 9
    assert pulses["duration_second"].to_list() == pytest.approx([10.0] * 9)
    assert any("with one record under current" in sentence for sentence in analysis.warnings)


def test_a_slow_first_record_is_said_with_the_ohmic_resistance():
    def late(table: pl.DataFrame) -> pl.DataFrame:
        begins = (pl.col("step_count") != pl.col("step_count").shift(1)) & (pl.col("current_ampere") == -0.1)
        return table.filter(~begins.fill_null(value=False).cast(pl.Boolean)).filter(pl.col("step_count") > 0)

    steps = pulse_sequence(regen=False)
    steps = [Step(s.hours, s.current_ma, s.voltage_volt, s.step_type, rows=6) if s.rows == 101 else s for s in steps]
    assert any("comes 2 s after the last at rest" in sentence for sentence in found(steps, change=late).warnings)


def test_a_pulse_that_was_cut_short_is_in_the_table_but_not_in_the_results():
    steps = pulse_sequence(regen=False)
    short = Step(3 / 3600, -100, (3.2, 3.1), "CC_DCHG", rows=31)
    steps[-2:-2] = [portion(0.1, 0.05), rest(3.25), short, rest(3.25)]
    analysis = found([charge(), discharge()], steps)
    assert analysis.tables["pulses"]["compared"].to_list() == [True] * 9 + [False]
    assert any("1 pulse" in sentence and "in the table, not in figures" in sentence for sentence in analysis.warnings)


def test_a_sequence_that_stops_half_way_counts_on_the_discharge_before():
    steps = pulse_sequence(regen=False)
    half = steps[: 2 + 4 * 5]  # five levels, no discharge to the end
    analysis = found([charge(), discharge()], half)
    assert analysis.tables["pulses"]["state_of_charge"].to_list() == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5], abs=0.02)
    assert any("counts on the last whole discharge before, 100 mAh" in sentence for sentence in analysis.warnings)


def test_a_file_that_begins_with_pulses_takes_the_cell_as_full_and_says_so():
    analysis = found(pulse_sequence(regen=False)[1:])
    assert analysis.tables["pulses"]["state_of_charge"][0] == pytest.approx(0.9, abs=0.01)
    assert any("taken as full at its start" in sentence for sentence in analysis.warnings)


def test_the_rest_after_a_pulse_says_how_far_the_voltage_went_back():
    first = found(pulse_sequence()).tables["pulses"].row(0, named=True)
    assert first["recovery_volt"] == pytest.approx(open_circuit(0.9) - 3.9)
    assert first["rest_after_second"] == pytest.approx(40.0)


def test_a_test_without_pulses_has_no_such_table():
    analysis = found([charge(), rest(4.2), discharge()])
    assert (analysis.tables, analysis.scalars, analysis.warnings) == ({}, (), ())
