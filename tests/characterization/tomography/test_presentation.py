"""How stacks are shown and chosen for."""

from __future__ import annotations

import pytest

from characterization.tomography.presentation import PRESENTATION
from labdb.quantities import quantity
from tests.characterization.runs import accepted, named, numbers, shown
from tests.characterization.tomography.stacks import analysed, ball, blocks, write_imagej


@pytest.fixture
def porous(tmp_path):
    return analysed(write_imagej(tmp_path / "ball.tif", ball(51, 20, {(25, 25, 25): 5, (25, 25, 37): 2})))


@pytest.fixture
def block(tmp_path):
    return analysed(write_imagej(tmp_path / "block.tif", blocks()))


@pytest.fixture
def unknown(tmp_path):
    return analysed(write_imagej(tmp_path / "unknown.tif", blocks(), voxel_nm=None))


@pytest.mark.parametrize("drawing", PRESENTATION.drawings, ids=lambda drawing: drawing.name)
def test_every_figure_is_drawn_of_one_run_of_several_and_of_none(drawing, porous, block, unknown):
    one = accepted(drawing.draw([shown(porous, history="/history/1/")]))
    assert one["data"][0]["meta"] == {"history": "/history/1/"}
    several = [
        shown(porous, group="GP-NCM"),
        shown(block, "P-NCM-01", dashed=True, simulated=True),
        shown(unknown, "U"),
    ]
    accepted(drawing.draw(several))
    accepted(drawing.draw([shown(unknown)]))
    assert drawing.draw([])["empty"]
    for name in drawing.quantities:
        assert quantity(name).definition


def test_volumes_are_shares_by_number_over_a_logarithmic_axis(block):
    figure = accepted(PRESENTATION.drawing("volumes").draw([shown(block)]))
    (line,) = figure["data"]
    edges, shares = numbers(line["x"]), numbers(line["y"])
    assert sum(shares[:-1]) == pytest.approx(100, rel=1e-6)
    # Each of 0.008, 0.027 and 0.064 µm³ stands in its tenth of a decade.
    filled = [edge for edge, share in zip(edges, shares[:-1], strict=False) if share]
    assert filled == pytest.approx([10**-2.1, 10**-1.6, 10**-1.2])
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["33.3 %", "33.3 %", "33.3 %"]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [0.002, 0.01, 0.03]


def test_without_any_voxel_size_volumes_are_voxels(unknown):
    figure = accepted(PRESENTATION.drawing("volumes").draw([shown(unknown)]))
    assert figure["layout"]["xaxis"]["title"]["text"] == "Pore volume / voxels"
    assert PRESENTATION.drawing("classes").draw([shown(unknown)])["empty"]


def test_replicates_of_a_group_are_points_around_their_mean(block, porous):
    runs = [shown(block, "a", group="GP-NCM"), shown(porous, "b", group="GP-NCM"), shown(block, "c", group="P-NCM")]
    figure = accepted(PRESENTATION.drawing("classes").draw(runs))
    bar = named(figure, "GP-NCM, mean of 2")
    # Of the block 1 of 3 is small, of the ball none: mean 16.7 %, SD 33.3 / √2.
    assert numbers(bar["y"])[0] == pytest.approx(100 / 6)
    assert numbers(bar["error_y"]["array"])[0] == pytest.approx(100 / 3 / 2**0.5)
    assert numbers(named(figure, "a")["y"])[0] == pytest.approx(100 / 3)
    assert "error_y" not in named(figure, "c")
    assert bar["x"] == ["0.002–0.01", "0.01–0.03", "> 0.03"]


def test_the_largest_pores_are_named_where_they_lie(porous):
    figure = accepted(PRESENTATION.drawing("radial").draw([shown(porous)]))
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["0.5150 µm³", "0.03300 µm³"]
    assert numbers(figure["data"][0]["x"]) == pytest.approx([0, 0.6], abs=0.005)
    assert "0.5150 µm³ at 0.00 of the radius" in figure["summary"]


def test_porosity_by_slice_leaves_out_slices_beyond_the_particle(porous):
    figure = accepted(PRESENTATION.drawing("porosity").draw([shown(porous)]))
    slices = numbers(figure["data"][0]["x"])
    assert (slices[0], slices[-1], len(slices)) == (6, 46, 41)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"threshold_grey": 100, "pore_label": 0}, "choose one of the two"),
        ({"pore_label": 1, "outside_label": 1}, "it is that of the pores"),
        ({"region": "stack", "sphere": [1, 2, 3, 4]}, "choose one of the three"),
        ({"sphere": [1, 2, 3]}, "four numbers in voxels"),
        ({"sphere": [1, 2, 3, 0]}, "the radius above 0"),
        ({"sphere": [1, 2, 3, "4"]}, "four numbers in voxels"),
        ({"sphere": 4}, "four numbers in voxels"),
        ({"medium_from_cubic_micrometre": 0.05}, "they must rise"),
        ({"region": "cube"}, "none of particle, stack"),
        ({"gap_voxel": 21}, "not from 0 to 20 voxel"),
        ({"voxel_size_nm": 0}, "Voxel size"),
    ],
)
def test_choices_that_make_no_sense_are_refused(chosen, sentence):
    with pytest.raises(ValueError, match=sentence):
        PRESENTATION.checked(chosen)


def test_choices_that_make_sense_are_kept():
    chosen = {"sphere": [10, 20.5, 3, 40], "connectivity": "6", "noise_limit_cubic_micrometre": 0.001}
    assert PRESENTATION.checked({**chosen, "threshold_grey": None}) == chosen
    assert {choice.name for choice in PRESENTATION.choices} >= set(chosen)


def test_what_is_compared_is_defined():
    assert all(quantity(name).label for name in PRESENTATION.compared)
