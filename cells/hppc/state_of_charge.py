"""How full a cell is when a pulse begins: what its sequence has moved so far, of all that it moves. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from polars import col

from cells.cycling.part import Tested
from cells.hppc.sequences import portion_ways, reach

EMPTIED_SHARE = 0.8  # of the discharge before; a sequence that moved less did not get to its end


@dataclass(frozen=True)
class StatesOfCharge:
    """
    Attributes:
        states: a fraction for each pulse where it begins; None where it is not known.
        warnings: what was assumed, a sentence each.
    """

    states: list[float | None]
    warnings: tuple[str, ...]


def states_of_charge(test: Tested, pulses: pl.DataFrame) -> StatesOfCharge:
    """The state of charge at each pulse: 1 − discharged / total discharge of its sequence, from the full cell on.

    A sequence that charges the cell in portions counts from the empty one. Where the last portion does not get to the
    end, the total is the last whole discharge before, else the nominal capacity, and a warning says so. Pulses without
    any portion beside them have no state of charge.

    Args:
        test: whose pulses they are.
        pulses: a `PULSE_STEPS` table.
    """
    steps = test.steps
    ways = portion_ways(steps)
    moved = (steps["charge_capacity_mah"] - steps["discharge_capacity_mah"]).cum_sum().to_list()
    row_of = {first_row: row for row, first_row in enumerate(steps["first_row"])}
    states: list[float | None] = []
    said: list[str] = []
    for (_sequence,), of_it in pulses.group_by("sequence", maintain_order=True):
        rows = [row_of[first_row] for first_row in of_it["first_row"]]
        way = _way(ways, rows[0], rows[-1])
        begin, end = reach(ways, rows[0], rows[-1], way)
        total = _total(test, ways, moved, (begin, end), rows[-1], way, said) if way else None
        if total is None:
            states += [None] * len(rows)
            said.append(
                f"the state of charge is not known at the pulses of cycle {of_it['cycle_count'][0]}: no discharge or"
                " charge beside them says how full the cell is"
            )
            continue
        if begin == 0:
            how = "full" if way < 0 else "empty"
            said.append(f"the file begins with pulses; the cell was taken as {how} at its start")
        start = moved[begin - 1] if begin else 0.0
        so_far = [(moved[row - 1] if row else 0.0) - start for row in rows]
        states += [min(max((1.0 if way < 0 else 0.0) + net / total, 0.0), 1.0) for net in so_far]
    return StatesOfCharge(states, tuple(dict.fromkeys(said)))


def _way(ways: list[int], first: int, last: int) -> int:
    """Which way the portions go: those between the pulses, else the one after them, else the one before."""
    for part in (ways[first : last + 1], ways[last + 1 :], ways[first::-1]):
        if (way := next((each for each in part if each), 0)) != 0:
            return way
    return 0


def _total(
    test: Tested,
    ways: list[int],
    moved: list[float],
    reached: tuple[int, int],
    last_pulse: int,
    way: int,
    said: list[str],
) -> float | None:
    """What the sequence moves from full to empty (or back), mAh; None where nothing tells it."""
    begin, end = reached
    whole = abs(moved[end] - (moved[begin - 1] if begin else 0.0))
    before = _discharge_before(test, begin)
    goes_on = any(ways[last_pulse + 1 : end + 1])
    if goes_on and whole > 0 and (before is None or whole >= EMPTIED_SHARE * before):
        return whole
    known = before or test.told.one_c_mah
    if known is None or known <= 0:
        return None
    where = "the last whole discharge before" if before else "the nominal capacity"
    said.append(f"a sequence of pulses does not go to its end; its state of charge counts on {where}, {known:.4g} mAh")
    return known


def _discharge_before(test: Tested, row: int) -> float | None:
    """Capacity of the last whole cycle that ended before a step."""
    start = test.steps["start_time_second"][row]
    ends = col("start_time_second") + col("duration_second")
    cycles = test.cycles.filter(col("complete") & (ends <= start + 1e-6))
    return float(cycles["discharge_capacity_mah"][-1]) if cycles.height else None
