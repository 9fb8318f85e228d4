"""Isotherms, BET plots and pore sizes as plotly takes them."""

from __future__ import annotations

import pytest

from characterization.physisorption.analysis import analyse
from characterization.physisorption.presentation import ISOTHERMS
from labdb.ingest.technique import Analysis
from labdb.quantities import quantity
from tests.characterization.physisorption.test_analysis import LOW, isotherm, layers, pores_of
from tests.characterization.runs import accepted, named, numbers, shown


def run(table, parameters=None, label="GP-NCM-01", **more):
    found = analyse(table, parameters or {})
    stored = Analysis(found.scalars, {"isotherm": table, **found.tables}, found.warnings)
    return shown(stored, label, parameters=parameters or {}, **more)


def test_adsorption_is_filled_and_desorption_hollow():
    figure = accepted(ISOTHERMS.drawing("isotherm").draw([run(pores_of(12.0))]))
    assert named(figure, "adsorption")["marker"]["symbol"] == "circle"
    assert named(figure, "desorption")["marker"]["symbol"] == "circle-open"
    assert figure["layout"]["xaxis"]["title"]["text"] == "Relative pressure p/p0"
    assert figure["layout"]["yaxis"]["title"]["text"] == "Amount adsorbed / mmol/g"
    assert figure["summary"].startswith("GP-NCM-01: ")


def test_an_isotherm_is_drawn_with_the_mass_that_was_entered():
    figure = ISOTHERMS.drawing("isotherm").draw([run(isotherm(), {"sample_mass_mg": 1000.0})])
    assert numbers(named(figure, "adsorption")["y"]) == pytest.approx((2 * layers(LOW)).tolist())


def test_a_control_is_dashed_and_what_is_simulated_is_called_so():
    runs = [run(isotherm()), run(isotherm(), label="P-NCM-01", colour="#d55e00", dashed=True, simulated=True)]
    figure = accepted(ISOTHERMS.drawing("isotherm").draw(runs))
    control = named(figure, "P-NCM-01, simulated, adsorption")
    assert control["line"]["dash"] == "dash"
    assert control["line"]["color"] == "#d55e00"
    assert "dash" not in named(figure, "GP-NCM-01, adsorption")["line"]


def test_the_bet_plot_has_its_range_filled_and_the_line_through_it():
    figure = accepted(ISOTHERMS.drawing("bet").draw([run(isotherm())]))
    line = named(figure, "BET line")
    # 1 + 99 p/p0, from 0 to a tenth beyond 0.35.
    assert numbers(line["x"]) == pytest.approx([0, 0.385])
    assert numbers(line["y"]) == pytest.approx([1, 1 + 99 * 0.385])
    assert numbers(named(figure, "BET range")["x"]) == pytest.approx(LOW[2:])
    assert numbers(named(figure, "other points")["x"]) == pytest.approx(LOW[:2])
    assert figure["summary"] == "GP-NCM-01: 7 points from p/p0 0.05 to 0.35, C 100, R² 1.00000"
    assert figure["layout"]["yaxis"]["title"]["text"] == "1/[n(p0/p − 1)] / g/mmol"


def test_the_rouquerol_plot_shades_the_range():
    figure = accepted(ISOTHERMS.drawing("rouquerol").draw([run(isotherm())]))
    (range_,) = figure["layout"]["shapes"]
    assert (range_["x0"], range_["x1"]) == (0.05, 0.35)


def test_without_an_area_the_bet_plot_says_so():
    figure = ISOTHERMS.drawing("bet").draw([run(isotherm(adsorbate="water"))])
    assert figure["empty"]
    assert figure["summary"] == "There is no BET area, and so no BET plot; the warnings say why."


def test_pore_sizes_of_several_powders_lie_over_each_other():
    runs = [run(pores_of(12.0)), run(pores_of(20.0), label="P-NCM-01")]
    figure = accepted(ISOTHERMS.drawing("pore_size").draw(runs))
    assert [trace["name"] for trace in figure["data"]] == ["GP-NCM-01", "P-NCM-01"]
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert ISOTHERMS.drawing("pore_size").draw([run(isotherm(adsorbate="water"))])["empty"]


def test_a_run_that_stored_nothing_is_no_accident():
    for drawing in ISOTHERMS.drawings:
        assert drawing.draw([shown(Analysis())])["empty"]


def test_every_quantity_that_is_named_is_defined():
    for drawing in ISOTHERMS.drawings:
        assert all(quantity(name).definition for name in drawing.quantities)
    assert all(quantity(name).definition for name in ISOTHERMS.compared)
