"""Mole ratios on ΣTM = 1, their uncertainty, formula and deviation, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from characterization.icp.composition import Composition, Moles, composition, molar_mass, ratios
from characterization.icp.contents import Settings, contents, readings_of
from synthesis.chemical.formula import parse
from tests.characterization.icp.written import TARGET, solution, table

NCM = {"Li": 1.02, "Ni": 0.83, "Co": 0.11, "Mn": 0.06}


def of(amounts, number=1, rsd=None, scale=1.0, **more):
    """A solution that holds moles: mg/L = moles × molar mass."""
    rows = []
    for element, moles in amounts.items():
        told = moles if isinstance(moles, str) else moles * molar_mass(element) * scale
        sd = None if rsd is None or isinstance(told, str) else told * rsd
        rows += solution("A", {element: told}, number, concentration_sd_mg_per_l=sd, **more)
    return rows


def made(*solutions, target=TARGET, dopants=()) -> Composition:
    found = contents(readings_of(table(*solutions)), {}, Settings())
    done = composition(found, parse(target) if target else None, dopants)
    assert isinstance(done, Composition), done
    return done


def by_element(done: Composition) -> dict[str, float]:
    return {one.element: one.value for one in done.ratios}


def test_contents_become_moles_per_mole_of_metals():
    done = made(of(NCM, scale=0.5))
    assert by_element(done) == {element: pytest.approx(ratio) for element, ratio in NCM.items()}
    assert done.formula == "Li1.020Ni0.830Co0.110Mn0.060O2"
    assert sum(one.value for one in done.ratios if one.counted) == pytest.approx(1)


def test_a_dilution_is_in_all_elements_alike_and_changes_no_ratio():
    assert by_element(made(of(NCM, dilution_factor=50.0))) == pytest.approx(by_element(made(of(NCM))))


def test_uncertainty_is_propagated_to_first_order():
    # Half and half, each 1 ± 0.01: s(r) = √((0.5 · 0.01)² + (0.5 · 0.01)²) / 2 = 0.0035355.
    found = ratios({"Ni": Moles(1.0, 0.01), "Mn": Moles(1.0, 0.01), "Li": Moles(2.0, 0.02)}, ["Ni", "Mn"])
    assert found["Ni"] == (0.5, pytest.approx(0.01 / math.sqrt(8)))
    # Lithium is not in the sum: s² = (0.02² + 1² · 2 · 0.01²) / 4.
    assert found["Li"] == (1.0, pytest.approx(math.sqrt((0.0004 + 0.0002) / 4)))


def test_propagation_is_what_many_draws_scatter_by():
    draw = np.random.default_rng(7)
    mean = {"Li": 1.02, "Ni": 0.83, "Co": 0.11, "Mn": 0.06}
    sd = {"Li": 0.01, "Ni": 0.004, "Co": 0.002, "Mn": 0.001}
    many = {element: mean[element] + sd[element] * draw.standard_normal(200_000) for element in mean}
    total = many["Ni"] + many["Co"] + many["Mn"]
    found = ratios({element: Moles(mean[element], sd[element]) for element in mean}, ["Ni", "Co", "Mn"])
    for element in mean:
        assert found[element][1] == pytest.approx((many[element] / total).std(), rel=0.01)


def test_an_unknown_uncertainty_of_a_metal_leaves_all_ratios_without():
    found = ratios({"Ni": Moles(1.0, None), "Mn": Moles(1.0, 0.01), "Li": Moles(1.0, 0.1)}, ["Ni", "Mn"])
    assert [sd for _, sd in found.values()] == [None, None, None]


def test_ratios_of_several_solutions_are_averaged_so_that_their_strength_does_not_matter():
    weak, strong = dict(NCM), {**NCM, "Li": 1.04}
    done = made(of(weak, 1, scale=0.9), of(strong, 2, scale=1.3))
    lithium = done["Li"]
    assert (lithium.value, lithium.sd, lithium.n) == (pytest.approx(1.03), pytest.approx(0.02 / math.sqrt(2)), 2)
    assert done["Ni"].sd == pytest.approx(0, abs=1e-12)  # though their nickel differs by 40 %


def test_aluminium_and_the_dopants_of_the_target_are_counted_and_other_metals_are_not():
    doped = {"Li": 1.0, "Ni": 0.9, "Co": 0.05, "Al": 0.04, "Zr": 0.01, "Fe": 0.02}
    done = made(of(doped), target="LiNi0.9Co0.05Al0.04Zr0.01O2")
    assert by_element(done) == {element: pytest.approx(ratio) for element, ratio in doped.items()}
    assert [one.element for one in done.ratios if one.counted] == ["Ni", "Co", "Al", "Zr"]
    assert done.formula == "Li1.000Ni0.900Co0.050Al0.040Zr0.010O2"
    uncounted = made(of(doped), target="LiNi0.9Co0.05Al0.05O2")
    assert uncounted["Zr"].value == pytest.approx(0.01 / 0.99)
    assert not uncounted["Zr"].counted
    assert made(of(doped), target="LiNi0.9Co0.05Al0.05O2", dopants=("Zr",))["Zr"].counted


def test_the_deviation_is_in_moles_per_sum_of_metals():
    done = made(of({"Li": 1.02, "Ni": 0.82, "Co": 0.13, "Mn": 0.05}))
    deviations = {one.element: one.deviation for one in done.ratios}
    assert deviations == {
        "Li": pytest.approx(0.02),
        "Ni": pytest.approx(-0.01),
        "Co": pytest.approx(0.02),
        "Mn": pytest.approx(-0.01),
    }
    assert done.largest_deviation.element == "Co"


def test_aluminium_that_was_not_meant_deviates_from_zero():
    done = made(of({**NCM, "Al": 0.01}))
    assert done["Al"].target == 0
    assert done["Al"].deviation == pytest.approx(0.01 / 1.01)


def test_a_metal_of_the_target_that_was_not_measured_leaves_no_ratios():
    found = contents(readings_of(table(of({"Li": 1.0, "Ni": 0.8, "Mn": 0.1}))), {}, Settings())
    assert composition(found, parse(TARGET)) == (
        "no line of Co, which the target composition has, can be used: nothing is put on ΣTM = 1"
    )


def test_a_dopant_that_was_not_measured_is_left_out_and_said():
    done = made(of({"Li": 1.0, "Ni": 0.9, "Co": 0.09}), target="LiNi0.9Co0.09Zr0.01O2")
    assert "Zr was not measured" in done.warnings[0]
    assert done["Ni"].target == pytest.approx(0.9 / 0.99)
    assert done["Ni"].deviation == pytest.approx(0)


def test_a_metal_under_its_limit_has_an_upper_bound_and_is_not_in_the_sum():
    done = made(of({"Li": 1.0, "Ni": 0.98, "Co": f"<{0.001 * molar_mass('Co')}", "Mn": 0.02}))
    cobalt = done["Co"]
    assert (cobalt.below, cobalt.value, cobalt.counted) == (True, pytest.approx(0.001), False)
    assert cobalt.deviation == pytest.approx(0.001 - 0.11)  # at least so far from its target
    assert "Co is under its limit" in done.warnings[0]
    assert done.formula == "Li1.000Ni0.980Mn0.020O2"


def test_an_upper_bound_above_the_target_says_nothing_of_a_deviation():
    done = made(of({"Li": 1.0, "Ni": 0.98, "Co": f"<{0.5 * molar_mass('Co')}", "Mn": 0.02}))
    assert done["Co"].deviation is None


def test_without_transition_metals_there_is_no_composition():
    found = contents(readings_of(table(of({"Li": 1.0, "K": 0.1, "Al": 0.1}))), {}, Settings())
    assert composition(found, None) == "no Ni, Co or Mn was found, so there is no composition"


def test_contents_of_powder_and_solution_make_no_ratio():
    mixed = [*of({"Ni": 0.8}), *solution("A", {"Li": None}, mass_fraction_mg_per_kg=70_000.0)]
    found = contents(readings_of(table(mixed)), {}, Settings())
    assert "some of the powder" in composition(found, None)


def test_the_formula_is_printed_to_the_place_of_its_uncertainty():
    coarse = made(of(NCM, rsd=0.05))
    assert coarse.formula == "Li1.02Ni0.830Co0.110Mn0.060O2"  # ± 0.07, 0.009, 0.007, 0.004
    assert [round(one.sd, 3) for one in coarse.ratios] == [0.067, 0.009, 0.007, 0.004]


def test_lithium_and_metals_of_the_formula_weigh_what_they_should():
    # LiNiO2: (6.94 + 58.693) / 97.632 = 67.2 %.
    done = made(of({"Li": 1.0, "Ni": 1.0}), target="LiNiO2")
    assert done.expected_mass_fraction == pytest.approx(0.672, abs=5e-4)
    assert made(of({"Ni": 1.0}), target="").expected_mass_fraction is None
