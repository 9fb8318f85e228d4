"""Capacities before and after storage, with numbers that can be checked by hand."""

from __future__ import annotations

import polars as pl
import pytest

from cells.cycling.join import join
from cells.cycling.technique import analyse
from labdb.ingest.reader import Reading
from labdb.ingest.technique import Analysis
from tests.cells.cycling.tables import Step, charge, cycling_table, discharge, rest

DAY = 24.0
MASS_MG, ONE_C_MAH_PER_G = 10.0, 100.0  # 1 C is 1 mA


def up(hours: float = 3.0) -> Step:
    return charge(0.33, hours)


def down(hours: float = 3.0) -> Step:
    return discharge(0.33, hours)


def stored(days: float) -> Step:
    return Step(days * DAY, 0.0, (3.95, 3.85), "REST", rows=int(days * 8) + 2)


def study(*after_second: Step) -> list[list[Step]]:
    """0.99 mAh before; 0.85 retained and 0.95 recovered after 15 days, 0.80 and 0.90 after 27 more."""
    formation = [charge(0.1, 10), discharge(0.1, 10)]
    return [
        formation,
        [up(), down()],
        [up(), stored(15), down(0.85 / 0.33)],
        [up(), down(0.95 / 0.33)],
        [up(), stored(27), *(after_second or (down(0.80 / 0.33),))],
        [up(), down(0.90 / 0.33)],
    ]


def analysed(cycles: list[list[Step]], table: pl.DataFrame | None = None, **told) -> Analysis:
    parameters = {
        "active_mass_mg": MASS_MG,
        "nominal_specific_capacity_mah_per_g": ONE_C_MAH_PER_G,
        **told,
    }
    return analyse(cycling_table(cycles) if table is None else table, parameters)


def numbers(found: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in found.scalars}


def about_storage(found: Analysis) -> list[str]:
    return [sentence for sentence in found.warnings if "storage" in sentence]


def test_retained_and_recovered_capacity_are_shares_of_the_capacity_before():
    table = analysed(study()).tables["storage"]
    assert table["storage_day"].to_list() == pytest.approx([15, 42])
    assert table["capacity_before_mah"].to_list() == pytest.approx([0.99, 0.99])
    assert table["retained_capacity_mah"].to_list() == pytest.approx([0.85, 0.80])
    assert table["recovered_capacity_mah"].to_list() == pytest.approx([0.95, 0.90])
    assert table["recovered_capacity_mah_per_g"].to_list() == pytest.approx([95, 90])
    assert table["retained_capacity_share"].to_list() == pytest.approx([0.85 / 0.99, 0.80 / 0.99])
    assert table["recovered_capacity_share"].to_list() == pytest.approx([0.95 / 0.99, 0.90 / 0.99])
    for name in ("capacity_before_c_rate", "retained_capacity_c_rate", "recovered_capacity_c_rate"):
        assert table[name].to_list() == pytest.approx([0.33, 0.33])


def test_storage_that_checks_break_counts_on_and_is_one():
    table = analysed(study()).tables["storage"]
    assert table["storage_count"].to_list() == [1, 1]
    assert table["check_day"].to_list() == [15, 42]
    assert table["duration_day"].to_list() == pytest.approx([15, 27])


def test_the_numbers_of_a_test_stand_at_the_day_of_each_check_and_for_the_last():
    found = numbers(analysed(study()))
    assert found["storage_day"] == pytest.approx(42)
    assert found["recovered_capacity_share"] == pytest.approx(0.90 / 0.99)
    assert found["retained_capacity_share"] == pytest.approx(0.80 / 0.99)
    assert found["recovered_capacity_share_after_15_day"] == pytest.approx(0.95 / 0.99)
    assert found["recovered_capacity_share_after_42_day"] == pytest.approx(0.90 / 0.99)
    assert found["retained_capacity_share_after_15_day"] == pytest.approx(0.85 / 0.99)
    assert found["recovered_capacity_mah_per_g_after_42_day"] == pytest.approx(90)


def test_self_discharge_is_of_what_the_cell_held_when_the_period_began():
    table = analysed(study()).tables["storage"]
    assert table["self_discharge_share"].to_list() == pytest.approx([1 - 0.85 / 0.99, 1 - 0.80 / 0.95])


