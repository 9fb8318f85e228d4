"""Codes of a series from one pattern: "GP-NCM-C{01..12}". Pure."""

from __future__ import annotations

import re

NUMBERS = re.compile(r"\{(\d{1,6})\.\.(\d{1,6})\}")
MOST_IN_SERIES = 200


class PatternError(ValueError):
    """A pattern that makes no codes; says how one is written."""


def expand(pattern: str) -> list[str]:
    """The codes that a pattern stands for; one without braces is one code. Leading zeros are kept: {08..10}.

    Raises:
        PatternError: it is empty, has braces that are no numbers, runs backwards, or makes too many.
    """
    pattern = pattern.strip()
    found = NUMBERS.findall(pattern)
    if not pattern:
        raise PatternError("Write a code, with the numbers in braces: C-{01..12}.")
    if len(found) > 1 or ("{" in pattern or "}" in pattern) != bool(found):
        raise PatternError(f"“{pattern}”: write the numbers once and as {{01..12}}.")
    if not found:
        return [pattern]
    first, last = int(found[0][0]), int(found[0][1])
    if first > last:
        raise PatternError(f"“{pattern}” runs backwards; write the lower number first.")
    if last - first + 1 > MOST_IN_SERIES:
        raise PatternError(f"“{pattern}” makes {last - first + 1} codes; make at most {MOST_IN_SERIES} at once.")
    digits = len(found[0][0])
    return [NUMBERS.sub(f"{number:0{digits}d}", pattern) for number in range(first, last + 1)]
