"""Steps against hand arithmetic."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cells.cycling.steps import summarise_steps
from tests.cells.cycling.tables import Step, charge, cycling_table, discharge, rest


def test_a_step_knows_where_it_stands_in_the_table():
    steps = summarise_steps(cycling_table([[charge(), rest(), discharge()]]))
    assert steps["first_row"].to_list() == [0, 61, 122]
    assert steps["rows"].to_list() == [61, 61, 61]
    assert steps["start_time_second"].to_list() == [0.0, 3600.0, 5400.0]


def test_the_cyclers_own_counter_goes_before_the_integral_of_its_records():
    table = cycling_table([[charge(1.0)]], counters=True)
    counted = table.with_columns(step_cumulative_capacity_ah=pl.col("step_cumulative_capacity_ah") * 1.01)
    assert summarise_steps(counted)["charge_capacity_mah"].to_list() == pytest.approx([1.01])
    assert summarise_steps(counted.drop("step_cumulative_capacity_ah"))[
        "charge_capacity_mah"
    ].to_list() == pytest.approx([1.0])


def test_a_profile_that_runs_both_ways_is_integrated_by_sign():
    # From +1 mA to −1 mA in 2 h: 0.5 mAh each way, although the counter adds them up.
    table = cycling_table([[Step(2.0, (1.0, -1.0), 4.0, "PULSE", rows=121)]], counters=True)
    steps = summarise_steps(table)
    assert steps["charge_capacity_mah"].to_list() == pytest.approx([0.5], rel=1e-3)
    assert steps["discharge_capacity_mah"].to_list() == pytest.approx([0.5], rel=1e-3)
    assert steps["discharge_energy_mwh"].to_list() == pytest.approx([2.0], rel=1e-3)
    assert steps["mean_current_ampere"].to_list() == pytest.approx([0.0], abs=1e-9)


def test_one_record_of_the_wrong_sign_does_not_make_a_profile():
    table = cycling_table([[discharge(1.0)]], counters=True)
    first = pl.int_range(pl.len()) == 0
    glitch = table.with_columns(current_ampere=pl.when(first).then(0.001).otherwise("current_ampere"))
    assert summarise_steps(glitch)["charge_capacity_mah"].to_list() == [0.0]
    assert summarise_steps(glitch)["discharge_capacity_mah"].to_list() == pytest.approx([1.0])


def test_nothing_is_integrated_across_a_gap():
    table = cycling_table([[charge(1.0, hours=2.0)]])
    after = pl.int_range(pl.len()) > 30
    paused = table.with_columns(pl.col("test_time_second") + pl.when(after).then(10 * 3600.0).otherwise(0.0))
    assert summarise_steps(paused)["charge_capacity_mah"].to_list() == pytest.approx([2.0 * 59 / 60])
    across = summarise_steps(paused, max_gap_second=36_000 + 121)
    assert across["charge_capacity_mah"].to_list() == pytest.approx([12.0])


def test_a_rest_moves_nothing_however_noisy():
    steps = summarise_steps(cycling_table([[charge(1.0), Step(10, 0.00005, 3.5)]], types=False))
    assert steps["charge_capacity_mah"].to_list() == pytest.approx([1.0, 0.0])
    assert steps["step_type"].to_list() == ["CC_CHG", "REST"]


def test_step_types_are_found_where_the_file_names_none():
    steps = [
        charge(),
        Step(1, (1.0, 0.1), 4.3),
        rest(),
        discharge(),
        Step(1, (-1.0, -0.1), 3.0),
        Step(1, (1.0, 0.1), (3.0, 4.3)),
        Step(1, (1.0, -1.0), (3.0, 4.0)),
    ]
    found = summarise_steps(cycling_table([steps], types=False))["step_type"].to_list()
    assert found == ["CC_CHG", "CV_CHG", "REST", "CC_DCHG", "CV_DCHG", "CCCV_CHG", "PULSE"]


def test_a_step_in_which_the_cycle_number_changes_gives_a_row_a_cycle():
    table = cycling_table([[charge()], [discharge()]]).with_columns(step_count=pl.lit(1, dtype=pl.Int32))
    steps = summarise_steps(table)
    assert steps["cycle_count"].to_list() == [1, 2]
    assert steps["step_count"].to_list() == [1, 1]
    assert steps["discharge_capacity_mah"].to_list() == pytest.approx([0.0, 1.0])


def test_a_scan_gives_what_the_table_gives(tmp_path):
    table = cycling_table([[charge(), rest(), discharge()]] * 50)
    table.write_parquet(tmp_path / "test.parquet", row_group_size=100)
    assert summarise_steps(pl.scan_parquet(tmp_path / "test.parquet")).equals(summarise_steps(table))


def test_an_empty_table_has_no_steps():
    assert summarise_steps(cycling_table([[charge()]]).clear()).is_empty()


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.floats(0.01, 50), st.floats(0.05, 20), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_every_milliampere_hour_is_counted_once(parts):
    steps = [charge(current, hours) if inward else discharge(current, hours) for current, hours, inward in parts]
    summed = summarise_steps(cycling_table([steps]), max_gap_second=1e9)
    charged = sum(current * hours for current, hours, inward in parts if inward)
    discharged = sum(current * hours for current, hours, inward in parts if not inward)
    assert summed["charge_capacity_mah"].sum() == pytest.approx(charged, rel=1e-9)
    assert summed["discharge_capacity_mah"].sum() == pytest.approx(discharged, rel=1e-9)
