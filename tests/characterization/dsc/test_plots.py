"""Thermograms as plotly takes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from characterization.dsc.analysis import analyse
from characterization.dsc.presentation import DSC
from labdb.quantities import quantity
from tests.characterization.dsc.scans import SLOPING, gauss, table
from tests.characterization.runs import accepted, named, numbers, shown

SCAN = table(SLOPING + gauss(2, 220, 6) + gauss(1, 300, 8), sample_mass_mg=5.0)
FOUND = analyse(SCAN, {"exothermic_up": True})


def draw(name, *runs):
    return accepted(DSC.drawing(name).draw(runs))


def test_one_thermogram_has_its_baseline_its_area_and_its_onset_tangent():
    figure = draw("thermogram", shown(FOUND, history="/history/1/"))
    curve = named(figure, "GP-NCM-01")
    assert curve["meta"]["history"] == "/history/1/"
    assert max(numbers(curve["y"])) == pytest.approx((0.3 + 0.002 * 195 + 2) / 5, rel=1e-3)
    assert named(figure, "baseline")["line"]["dash"] == "dash"
    assert named(figure, "area of peak 1")["fill"] == "tonexty"
    foot, top = named(figure, "onset tangent")["x"], named(figure, "onset tangent")["y"]
    assert foot[0] == pytest.approx(208, abs=0.1)
    # From the foot to the height of the top along the steepest slope, height / (σ √e): 208 °C + 6 °C · √e.
    assert foot[1] == pytest.approx(208 + 6 * 1.6487, abs=0.3)
    assert top[1] == pytest.approx(max(numbers(curve["y"])), rel=1e-3)
    assert figure["layout"]["yaxis"]["title"]["text"] == "Heat flow / W/g"
    texts = [each["text"] for each in figure["layout"]["annotations"]]
    assert texts[0] == "exo ↑"
    assert "GP-NCM-01: exothermic, onset 208.0 °C, peak 220.0 °C, " in figure["summary"]
    assert figure["summary"].endswith("Per gram of 5 mg.")


@pytest.mark.parametrize(("said", "words"), [(None, "exo: not stated"), (False, "exo ↓")])
def test_which_way_is_exothermic_stands_in_the_corner(said, words):
    found = analyse(SCAN, {} if said is None else {"exothermic_up": said})
    figure = draw("thermogram", shown(found))
    assert figure["layout"]["annotations"][0]["text"] == words


def test_several_thermograms_are_laid_over_each_other_per_gram():
    control = shown(analyse(SCAN, {"reference_mass_mg": 2.5}), "P-NCM-01", dashed=True, simulated=True)
    figure = draw("thermogram", shown(FOUND), control)
    assert [trace["name"] for trace in figure["data"]] == ["GP-NCM-01", "P-NCM-01, simulated"]
    assert figure["data"][1]["line"]["dash"] == "dash"
    assert max(numbers(figure["data"][1]["y"])) == pytest.approx(2 * max(numbers(figure["data"][0]["y"])), rel=1e-5)


def test_a_run_without_a_mass_is_left_out_of_the_overlay_and_this_is_said():
    without = shown(analyse(SCAN.drop("sample_mass_mg"), {}), "P-NCM-01")
    figure = draw("thermogram", shown(FOUND), without)
    assert [trace["name"] for trace in figure["data"]] == ["GP-NCM-01"]
    assert "left out for want of a mass or a calibration: P-NCM-01" in figure["summary"]


def test_a_run_without_a_mass_alone_is_drawn_in_its_own_unit():
    figure = draw("thermogram", shown(analyse(SCAN.drop("sample_mass_mg"), {})))
    assert figure["layout"]["yaxis"]["title"]["text"] == "Heat flow / mW"


def test_a_curve_without_peaks_is_drawn_all_the_same():
    figure = draw("thermogram", shown(analyse(table(SLOPING), {})))
    assert len(figure["data"]) == 1
    assert "no peaks" in figure["summary"]


def test_the_record_against_time_tells_its_segments():
    figure = draw("record", shown(FOUND))
    assert [trace.get("yaxis", "y") for trace in figure["data"]] == ["y", "y2"]
    assert figure["summary"] == "GP-NCM-01: heating 25 to 400 °C at 10 °C/min."


def test_without_a_mass_the_figure_of_the_mass_is_empty():
    figure = DSC.drawing("mass").draw([shown(FOUND)])
    assert figure["empty"]


def test_a_run_that_stored_nothing_draws_nothing():
    nothing = replace(shown(FOUND), table=lambda name: None)
    for drawing in DSC.drawings:
        assert drawing.draw([nothing])["empty"]


def test_every_quantity_of_the_presentation_is_defined():
    names = [*DSC.compared, *(name for drawing in DSC.drawings for name in drawing.quantities)]
    assert all(quantity(name).definition for name in names)
