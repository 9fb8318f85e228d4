"""Typical protocols, and what labdb says of them: the specification of protocol recognition.

A protocol is written as cycles at one rate each: `3 * [0.1]`. 1 C is 1 mA; a cell gives 1 mAh at any rate.
"""

from __future__ import annotations

from itertools import groupby

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cells.cycling.analysis import summarise_cycles
from cells.cycling.claims import claim_steps, waiting
from cells.cycling.protocol import find_blocks
from cells.cycling.rate_tests import tell_rate_tests
from cells.cycling.steps import summarise_steps
from tests.cells.cycling.tables import Step, charge, cycling_table, discharge, rest

STAIRCASE = [rate for rate in (0.2, 0.5, 1.0, 2.0, 3.0, 5.0) for _ in range(5)]


def cycle_at(discharge_c: float, charge_c: float | None = None) -> list[Step]:
    charge_c = charge_c or discharge_c
    return [charge(charge_c, 1 / charge_c), discharge(discharge_c, 1 / discharge_c)]


def steps_of(cycles: list[list[Step]], one_c_mah: float | None = 1.0) -> pl.DataFrame:
    table = cycling_table([[_short(step) for step in steps] for steps in cycles], counters=True)
    return summarise_steps(table, one_c_mah)


def _short(step: Step) -> Step:
    return Step(step.hours, step.current_ma, step.voltage_volt, step.step_type, rows=3)


def blocks_of(cycles: list[list[Step]], one_c_mah: float | None = 1.0, **said: dict[str, str]) -> pl.DataFrame:
    steps = steps_of(cycles, one_c_mah)
    claims = claim_steps(steps, said.get("cycle_kinds"), said.get("step_kinds"))
    return find_blocks(steps, summarise_cycles(steps, claims=claims), claims)


def told(rates: list[float], one_c_mah: float | None = 1.0) -> list[tuple[int, str]]:
    """How many cycles of each kind come after each other."""
    steps = steps_of([cycle_at(rate) for rate in rates], one_c_mah)
    kinds = summarise_cycles(steps)["kind"].to_list()
    return [(len(list(group)), kind) for kind, group in groupby(kinds)]


