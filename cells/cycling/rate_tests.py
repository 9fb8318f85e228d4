"""Rate tests among the cycles of a test: a staircase of rates, each held for a few cycles. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from cells.cycling.cycle_kinds import FASTER, SLOW

SAME_RATE = 1.15  # a cycler holds a rate within a few per mille; the closest neighbours in use, 4 C and 5 C, are 1.25
MOST_HELD = 20  # cycles; a rate that is held longer is one that a cell ages at
HOLD_SPREAD = 4  # the rates of a test are held alike: longest / shortest; a check-up among ten ageing cycles is not
LEVELS = 3  # different rates make a staircase …
RISING_LEVELS, HELD_ALIKE = 2, 3  # … or two that rise, each held for the same number of cycles, at least three
MOST_LEVELS = 12  # more different rates than a person plans: a profile, which is no staircase
LEADING_C_RATE = 0.15  # C/10 with scatter: the slow cycles that a fresh cell begins with are formation


@dataclass(frozen=True)
class Level:
    """Consecutive cycles at one rate.

    Attributes:
        rate: of the first of them.
        place: of the rate among the different rates of the test, 0 for the slowest.
        first, last: number of the first and of the last cycle, in the sequence that was asked for.
    """

    rate: float
    place: int
    first: int
    last: int

    @property
    def held(self) -> int:
        return self.last - self.first + 1


def levels_of(rates: Sequence[float]) -> list[Level]:
    """The cycles, parted where the rate changes; rates within 15 % of each other are one."""
    places = _places(rates)
    levels, first = [], 0
    for place, group in groupby(places):
        last = first + len(list(group)) - 1
        levels.append(Level(rates[first], place, first, last))
        first = last + 1
    return levels


def different_rates(rates: Sequence[float]) -> int:
    return len(set(_places(rates)))


def tell_rate_tests(rates: Sequence[float], c_rates: Sequence[float | None] | None = None) -> list[str | None]:
    """Which cycles belong to a rate test, and which are the formation before it; None for all others.

    A rate test is a sequence of at least 3 different rates, each held for at most 20 cycles and for about as many as
    the others; two rates will do that rise and are held for the same number of cycles, 3 or more. A return to an
    earlier rate belongs to it, but for one that is held longer than all before it, with which ageing goes on (unless
    it is the slowest and the last, to which one returns to see what is left). Slow steps up to a rate that a cell then
    ages at are formation; so is what a fresh cell begins with at C/10 or less.

    Args:
        rates: of each cycle that runs, in order; any measure that rises with the current.
        c_rates: the same against 1 C, where 1 C is known.
    """
    kinds: list[str | None] = [None] * len(rates)
    levels = levels_of(rates)
    done = 0
    for begin, end in _staircases(levels, c_rates):
        test, before = levels[begin:end], levels[done:begin]
        if done == 0 and sum(level.held for level in before) <= MOST_HELD:
            fastest = max(level.rate for level in test)
            for level in before:
                if level.rate < SLOW * fastest:
                    kinds[level.first : level.last + 1] = ["formation"] * level.held
        kinds[test[0].first : test[-1].last + 1] = ["rate"] * (test[-1].last - test[0].first + 1)
        done = end
    return kinds


def is_erratic(rates: Sequence[float]) -> bool:
    """Nearly every cycle runs at a rate of its own, as in no staircase and in no ageing."""
    levels = levels_of(rates)
    short = sum(level.held for level in levels if level.held < HELD_ALIKE)
    return different_rates(rates) > MOST_LEVELS and 2 * short > len(rates)


def _places(rates: Sequence[float]) -> list[int]:
    """The place of each rate among the different ones."""
    place_of: dict[float, int] = {}
    slowest, place = 0.0, -1
    for rate in sorted(set(rates)):
        if rate > SAME_RATE * slowest:
            slowest, place = rate, place + 1
        place_of[rate] = place
    return [place_of[rate] for rate in rates]


def _staircases(levels: list[Level], c_rates: Sequence[float | None] | None) -> Iterator[tuple[int, int]]:
    """From which level to before which one each rate test goes."""
    visits = Counter(level.place for level in levels)
    begin = _leading(levels, c_rates)
    while begin < len(levels):
        end = _end(levels, begin)
        if end > begin and _is_staircase(levels, begin, end, visits):
            yield begin, end
            begin = end
        else:
            begin += 1


def _leading(levels: Sequence[Level], c_rates: Sequence[float | None] | None) -> int:
    """How many of the first levels are the slow cycles that a fresh cell begins with."""
    if c_rates and any(c_rates):
        leading = 0
        while leading < len(levels) and (c_rates[levels[leading].first] or LEADING_C_RATE + 1) <= LEADING_C_RATE:
            leading += 1
        return leading
    return int(len(levels) > 1 and levels[0].place == 0 and levels[1].rate > FASTER * levels[0].rate)


def _end(levels: Sequence[Level], begin: int) -> int:
    """Before which level a staircase ends that begins here."""
    visits: Counter[int] = Counter()
    longest, shortest = 0, MOST_HELD
    for position in range(begin, len(levels)):
        level, last = levels[position], position == len(levels) - 1
        if level.held > MOST_HELD or visits[level.place] >= 2:
            return position
        if visits[level.place] and level.held > longest:
            return position + 1 if last and level.place == min(visits) else position
        still_running = last and level.held < longest
        if max(longest, level.held) > HOLD_SPREAD * min(shortest, level.held) and not still_running:
            return position
        visits[level.place] += 1
        longest, shortest = max(longest, level.held), min(shortest, level.held)
    return len(levels)


def _is_staircase(levels: Sequence[Level], begin: int, end: int, visits: Counter[int]) -> bool:
    """Whether the levels are a rate test, and not the formation or the check-ups of one that ages."""
    test = levels[begin:end]
    different = {level.place for level in test}
    rising = all(after.rate > before.rate for before, after in pairwise(test))
    held = test[0].held
    alike = held >= HELD_ALIKE and all(level.held == held for level in test[:-1]) and test[-1].held <= held
    fewest = RISING_LEVELS if rising and alike else LEVELS
    if not fewest <= len(different) <= MOST_LEVELS:
        return False
    if len(different) <= LEVELS and all(visits[place] > 2 for place in different):
        return False  # a pattern of few rates that goes on repeating is ageing with check-ups
    going_on = levels[end] if end < len(levels) else None
    stepped_up = rising and going_on is not None and all(level.rate < SLOW * going_on.rate for level in test)
    fresh = sum(level.held for level in levels[:begin]) <= MOST_HELD
    return alike or not (fresh and stepped_up)
