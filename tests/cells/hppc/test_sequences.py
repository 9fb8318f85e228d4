"""How far a sequence of pulses reaches in its test."""

from __future__ import annotations

from cells.cycling.steps import summarise_steps
from cells.hppc.sequences import find_sequences
from tests.cells.cycling.tables import cycling_table
from tests.cells.hppc.made import charge, discharge, portion, pulse, pulse_sequence, rest


def found(*cycles):
    return find_sequences(summarise_steps(cycling_table(cycles)))


def test_a_sequence_takes_up_its_way_from_the_end_of_the_charge_to_the_next():
    sequence = pulse_sequence()
    (row,) = found([charge(), discharge()], sequence, [charge(), discharge()]).rows(named=True)
    assert (row["levels"], row["pulses"], row["way"], row["whole"]) == (9, 18, -1, True)
    # Two steps before it, its own charge, then all up to the last rest.
    assert (row["first_step"], row["last_step"]) == (4, 2 + len(sequence))


def test_a_pulse_or_two_in_a_cycle_are_but_themselves_and_their_rests():
    cycle = [
        charge(),
        rest(4.2),
        pulse(4.2, 1, 1),
        rest(4.2),
        portion(1.0, 0.5),
        rest(3.7),
        pulse(3.7, 1, 1),
        rest(3.7),
    ]
    (row,) = found([charge(), discharge()], [*cycle, portion(0.5, 0.5)]).rows(named=True)
    assert (row["levels"], row["whole"]) == (2, False)
    assert (row["first_step"], row["last_step"]) == (4, 10)


def test_a_test_without_pulses_has_no_sequence():
    assert found([charge(), rest(4.2), discharge()]).is_empty()