def test_the_voltage_falls_from_the_first_to_the_last_record_at_rest():
    row = analysed(study()).tables["storage"].row(0, named=True)
    assert (row["voltage_before_volt"], row["voltage_after_volt"]) == (pytest.approx(3.95), pytest.approx(3.85))
    assert row["voltage_loss_volt"] == pytest.approx(0.1)


def test_the_recovered_capacity_is_taken_at_the_rate_of_the_one_before():
    """The first cycle after the storage is slow: the one after it is compared."""
    cycles = [[up(), down()], [up(), stored(15), down(0.85 / 0.33)]]
    cycles += [[charge(0.1, 10), discharge(0.1, 9.8)], [up(), down(0.95 / 0.33)]]
    row = analysed(cycles).tables["storage"].row(0, named=True)
    assert row["recovered_capacity_mah"] == pytest.approx(0.95)


def test_another_rate_than_before_is_compared_and_said():
    cycles = [[charge(0.1, 10), discharge(0.1, 10)], [up(), stored(15), down(0.85 / 0.33)], [up(), down(0.95 / 0.33)]]
    found = analysed(cycles)
    assert numbers(found)["recovered_capacity_share"] == pytest.approx(0.95)
    assert (
        "storage of 15 days: the recovered capacity was drawn at 0.33 C, that before the storage at 0.1 C"
        in found.warnings
    )


def test_without_a_capacity_before_there_is_no_share_and_it_is_said():
    found = analysed([[up(), stored(15), down(0.85 / 0.33)], [up(), down(0.95 / 0.33)]])
    row = found.tables["storage"].row(0, named=True)
    assert (row["recovered_capacity_mah"], row["recovered_capacity_share"]) == (pytest.approx(0.95), None)
    assert "recovered_capacity_share" not in numbers(found)
    assert any("stands before it, so the recovered capacity has no share" in one for one in found.warnings)


def test_a_discharge_to_another_voltage_is_not_compared():
    deeper = Step(3.0, -0.33, (4.0, 2.5), "CC_DCHG")
    found = analysed([[up(), deeper], [up(), stored(15), down(0.85 / 0.33)], [up(), down(0.95 / 0.33)]])
    assert "recovered_capacity_share" not in numbers(found)


def test_storage_that_goes_on_has_its_days_and_no_capacities():
    found = analysed([[up(), down()], [up(), stored(9)]])
    row = found.tables["storage"].row(0, named=True)
    assert (row["ended"], row["retained_capacity_mah"]) == (False, None)
    assert row["storage_day"] == pytest.approx(9)
    assert not {"storage_day", "recovered_capacity_share"} & set(numbers(found))
    assert about_storage(found) == []


def test_a_check_discharge_that_is_still_running_is_no_retained_capacity():
    running = Step(1.0, -0.33, (4.0, 3.7), "CC_DCHG")
    found = analysed([[up(), down()], [up(), stored(15), running]])
    assert found.tables["storage"]["retained_capacity_mah"].to_list() == [None]
    assert about_storage(found) == []


def test_a_cell_that_is_topped_up_after_its_storage_has_a_recovered_and_no_retained_capacity():
    found = analysed([[up(), down()], [up(), stored(15), Step(0.3, 0.33, (3.85, 4.0), "CC_CHG"), down(0.95 / 0.33)]])
    row = found.tables["storage"].row(0, named=True)
    assert row["retained_capacity_mah"] is None
    assert row["recovered_capacity_share"] == pytest.approx(0.95 / 0.99)


def test_cycling_between_two_storages_makes_them_two():
    between = [[up(), down(0.97 / 0.33)] for _ in range(7)]
    cycles = [[up(), down()], [up(), stored(15), down(0.85 / 0.33)], [up(), down(0.95 / 0.33)], *between]
    found = analysed([*cycles, [up(), stored(20), down(0.80 / 0.33)], [up(), down(0.90 / 0.33)]])
    table = found.tables["storage"]
    assert table["storage_count"].to_list() == [1, 2]
    assert table["storage_day"].to_list() == pytest.approx([15, 20])
    assert table["recovered_capacity_share"].to_list() == pytest.approx([0.95 / 0.99, 0.90 / 0.97])
    assert numbers(found)["storage_day"] == pytest.approx(20)


