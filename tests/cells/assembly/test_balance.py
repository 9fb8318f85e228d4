"""N/P, and what is said where it cannot be computed."""

from __future__ import annotations

import pytest

from cells.assembly.balance import Side, balance, lithium_foil


def test_n_p_is_the_ratio_of_areal_capacities_and_overhang_counts_by_whole_capacity():
    # The pouch cell of the reference study: 19.25 cm² of cathode before 21.09 cm² of graphite.
    found = balance(negative=Side(2.2, 21.09, 0.1), positive=Side(2.0, 19.25, 0.1))
    assert found.n_p_ratio == pytest.approx(1.1)
    assert found.area_ratio == pytest.approx(21.09 / 19.25)
    assert found.n_p_capacity_ratio == pytest.approx(1.1 * 21.09 / 19.25)
    assert (found.missing, found.doubts) == ((), ())


def test_what_is_missing_is_said_and_the_rest_is_computed():
    found = balance(negative=Side(None, 21.09, missing="Weigh it."), positive=Side(2.0, 19.25))
    assert (found.n_p_ratio, found.n_p_capacity_ratio) == (None, None)
    assert found.area_ratio == pytest.approx(21.09 / 19.25)
    assert found.missing == ("Weigh it.",)


def test_a_negative_electrode_that_is_too_small_is_said():
    assert "plate lithium" in balance(Side(2.0, 1.0), Side(2.0, 1.2)).doubts[0]


def test_capacities_at_different_rates_are_said():
    assert "0.33 C and 0.1 C" in balance(Side(2.0, 1.0, 0.33), Side(2.0, 1.0, 0.1)).doubts[0]


def test_a_millimetre_of_lithium_holds_206_mah_per_cm2():
    foil = lithium_foil(1000, 10)
    assert foil.areal_capacity_mah_per_cm2 == pytest.approx(206.2)  # 3861 mAh/g × 0.534 g/cm³ × 0.1 cm
    assert foil.area_cm2 == pytest.approx(0.7854, rel=1e-4)
    assert lithium_foil(None, 10).missing == "Give the thickness of the lithium."
