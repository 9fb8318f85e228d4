"""Fracture censuses: shares, how sure they are, and whether product and control differ."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from characterization.fracture.analysis import analyse, difference, quantile, score_interval, shares
from characterization.fracture.entry import ENTRY
from characterization.fracture.presentation import FRACTURE_CENSUS as SHOWN_AS
from characterization.fracture.technique import FRACTURE_CENSUS
from labdb.ingest.entry import write
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from tests.characterization.runs import accepted, named, numbers, shown


def table(*rows: tuple) -> pl.DataFrame:
    """Rows of cycle number, intact, mildly damaged, broken, image."""
    names = ["cycle_count", "intact", "mildly_damaged", "broken", "image"]
    filled = [dict(zip(names, (*row, None)[:5], strict=True)) for row in rows]
    return pl.DataFrame(filled, schema={name: FRACTURE_CENSUS.schema.columns[name] for name in names})


def scalars(analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


def test_images_of_a_cycle_number_are_added_up():
    # 30 + 45 of 100 particles are intact, 15 + 5 mildly damaged, 5 + 0 broken.
    found = shares(table((30, 30, 15, 5), (30, 45, 5, 0))).row(0, named=True)
    assert (found["images"], found["particles_counted"]) == (2, 100)
    assert [found[f"{name}_share"] for name in ("intact", "mildly_damaged", "broken")] == [0.75, 0.2, 0.05]


def test_results_are_those_of_the_highest_cycle_number_and_of_each_by_its_name():
    analysis = analyse(table((100, 20, 60, 20), (30, 75, 20, 5)), {})
    found = scalars(analysis)
    assert found["intact_share"] == found["intact_share_at_100"] == 0.2
    assert (found["intact_share_at_30"], found["broken_share_at_30"]) == (0.75, 0.05)
    assert (found["cycle_count"], found["particles_counted"]) == (100, 100)
    assert analysis.tables["shares"]["cycle_count"].to_list() == [30, 100]
    assert {scalar.n for scalar in analysis.scalars if scalar.quantity.startswith("intact")} == {100}


def test_half_of_a_hundred_has_wilsons_interval_of_40_4_to_59_6_percent():
    # (0.5 + 1.92/100 ± 1.96 √(0.25/100 + 0.96/10000)) / 1.0384 = 0.5 ± 0.0962.
    low, high = score_interval(50, 100, quantile(0.95))
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=5e-5)


def test_none_of_ten_has_an_interval_from_zero_to_z2_over_n_plus_z2():
    z = quantile(0.95)
    assert score_interval(0, 10, z) == pytest.approx((0, z * z / (10 + z * z)))
    assert score_interval(10, 10, z)[1] == 1


def test_goodmans_intervals_are_those_of_the_published_example():
    # Counts 44, 55, 43, 32, 67, 78 at 95 %: documentation of the R package CoinMinD, function GM.
    counts = (44, 55, 43, 32, 67, 78)
    found = [score_interval(count, sum(counts), quantile(0.95, at_once=6)) for count in counts]
    assert [low for low, _ in found] == pytest.approx(
        [0.09468368, 0.12376893, 0.09208527, 0.06412671, 0.15637944, 0.18692732], abs=1e-8
    )
    assert [high for _, high in found][:5] == pytest.approx(
        [0.1966413, 0.2350489, 0.1931040, 0.1535697, 0.2760670], abs=1e-7
    )


def test_goodmans_intervals_are_wider_than_wilsons_and_a_higher_confidence_is_too():
    def width(parameters) -> float:
        row = analyse(table((30, 75, 20, 5)), parameters).tables["shares"].row(0, named=True)
        return row["intact_share_high"] - row["intact_share_low"]

    assert width({}) < width({"interval": "goodman"})
    assert width({}) < width({"confidence": 0.99})


def test_a_table_of_ten_twenty_and_twenty_ten_has_a_chi_square_of_6_67():
    # All expected counts are 15: 4 × 25/15 = 6.667; V = √(6.667/60) = 1/3. One degree of freedom: p = 0.00982.
    found = difference([[10, 20, 0], [20, 10, 0]])
    assert (found.test, found.degrees_of_freedom) == ("chi-square", 1)
    assert (found.chi_square, found.cramers_v) == pytest.approx((20 / 3, 1 / 3))
    assert found.p_value == pytest.approx(0.009823, rel=1e-4)
    assert found.effect == "medium"


def test_with_three_classes_p_is_exp_of_minus_half_of_chi_square():
    found = difference([[30, 40, 30], [50, 30, 20]])
    # Expected 40, 35, 25 in both: 2 × (100/40 + 25/35 + 25/25) = 8.4286.
    assert found.chi_square == pytest.approx(8.42857, rel=1e-5)
    assert (found.degrees_of_freedom, found.p_value) == (2, pytest.approx(math.exp(-8.42857 / 2), rel=1e-5))


def test_the_lady_who_tastes_tea_has_an_exact_p_of_0_4857():
    # Fisher's own example, The Design of Experiments (1935): 3 of 4 right, two-sided 34/70.
    found = difference([[3, 1, 0], [1, 3, 0]])
    assert (found.test, found.p_value) == ("Fisher's exact", pytest.approx(34 / 70))


def test_three_classes_are_tested_exactly_where_counts_are_small():
    # All 15 ways to put two of (1, 1, 2) in the first census of 2: tables of probability C·C·C / C(4, 2) = 1/6 each for
    # (1,1,0) and (0,0,2), 2/6 for (1,0,1) and (0,1,1). Seen (1,1,0): p = 2/6.
    assert difference([[1, 1, 0], [0, 0, 2]]).p_value == pytest.approx(1 / 3)
    assert difference([[1, 0, 1], [0, 1, 1]]).p_value == pytest.approx(1)


def test_the_exact_test_agrees_with_scipys_for_two_classes():
    from scipy.stats import fisher_exact

    for counts in ([[2, 7], [8, 3]], [[0, 7], [5, 4]], [[40, 1], [30, 6]]):
        assert difference(counts).p_value == pytest.approx(fisher_exact(counts).pvalue, rel=1e-9)


def test_the_exact_test_comes_near_chi_square_where_both_hold():
    from characterization.fracture.analysis import exact_p

    counts = np.array([[300, 150, 60], [260, 170, 80]])
    assert exact_p(counts) == pytest.approx(difference(counts).p_value, rel=0.05)


def test_alike_censuses_do_not_differ_and_a_class_that_nobody_saw_does_not_count():
    found = difference([[50, 30, 0], [50, 30, 0]])
    assert (found.chi_square, found.p_value, found.cramers_v, found.degrees_of_freedom) == (0, 1, 0, 1)
    assert difference([[50, 0, 0], [20, 0, 0]]).p_value == 1


def test_three_censuses_with_small_counts_are_tested_with_a_caution():
    found = difference([[5, 2, 1], [4, 3, 2], [1, 2, 6]])
    assert (found.test, found.degrees_of_freedom) == ("chi-square", 4)
    assert "too small for this test" in found.words()


@pytest.mark.parametrize("counts", [[[1, 2, 3]], [[1, 2, 3], [0, 0, 0]], [[1, -2, 3], [1, 2, 3]]])
def test_a_test_needs_two_censuses_of_particles(counts):
    with pytest.raises(ValueError):
        difference(counts)


def test_the_outcome_is_a_sentence():
    assert difference([[387, 100, 23], [77, 343, 90]]).words().startswith("the shares differ (χ² = ")
    assert "p < 0.001; Cramér's V = 0.61, a large effect" in difference([[387, 100, 23], [77, 343, 90]]).words()
    assert difference([[50, 30, 20], [52, 29, 19]]).words().startswith("no difference is shown")


def test_images_that_differ_by_more_than_chance_are_said():
    (warning,) = analyse(table((30, 40, 10, 10), (30, 10, 40, 10)), {}).warnings
    assert warning.startswith("the images after 30 cycles differ by more than chance (χ² = 36.0")
    assert analyse(table((30, 40, 10, 10), (30, 38, 11, 9)), {}).warnings == ()


def test_an_image_counted_twice_and_a_cell_opened_at_another_cycle_are_said():
    analysis = analyse(table((30, 40, 10, 10, "a"), (30, 40, 10, 10, "a")), {"opened_after_cycle": 100})
    assert analysis.warnings == (
        "the cell was opened after 100 cycles, but the census says 30; correct one of them",
        "image a after 30 cycles stands there 2 times",
    )


def test_typed_counts_come_back_through_the_reader(tmp_path):
    rows = [{"cycle_count": 30, "intact": 387, "mildly_damaged": 100, "broken": 23, "image": "all"}]
    path = tmp_path / "typed.csv"
    path.write_bytes(write("fracture_census", ENTRY, ENTRY.checked(rows)))
    (match,) = matches(FileHead.of(path), [FRACTURE_CENSUS])
    assert FRACTURE_CENSUS.schema.conform(match.reader.read(path, path.name).table).to_dicts() == rows


def test_a_labs_own_table_is_read_by_its_heads(tmp_path):
    path = tmp_path / "census.csv"
    path.write_text("Image;Cycle number;Intact;Mild damage;Broken\nA;30;40;10;1\nB;30;38;11;0\nTotal;;;;\n")
    (match,) = matches(FileHead.of(path), [FRACTURE_CENSUS])
    found = match.reader.read(path, path.name).table
    assert found.select("cycle_count", "intact", "image").rows() == [(30, 40, "A"), (30, 38, "B")]


def test_a_row_without_particles_is_refused_when_it_is_typed():
    with pytest.raises(ValueError, match="image 1: no particle was counted"):
        ENTRY.checked([{"cycle_count": 30, "intact": 0, "mildly_damaged": 0, "broken": 0}])


@pytest.fixture
def study():
    """Product and control after 30 and 100 cycles, each a measurement of its own."""
    counts = {
        "GP-NCM": (table((30, 387, 100, 23)), table((100, 192, 250, 74))),
        "P-NCM": (table((30, 77, 343, 90)), table((100, 43, 280, 183))),
    }
    return [
        shown(
            analyse(rows, {}),
            f"{label}-C{number} after {rows['cycle_count'][0]} cycles",
            group=label,
            dashed=label == "P-NCM",
            colour=colour,
            history=f"/{label}/{number}/",
        )
        for (label, tables), colour in zip(counts.items(), ("#0072b2", "#d55e00"), strict=True)
        for number, rows in enumerate(tables, start=1)
    ]


def drawing(name: str):
    return SHOWN_AS.drawing(name).draw


def test_counts_are_stacked_a_bar_a_census_by_cycle_number(study):
    figure = accepted(drawing("counts")(study))
    intact = named(figure, "intact")
    assert intact["x"][0] == ["30 cycles", "30 cycles", "100 cycles", "100 cycles"]
    assert intact["y"] == [387, 77, 192, 43]
    assert figure["layout"]["barmode"] == "stack"
    assert len(set(zip(*intact["x"], strict=True))) == 4  # bars of one name would stand on each other
    assert "GP-NCM, 30 cycles: 387 intact, 100 mildly damaged, 23 broken of 510" in figure["summary"]


def test_shares_have_their_intervals_as_error_bars(study):
    figure = accepted(drawing("shares")(study))
    first, control = figure["data"]
    assert first["x"] == [["30 cycles"] * 3 + ["100 cycles"] * 3, ["intact", "mildly damaged", "broken"] * 2]
    assert first["customdata"][0] == "/GP-NCM/1/"
    assert numbers(first["y"])[0] == pytest.approx(75.88, abs=0.01)
    low, high = score_interval(387, 510, quantile(0.95))
    assert numbers(first["error_y"]["array"])[0] == pytest.approx(100 * high - 75.882, abs=0.01)
    assert numbers(first["error_y"]["arrayminus"])[0] == pytest.approx(75.882 - 100 * low, abs=0.01)
    assert first["marker"]["color"] == "#0072b2"
    assert control["marker"]["color"].startswith("rgba")  # a control is pale
    assert figure["layout"]["yaxis"]["title"]["text"] == "Share of particles / %"


def test_product_and_control_are_tested_after_the_same_number_of_cycles(study):
    figure = accepted(drawing("difference")(study))
    assert len(figure["layout"]["annotations"]) == 2
    at_30, at_100 = (annotation["text"] for annotation in figure["layout"]["annotations"])
    assert at_30.startswith("30 cycles: the shares differ")
    assert "p < 0.001" in at_30
    assert at_100.startswith("100 cycles: the shares differ")
    assert "30 cycles: the shares differ" in figure["summary"]


def test_one_measurement_is_tested_from_cycle_number_to_cycle_number(study):
    one = shown(analyse(table((30, 387, 100, 23), (100, 192, 250, 74)), {}))
    figure = accepted(drawing("difference")([one]))
    assert figure["layout"]["annotations"][0]["text"].startswith("between the cycle numbers: the shares differ")


def test_nothing_to_test_is_said(study):
    assert drawing("difference")(study[:1])["empty"]
    assert "A test needs two" in drawing("difference")(study[:1])["summary"]
    assert drawing("counts")([])["empty"]


def test_two_measurements_of_a_product_after_as_many_cycles_are_named_by_what_was_measured(study):
    figure = accepted(
        drawing("counts")([*study, study[0], shown(analyse(table((30, 1, 1, 1)), {}), "C-9", group="P-NCM")])
    )
    names = [name for cycles, name in zip(*named(figure, "intact")["x"], strict=True) if cycles == "30 cycles"]
    assert len(set(names)) == 4
    assert names[0].startswith("GP-NCM-C1")


def test_what_is_simulated_is_named_so_and_a_name_stands_once():
    one = shown(analyse(table((30, 387, 100, 23)), {}), simulated=True)
    figure = accepted(drawing("counts")([one, one]))
    assert named(figure, "intact")["x"][1] == ["GP-NCM-01, simulated", "GP-NCM-01, simulated (2)"]


def test_choices_are_the_parameters_of_the_technique():
    assert {choice.name for choice in SHOWN_AS.choices} == set(FRACTURE_CENSUS.defaults)
