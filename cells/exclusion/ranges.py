"""Ranges of cycles that are left out of means and comparisons. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

# First and last cycle as the cycler counted, both left out.
Ranges = tuple[tuple[int, int], ...]
# The highest number that the tables of cycles hold.
LAST_CYCLE = 2**31 - 1
EVERYTHING: Ranges = ((0, LAST_CYCLE),)


def covered(cycles: np.ndarray, ranges: Iterable[tuple[int, int]]) -> np.ndarray:
    """Whether each cycle stands in one of the ranges."""
    found = np.zeros(len(cycles), dtype=bool)
    for first, last in ranges:
        found |= (cycles >= first) & (cycles <= last)
    return found


def leaves_out(ranges: Iterable[tuple[int, int]], cycle: int) -> bool:
    return any(first <= cycle <= last for first, last in ranges)


def words(first: int, last: int) -> str:
    return f"cycle {first}" if first == last else f"cycles {first} to {last}"
