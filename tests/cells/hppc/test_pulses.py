"""Which steps are pulses, and which are not."""

from __future__ import annotations

from itertools import chain

import polars as pl
import pytest

from cells.cycling.steps import summarise_steps
from cells.hppc.pulses import find_pulses
from tests.cells.cycling.tables import Step, cycling_table
from tests.cells.hppc.made import charge, discharge, portion, pulse, pulse_sequence, rest


def found(*cycles: list[Step], types: bool = True) -> pl.DataFrame:
    return find_pulses(summarise_steps(cycling_table(cycles, types=types)))


@pytest.mark.parametrize("types", [True, False])
def test_pulses_between_rests_are_found_by_level_with_and_without_the_cyclers_words(types):
    pulses = found(pulse_sequence(), types=types)
    assert pulses["sequence"].to_list() == [1] * 18
    assert pulses["pulse"].to_list() == list(range(1, 19))
    assert pulses["level"].to_list() == list(chain.from_iterable((n, n) for n in range(1, 10)))
    assert pulses["direction"].to_list() == ["discharge", "charge"] * 9
    assert pulses["duration_second"].to_list() == pytest.approx([10.0] * 18)
    assert pulses["rest_before_second"].to_list() == pytest.approx([3600.0, 40.0] * 9)


def test_each_way_down_is_a_sequence_of_its_own():
    pulses = found([charge(), discharge()], pulse_sequence(), [charge(), discharge()], pulse_sequence(regen=False))
    assert pulses.group_by("sequence", "cycle_count", maintain_order=True).len().rows() == [(1, 2, 18), (2, 4, 9)]


def test_pulses_on_the_way_up_are_found_too():
    steps = [discharge(), rest(3.2)]
    for soc in (0.25, 0.5, 0.75):
        steps += [charge(mah=25), rest(3.2 + soc), pulse(3.2 + soc, 2.0, 1.0), rest(3.2 + soc, 40)]
    assert found(steps)["level"].to_list() == [1, 2, 3]


def test_a_charge_pulse_may_follow_its_discharge_pulse_without_a_rest():
    steps = [charge(), rest(4.2), portion(1.0), rest(4.1), pulse(4.1, 2.0, 1.0), pulse(3.9, 2.0, 1.0, 100.0), rest(4.1)]
    pulses = found(steps)
    assert pulses["direction"].to_list() == ["discharge", "charge"]
    assert pulses["rest_before_second"].to_list() == [3600.0, 0.0]


def test_a_single_pulse_between_rests_is_a_pulse():
    pulses = found([rest(4.1, 60), pulse(4.1, 2.0, 1.0), rest(4.1, 60)])
    assert pulses.select("sequence", "pulse", "level").rows() == [(1, 1, 1)]


def test_a_pulse_with_one_record_is_as_long_as_the_time_since_the_record_before():
    steps = [charge(), rest(4.2), portion(1.0), rest(4.1), pulse(4.1, 2.0, 1.0, rows=1), rest(4.1), portion(0.9)]
    table = cycling_table([steps])
    late = pl.when(pl.col("step_count") == 5).then(pl.col("test_time_second") + 10).otherwise("test_time_second")
    pulses = find_pulses(summarise_steps(table.with_columns(late)))
    assert pulses["duration_second"].to_list() == pytest.approx([10.0])


@pytest.mark.parametrize(
    ("what", "steps"),
    [
        ("ordinary cycling", [charge(), rest(4.2), discharge(), rest(3.2)] * 3),
        ("titration", [charge(), *[step for _ in range(20) for step in (portion(0.9, 0.05), rest(3.9))]]),
        ("a titration in short steps", [charge(), *[pulse(3.9, 1, 1, seconds=60), rest(3.9, 600)] * 15]),
        ("an aged cell that a fast discharge empties at once", [charge(), rest(4.2), pulse(4.2, 10, 5), rest(4.1)]),
        (
            "a short charge before a hold",
            [discharge(), rest(3.2), pulse(3.9, 2, 1, 100), Step(1, (100, 5), 4.2, "CV_CHG")],
        ),
        ("a charge that has only begun", [rest(3.2), pulse(3.2, 2.0, 1.0, 100.0)]),
        ("cycling in seconds", [rest(3.5, 10), pulse(3.5, 1, 1, 100), pulse(3.5, 1, 1), rest(3.5, 10)]),
        ("an interrupted discharge", [charge(), pulse(4.2, 1, 1, -50), rest(4.1, 600), discharge(), charge()]),
        ("a test at rest", [rest(3.5)]),
    ],
)
def test_no_pulse_is_found_in(what, steps):
    if "aged" in what:
        steps = [charge(), discharge(), *steps[:2], Step(5 / 3600, -500, (4.0, 3.2), "CC_DCHG", rows=6), steps[3]]
    assert found(steps).is_empty()


def test_pulses_that_end_at_the_limit_stay_with_those_that_did_not():
    steps = pulse_sequence(ohm=2.0, levels=9)
    low = Step(4 / 3600, -100, (3.25, 3.2), "CC_DCHG", rows=5)
    steps[-2:-2] = [portion(0.1, 0.05), rest(3.25), low, rest(3.25)]
    assert found([charge(), discharge()], steps)["level"].to_list()[-1] == 10
