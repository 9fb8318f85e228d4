"""Figures of ICP runs, as plotly takes them."""

from __future__ import annotations

import pytest

from characterization.icp import plots
from characterization.icp.presentation import ICP_PRESENTATION
from labdb.ingest.presentation import Shown
from tests.characterization.icp.test_analysis import DIGEST, blank, powder
from tests.characterization.icp.written import TARGET, analysed, table
from tests.characterization.runs import accepted, named, numbers, shown


def run(label="GP-NCM-01", potassium=0.32, target=TARGET, **more) -> Shown:
    parameters = {"target_composition": target} if target else {}
    return shown(analysed(table(powder(label, potassium=potassium), blank()), **parameters, **DIGEST), label, **more)


def nothing() -> Shown:
    """Of a file with several samples, of which none was chosen."""
    return shown(analysed(table(powder("A", 1), powder("B", 2))))


@pytest.mark.parametrize("drawing", ICP_PRESENTATION.drawings, ids=lambda drawing: drawing.name)
def test_every_drawing_is_a_figure_of_one_run_and_of_several_and_of_none_that_was_chosen(drawing):
    assert not accepted(drawing.draw([run(history="/history/1/")]))["empty"]
    if not drawing.single:
        accepted(drawing.draw([run(), run("P-NCM-01", dashed=True, simulated=True), nothing()]))
    figure = drawing.draw([nothing()])
    assert figure["empty"] == (drawing.name != "samples")
    assert figure["summary"]


def test_the_composition_stands_beside_its_target_and_is_named_by_its_formula():
    figure = accepted(plots.composition([run(history="/history/1/")]))
    bars, target = figure["data"]
    assert bars["x"] == ["Li", "Ni", "Co", "Mn"]
    assert numbers(bars["y"]) == pytest.approx([1.02, 0.83, 0.11, 0.06])
    assert bars["name"] == "Li1.02Ni0.830Co0.110Mn0.060O2"
    assert bars["meta"]["history"] == "/history/1/"
    assert bars["error_y"]["array"][0] > 0
    assert numbers(target["y"]) == pytest.approx([1.0, 0.83, 0.11, 0.06])
    assert target["name"] == f"target {TARGET}"
    assert "Li1.02Ni0.830Co0.110Mn0.060O2" in figure["summary"]
    simulated = plots.composition([run(simulated=True)])
    assert simulated["data"][0]["name"] == "Li1.02Ni0.830Co0.110Mn0.060O2, simulated"


def test_compositions_of_several_runs_are_grouped_with_one_line_for_each_target():
    other = run("P-NCM-01", target="LiNi0.8Co0.1Mn0.1O2", simulated=True)
    figure = accepted(plots.composition([run(), run("GP-NCM-02"), other]))
    names = [trace["name"] for trace in figure["data"]]
    assert names == [
        "GP-NCM-01",
        "GP-NCM-02",
        "P-NCM-01, simulated",
        f"target {TARGET}",
        "target LiNi0.8Co0.1Mn0.1O2",
    ]
    assert figure["layout"]["barmode"] == "group"


def test_deviations_are_in_percent_of_the_sum_of_metals():
    figure = accepted(plots.deviation([run(target="LiNi0.8Co0.1Mn0.1O2")]))
    (points,) = figure["data"]
    assert numbers(points["y"]) == pytest.approx([2.0, 3.0, 1.0, -4.0])
    assert figure["layout"]["yaxis"]["title"]["text"] == "Deviation from the target / %"
    assert plots.deviation([run(target="")])["summary"] == "No target is known."


def test_residuals_stand_by_sample_and_an_upper_bound_is_an_open_triangle():
    washed = run("GP-NCM-01 washed 2", potassium="<0.002")
    figure = accepted(
        plots.residuals([run("GP-NCM-01 as-sintered", potassium=0.32), washed, run("old", potassium=0.0)])
    )
    first, second, third = figure["data"]
    assert (first["x"], first["y"]) == (["GP-NCM-01 as-sintered"], [pytest.approx(320)])
    assert (second["y"], second["marker"]["symbol"]) == ([pytest.approx(2)], "triangle-down-open")
    assert third["y"] == [pytest.approx(6)]  # three SD of the blank, 0.002 mg/L
    assert [trace["showlegend"] for trace in figure["data"]] == [True, False, False]
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_residuals_without_a_mass_say_what_is_missing():
    figure = plots.residuals([shown(analysed(table(powder())))])
    assert figure["empty"]
    assert "they need the sample mass" in figure["summary"]


def test_all_samples_of_the_file_are_drawn_the_chosen_one_larger_and_blanks_hollow():
    figure = accepted(
        plots.samples([shown(analysed(table(powder("A", 1), powder("B", 2), blank()), sample_label="B"))])
    )
    potassium = named(figure, "K")
    assert potassium["x"] == ["A", "B", "Blank"]
    assert potassium["marker"]["size"] == [7, 11, 7]
    assert potassium["marker"]["symbol"] == ["circle", "circle", "triangle-down-open"]  # the blank is 0 ± 0.002
    assert figure["layout"]["xaxis"]["categoryarray"] == ["A", "B", "Blank"]
    assert figure["layout"]["yaxis"]["title"]["text"] == "Concentration / mg/L"


def test_lines_are_drawn_against_their_element():
    figure = accepted(plots.lines([run()]))
    assert [trace["name"] for trace in figure["data"]] == ["Li", "Ni", "Co", "Mn", "K"]
    assert numbers(named(figure, "Ni")["y"]) == pytest.approx([0.0])
