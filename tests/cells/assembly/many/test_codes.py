"""Codes of a series."""

from __future__ import annotations

import pytest

from cells.assembly.many.codes import PatternError, expand


def test_numbers_in_braces_make_a_code_each_and_keep_their_zeros():
    assert expand("GP-NCM-C{08..11}") == ["GP-NCM-C08", "GP-NCM-C09", "GP-NCM-C10", "GP-NCM-C11"]
    assert expand("C{9..10}-half") == ["C9-half", "C10-half"]
    assert expand(" C-7 ") == ["C-7"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "Write a code"),
        ("C{1-12}", "once and as {01..12}"),
        ("C{1..2}{1..2}", "once and as"),
        ("C{1..2", "once and as"),
        ("C{12..1}", "backwards"),
        ("C{1..201}", "at most 200"),
    ],
)
def test_a_pattern_that_makes_no_codes_is_refused_with_how_one_is_written(pattern, said):
    with pytest.raises(PatternError, match=said):
        expand(pattern)