def test_a_check_is_called_by_the_planned_day_that_it_is_near():
    cycles = [[up(), down()], [up(), stored(15.8), down(0.85 / 0.33)], [up(), down(0.95 / 0.33)]]
    assert analysed(cycles).tables["storage"]["check_day"].to_list() == [16]
    assert analysed(cycles, storage_check_days=[15, 42]).tables["storage"]["check_day"].to_list() == [15]
    assert analysed(cycles, storage_check_days=[14]).tables["storage"]["check_day"].to_list() == [16]


def test_the_temperature_is_that_of_the_chamber_while_the_cell_was_stored():
    table = cycling_table(study())
    hot = pl.col("current_ampere") == 0
    table = table.with_columns(ambient_temperature_celsius=pl.when(hot).then(60.0).otherwise(25.0))
    found = analysed([], table, storage_temperature_celsius=45.0)
    assert found.tables["storage"]["storage_temperature_celsius"].to_list() == pytest.approx([60, 60], abs=0.1)
    assert found.tables["storage"]["temperature_said"].to_list() == [False, False]
    assert "storage of 15 days: the file says 60.0 °C, where 45 °C was planned; the file is kept" in found.warnings


def test_where_the_file_is_silent_the_temperature_is_the_planned_one():
    found = analysed(study(), storage_temperature_celsius=60.0)
    assert found.tables["storage"]["storage_temperature_celsius"].to_list() == [60, 60]
    assert found.tables["storage"]["temperature_said"].to_list() == [True, True]
    assert numbers(found)["storage_temperature_celsius"] == 60
    assert analysed(study()).tables["storage"]["storage_temperature_celsius"].to_list() == [None, None]


def test_records_of_an_hour_do_not_tell_the_temperature_of_fifteen_days():
    room = pl.lit(25.0).alias("ambient_temperature_celsius")
    first = Reading(
        cycling_table([[up(), down()], [up(), rest(1)]]).with_columns(room),
        {"start_time_utc": "2026-01-01T00:00:00+00:00"},
    )
    second = Reading(
        cycling_table([[down(0.85 / 0.33)], [up(), down(0.95 / 0.33)]]).with_columns(room),
        {"start_time_utc": "2026-01-16T10:00:00+00:00"},
    )
    found = analysed([], join([first, second]).table, storage_temperature_celsius=60.0)
    row = found.tables["storage"].row(0, named=True)
    assert (row["storage_temperature_celsius"], row["duration_day"]) == (60, pytest.approx(15.04, abs=0.01))
    assert row["recovered_capacity_share"] == pytest.approx(0.95 / 0.99)


def test_a_test_without_mass_has_shares_and_milliampere_hours():
    found = analysed(study(), active_mass_mg=None)
    assert found.tables["storage"]["recovered_capacity_mah_per_g"].to_list() == [None, None]
    assert numbers(found)["recovered_capacity_share"] == pytest.approx(0.90 / 0.99)


def test_a_test_without_storage_has_no_table_of_it():
    assert "storage" not in analysed([[up(), down()]] * 3).tables


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"storage_temperature_celsius": 600}, "from -60 to 150 °C, not 600 °C"),
        ({"storage_check_days": [42, 15]}, "must rise"),
        ({"storage_check_days": [0]}, "more than 0"),
        ({"storage_check_days": "15"}, "must be a list"),
        ({"least_storage_day": 0}, "must be more than 0"),
    ],
)
def test_parameters_without_sense_are_refused(told, sentence):
    with pytest.raises(ValueError, match=sentence):
        analysed(study(), **told)


def test_checks_after_a_storage_do_not_count_in_the_energy_of_a_fresh_cell():
    energies = analysed(study()).tables["energies"]
    assert energies.select("c_rate", "n").rows() == [(0.1, 1), (0.33, 1)]


def test_what_a_person_says_of_the_protocol_is_storage_or_is_not():
    half_empty = [[up(), down()], [up(), down(1.5), stored(15), down(1.4)], [up(), down(0.95 / 0.33)]]
    assert "storage" not in analysed(half_empty).tables
    found = analysed(half_empty, step_kinds={"5-5": "storage"})
    row = found.tables["storage"].row(0, named=True)
    assert row["recovered_capacity_share"] == pytest.approx(0.95 / 0.99)
    assert row["retained_capacity_mah"] == pytest.approx(1.4 * 0.33)
    assert row["retained_capacity_share"] is None
    assert "storage" not in analysed(study(), step_kinds={"6-6": "rest", "11-11": "rest"}).tables
