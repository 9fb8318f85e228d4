"""What is found of a sample: which of a file it is, its numbers, and what is said where something is missing."""

from __future__ import annotations

import pytest

from characterization.icp.composition import molar_mass
from characterization.icp.presentation import ICP_PRESENTATION
from characterization.icp.selection import choose
from characterization.icp.technique import ICP
from labdb.quantities import QUANTITIES
from tests.characterization.icp.written import TARGET, analysed, solution, table, values

NCM = {"Li": 1.02, "Ni": 0.83, "Co": 0.11, "Mn": 0.06}
DIGEST = {"sample_mass_mg": 100.0, "volume_ml": 100.0}


def powder(label="GP-NCM-01", number=1, potassium: float | str = 0.32, rsd=0.01):
    """100 mg of Li1.02MO2 in 100 mL, and 320 mg/kg of potassium: 0.32 mg/L."""
    oxide = sum(ratio * molar_mass(element) for element, ratio in NCM.items()) + 2 * molar_mass("O")
    amounts = {element: 1000 * ratio * molar_mass(element) / oxide for element, ratio in NCM.items()}
    rows = solution(label, {**amounts, "K": potassium}, number)
    return [
        row | {"concentration_sd_mg_per_l": (row["concentration_mg_per_l"] or 0) * rsd or None, "readings": 3}
        for row in rows
    ]


def blank(label="Blank", number=9, kind="blank", sd=0.002):
    return solution(label, {"K": 0.0}, number, kind, concentration_sd_mg_per_l=sd)


def test_a_powder_gives_its_composition_and_its_residuals():
    found = analysed(table(powder(), blank()), target_composition=TARGET, **DIGEST)
    got = values(found)
    assert got == {
        "li_per_tm": pytest.approx(1.02),
        "ni_per_tm": pytest.approx(0.83),
        "co_per_tm": pytest.approx(0.11),
        "mn_per_tm": pytest.approx(0.06),
        "composition_deviation": pytest.approx(0, abs=1e-12),
        "lithium_deviation": pytest.approx(0.02),
        "residual_potassium_mg_per_kg": pytest.approx(320),
        "metal_recovery": pytest.approx(1),
    }
    potassium = next(one for one in found.scalars if one.quantity == "residual_potassium_mg_per_kg")
    assert potassium.sd == pytest.approx(1000 * (0.0032**2 + 0.002**2) ** 0.5)
    assert potassium.n == 3
    assert found.warnings == ()
    assert set(found.tables) == {"samples", "lines", "elements", "composition"}
    assert set(found.tables["composition"]["formula"]) == {"Li1.02Ni0.830Co0.110Mn0.060O2"}


def test_every_number_has_a_definition_and_every_choice_is_a_parameter_of_the_analysis():
    found = analysed(table(powder(), blank()), target_composition=TARGET, **DIGEST)
    assert set(values(found)) <= set(QUANTITIES)
    assert set(ICP_PRESENTATION.compared) <= set(QUANTITIES)
    assert {name for drawing in ICP_PRESENTATION.drawings for name in drawing.quantities} <= set(QUANTITIES)
    assert set(ICP.defaults) <= {choice.name for choice in ICP_PRESENTATION.choices}


def test_without_mass_and_volume_there_are_ratios_and_a_sentence_what_to_enter():
    found = analysed(table(powder()), target_composition=TARGET)
    assert "li_per_tm" in values(found)
    assert not any(name.startswith("residual") for name in values(found))
    assert "enter the sample mass and the volume" in found.warnings[-1]
    assert found.tables["elements"]["concentration_mg_per_l"].null_count() == 0


def test_a_residual_under_its_limit_is_an_upper_bound_and_not_zero():
    found = analysed(table(powder(potassium="<0.02")), target_composition=TARGET, **DIGEST)
    potassium = next(one for one in found.scalars if one.quantity == "residual_potassium_mg_per_kg")
    assert (potassium.value, potassium.sd) == (pytest.approx(20), None)
    assert "residual K is under its limit: 20 mg/kg is an upper bound" in found.warnings
    by_blank = analysed(table(powder(potassium=0.005), blank()), target_composition=TARGET, **DIGEST)
    assert values(by_blank)["residual_potassium_mg_per_kg"] == pytest.approx(6)  # 3 × 0.002 mg/L


def test_a_residual_under_a_limit_that_nobody_told_has_no_number():
    found = analysed(table(powder(potassium=0.0)), target_composition=TARGET, **DIGEST)
    assert "residual_potassium_mg_per_kg" not in values(found)
    assert "residual K is under a limit that nobody told, so it has no number" in found.warnings


def test_a_wrong_mass_shows_in_the_recovery_and_not_in_the_ratios():
    found = analysed(table(powder()), target_composition=TARGET, sample_mass_mg=110.0, volume_ml=100.0)
    assert values(found)["metal_recovery"] == pytest.approx(1 / 1.1)
    assert values(found)["li_per_tm"] == pytest.approx(1.02)
    assert any("lithium and metals are 90.9 % of what the formula has" in warning for warning in found.warnings)


def test_without_a_target_the_measured_metals_are_counted_and_nothing_deviates():
    found = analysed(table(powder()))
    assert values(found)["ni_per_tm"] == pytest.approx(0.83)
    assert not {"composition_deviation", "lithium_deviation"} & set(values(found))
    assert any("no target composition is known" in warning for warning in found.warnings)


def test_a_target_that_is_no_formula_is_said_and_not_used():
    found = analysed(table(powder()), target_composition="Ni is 0.83")
    assert any("the target composition was not used" in warning for warning in found.warnings)
    assert values(found)["ni_per_tm"] == pytest.approx(0.83)