PROTOCOLS = {
    "half cell of the reference study": (3 * [0.1] + 30 * [1.0], [(3, "formation"), (30, "ageing")]),
    "pouch with capacity grading": (
        3 * [0.1] + 25 * [1.0] + [0.1] + 25 * [1.0],
        [(3, "formation"), (25, "ageing"), (1, "check-up"), (25, "ageing")],
    ),
    "check-ups every ten cycles": (
        3 * [0.1] + 2 * (10 * [1.0] + [0.1]),
        [(3, "formation"), (10, "ageing"), (1, "check-up"), (10, "ageing"), (1, "check-up")],
    ),
    "check-ups at two rates": (
        3 * [0.1] + 2 * (10 * [1.0] + [0.1, 0.5]) + 10 * [1.0],
        [(3, "formation"), *2 * [(10, "ageing"), (2, "check-up")], (10, "ageing")],
    ),
    "few ageing cycles between check-ups at two rates": (
        3 * [0.05, 0.5, 1.0, 1.0, 1.0],
        [(2, "formation"), (3, "ageing"), (2, "check-up"), (3, "ageing"), (2, "check-up"), (3, "ageing")],
    ),
    "rate test of the reference study": (5 * [0.1] + STAIRCASE, [(5, "formation"), (30, "rate")]),
    "rate test that returns to the slow rate": (
        5 * [0.1] + STAIRCASE + 10 * [0.2],
        [(5, "formation"), (40, "rate")],
    ),
    "rate test before ageing": (
        3 * [0.1] + STAIRCASE + 50 * [1.0],
        [(3, "formation"), (30, "rate"), (50, "ageing")],
    ),
    "rate test before ageing with check-ups": (
        3 * [0.1] + STAIRCASE + 10 * [1.0] + [0.1] + 10 * [1.0],
        [(3, "formation"), (30, "rate"), (10, "ageing"), (1, "check-up"), (10, "ageing")],
    ),
    "rate test in the midst of ageing": (
        3 * [0.1] + 40 * [1.0] + [0.1, 0.5, 1.0, 2.0] + 40 * [1.0],
        [(3, "formation"), (40, "ageing"), (4, "rate"), (40, "ageing")],
    ),
    "rate test whose last rate has begun": (5 * [0.1] + STAIRCASE[:11], [(5, "formation"), (11, "rate")]),
    "rate test from C/5": (STAIRCASE, [(30, "rate")]),
    "three rates, three cycles each": (
        3 * [0.1] + 3 * [0.33] + 3 * [0.5],
        [(3, "formation"), (6, "rate")],
    ),
    "formation in steps": (
        [0.05, 0.1, 0.1, 0.33] + 30 * [1.0],
        [(4, "formation"), (30, "ageing")],
    ),
    "ageing at one rate from the beginning": (30 * [0.5], [(30, "ageing")]),
    "slow ageing after formation": (3 * [0.1] + 30 * [0.2], [(3, "formation"), (30, "ageing")]),
    "a test that has only begun": (3 * [0.1], [(3, "formation")]),
    "a first charge": ([0.1], [(1, "formation")]),
    "a profile without two cycles alike": ([0.3 * 1.2**n for n in range(20)], [(20, "other")]),
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_cycles_of_a_typical_protocol_are_told_by_their_rates(name):
    rates, kinds = PROTOCOLS[name]
    assert told(rates) == kinds


@pytest.mark.parametrize("name", [name for name in PROTOCOLS if "begun" not in name and "C/5" not in name])
def test_it_is_told_as_well_where_1_c_is_not_known(name):
    rates, kinds = PROTOCOLS[name]
    if name != "a first charge":
        assert told(rates, one_c_mah=None) == kinds


def test_a_growing_rate_test_is_one_from_its_third_rate_on():
    rates = 5 * [0.1] + STAIRCASE
    for length in range(13, len(rates) + 1):
        assert told(rates[:length]) == [(5, "formation"), (length - 5, "rate")]


def test_a_charge_rate_test_is_found_where_all_discharges_run_alike():
    cycles = [cycle_at(0.2, charge_c) for charge_c in (0.2, 0.5, 1.0, 2.0) for _ in range(3)]
    blocks = blocks_of(cycles)
    assert blocks["kind"].to_list() == 4 * ["rate"]
    assert blocks["charge_c_rate"].to_list() == pytest.approx([0.2, 0.5, 1.0, 2.0])


def test_a_rate_test_has_a_block_for_each_rate():
    cycles = [cycle_at(0.1)] * 2 + [cycle_at(rate, 0.2) for rate in STAIRCASE]
    blocks = blocks_of(cycles)
    assert blocks["kind"].to_list() == ["formation", *6 * ["rate"]]
    assert blocks["cycles"].to_list() == [2, *6 * [5]]
    assert blocks["discharge_c_rate"].to_list() == pytest.approx([0.1, 0.2, 0.5, 1, 2, 3, 5])
    assert blocks["charge_c_rate"].to_list() == pytest.approx([0.1, *6 * [0.2]])
    assert blocks.select("first_cycle", "last_cycle").rows()[:3] == [(1, 2), (3, 7), (8, 12)]
    assert blocks.select("first_step", "last_step").rows()[:3] == [(1, 4), (5, 14), (15, 24)]


def test_a_check_up_knows_after_how_many_ageing_cycles_it_comes():
    blocks = blocks_of([cycle_at(rate) for rate in 3 * [0.1] + 25 * [1.0] + [0.1] + 30 * [1.0] + [0.1]])
    assert blocks["kind"].to_list() == ["formation", "ageing", "check-up", "ageing", "check-up"]
    assert blocks["after_ageing_cycle"].to_list() == [0, 0, 25, 25, 55]


def test_every_step_belongs_to_one_block_and_their_times_follow_each_other():
    blocks = blocks_of([[rest(6), *cycle_at(0.1)], *[cycle_at(1.0)] * 4, [charge(), rest(30), discharge()]])
    assert blocks["first_step"][0] == 1
    assert blocks["first_step"].to_list()[1:] == [step + 1 for step in blocks["last_step"].to_list()[:-1]]
    assert blocks["start_time_second"].to_list()[1:] == pytest.approx(blocks["end_time_second"].to_list()[:-1])
    assert blocks["block"].to_list() == list(range(1, blocks.height + 1))


def test_the_wait_before_the_first_cycle_and_a_long_rest_are_blocks_of_their_own():
    blocks = blocks_of([[rest(2), *cycle_at(1.0)], *[cycle_at(1.0)] * 8, [charge(), rest(7), discharge()], cycle_at(1)])
    assert blocks["kind"].to_list() == ["rest", "ageing", "rest", "ageing"]
    assert blocks["cycles"].to_list() == [0, 10, 0, 1]


def test_a_rest_that_every_cycle_makes_belongs_to_the_cycles():
    blocks = blocks_of([[charge(), rest(8), discharge(), rest(8)]] * 8)
    assert blocks["kind"].to_list() == ["ageing"]


def test_a_hold_of_days_is_a_block_and_the_tail_of_a_charge_is_not():
    tail, hold = Step(0.5, 0.2, 4.3, "CV_CHG"), Step(100, 0.001, 4.3, "CV_CHG")
    blocks = blocks_of([[charge(), tail, discharge()]] * 3 + [[charge(), hold, discharge()], [*cycle_at(1.0)]])
    assert blocks["kind"].to_list() == ["ageing", "CV hold", "ageing"]
    assert blocks["cycles"].to_list() == [3, 1, 1]


def test_pieces_without_a_whole_cycle_are_other():
    blocks = blocks_of([[discharge(1.0, 0.1)]])
    assert blocks.select("kind", "first_cycle").row(0) == ("other", 1)


def test_a_file_of_rest_is_one_rest():
    blocks = blocks_of([[rest()]])
    assert blocks.select("kind", "cycles", "after_ageing_cycle").row(0) == ("rest", 1, 0)


def test_what_a_person_says_of_steps_goes_before_all_that_is_found_and_is_marked():
    cycles = [cycle_at(0.1)] * 2 + [cycle_at(1.0)] * 6
    blocks = blocks_of(cycles, step_kinds={"9-12": "storage"})
    assert blocks.select("kind", "first_step", "said").rows() == [
        ("formation", 1, False),
        ("ageing", 5, False),
        ("storage", 9, True),
        ("ageing", 13, False),
    ]
    assert blocks["after_ageing_cycle"].to_list() == [0, 0, 2, 2]


def test_steps_that_make_up_most_of_a_cycle_say_what_the_cycle_was_for_and_a_few_do_not():
    steps = steps_of([[rest(0.2), *cycle_at(1.0)]] * 4)
    whole = summarise_cycles(steps, claims=claim_steps(steps, step_kinds={"5-6": "HPPC"}))
    part = summarise_cycles(steps, claims=claim_steps(steps, step_kinds={"4-4": "rest"}))
    assert whole["kind"].to_list() == ["ageing", "HPPC", "ageing", "ageing"]
    assert part["kind"].to_list() == ["ageing"] * 4


def test_what_is_said_of_a_cycle_holds_for_its_steps_and_what_is_said_of_steps_goes_before_it():
    cycles = [cycle_at(1.0)] * 4
    blocks = blocks_of(cycles, cycle_kinds={"2": "check-up"}, step_kinds={"4-4": "HPPC"})
    assert blocks["kind"].to_list() == ["ageing", "check-up", "HPPC", "ageing"]


@pytest.mark.parametrize(
    ("ranges", "sentence"),
    [
        ({"12": "storage"}, "no range of steps"),
        ({"12-9": "storage"}, "no range of steps"),
        ({"a-b": "storage"}, "no range of steps"),
        ({"1-2": "lunch"}, "one of formation"),
    ],
)
def test_a_range_that_is_none_or_of_no_kind_is_refused(ranges, sentence):
    with pytest.raises(ValueError, match=sentence):
        claim_steps(steps_of([cycle_at(1.0)]), step_kinds=ranges)


def test_what_was_said_of_steps_that_are_not_there_is_told():
    sentences = waiting(steps_of([cycle_at(1.0)]), {"7": "ageing"}, {"1-2": "rate", "90-95": "rate"})
    assert sentences == (
        "A kind was set for cycle 7, which this test does not have",
        "A kind was set for steps 90-95, which this test does not have",
    )


def test_thousands_of_cycles_at_changing_rates_are_told_at_once():
    kinds = tell_rate_tests([1.0, 0.5, 0.1] * 3000)
    assert set(kinds) == {None}


def pulsed(after_c: float = 0.1) -> list[Step]:
    """A charge, and a discharge in portions with a pulse each way after every one."""
    pulses = [
        Step(10 / 3600, -1.0, (3.9, 3.8), "CC_DCHG"),
        rest(40 / 3600),
        Step(10 / 3600, 0.75, (3.8, 3.9), "CC_CHG"),
    ]
    return [charge(), rest(1), *[step for _ in range(9) for step in (discharge(1.0, 0.1), rest(1), *pulses, rest(0.1))]]


def test_cycles_with_pulses_are_hppc_and_know_how_much_ageing_came_before():
    cycles = (
        [cycle_at(0.1)] * 3 + [cycle_at(1.0)] + [pulsed()] + [cycle_at(1.0)] * 49 + [pulsed()] + [cycle_at(1.0)] * 2
    )
    blocks = blocks_of(cycles)
    assert blocks["kind"].to_list() == ["formation", "ageing", "HPPC", "ageing", "HPPC", "ageing"]
    assert blocks.filter(kind="HPPC").select("cycles", "after_ageing_cycle").rows() == [(1, 1), (1, 50)]


def test_a_pulse_in_every_cycle_is_its_routine():
    pulse = Step(10 / 3600, -2.0, (3.5, 3.4), "CC_DCHG")
    blocks = blocks_of(
        [[charge(), rest(0.1), discharge(1.0, 0.5), rest(0.1), pulse, rest(0.1), discharge(1.0, 0.5)]] * 9
    )
    assert blocks["kind"].to_list() == ["ageing"]


def test_a_stored_cell_has_its_storage_and_the_cycles_around_it_are_check_ups():
    stored = [charge(0.33, 3), rest(15 * 24), discharge(0.33, 3)]
    reference = cycle_at(0.33)
    blocks = blocks_of([cycle_at(0.1)] * 3 + [reference, stored, reference, stored, reference, reference])
    assert blocks["kind"].to_list() == ["formation", "check-up", "storage", "check-up", "storage", "check-up"]
    assert blocks["cycles"].to_list() == [3, 1, 1, 1, 1, 2]


def test_a_cell_that_ages_on_after_a_storage_ages():
    stored = [charge(), rest(30 * 24), discharge()]
    blocks = blocks_of([cycle_at(0.1)] * 3 + [cycle_at(1.0)] * 10 + [stored] + [cycle_at(1.0)] * 10)
    assert blocks["kind"].to_list() == ["formation", "ageing", "storage", "ageing"]


def test_a_discharge_before_the_storage_is_not_the_one_of_what_was_stored():
    blocks = blocks_of([cycle_at(1.0)] * 8 + [[discharge(), charge(), rest(30 * 24)], [discharge(), charge()]])
    assert blocks["kind"].to_list() == ["ageing", "storage"]
    assert blocks["cycles"].to_list() == [9, 1]


def test_a_single_pulse_does_not_make_a_cycle_hppc_and_a_file_of_pulses_is():
    contacts = Step(1 / 3600, 3.0, (3.8, 3.9), "CC_CHG")
    blocks = blocks_of([[rest(0.01), contacts, rest(0.02), *cycle_at(0.1)], cycle_at(0.1)])
    assert blocks["kind"].to_list() == ["formation"]
    pulse = Step(10 / 3600, -3.0, (4.1, 4.0), "CC_DCHG")
    assert blocks_of([[rest(0.01), pulse, rest(0.01)]])["kind"].to_list() == ["HPPC"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]), st.integers(1, 6), st.sampled_from([0, 0.5, 8])
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=25, deadline=None)
def test_whatever_is_done_every_step_is_in_one_block_and_every_cycle_counts_once(levels):
    cycles = [[*cycle_at(rate), *([rest(hours)] if hours else [])] for rate, held, hours in levels for _ in range(held)]
    steps = steps_of(cycles)
    claims = claim_steps(steps)
    found = summarise_cycles(steps, claims=claims)
    blocks = find_blocks(steps, found, claims)
    covered = [step for a, b in blocks.select("first_step", "last_step").rows() for step in range(a, b + 1)]
    assert covered == steps["step_count"].to_list()
    assert blocks["cycles"].sum() == len(cycles)
    assert blocks["after_ageing_cycle"].is_sorted()
    ageing = found.filter(kind="ageing")["ageing_index"].drop_nulls().to_list()
    assert ageing == list(range(1, len(ageing) + 1))


@given(st.lists(st.sampled_from([0.1, 0.2, 0.5, 1.0, 2.0, 5.0]), max_size=60))
def test_kinds_hang_on_relative_rates_alone_but_for_where_a_fresh_cell_begins(rates):
    assert tell_rate_tests(rates) == tell_rate_tests([1000 * rate for rate in rates])
