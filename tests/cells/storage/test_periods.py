"""Storage found from the steps of a test."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.join import join
from cells.cycling.steps import summarise_steps
from cells.storage.periods import find_periods
from labdb.ingest.reader import Reading
from tests.cells.cycling.tables import Step, charge, cycling_table, discharge, rest

DAY = 24.0
CYCLE = [charge(), discharge()]
# Left at 3.9 V after its charge, it is at 3.8 V after 15 days.
STORED = Step(15 * DAY, 0.0, (3.9, 3.8), "REST")


def periods(*cycles, types: bool = True, **asked) -> pl.DataFrame:
    return find_periods(summarise_steps(cycling_table(cycles, types=types)), **asked)


def part(start: str, *cycles) -> Reading:
    return Reading(cycling_table(cycles), {"start_time_utc": start})


def test_a_rest_of_days_between_a_charge_and_a_discharge_is_storage():
    found = periods(CYCLE, [charge(), STORED, discharge()], CYCLE).to_dicts()
    assert len(found) == 1
    assert found[0] == {
        "period": 1,
        "first_step": 4,
        "last_step": 4,
        "step_before": 3,
        "step_after": 5,
        "cycle_before": 2,
        "cycle_after": 2,
        "start_time_second": pytest.approx(3 * 3600),
        "end_time_second": pytest.approx((3 + 15 * 24) * 3600),
        "duration_day": pytest.approx(15),
        "voltage_before_volt": pytest.approx(3.9),
        "voltage_after_volt": pytest.approx(3.8),
        "ended": True,
    }


def test_a_file_without_step_types_tells_it_as_well():
    assert periods(CYCLE, [charge(), STORED, discharge()], CYCLE, types=False)["duration_day"].to_list() == [15]


def test_two_periods_of_one_test_are_two():
    found = periods(CYCLE, [charge(), STORED, discharge()], CYCLE, [charge(), rest(27 * DAY), discharge()])
    assert found["duration_day"].to_list() == pytest.approx([15, 27])
    assert found["period"].to_list() == [1, 2]


def test_rests_of_hours_are_not_storage_unless_asked_for():
    cycles = (CYCLE, [charge(), rest(12), discharge()])
    assert periods(*cycles).is_empty()
    assert periods(*cycles, least_day=0.5)["duration_day"].to_list() == pytest.approx([0.5])


def test_several_rests_one_after_the_other_are_one_period():
    found = periods(CYCLE, [charge(), rest(1), STORED, rest(1), discharge()]).row(0, named=True)
    assert (found["first_step"], found["last_step"]) == (4, 6)
    assert found["duration_day"] == pytest.approx(15 + 2 / 24)


def test_a_check_of_the_open_circuit_with_a_tiny_current_does_not_end_it():
    pulse = Step(0.001, -0.1, 3.8, "CC_DCHG", rows=3)
    assert periods(CYCLE, [charge(), rest(7 * DAY), pulse, rest(8 * DAY), discharge()]).height == 1


def test_a_current_that_holds_the_voltage_for_days_is_not_storage():
    held = Step(15 * DAY, 1e-3, 4.0, "CV_CHG", rows=400)
    assert periods(CYCLE, [charge(), held, discharge()], CYCLE).is_empty()


def test_a_pause_between_two_files_is_storage_when_the_cell_was_charged_before_it():
    first = part("2026-01-01T00:00:00+00:00", CYCLE, [charge(), rest(1)])
    second = part("2026-01-16T04:00:00+00:00", [rest(0.5), discharge()], CYCLE)
    found = find_periods(summarise_steps(join([first, second]).table)).row(0, named=True)
    assert found["duration_day"] == pytest.approx(15 + 1.5 / 24)
    assert (found["first_step"], found["last_step"], found["cycle_after"]) == (4, 5, 3)


def test_a_pause_without_a_recorded_rest_is_named_by_the_step_before_and_has_no_voltage_after():
    first = part("2026-01-01T00:00:00+00:00", CYCLE, [charge()])
    second = part("2026-01-16T03:00:00+00:00", [discharge()], CYCLE)
    found = find_periods(summarise_steps(join([first, second]).table)).row(0, named=True)
    assert found["duration_day"] == pytest.approx(15)
    assert (found["first_step"], found["last_step"]) == (3, 3)
    assert found["voltage_before_volt"] == pytest.approx(4.0)
    assert found["voltage_after_volt"] is None


def test_a_rest_before_the_cycler_was_off_says_nothing_of_the_voltage_after():
    first = part("2026-01-01T00:00:00+00:00", CYCLE, [charge(), rest(1)])
    second = part("2026-01-16T04:00:00+00:00", [discharge()], CYCLE)
    found = find_periods(summarise_steps(join([first, second]).table)).row(0, named=True)
    assert (found["voltage_before_volt"], found["voltage_after_volt"]) == (pytest.approx(3.5), None)


@pytest.mark.parametrize(
    "cycles",
    [
        pytest.param(([charge(), discharge(), rest(15 * DAY)], CYCLE), id="after a discharge"),
        pytest.param(
            (CYCLE, [charge(), Step(0.5, -1, (4.0, 3.5), "CC_DCHG"), rest(15 * DAY), discharge(hours=0.5)]),
            id="amid a discharge",
        ),
        pytest.param(
            (
                CYCLE,
                [Step(0.5, 1, (3.0, 3.5), "CC_CHG"), rest(15 * DAY), Step(0.5, 1, (3.5, 4.0), "CC_CHG"), discharge()],
            ),
            id="amid a charge",
        ),
        pytest.param(([rest(2 * DAY), charge(), discharge()], CYCLE), id="wetting before the first charge"),
        pytest.param(([rest(20 * DAY)],), id="rest only"),
    ],
)
def test_a_pause_that_is_not_of_a_charged_cell_is_no_storage(cycles):
    assert periods(*cycles).is_empty()


def test_a_cell_stored_half_charged_is_found_by_the_discharge_after_it():
    assert periods(CYCLE, [charge(hours=0.5), rest(15 * DAY), discharge(hours=0.5)]).height == 1


def test_a_full_cell_that_is_topped_up_after_its_storage_was_stored():
    top_up = Step(0.2, 1.0, (3.8, 4.0), "CC_CHG")
    assert periods(CYCLE, [charge(), STORED, top_up, discharge()]).height == 1


def test_storage_that_still_goes_on_has_not_ended():
    found = periods(CYCLE, [charge(), rest(9 * DAY)]).row(0, named=True)
    assert (found["duration_day"], found["ended"], found["step_after"]) == (pytest.approx(9), False, None)


def test_a_cell_that_was_charged_elsewhere_was_stored_if_a_person_says_so():
    cycles = ([rest(15 * DAY), discharge()], CYCLE)
    assert periods(*cycles).is_empty()  # so does an anode or a sulfur cell begin, after it was wetted
    found = periods(*cycles, said=[1]).row(0, named=True)
    assert (found["duration_day"], found["step_before"]) == (pytest.approx(15), None)


def test_a_person_says_what_is_storage_and_what_is_not():
    cycles = (CYCLE, [charge(), discharge(hours=0.5), rest(15 * DAY), discharge(hours=0.5)])
    assert periods(*cycles, said=[5])["duration_day"].to_list() == pytest.approx([15])
    assert periods(CYCLE, [charge(), STORED, discharge()], denied=[4]).is_empty()


def test_a_test_without_steps_has_none():
    steps = summarise_steps(cycling_table([CYCLE])).clear()
    assert find_periods(steps).is_empty()
