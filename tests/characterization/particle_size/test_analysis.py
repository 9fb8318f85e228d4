"""Percentiles of cumulative curves that can be drawn on paper, and their figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from characterization.particle_size.analysis import analyse, distribution, edges, percentile
from characterization.particle_size.presentation import PARTICLE_SIZE as SHOWN_AS
from characterization.particle_size.technique import PARTICLE_SIZE
from tests.characterization.runs import accepted, named, numbers, shown


def curve(sizes, below=None, share=None, size_is="upper", **stated) -> pl.DataFrame:
    rows = {
        "replicate": [1] * len(sizes),
        "size_micrometre": sizes,
        "cumulative_volume_share": below or [None] * len(sizes),
        "volume_share": share or [None] * len(sizes),
        "size_is": [size_is] * len(sizes),
        **{name: [value] * len(sizes) for name, value in stated.items()},
    }
    return pl.DataFrame(rows, schema={name: PARTICLE_SIZE.schema.columns[name] for name in rows})


def values(analysis) -> dict[str, Any]:
    return {scalar.quantity: pytest.approx(scalar.value) for scalar in analysis.scalars}


def test_sizes_at_which_the_curve_has_10_50_and_90_percent_are_d10_d50_d90():
    analysis = analyse(curve([1, 2, 4, 8, 16], below=[0, 0.1, 0.5, 0.9, 1]), {})
    assert values(analysis) == {
        "d10_micrometre": 2,
        "d50_micrometre": 4,
        "d90_micrometre": 8,
        "particle_size_span": 1.5,  # (8 − 2) / 4
    }
    assert analysis.warnings == ()


def test_between_two_sizes_it_is_interpolated_over_the_logarithm():
    # 25 % below 4 µm and 75 % below 8 µm: half way, 4 · √2 µm.
    table = curve([1, 2, 4, 8, 16], below=[0, 0, 0.25, 0.75, 1])
    assert values(analyse(table, {}))["d50_micrometre"] == 4 * 2**0.5


def test_volumes_of_classes_are_added_up_by_the_edge_that_the_size_is():
    shares = [0.1, 0.4, 0.4, 0.1]
    assert values(analyse(curve([2, 4, 8, 16], share=shares), {}))["d50_micrometre"] == 4
    assert values(analyse(curve([1, 2, 4, 8], share=shares, size_is="lower"), {}))["d50_micrometre"] == 4
    middles = [2**0.5, 8**0.5, 32**0.5, 128**0.5]
    assert values(analyse(curve(middles, share=shares, size_is="middle"), {}))["d50_micrometre"] == 4
    assert values(analyse(curve([1, 2, 4, 8], share=shares), {"size_is": "lower"}))["d50_micrometre"] == 4


def test_edges_beyond_the_file_are_as_wide_as_their_neighbours():
    lower, upper = edges(np.array([2.0, 4.0, 8.0]), "upper")
    assert (lower.tolist(), upper.tolist()) == ([1, 2, 4], [2, 4, 8])
    lower, upper = edges(np.array([2.0, 4.0, 8.0]), "lower")
    assert (lower.tolist(), upper.tolist()) == ([2, 4, 8], [4, 8, 16])


def test_the_volume_density_is_a_share_per_decade():
    # 40 % between 1 and 10 µm, 60 % between 10 and 100 µm: a decade each.
    made = distribution(curve([1, 10, 100], below=[0, 0.4, 1]))
    assert made["volume_density_percent_per_decade"].to_list() == pytest.approx([0, 40, 60])
    assert made["lower_size_micrometre"].to_list() == pytest.approx([0.1, 1, 10])


def test_a_curve_that_ends_early_or_begins_late_says_what_it_does_not_reach():
    analysis = analyse(curve([1, 2, 4, 8], below=[0.2, 0.4, 0.6, 0.8]), {})
    assert set(values(analysis)) == {"d50_micrometre"}
    assert analysis.warnings == (
        "replicate 1: the cumulative curve ends at 80.0%; classes are missing above 8 µm",
        "replicate 1: the curve does not reach D10 and D90",
    )


def test_a_percentile_on_a_plateau_is_its_lower_end():
    assert percentile(distribution(curve([1, 2, 4, 8], below=[0, 0.5, 0.5, 1])), 0.5) == 2


def test_what_the_file_states_is_compared_and_the_classes_decide():
    table = curve([1, 2, 4, 8, 16], below=[0, 0.1, 0.5, 0.9, 1], d50_micrometre=4.4)
    analysis = analyse(table, {})
    assert values(analysis)["d50_micrometre"] == 4
    assert analysis.warnings == ("replicate 1: D50 is 4 µm by the classes, -9.1% from the 4.4 µm that the file states",)
    assert analyse(curve([1, 2, 4, 8, 16], below=[0, 0.1, 0.5, 0.9, 1], d50_micrometre=4.05), {}).warnings == ()


def test_typed_percentiles_have_mean_and_sample_deviation():
    typed = pl.DataFrame({"d10_micrometre": [5.0, 5.2], "d50_micrometre": [10.0, 10.4], "d90_micrometre": [18.0, 19.0]})
    found = {scalar.quantity: scalar for scalar in analyse(typed, {}).scalars}
    assert (found["d50_micrometre"].value, found["d50_micrometre"].sd) == pytest.approx((10.2, 0.08**0.5))
    assert found["particle_size_span"].value == pytest.approx((13 / 10 + 13.8 / 10.4) / 2)


def test_one_measurement_is_drawn_as_density_and_cumulative_curve_with_its_percentiles():
    run = shown(analyse(curve([1, 2, 4, 8, 16], below=[0, 0.1, 0.5, 0.9, 1]), {}), history="/history/1/")
    figure = accepted(SHOWN_AS.drawing("distribution").draw([run]))
    density, below, percentiles = figure["data"]
    assert numbers(below["x"]) == [1, 2, 4, 8, 16]
    assert numbers(below["y"]) == pytest.approx([0, 10, 50, 90, 100])
    assert numbers(density["x"])[1] == pytest.approx(2**0.5)  # the middle of a class
    assert (percentiles["x"], percentiles["text"]) == (pytest.approx([2, 4, 8]), ["D10", "D50", "D90"])
    assert density["meta"]["history"] == "/history/1/"
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert figure["layout"]["yaxis"]["title"]["text"] == "Volume density / %/decade"
    assert figure["layout"]["yaxis2"]["title"]["text"] == "Cumulative volume / %"


def test_several_measurements_are_laid_over_each_other_a_control_dashed():
    one = analyse(curve([1, 2, 4, 8, 16], below=[0, 0.1, 0.5, 0.9, 1]), {})
    figure = accepted(
        SHOWN_AS.drawing("distribution").draw([shown(one), shown(one, "P-NCM-01", dashed=True, simulated=True)])
    )
    assert named(figure, "P-NCM-01, simulated")["line"]["dash"] == "dash"
    assert [trace["name"] for trace in figure["data"] if trace["showlegend"]] == ["GP-NCM-01", "P-NCM-01, simulated"]


def test_typed_values_have_points_and_no_curve():
    typed = pl.DataFrame({"d10_micrometre": [5.0, 5.2], "d50_micrometre": [10.0, 10.4], "d90_micrometre": [18.0, 19.0]})
    run = shown(analyse(typed, {}))
    assert SHOWN_AS.drawing("distribution").draw([run])["empty"]
    figure = accepted(SHOWN_AS.drawing("values").draw([run]))
    assert figure["layout"]["xaxis"]["ticktext"] == ["D10", "D50", "D90"]
    assert figure["layout"]["yaxis"]["title"]["text"] == "Particle size / µm"


def test_choices_are_the_parameters_of_the_technique():
    assert {choice.name for choice in SHOWN_AS.choices} == set(PARTICLE_SIZE.defaults)
