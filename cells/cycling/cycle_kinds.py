"""Formation, ageing, check-up or rest: what the cycles of plain cycling were for, told from the currents. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

FASTER = 1.5  # times the slowest: a cycle at another rate, not the same rate with scatter
SLOW = 0.6  # of the ageing rate; formation at 0.1 C before ageing at 0.2 C is slow
FORMATION_C_RATE = 0.2  # a young test that has only such cycles has not begun to age
FORMATION_CYCLES = 5


def tell_kinds(rates: Sequence[float | None], c_rates: Sequence[float | None] | None = None) -> list[str]:
    """The kind of each cycle of one test.

    The ageing rate is the median rate of the cycles that run at more than 1.5 times the slowest. A cycle below
    0.6 of it is slow; slow cycles before the first fast one are formation, later ones check-ups. Where all
    cycles run alike they are ageing cycles, but for a test of at most 5 cycles at 0.2 C or less, which is formation.

    Args:
        rates: of each cycle, in order; any measure that rises with the current. None where no current flowed.
        c_rates: the same against 1 C, where 1 C is known.
    """
    running = [rate for rate in rates if rate]
    if not running:
        return ["rest"] * len(rates)
    faster = [rate for rate in running if rate > FASTER * min(running)]
    if not faster:
        known = [rate for rate in c_rates or () if rate]
        young = bool(known) and len(running) <= FORMATION_CYCLES and max(known) <= FORMATION_C_RATE * 1.05
        return [("formation" if young else "ageing") if rate else "rest" for rate in rates]
    ageing_rate = median(faster)
    kinds, aged = [], False
    for rate in rates:
        if not rate:
            kinds.append("rest")
        elif rate >= SLOW * ageing_rate:
            kinds.append("ageing")
            aged = True
        else:
            kinds.append("check-up" if aged else "formation")
    return kinds
