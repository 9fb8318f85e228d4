"""Files of one test, put one after the other."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.analysis import summarise_cycles
from cells.cycling.join import join
from cells.cycling.steps import summarise_steps
from labdb.ingest.reader import ReaderError, Reading
from tests.cells.cycling.tables import charge, cycling_table, discharge

HOUR = 3600.0


def part(start: str | None = None, cycles: int = 2, current_ma: float = 1.0) -> Reading:
    table = cycling_table([[charge(current_ma), discharge(current_ma)]] * cycles)
    return Reading(table, {"start_time_utc": start} if start else {})


def test_one_file_is_left_as_it_is():
    only = part()
    assert join([only]) is only


def test_time_cycles_and_steps_go_on_over_a_restart():
    joined = join([part("2026-01-01T00:00:00+00:00"), part("2026-01-01T05:00:00+00:00", current_ma=2.0)])
    assert joined.table["cycle_count"].unique(maintain_order=True).to_list() == [1, 2, 3, 4]
    assert joined.table["step_count"].unique(maintain_order=True).to_list() == list(range(1, 9))
    # 4 h of test, 1 h of pause, 4 h of test.
    assert joined.table["test_time_second"][-1] == pytest.approx(9 * HOUR)
    cycles = summarise_cycles(summarise_steps(joined.table))
    assert cycles["discharge_capacity_mah"].to_list() == pytest.approx([1.0, 1.0, 2.0, 2.0])
    assert "file 2 counts its cycles anew; here they go on from 3" in joined.warnings


def test_files_are_ordered_by_their_start_and_it_is_said():
    joined = join([part("2026-01-02T00:00:00+00:00", current_ma=2.0), part("2026-01-01T00:00:00+00:00")])
    assert joined.table["current_ampere"][0] == pytest.approx(0.001)
    assert joined.metadata["start_time_utc"] == "2026-01-01T00:00:00+00:00"
    assert any("order of their start times" in sentence for sentence in joined.warnings)


def test_files_without_a_start_stay_in_the_order_given_and_it_is_said():
    joined = join([part(current_ma=2.0), part("2026-01-01T00:00:00+00:00")])
    assert joined.table["current_ampere"][0] == pytest.approx(0.002)
    assert joined.table["test_time_second"][-1] == pytest.approx(8 * HOUR)
    assert any("in the order they were added" in sentence for sentence in joined.warnings)


def test_a_file_whose_cycles_go_on_keeps_their_numbers():
    later = part("2026-01-02T00:00:00+00:00", current_ma=2.0)
    later = Reading(later.table.with_columns(pl.col("cycle_count") + 10), later.metadata)
    joined = join([part("2026-01-01T00:00:00+00:00"), later])
    assert joined.table["cycle_count"].unique(maintain_order=True).to_list() == [1, 2, 11, 12]


def test_the_same_readings_that_began_at_another_time_are_refused():
    with pytest.raises(ReaderError, match="file 2 repeats the readings of file 1, but they began at different times"):
        join([part("2026-01-01T00:00:00+00:00"), part("2026-01-02T00:00:00+00:00")])


def test_an_earlier_state_of_a_file_is_left_out_whichever_came_first():
    whole = part(cycles=3)
    for readings, outgrown in (([part(cycles=1), whole], (0,)), ([whole, part(cycles=1)], (1,))):
        joined = join(readings)
        assert joined.table.equals(whole.table)
        assert joined.outgrown == outgrown
        other = 2 - outgrown[0]
        assert f"file {outgrown[0] + 1} is an earlier state of file {other}, which stands for both" in joined.warnings


def test_of_the_same_readings_in_two_files_the_later_one_stands():
    joined = join([part(), part()])
    assert joined.outgrown == (0,)
    assert joined.table.height == part().table.height


def test_the_last_reading_of_an_earlier_state_may_be_provisional():
    early = part(cycles=1)
    last = pl.int_range(pl.len()) == pl.len() - 1
    early = Reading(early.table.with_columns(voltage_volt=pl.when(last).then(3.33).otherwise("voltage_volt")))
    assert join([early, part(cycles=3)]).outgrown == (0,)


def test_a_restart_that_grows_replaces_its_own_earlier_state_only():
    first = part("2026-01-01T00:00:00+00:00")
    early = part("2026-01-02T00:00:00+00:00", cycles=1, current_ma=2.0)
    grown = part("2026-01-02T00:00:00+00:00", cycles=4, current_ma=2.0)
    joined = join([first, early, grown])
    assert joined.outgrown == (1,)
    assert joined.table["cycle_count"].n_unique() == 6


def test_files_that_hold_the_same_hours_are_refused():
    with pytest.raises(ReaderError, match=r"file 2 begins 3\.00 h before file 1 ends"):
        join([part("2026-01-01T00:00:00+00:00"), part("2026-01-01T01:00:00+00:00", current_ma=2.0)])


def test_an_empty_file_is_left_out_and_it_is_said():
    empty = Reading(part().table.clear())
    joined = join([part(), empty])
    assert joined.table.height == part().table.height
    assert "file 2 holds no readings and is left out" in joined.warnings
    with pytest.raises(ReaderError, match="none of the files"):
        join([empty, empty])


def test_what_was_put_right_in_any_of_the_files_is_kept_with_its_number():
    first, second = part("2026-01-01T00:00:00+00:00"), part("2026-01-01T05:00:00+00:00", current_ma=2.0)
    turned = Reading(second.table, {**second.metadata, "corrections": ["the sign of the current was turned"]})
    assert join([first, turned]).metadata["corrections"] == ["file 2: the sign of the current was turned"]
    assert "corrections" not in join([first, second]).metadata
