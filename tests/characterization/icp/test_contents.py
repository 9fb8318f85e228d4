"""The rules by which lines become elements, on numbers that can be checked by hand."""

from __future__ import annotations

import math

import pytest

from characterization.icp.contents import Settings, blanks_of, contents, readings_of
from tests.characterization.icp.written import solution, table

NI1, NI2, K1, K2 = "Ni 221.647", "Ni 231.604", "K 766.490", "K 769.896"


def found(*solutions, blank_label="", **settings):
    rows = readings_of(table(*solutions))
    chosen = Settings(**settings)
    blanks = blanks_of(rows, blank_label) if chosen.blank else {}
    return contents([row for row in rows if row["sample_kind"] == "sample"], blanks, chosen)


def test_an_element_is_the_mean_of_its_lines_and_its_sd_the_larger_of_theirs_and_of_their_scatter():
    one = found(solution("A", {NI1: 10.0, NI2: 10.2}, concentration_sd_mg_per_l=0.05)).elements["Ni"]
    assert (one.value, one.lines) == (pytest.approx(10.1), (NI1, NI2))
    assert one.sd == pytest.approx(0.2 / math.sqrt(2))  # the scatter: 0.141, more than 0.05
    alike = found(solution("A", {NI1: 10.0, NI2: 10.0}, concentration_sd_mg_per_l=0.05)).elements["Ni"]
    assert alike.sd == pytest.approx(0.05)


def test_lines_that_disagree_by_more_than_the_limit_and_their_scatter_are_named():
    far = [*solution("A", {NI1: 10.0, NI2: 11.0}, concentration_sd_mg_per_l=0.05)]
    (warning,) = found(far).warnings
    assert warning.startswith("the lines of Ni differ by 9.5 % (Ni 221.647: 10, Ni 231.604: 11)")
    assert found(far, line_disagreement=0.1).warnings == []
    noisy = solution("A", {K1: 0.010, K2: 0.011}, concentration_sd_mg_per_l=0.001)
    assert found(noisy).warnings == []


@pytest.mark.parametrize("condition", ["over range", "not calibrated", "failed"])
def test_a_line_that_cannot_be_used_is_not(condition):
    both = [*solution("A", {NI1: 10.0}), *solution("A", {NI2: 99.0}, condition=condition)]
    one = found(both)
    assert one.elements["Ni"].value == 10
    assert [line.used for line in one.lines] == [True, False]
    alone = found(solution("A", {NI2: 99.0}, condition=condition))
    assert alone.elements == {}
    assert alone.warnings == [f"no line of Ni can be used ({condition})"]


def test_lines_under_the_calibrated_range_are_used_only_where_there_is_no_other():
    both = [*solution("A", {K1: 0.02}), *solution("A", {K2: 0.03}, condition="under range")]
    assert found(both).elements["K"].value == 0.02
    alone = found(solution("A", {K2: 0.03}, condition="under range"))
    assert alone.elements["K"].value == 0.03
    assert alone.warnings == ["K is under the calibrated range in all of its lines"]


def test_a_person_names_the_lines_that_count():
    lines = {"K": ("k 766",)}
    assert found(solution("A", {K1: 0.02, K2: 0.03, NI1: 5.0}), lines=lines).elements["K"].value == 0.02


def test_the_mean_of_the_blanks_is_taken_away_and_the_variances_added():
    blanks = [*solution("Blank", {K1: 0.1}, 1, "blank"), *solution("Blank", {K1: 0.3}, 2, "blank")]
    a = solution("A", {K1: 1.2}, 3, concentration_sd_mg_per_l=0.1)
    one = found(blanks, a).elements["K"]
    assert one.value == pytest.approx(1.0)  # 1.2 − 0.2
    assert one.sd == pytest.approx(math.sqrt(0.1**2 + 0.02))  # of the blanks: 0.1414²
    assert found(blanks, a, blank=False).elements["K"].value == 1.2


def test_procedural_blanks_alone_are_taken_where_there_are_any_or_those_that_a_person_names():
    blanks = [
        *solution("Blank", {K1: 0.0}, 1, "blank"),
        *solution("Digestion blank", {K1: 0.2}, 2, "procedural blank"),
        *solution("Acid", {K1: 0.5}, 4, "control"),
    ]
    a = solution("A", {K1: 1.2}, 3)
    assert found(blanks, a).elements["K"].value == pytest.approx(1.0)
    assert found(blanks, a, blank_label="acid").elements["K"].value == pytest.approx(0.7)


def test_a_blank_is_that_of_the_same_line():
    blank = solution("Blank", {K1: 0.2}, 1, "blank")
    one = found(blank, solution("A", {K1: 1.2, K2: 1.2}, 2))
    assert [line.value for line in one.lines] == pytest.approx([1.0, 1.2])


