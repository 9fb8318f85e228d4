"""Cycles against hand arithmetic: 1 mA for 1 h is 1 mAh, at a mean of 3.5 V it is 3.5 mWh."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.analysis import cycle_life, summarise_cycles
from cells.cycling.claims import claim_steps
from cells.cycling.steps import summarise_steps
from tests.cells.cycling.tables import Step, charge, cycling_table, discharge, rest


def cycles_of(table: pl.DataFrame, **known: object) -> pl.DataFrame:
    steps = summarise_steps(table, known.pop("nominal_capacity_mah", None))  # type: ignore[arg-type]
    claims = claim_steps(steps, known.pop("cycle_kinds", None))  # type: ignore[arg-type]
    return summarise_cycles(steps, claims=claims, **known)  # type: ignore[arg-type]


def test_one_milliampere_hour_from_ten_milligrams_is_100_mah_per_g():
    cycles = cycles_of(cycling_table([[charge(1.0), discharge(1.0)]]), active_mass_mg=10)
    assert cycles["discharge_capacity_mah_per_g"].to_list() == pytest.approx([100.0])
    assert cycles["specific_energy_wh_per_kg"].to_list() == pytest.approx([350.0])
    assert cycles["mean_discharge_voltage_volt"].to_list() == pytest.approx([3.5])


def test_nothing_is_per_gram_without_a_mass():
    cycles = cycles_of(cycling_table([[charge(), discharge()]]))
    assert cycles["discharge_capacity_mah"].to_list() == pytest.approx([1.0])
    assert cycles["discharge_capacity_mah_per_g"].to_list() == [None]
    assert cycles["specific_energy_wh_per_kg"].to_list() == [None]


@pytest.mark.parametrize("mass", [0, -3.0, float("nan")])
def test_an_active_mass_that_is_not_positive_is_refused(mass):
    with pytest.raises(ValueError, match="active mass must be more than 0 mg"):
        cycles_of(cycling_table([[charge(), discharge()]]), active_mass_mg=mass)


def test_coulombic_efficiency_is_discharge_over_charge_of_the_same_cycle():
    cycles = cycles_of(cycling_table([[charge(1.0, 1.25), rest(), discharge(1.0, 1.0), rest()]] * 3))
    assert cycles["coulombic_efficiency"].to_list() == pytest.approx([0.8] * 3)
    assert cycles["complete"].to_list() == [True] * 3


def test_a_constant_voltage_tail_belongs_to_its_charge():
    tail = Step(1.0, (1.0, 0.1), 4.3, "CV_CHG")  # mean 0.55 mA for 1 h
    cycles = cycles_of(cycling_table([[charge(1.0), tail, discharge(1.0)]]), nominal_capacity_mah=2.0)
    assert cycles["charge_capacity_mah"].to_list() == pytest.approx([1.55])
    assert cycles["charge_energy_mwh"].to_list() == pytest.approx([3.5 + 0.55 * 4.3])
    assert cycles["end_of_charge_voltage_volt"].to_list() == [4.3]
    assert cycles["charge_c_rate"].to_list() == pytest.approx([0.5])


def test_retention_is_relative_to_the_first_ageing_cycle_and_not_to_formation():
    formation = [[charge(0.1, 21), discharge(0.1, 20)]] * 3
    ageing = [[charge(1.0, hours), discharge(1.0, hours)] for hours in (1.8, 1.62, 1.44)]
    cycles = cycles_of(cycling_table(formation + ageing), nominal_capacity_mah=1.0)
    assert cycles["kind"].to_list() == ["formation"] * 3 + ["ageing"] * 3
    assert cycles["ageing_index"].to_list() == [None] * 3 + [1, 2, 3]
    assert cycles["capacity_retention"].to_list()[3:] == pytest.approx([1.0, 0.9, 0.8])
    assert cycles["capacity_retention"].to_list()[:3] == [None] * 3


def test_a_slow_cycle_among_fast_ones_is_a_check_up_and_has_no_retention():
    fast, slow = [charge(1.0), discharge(1.0)], [charge(0.1, 11), discharge(0.1, 11)]
    cycles = cycles_of(cycling_table([slow] * 3 + [fast] * 200 + [slow] + [fast] * 200), nominal_capacity_mah=1.0)
    kinds = cycles["kind"].to_list()
    assert kinds == ["formation"] * 3 + ["ageing"] * 200 + ["check-up"] + ["ageing"] * 200
    assert cycles["ageing_index"].to_list()[203:205] == [None, 201]
    assert cycles["capacity_retention"].to_list()[203] is None


def test_kinds_are_told_from_relative_rates_where_1_c_is_not_known():
    cycles = cycles_of(cycling_table([[charge(0.1, 10), discharge(0.1, 10)]] * 3 + [[charge(1.0), discharge(1.0)]] * 5))
    assert cycles["kind"].to_list() == ["formation"] * 3 + ["ageing"] * 5
    assert cycles["discharge_c_rate"].to_list() == [None] * 8


def test_a_person_can_say_what_a_cycle_was_for():
    cycles = cycles_of(cycling_table([[charge(), discharge()]] * 4), cycle_kinds={"1": "formation"})
    assert cycles["kind"].to_list() == ["formation", "ageing", "ageing", "ageing"]
    assert cycles["ageing_index"].to_list() == [None, 1, 2, 3]


@pytest.mark.parametrize("corrections", [{"1": "warm-up"}, {"first": "ageing"}])
def test_a_kind_that_is_none_or_of_no_number_is_refused(corrections):
    with pytest.raises(ValueError, match=r"a cycle is one of formation, ageing, check-up"):
        cycles_of(cycling_table([[charge(), discharge()]] * 2), cycle_kinds=corrections)


def test_a_cycle_without_both_halves_is_not_complete():
    cycles = cycles_of(cycling_table([[charge(), discharge()], [charge()], [charge(), discharge()], [rest()]]))
    assert cycles["complete"].to_list() == [True, False, True, False]
    assert cycles["kind"].to_list() == ["ageing", "ageing", "ageing", "rest"]
    assert cycles["ageing_index"].to_list() == [1, None, 2, None]
    assert cycles["coulombic_efficiency"].to_list() == pytest.approx([1.0, None, 1.0, None])


def test_a_last_cycle_that_is_still_running_is_not_complete():
    half_way = Step(0.4, -1.0, (4.0, 3.6), "CC_DCHG")
    running = cycles_of(cycling_table([[charge(), discharge()]] * 2 + [[charge(), half_way]]))
    assert running["complete"].to_list() == [True, True, False]
    ended = cycles_of(cycling_table([[charge(), discharge()]] * 2 + [[charge(), half_way, rest()]]))
    assert ended["complete"].to_list() == [True, True, True]


def test_a_file_of_rest_alone_has_one_rest_cycle():
    cycles = cycles_of(cycling_table([[rest()]]))
    assert cycles.select("kind", "complete", "discharge_capacity_mah").row(0) == ("rest", False, 0.0)


def test_cycle_life_is_the_first_cycle_below_80_percent_that_stays_below_for_two_more():
    hours = [1.0, 0.79, 0.9, 0.85, 0.79, 0.78, 0.77, 0.76]
    cycles = cycles_of(cycling_table([[charge(1.0, 1.0), discharge(1.0, hour)] for hour in hours]))
    assert cycle_life(cycles) == 5
    assert cycle_life(cycles.head(6)) is None
