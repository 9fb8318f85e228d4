"""Masses as people type them."""

from __future__ import annotations

import pytest

from synthesis.batch.masses import grams_of, shown, unit_of


@pytest.mark.parametrize(
    ("text", "grams"),
    [("100", 100), ("100 kg", 100_000), ("0,35 g", 0.35), ("35mg", 0.035), ("1.2e3", 1200), (" 2 t ", 2e6)],
)
def test_a_mass_is_grams_unless_it_says_otherwise(text, grams):
    assert grams_of(text) == pytest.approx(grams)


@pytest.mark.parametrize("text", ["", "much", "10 lb", "1.2.3", "g", "nan"])
def test_what_is_no_mass_is_said_to_be_none(text):
    with pytest.raises(ValueError, match=r"no mass|no number"):
        grams_of(text)


def test_a_pilot_batch_is_shown_in_kilograms():
    assert shown(100_000, unit_of("pilot")) == 100
    assert shown(48.11, unit_of("lab")) == 48.11