def test_potassium_that_is_a_part_of_the_product_is_no_residual():
    found = analysed(table(powder()), target_composition="K0.05Li0.95Ni0.83Co0.11Mn0.06O2", **DIGEST)
    assert "residual_potassium_mg_per_kg" not in values(found)


def test_the_only_sample_of_a_file_is_the_measured_one_whatever_its_label():
    assert choose(table(powder("17"), blank()), "", ["GP-NCM-01"]).label == "17"
    assert choose(table(powder("17"), blank()), "", ["GP-NCM-01"]).sentence == ""


@pytest.mark.parametrize(
    ("labels", "known_as", "chosen"),
    [
        (["GP-NCM-01", "P-NCM-01"], ["GP-NCM-01"], "GP-NCM-01"),
        (["gp ncm 01, wash 2", "p ncm 01"], ["GP-NCM-01"], "gp ncm 01, wash 2"),
        (["GP-NCM-01", "GP-NCM-012"], ["GP-NCM-01"], "GP-NCM-01"),
        (["GP-NCM-01 W1", "GP-NCM-01 W2"], ["GP-NCM-01-W2"], "GP-NCM-01 W2"),
        (["GP-NCM-01", "GP-NCM-01 W1"], ["GP-NCM-01"], "GP-NCM-01"),
        (["GP-NCM-01 W1", "GP-NCM-01 W2"], ["GP-NCM-01"], ""),  # two of them
        (["P-NCM-01", "GP-NCM-01"], ["NCM-01"], ""),  # none begins so
        (["1", "2"], ["GP-NCM-01"], ""),
        (["1", "2"], [], ""),
    ],
)
def test_of_several_samples_the_one_whose_label_begins_with_the_code_is_measured(labels, known_as, chosen):
    file = table(*(powder(label, number) for number, label in enumerate(labels, 1)))
    found = choose(file, "", known_as)
    assert found.label == chosen
    assert ("taken to be" if chosen else "choose which one") in found.sentence


def test_a_person_says_which_one_it_is():
    file = table(powder("A", 1), powder("B", 2, potassium=0.1), blank())
    found = analysed(file, sample_label="b", target_composition=TARGET, **DIGEST)
    assert values(found)["residual_potassium_mg_per_kg"] == pytest.approx(100)
    wrong = analysed(file, sample_label="C")
    assert wrong.scalars == ()
    assert "no solution of the file is labelled “C”; it has A, B" in wrong.warnings[0]


def test_where_nobody_knows_all_samples_are_shown_and_nothing_is_guessed():
    found = analysed(table(powder("A", 1), powder("B", 2), blank()), **DIGEST)
    assert found.scalars == ()
    assert set(found.tables) == {"samples"}
    assert set(found.tables["samples"]["sample_label"]) == {"A", "B", "Blank"}
    assert not found.tables["samples"]["chosen"].any()


def test_a_file_of_blanks_and_standards_asks_too():
    assert "the file holds no sample, only Blank" in analysed(table(blank())).warnings[0]


def test_a_blank_that_is_not_there_is_said():
    found = analysed(table(powder()), blank_label="acid")
    assert "no solution of the file is labelled “acid”" in found.warnings[0]


def test_the_samples_of_a_file_stand_beside_each_other_as_they_were_measured():
    samples = analysed(table(powder("A", 1), blank(sd=0.1)), dilution_factor=10.0, **DIGEST).tables["samples"]
    potassium = samples.filter(samples["element"] == "K", samples["sample_label"] == "A").to_dicts()[0]
    assert potassium["concentration_mg_per_l"] == pytest.approx(0.32)
    assert samples["element"].to_list()[:4] == ["Li", "Ni", "Co", "Mn"]


def test_each_line_says_whether_it_was_used_and_how_far_it_is_from_its_element():
    rows = [*solution("A", {"Ni 221.647": 9.0, "Ni 231.604": 11.0}), *solution("A", {"Ni 1": 99.0}, condition="failed")]
    lines = analysed(table(rows)).tables["lines"]
    assert lines["used"].to_list() == [True, True, False]
    assert lines["line_deviation"].to_list()[:2] == pytest.approx([-0.1, 0.1])


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"lines": "K 766.490, potassium"}, "“potassium” is no line of an element"),
        ({"dopants": "Zr, Xx"}, "“Xx” is no metal that is counted as a dopant"),
        ({"target_composition": "LiNi0,83O2"}, "write the decimal with a point"),
        ({"target_composition": "K2SO4"}, "has no transition metal"),
        ({"sample_mass_mg": 0.0}, "is not from 0.001 to 1e+06 mg"),
        ({"blank_subtraction": "median"}, "is none of mean, none"),
        ({"dilution": 2.0}, "there is no parameter dilution"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_where_it_is_made(chosen, sentence):
    with pytest.raises(ValueError) as error:
        ICP_PRESENTATION.checked(chosen)
    assert sentence in str(error.value)


def test_choices_change_what_they_say():
    file = table(powder(potassium=0.32), blank(), solution("GP-NCM-01", {"K 769.896": 0.4}))
    base = {"target_composition": TARGET, **DIGEST}
    assert values(analysed(file, **base))["residual_potassium_mg_per_kg"] == pytest.approx(360)
    chosen = ICP_PRESENTATION.checked({"lines": "K 769.896", "blank_subtraction": "none"})
    assert values(analysed(file, **base, **chosen))["residual_potassium_mg_per_kg"] == pytest.approx(400)
