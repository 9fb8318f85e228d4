"""Recipe arithmetic against hand calculation."""

from __future__ import annotations

import pytest

from synthesis.chemical.formula import parse
from synthesis.chemical.material import Material
from synthesis.recipe.arithmetic import (
    Bands,
    Component,
    Verdict,
    achieved_ratios,
    lithium_to_metals,
    mass_balance,
    precursor_for_yield,
    weigh_out,
)

PRODUCT = parse("LiNi0.83Co0.11Mn0.06O2")


def recipe(moisture: float = 0.0) -> list[Component]:
    """The reference study: precursor : LiOH·H2O : K2SO4 = 1 : 1.05 : 0.1, the salts at 99 %."""
    return [
        Component("precursor", Material(parse("Ni0.83Co0.11Mn0.06(OH)2"), moisture=moisture), 1),
        Component("LiOH·H2O", Material(parse("LiOH·H2O"), assay=0.99), 1.05),
        Component("K2SO4", Material(parse("K2SO4"), assay=0.99), 0.1),
    ]


def test_grams_for_100_g_of_precursor():
    # By hand: 100 / 92.5085 = 1.080982 mol of precursor;
    # 1.080982 × 1.05 × 41.962 / 0.99 = 48.1098 g;  1.080982 × 0.1 × 174.2526 / 0.99 = 19.0267 g.
    lines = weigh_out(recipe(), 100)
    assert [line.mass_g for line in lines] == pytest.approx([100, 48.1098, 19.0267], rel=1e-4)
    assert [line.moles for line in lines] == pytest.approx([1.080982, 1.135031, 0.1080982], rel=1e-5)


def test_a_moist_precursor_needs_less_lithium():
    # 2 % of the weighed precursor is water: the salts go down by 2 %.
    dry, moist = weigh_out(recipe(), 100), weigh_out(recipe(moisture=0.02), 100)
    assert moist[1].mass_g == pytest.approx(0.98 * dry[1].mass_g)


def test_grams_for_a_wanted_mass_of_product():
    # 1 mol of precursor (92.5085 g) gives 1 mol of product (97.4325 g); at 95 % yield one needs 1/0.95 more.
    assert precursor_for_yield(recipe()[0], PRODUCT, 97.4325) == pytest.approx(92.5085, rel=1e-5)
    assert precursor_for_yield(recipe()[0], PRODUCT, 97.4325, 0.95) == pytest.approx(92.5085 / 0.95, rel=1e-5)


def test_masses_as_weighed_give_back_the_ratios():
    lines = weigh_out(recipe(), 100)
    found = achieved_ratios(recipe(), [line.mass_g for line in lines], Bands())
    assert [r.value for r in found] == pytest.approx([1.05, 0.1])
    assert {r.verdict for r in found} == {Verdict.OK}


def test_a_deviation_has_its_verdict():
    # 1 % more LiOH·H2O: 1.0605 against 1.05 warns at 0.5 %; 3 % less K2SO4 fails at 2 %.
    found = achieved_ratios(recipe(), [100, 48.1098 * 1.01, 19.0267 * 0.97], Bands(warn=0.005, fail=0.02))
    assert found[0].value == pytest.approx(1.0605, rel=1e-4)
    assert found[0].deviation == pytest.approx(0.01, abs=1e-4)
    assert [r.verdict for r in found] == [Verdict.WARN, Verdict.FAIL]


def test_lithium_to_metals_counts_every_lithium():
    assert lithium_to_metals(recipe(), [1, 1.05, 0.1]) == pytest.approx(1.05)


def test_mass_balance_of_a_washed_batch():
    # Charge 167.1365 g; theoretical product 1.080982 mol × 97.4325 = 105.3228 g.
    masses = [line.mass_g for line in weigh_out(recipe(), 100)]
    balance = mass_balance(recipe(), masses, PRODUCT, after_sintering_g=124.0, after_washing_g=100.0)
    assert balance.theoretical_product_g == pytest.approx(105.3228, rel=1e-5)
    assert balance.sintering_loss == pytest.approx(1 - 124.0 / 167.1365, rel=1e-4)
    assert balance.washing_loss == pytest.approx(24 / 124)
    assert balance.product_yield == pytest.approx(100 / 105.3228, rel=1e-5)


def test_a_batch_not_yet_weighed_has_no_yield():
    balance = mass_balance(recipe(), [100, 48.1, 19.0], PRODUCT)
    assert balance.product_yield is None
    assert balance.sintering_loss is None


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: weigh_out(recipe(), 0), "must be over 0"),
        (lambda: weigh_out(recipe()[1:], 10), "per mole of precursor"),
        (lambda: Component("LiOH", Material(parse("LiOH")), -1), "must be over 0"),
        (lambda: Material(parse("LiOH"), assay=1.2), "at most 100 %"),
        (lambda: Material(parse("LiOH"), moisture=1.0), "under 100 %"),
        (lambda: achieved_ratios(recipe(), [100, -1, 2], Bands()), r"mass of LiOH·H2O is -1 g"),
        (lambda: achieved_ratios(recipe(), [100], Bands()), "as many masses"),
        (lambda: Bands(0.02, 0.01), "not wider"),
        (lambda: mass_balance(recipe(), [100, 48, 19], PRODUCT, 200), "after sintering is 200 g"),
        (lambda: mass_balance(recipe(), [100, 48, 19], parse("K2SO4")), "no transition metal"),
    ],
)
def test_what_does_not_add_up_is_refused_with_a_sentence(bad, says):
    with pytest.raises(ValueError, match=says):
        bad()