def test_less_than_three_sd_of_the_blank_is_under_its_limit():
    blank = solution("Blank", {K1: 0.0}, 1, "blank", concentration_sd_mg_per_l=0.01)
    one = found(blank, solution("A", {K1: 0.029}, 2)).elements["K"]
    assert (one.below, one.value, one.limit) == (True, None, pytest.approx(0.03))
    above = found(blank, solution("A", {K1: 0.031}, 2)).elements["K"]
    assert (above.below, above.value) == (False, 0.031)
    strict = found(blank, solution("A", {K1: 0.031}, 2), detection_limit_factor=10.0).elements["K"]
    assert strict.limit == pytest.approx(0.1)


def test_what_is_not_above_zero_is_under_three_of_its_own_sd_without_a_blank():
    one = found(solution("A", {K1: -0.01}, concentration_sd_mg_per_l=0.02)).elements["K"]
    assert (one.below, one.limit) == (True, pytest.approx(0.06))
    unknown = found(solution("A", {K1: 0.0})).elements["K"]
    assert (unknown.below, unknown.limit) == (True, None)


def test_a_limit_of_the_file_is_an_upper_bound_not_zero_and_the_lowest_of_its_lines():
    one = found(solution("A", {K1: "<0.05", K2: "<0.02"})).elements["K"]
    assert (one.value, one.limit) == (None, 0.02)
    seen = found(solution("A", {K1: "<0.05", K2: 0.03}))
    assert seen.elements["K"].value == 0.03
    assert seen.warnings == []
    odd = found(solution("A", {K1: "<0.01", K2: 0.03}))
    assert odd.warnings == ["K is under the limit of K 766.490, but not of its other lines"]


def test_mass_volume_and_dilution_make_a_mass_fraction():
    # 10 mg/L × 0.05 L × 2 / 0.1 g = 10 mg/g.
    told = {"sample_mass_mg": 100.0, "volume_ml": 50.0, "dilution_factor": 2.0}
    one = found(solution("A", {NI1: 10.0}, concentration_sd_mg_per_l=0.1), **told).elements["Ni"]
    assert (one.solid, one.value, one.sd) == (True, pytest.approx(10_000), pytest.approx(100))
    by_file = found(solution("A", {NI1: 10.0}, **told)).elements["Ni"]
    assert by_file.value == pytest.approx(10_000)
    over = found(solution("A", {NI1: 10.0}, **told), sample_mass_mg=50.0).elements["Ni"]
    assert over.value == pytest.approx(20_000)
    limit = found(solution("A", {K1: "<0.01"}), **told).elements["K"]
    assert limit.limit == pytest.approx(10)


def test_without_a_mass_a_content_is_of_the_solution_before_its_dilution():
    one = found(solution("A", {NI1: 10.0}, dilution_factor=100.0)).elements["Ni"]
    assert (one.solid, one.value) == (False, 1000)


def test_a_content_of_the_powder_is_taken_as_it_is():
    of_powder = solution("A", {NI1: None}, mass_fraction_mg_per_kg=489_000.0, mass_fraction_sd_mg_per_kg=2_000.0)
    blank = solution("Blank", {NI1: 5.0}, 2, "blank")
    one = found(of_powder, blank).elements["Ni"]
    assert (one.solid, one.value, one.sd) == (True, 489_000, 2_000)


def test_solutions_of_one_label_are_averaged_with_the_sd_between_them():
    one = found(*(solution("A", {NI1: value}, number) for number, value in enumerate([9.0, 10.0, 11.0], 1)))
    assert (one.elements["Ni"].value, one.elements["Ni"].sd, one.elements["Ni"].n) == (10, 1, 3)


def test_a_dilution_series_takes_each_element_where_it_can_be_read():
    strong = [*solution("A", {NI1: 900.0}, 1, condition="over range"), *solution("A", {K1: 0.5}, 1)]
    weak = solution("A", {NI1: 9.0, K1: "<0.05"}, 2, dilution_factor=100.0)
    one = found(strong, weak)
    assert one.elements["Ni"].value == 900
    assert one.elements["K"].value == 0.5
    assert one.warnings == []  # under 5 mg/L says nothing against 0.5


def test_readings_without_a_mean_are_averaged():
    readings = [
        row | {"replicate": number, "concentration_mg_per_l": value}
        for number, value in enumerate([1.0, 1.1, 1.2], 1)
        for row in solution("A", {NI1: 1.0})
    ]
    (row,) = readings_of(table(readings))
    assert (row["concentration_mg_per_l"], row["concentration_sd_mg_per_l"], row["readings"]) == pytest.approx(
        (1.1, 0.1, 3)
    )


def test_rows_of_powder_and_of_solution_are_not_averaged():
    mixed = [
        *solution("A", {NI1: 10.0}, 1),
        *solution("A", {NI1: None}, 2, mass_fraction_mg_per_kg=489_000.0),
    ]
    one = found(mixed)
    assert one.elements["Ni"].value == 489_000
    assert "those of solutions are left out" in one.warnings[0]
