"""Steps, cycles and counters that a file leaves out."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.readers.steps import (
    count_cycles,
    direction,
    number_steps,
    signed,
    since_step_began,
    step_type_of,
    time_over_steps,
)
from cells.cycling.table import STEP_TYPES


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CC Chg", "CC_CHG"),
        ("CC_DChg", "CC_DCHG"),
        ("CC_DCH", "CC_DCHG"),
        ("CCCV_Chg", "CCCV_CHG"),
        ("CC-CV DChg", "CCCV_DCHG"),
        ("CV_Chg", "CV_CHG"),
        ("Rest", "REST"),
        ("OCV", "REST"),
        ("恒流恒压充电", "CCCV_CHG"),
        ("恒流放电", "CC_DCHG"),
        ("静置", "REST"),
        ("Pulse", "PULSE"),
        ("Control", "OTHER"),
        ("CP_DChg", None),
        ("something else", None),
    ],
)
def test_the_vendors_words_for_a_step_become_ours(text, kind):
    assert step_type_of(text) == kind
    assert kind is None or kind in STEP_TYPES


def test_a_current_below_a_thousandth_of_the_largest_is_rest():
    assert direction(pl.Series([1.0, 0.0005, -0.5, 0.0])).to_list() == [1, 0, -1, 0]


def test_a_cycle_begins_where_the_first_direction_comes_back():
    charge_first = pl.Series([0.0, 1.0, 0.0, -1.0, 0.0, 1.0, -1.0])
    discharge_first = pl.Series([-1.0, 1.0, -1.0, 1.0])
    assert count_cycles(charge_first).to_list() == [1, 1, 1, 1, 1, 2, 2]
    assert count_cycles(discharge_first).to_list() == [1, 1, 2, 2]
    assert count_cycles(pl.Series([0.0, 0.0])).to_list() == [1, 1]


def test_a_step_ends_where_its_number_changes_or_its_time_falls_back():
    table = pl.DataFrame({"step_id": [1, 1, 2, 2, 2], "step_time_second": [0.0, 1.0, 0.0, 1.0, 0.0]})
    assert number_steps(table).to_list() == [1, 1, 2, 2, 3]


def test_without_step_numbers_a_step_is_a_run_of_one_direction():
    assert number_steps(pl.DataFrame({"current_ampere": [0.0, 1.0, 1.0, -1.0, 0.0]})).to_list() == [1, 2, 2, 3, 4]


def test_counters_of_a_cycle_become_counters_of_the_step():
    step = pl.Series([1, 1, 2, 2, 3, 3])
    time = pl.Series([0.0, 1, 2, 3, 4, 5])
    charge = pl.Series([0.0, 0.5, 0.5, 0.5, 0.0, 0.25])  # reset when the second cycle begins
    discharge = pl.Series([0.0, 0.0, 0.1, 0.4, 0.0, 0.0])
    capacity = since_step_began(step, time, charge, discharge, "q")
    assert capacity.to_list() == pytest.approx([0.0, 0.5, 0.1, 0.4, 0.0, 0.25])


def test_a_counter_that_runs_before_the_file_begins_is_not_counted():
    late = since_step_began(
        pl.Series([1, 1]), pl.Series([5000.0, 5001.0]), pl.Series([7.0, 7.5]), pl.Series([0.0, 0.0]), "q"
    )
    assert late.to_list() == pytest.approx([0.0, 0.5])


def test_a_current_without_sign_takes_that_of_its_step_and_one_with_sign_keeps_it():
    types = pl.Series(["CC_CHG", "CC_DCHG", "REST"])
    assert signed(pl.Series([1.0, 1.0, 0.0]), types)[0].to_list() == [1.0, -1.0, 0.0]
    current, corrected = signed(pl.Series([1.0, -1.0, 0.0]), types)
    assert current.to_list() == [1.0, -1.0, 0.0]
    assert not corrected


def test_steps_that_each_begin_at_zero_follow_one_another():
    time = time_over_steps(pl.Series([1, 1, 2, 2]), pl.Series([0.0, 10.0, 0.0, 5.0]))
    assert time.to_list() == [0.0, 10.0, 10.0, 15.0]
