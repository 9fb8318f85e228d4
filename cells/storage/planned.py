"""What may be planned of a storage. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

COLDEST_CELSIUS, HOTTEST_CELSIUS = -60.0, 150.0
LONGEST_DAY = 3650
MOST_CHECKS = 50


def check_storage(temperature_celsius: float | None, check_days: Sequence[float]) -> None:
    """
    Raises:
        ValueError: the temperature is none of a chamber, or the days do not rise from more than 0.
    """
    if temperature_celsius is not None and not COLDEST_CELSIUS <= float(temperature_celsius) <= HOTTEST_CELSIUS:
        raise ValueError(
            f"the temperature must be from {COLDEST_CELSIUS:g} to {HOTTEST_CELSIUS:g} °C, not {temperature_celsius} °C"
        )
    if isinstance(check_days, str) or not isinstance(check_days, Sequence):
        raise ValueError("the days of the checks must be a list: [15, 42]")
    days = [float(day) for day in check_days]
    if len(days) > MOST_CHECKS:
        raise ValueError(f"at most {MOST_CHECKS} checks can be planned, not {len(days)}")
    if not all(math.isfinite(day) and 0 < day <= LONGEST_DAY for day in days):
        raise ValueError(f"a check is from more than 0 to {LONGEST_DAY} days after the storage began")
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("the days of the checks must rise: 15, 42")
