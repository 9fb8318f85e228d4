"""Formulas: masses as the IUPAC atomic weights give them, hydrates, and what is refused."""

from __future__ import annotations

import pytest

from synthesis.chemical.formula import FormulaError, parse


@pytest.mark.parametrize(
    ("text", "mass"),
    [
        # By hand from the abridged standard atomic weights (IUPAC 2021): Li 6.94, O 15.999, H 1.008, K 39.0983,
        # S 32.06, Ni 58.6934, Co 58.9332, Mn 54.9380, Cu 63.546.
        ("LiOH·H2O", 41.962),
        ("LiOH", 23.947),
        ("K2SO4", 174.2526),
        ("Ni0.83Co0.11Mn0.06(OH)2", 92.5085),
        ("Ni0.96Co0.02Mn0.02(OH)2", 92.6371),
        ("LiNi0.83Co0.11Mn0.06O2", 97.4325),
        ("CuSO4·5H2O", 249.677),
    ],
)
def test_molar_masses_are_those_of_the_atomic_weights(text, mass):
    assert parse(text).molar_mass_g_per_mol == pytest.approx(mass, rel=2e-5)


def test_lithium_nickel_manganese_cobalt_oxide_has_the_published_mass():
    # 97.27984, the value chempy 0.9 gives for LiNi0.8Mn0.1Co0.1O2.
    assert parse("LiNi0.8Mn0.1Co0.1O2").molar_mass_g_per_mol == pytest.approx(97.27984, rel=1e-6)


@pytest.mark.parametrize("text", ["LiOH·H2O", "LiOH*H2O", "LiOH.H2O", "LiOH • H2O", "LiOH·H₂O"])
def test_water_of_crystallisation_is_written_in_several_ways(text):
    formula = parse(text)
    assert formula.text == "LiOH·H2O"
    assert formula.water == 1
    assert formula.atoms == {"Li": 1, "O": 2, "H": 3}


def test_the_metals_of_a_precursor_are_counted():
    formula = parse("Ni0.83Co0.11Mn0.06(OH)2")
    assert formula.metals == pytest.approx(1.0)
    assert formula.metal_fractions() == pytest.approx({"Ni": 0.83, "Co": 0.11, "Mn": 0.06})
    assert parse("K2SO4").metal_fractions() == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("Xx2", "no element Xx"),
        ("Ni(OH", "bracket"),
        ("5g NaCl", "not understood"),
        ("CuSO4.5H2O", "decimal point or water"),
        ("Ni0,83", "with a point"),
        ("Li0", "count of 0"),
        ("Mn3O4·", "empty part"),
        ("nickel", "not understood"),
        ("H2O@1.1", "not understood"),
    ],
)
def test_what_is_not_a_formula_is_refused_with_a_sentence(text, says):
    with pytest.raises(FormulaError, match=says):
        parse(text)
