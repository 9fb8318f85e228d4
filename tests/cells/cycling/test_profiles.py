"""Voltage profiles and dQ/dV against what was put in."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from cells.cycling.dq_dv import differentiate, find_dq_dv_peaks
from cells.cycling.half_cycles import half_cycles
from cells.cycling.profiles import voltage_profiles
from cells.cycling.steps import summarise_steps
from labdb.tables import parquet
from tests.cells.cycling.tables import Step, charge, cycling_table, discharge, rest

ROWS = 4001


def peaked_table(noise_volt: float = 0.0, counters: bool = False) -> pl.DataFrame:
    """Two cycles of 1 mA in which 2 mAh lie around 3.7 V with a standard deviation of 0.05 V, on 1 mAh/V of ground."""
    voltage = np.linspace(3.2, 4.2, 20_001)
    capacity = 2.0 * (norm.cdf(voltage, 3.7, 0.05) - norm.cdf(3.2, 3.7, 0.05)) + (voltage - 3.2)
    even = np.linspace(0, capacity[-1], ROWS)
    up = np.interp(even, capacity, voltage)
    rng = np.random.default_rng(1)
    cycles = [[charge(1.0, even[-1]), rest(), discharge(1.0, even[-1])]] * 2
    table = cycling_table(
        [[Step(s.hours, s.current_ma, s.voltage_volt, s.step_type, ROWS) for s in c] for c in cycles], counters=counters
    )
    curve = np.concatenate([up, np.full(ROWS, 4.2), up[::-1]] * 2)
    return table.with_columns(voltage_volt=curve + rng.normal(0, noise_volt, curve.size))


def test_a_profile_begins_at_zero_and_rises_to_the_capacity_of_its_half():
    table = cycling_table([[charge(1.0, 2.0), rest(), discharge(1.0, 1.5)]], counters=True)
    profiles = voltage_profiles(table, summarise_steps(table), active_mass_mg=10)
    for half, capacity in (("charge", 2.0), ("discharge", 1.5)):
        own = profiles.filter(pl.col("half") == half)
        assert own["capacity_mah"][0] == 0.0
        assert own["capacity_mah"][-1] == pytest.approx(capacity)
        assert own["capacity_mah_per_g"][-1] == pytest.approx(capacity * 100)
        assert own["capacity_mah"].is_sorted()
    assert profiles["voltage_volt"].to_list()[0] == 3.0


def test_a_constant_voltage_tail_goes_on_where_the_constant_current_ended():
    table = cycling_table([[charge(1.0), Step(1.0, (1.0, 0.1), 4.0, "CV_CHG")]])
    profiles = voltage_profiles(table, summarise_steps(table))
    assert profiles["capacity_mah"][-1] == pytest.approx(1.55)
    assert profiles["half"].unique().to_list() == ["charge"]


@pytest.mark.parametrize("counters", [True, False])
def test_chosen_cycles_are_read_alone_from_a_stored_table(tmp_path, counters):
    table = cycling_table([[charge(1.0, n), rest(), discharge(1.0, n)] for n in range(1, 9)], counters=counters)
    parquet.write(table, tmp_path / "test.parquet")
    steps = summarise_steps(table)
    halves = list(half_cycles(parquet.scan(tmp_path / "test.parquet"), steps, cycles=[2, 7]))
    assert [(half.cycle_count, half.half) for half in halves] == [
        (2, "charge"),
        (2, "discharge"),
        (7, "charge"),
        (7, "discharge"),
    ]
    assert [half.capacity_mah[-1] for half in halves] == pytest.approx([2.0, 2.0, 7.0, 7.0])


def test_all_cycles_are_read_in_batches(monkeypatch):
    table = cycling_table([[charge(), discharge()]] * 20)
    steps = summarise_steps(table)
    whole = [half.capacity_mah.tolist() for half in half_cycles(table, steps)]
    monkeypatch.setattr("cells.cycling.half_cycles.BATCH_ROWS", 300)
    assert [half.capacity_mah.tolist() for half in half_cycles(table, steps)] == whole
    assert len(whole) == 40


def test_a_profile_is_thinned_to_what_a_screen_shows():
    table = peaked_table()
    steps = summarise_steps(table)
    assert voltage_profiles(table, steps, points=100).height == 4 * 100
    assert voltage_profiles(table, steps, points=None).height == 4 * ROWS


@pytest.mark.parametrize("noise_volt", [0.0, 0.0005])
@pytest.mark.parametrize("counters", [True, False])
def test_a_peak_is_found_where_the_charge_lies_and_as_high(noise_volt, counters):
    table = peaked_table(noise_volt, counters)
    slopes = differentiate(table, summarise_steps(table), active_mass_mg=10, smoothing_volt=0.01)
    assert slopes["dq_dv_mah_per_volt"].min() >= 0
    peaks = find_dq_dv_peaks(slopes, prominence=0.3)
    assert peaks["half"].to_list() == ["charge", "discharge"] * 2
    assert peaks["voltage_volt"].to_list() == pytest.approx([3.7] * 4, abs=0.003)
    # 2 mAh / (√(2π) · 0.05 V) + 1 mAh/V
    assert peaks["dq_dv_mah_per_volt"].to_list() == pytest.approx([16.96] * 4, rel=0.05)
    assert peaks["dq_dv_mah_per_g_volt"].to_list() == pytest.approx([1696] * 4, rel=0.05)


def test_the_area_under_dq_dv_is_the_capacity():
    table = peaked_table()
    slopes = differentiate(table, summarise_steps(table), grid_volt=0.002)
    areas = slopes.group_by("cycle_count", "half").agg(pl.col("dq_dv_mah_per_volt").sum() * 0.002)
    assert areas["dq_dv_mah_per_volt"].to_list() == pytest.approx([3.0] * 4, rel=2e-3)


@pytest.mark.parametrize("combined", [True, False])
def test_the_constant_voltage_part_makes_no_peak(combined):
    table = cycling_table([[charge(1.0), Step(1.0, (1.0, 0.1), 4.0, "CV_CHG")]])
    if combined:
        table = table.with_columns(
            step_count=pl.lit(1, dtype=pl.Int32), step_type=pl.lit("CCCV_CHG", dtype=pl.Categorical)
        )
    slopes = differentiate(table, summarise_steps(table))
    assert slopes["dq_dv_mah_per_volt"].to_list() == pytest.approx([1.0] * slopes.height)


def test_curves_share_one_grid_so_that_they_can_be_subtracted():
    table = peaked_table()
    slopes = differentiate(table, summarise_steps(table), grid_volt=0.01)
    steps_of_grid = slopes["voltage_volt"] / 0.01 - 0.5
    assert (steps_of_grid - steps_of_grid.round()).abs().max() == pytest.approx(0, abs=1e-6)


def test_a_half_cycle_without_a_slope_has_no_dq_dv():
    table = cycling_table([[Step(1.0, 1.0, 3.5, "CC_CHG")]])
    assert differentiate(table, summarise_steps(table)).is_empty()
    assert find_dq_dv_peaks(differentiate(table, summarise_steps(table))).is_empty()


@pytest.mark.parametrize("wrong", [{"grid_volt": 0}, {"smoothing_volt": -0.01}])
def test_a_grid_or_smoothing_that_cannot_be_is_refused(wrong):
    table = cycling_table([[charge()]])
    with pytest.raises(ValueError, match="dQ/dV needs a grid above 0 V"):
        differentiate(table, summarise_steps(table), **wrong)
