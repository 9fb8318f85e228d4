"""Records out of order: what is put right, what is said of it, and what is refused."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.readers.finish import finish
from cells.cycling.readers.order import continue_cycles, mend_time, without_repeats
from cells.cycling.readers.signs import AGAINST, CHARGES, DISCHARGES, against_voltage
from labdb.ingest.reader import ReaderError


def seconds(*values: float) -> pl.Series:
    return pl.Series("test_time_second", values, dtype=pl.Float64)


def counts(*values: int) -> pl.Series:
    return pl.Series("cycle_count", values, dtype=pl.Int32)


def test_a_clock_that_is_set_back_goes_on_by_the_time_since_the_step_began():
    time, said = mend_time(
        seconds(0, 7200, 7260, 3720, 3780),
        "a.csv",
        step_time=seconds(0, 7200, 7260, 7320, 7380),
        step=counts(1, 1, 1, 1, 1),
    )
    assert time.to_list() == [0, 7200, 7260, 7320, 7380]
    assert "1 time (first at record 4, from 7260 to 3720 s) it was continued by the time since the step began" in said


def test_a_clock_that_is_set_back_where_a_step_begins_goes_on_with_that_step():
    time, _ = mend_time(
        seconds(0, 7200, 3610, 3670), "a.csv", step_time=seconds(0, 7200, 10, 70), step=counts(1, 1, 2, 2)
    )
    assert time.to_list() == [0, 7200, 7210, 7270]


def test_the_step_time_alone_says_whether_a_step_begins():
    time, _ = mend_time(seconds(0, 7200, 3610, 3670), "a.csv", step_time=seconds(0, 7200, 10, 70))
    assert time.to_list() == [0, 7200, 7210, 7270]


def test_a_step_whose_own_time_runs_back_too_is_refused():
    with pytest.raises(ReaderError, match=r"time runs backwards at record 3 \(from 7200 to 3610 s\)"):
        mend_time(
            seconds(0, 7200, 3610, 3670), "a.csv", step_time=seconds(0, 7200, 3610, 3670), step=counts(1, 1, 1, 1)
        )


def test_a_time_of_the_day_goes_on_past_midnight():
    time, said = mend_time(seconds(86_000, 86_340, 30, 400), "a.csv")
    assert time.to_list() == [86_000, 86_340, 86_430, 86_800]
    assert "past midnight" in said


def test_more_than_a_thousand_restarts_are_refused():
    with pytest.raises(ReaderError, match="begins again at 0 1001 times"):
        mend_time(seconds(*[0, 5, 10] * 1002), "a.csv")


def test_two_corrections_of_one_clock_add_up():
    time, said = mend_time(
        seconds(0, 5000, 2000, 2500, 0, 10),
        "a.csv",
        step_time=seconds(0, 5000, 5001, 5501, 0, 10),
        step=counts(1, 1, 1, 1, 2, 2),
    )
    assert time.to_list() == [0, 5000, 5001, 5501, 5501, 5511]
    assert "began again at 0 1 time" in said


def test_cycles_that_are_counted_anew_go_on():
    cycles, said = continue_cycles(counts(1, 1, 2, 2, 1, 1, 2, 3), pl.Series([0.1] * 8))
    assert cycles.to_list() == [1, 1, 2, 2, 3, 3, 4, 5]
    assert said == "the cycler counts its cycles anew at record 5, from 2 to 1; here they go on from 3"


def test_a_count_that_begins_again_twice_is_said_once():
    cycles, said = continue_cycles(counts(0, 1, 2, 3, 0, 1, 2, 0, 1, 2), pl.Series([0.1] * 10))
    assert cycles.to_list() == list(range(10))
    assert "at record 5, from 3 to 0 (and 1 times more); here they go on from 4" in said


def test_a_cycle_number_that_slips_for_a_record_takes_the_number_before():
    cycles, said = continue_cycles(counts(4, 4, 0, 4, 4, 5, 1, 6), pl.Series([0.1] * 8))
    assert cycles.to_list() == [4, 4, 4, 4, 4, 5, 5, 6]
    assert said == "2 slips of the cycle number took the number before"


def test_a_number_that_goes_back_and_forth_counts_no_cycles():
    numbers = [1, 1, 1, 2, 2, 2] * 6
    cycles, said = continue_cycles(
        counts(*numbers), pl.Series([0.1] * 3 + [-0.1] * 3).extend(pl.Series(([0.1] * 3 + [-0.1] * 3) * 5))
    )
    assert cycles.to_list() == [number for number in range(1, 7) for _ in range(6)]
    assert "the cycle number goes back 5 times (first at record 7, from 2 to 1) and was left aside" in said


def test_cycles_that_never_go_back_are_left_alone():
    cycles, said = continue_cycles(counts(1, 1, 2, 5), pl.Series([0.1] * 4))
    assert cycles.to_list() == [1, 1, 2, 5]
    assert said == ""


def half_cycles(cycles: int = 2, sign: float = 1.0, rows: int = 30) -> pl.DataFrame:
    """Charges from 3 to 4 V and discharges back at 1 mA, as a reader hands them to `finish`."""
    frames = []
    for number in range(2 * cycles):
        along = pl.Series(range(rows)) / (rows - 1)
        charges = number % 2 == 0
        frames.append(
            pl.DataFrame(
                {
                    "test_time_second": number * 3700.0 + along * 3600.0,
                    "voltage_volt": 3 + along if charges else 4 - along,
                    "current_ampere": pl.Series([sign * (1e-3 if charges else -1e-3)] * rows),
                    "cycle_count": pl.Series([number // 2 + 1] * rows),
                    "step_count": pl.Series([number + 1] * rows),
                }
            )
        )
    return pl.concat(frames)


def test_a_file_that_was_appended_to_itself_is_read_once():
    table = half_cycles()
    once, said = without_repeats(pl.concat([table, table]))
    assert once.equals(table)
    assert said == "120 records from record 121 on repeat earlier ones and were left out the second time"


def test_an_export_that_overlaps_the_one_before_is_read_once():
    table = half_cycles()
    overlapping = pl.concat([table.head(80), table.slice(50)])
    assert without_repeats(overlapping)[0].equals(table)


def test_a_test_that_is_run_twice_is_no_repeat():
    again = half_cycles().with_columns(voltage_volt=pl.col("voltage_volt") + 0.0001)
    both = pl.concat([half_cycles(), again])
    assert without_repeats(both)[0].height == both.height
    rest = half_cycles().with_columns(voltage_volt=pl.lit(3.7), current_ampere=pl.lit(0.0))
    assert without_repeats(pl.concat([rest, rest]))[0].height == 2 * rest.height


def test_records_written_twice_one_after_the_other_change_no_number():
    from cells.cycling.technique import analyse

    table = half_cycles(3)
    doubled = finish(table[[row for row in range(table.height) for _ in range(2)]], "a.csv").table
    wanted = {scalar.quantity: scalar.value for scalar in analyse(finish(table, "a.csv").table, {}).scalars}
    assert {s.quantity: s.value for s in analyse(doubled, {}).scalars} == pytest.approx(wanted)


def test_a_current_against_the_voltage_of_all_steps_is_turned_and_recorded():
    reading = finish(half_cycles(sign=-1.0), "a.csv")
    assert reading.table["current_ampere"].to_list() == half_cycles()["current_ampere"].to_list()
    assert reading.metadata["corrections"] == [AGAINST]
    assert AGAINST in reading.warnings


def test_a_current_with_the_voltage_is_left_alone():
    reading = finish(half_cycles(), "a.csv")
    assert reading.table["current_ampere"].to_list() == half_cycles()["current_ampere"].to_list()
    assert "corrections" not in reading.metadata
    assert reading.warnings == ()


@pytest.mark.parametrize(("kept", "sign", "sentence"), [("discharge", -1.0, DISCHARGES), ("charge", -1.0, CHARGES)])
def test_half_a_cycle_of_the_wrong_sign_is_turned(kept, sign, sentence):
    table = half_cycles(1, sign).filter(pl.col("step_count") == (1 if kept == "charge" else 2))
    current, said, _ = against_voltage(table, "a.csv")
    assert (current > 0).all() == (kept == "charge")
    assert said == sentence


def test_currents_without_sign_under_which_the_voltage_rises_and_falls_are_refused():
    table = half_cycles().with_columns(pl.col("current_ampere").abs())
    with pytest.raises(ReaderError, match="current has one sign only, but the voltage falls in step 2"):
        finish(table, "a.csv")


def test_a_slower_second_stage_of_a_charge_is_no_discharge():
    stages = half_cycles(1).with_columns(pl.col("current_ampere").abs())
    relaxing = pl.when(pl.col("step_count") == 2).then(4.0 - 0.06 * (pl.col("test_time_second") > 3700))
    table = stages.with_columns(voltage_volt=relaxing.otherwise(pl.col("voltage_volt")))
    assert against_voltage(table, "a.csv")[1:] == ("", "")


def test_where_some_steps_run_against_the_voltage_it_is_said_and_nothing_is_turned():
    table = half_cycles(4)
    mixed = table.with_columns(
        current_ampere=pl.when(pl.col("cycle_count") > 2).then(-pl.col("current_ampere")).otherwise("current_ampere")
    )
    current, said, doubt = against_voltage(mixed, "a.csv")
    assert current.equals(mixed["current_ampere"])
    assert said == ""
    assert doubt.startswith("in 4 of 8 steps the voltage runs against the sign of the current")


def test_a_symmetric_cell_whose_voltage_falls_under_any_current_is_left_alone():
    table = half_cycles().with_columns(
        voltage_volt=pl.col("current_ampere").sign() * (0.1 - 0.05 * ((pl.col("test_time_second") % 3700) / 3600))
    )
    assert against_voltage(table, "a.csv")[1:] == ("", "")


def test_a_test_of_rest_alone_has_no_sign_to_doubt():
    rest = half_cycles().with_columns(current_ampere=pl.lit(0.0))
    assert against_voltage(rest, "a.csv")[1:] == ("", "")


@pytest.mark.parametrize("factor", [1000.0, 1e-3])
def test_a_current_in_milliampere_under_a_header_of_ampere_is_doubted_where_the_counter_says_otherwise(factor):
    table = half_cycles().with_columns(
        current_ampere=pl.col("current_ampere") * factor,
        step_cumulative_capacity_ah=(pl.col("test_time_second") % 3700) / 3600 * 1e-3,
    )
    reading = finish(table, "a.csv")
    assert any("a header names a wrong unit" in warning for warning in reading.warnings)
    assert reading.table["current_ampere"].to_list() == table["current_ampere"].to_list()


def test_a_counter_that_agrees_with_the_current_is_not_doubted():
    table = half_cycles().with_columns(step_cumulative_capacity_ah=(pl.col("test_time_second") % 3700) / 3600 * 1e-3)
    assert finish(table, "a.csv").warnings == ()
