"""Figures of patterns: what is drawn, on which axis, and what is said of it."""

from __future__ import annotations

import polars as pl
import pytest

from characterization.reference.analysis import reflections
from characterization.xrd.presentation import XRD as SHOWN_AS
from characterization.xrd.radiation import Radiation
from characterization.xrd.technique import XRD
from dashboards.demo.simulate.xrd import COPPER, Powder, structure_of
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity
from tests.characterization.runs import accepted, named, numbers
from tests.characterization.xrd.test_analysis import POWDER, of_powder, table_of

OVERLAID = [drawing.name for drawing in SHOWN_AS.drawings if not drawing.single]


def run(powder: Powder = POWDER, label: str = "GP-NCM-01", radiation: Radiation = COPPER, **more) -> Shown:
    found = of_powder().tables if radiation == COPPER else {}
    tables = {"pattern": table_of(powder, radiation), **found}
    return Shown(label, tables.get, **more)


def reference(label: str = "LiNiO2 (CIF)") -> Shown:
    return Shown(label, {"reflections": reflections(structure_of(POWDER))}.get, colour="#009e73")


@pytest.mark.parametrize("name", [drawing.name for drawing in SHOWN_AS.drawings])
def test_plotly_takes_every_figure_of_one_pattern(name):
    drawing = SHOWN_AS.drawing(name)
    figure = accepted(drawing.draw([run(history="/history/1/")]))
    assert not figure["empty"]
    assert figure["data"][0]["meta"]["history"] == "/history/1/"
    for about in drawing.quantities:
        assert quantity(about).label


@pytest.mark.parametrize("name", OVERLAID)
def test_plotly_takes_every_overlay_with_sticks(name):
    figure = accepted(SHOWN_AS.drawing(name).draw([run(), run(label="P-NCM-01", dashed=True), reference()]))
    assert [trace["name"] for trace in figure["data"]] == ["GP-NCM-01", "P-NCM-01", "LiNiO2 (CIF)"]


def test_one_pattern_keeps_its_own_intensity_and_unit():
    figure = SHOWN_AS.drawing("pattern").draw([run()])
    assert figure["layout"]["yaxis"]["title"]["text"] == "Intensity / counts"
    assert figure["layout"]["xaxis"]["title"]["text"] == "2θ / °"
    assert max(numbers(figure["data"][0]["y"])) > 15_000
    assert figure["summary"].startswith("GP-NCM-01: 6093 points from 10° to 89.99° 2θ, strongest at 18.7")


def test_several_stand_above_each_other_the_first_on_top_each_on_its_own_largest():
    first, second = SHOWN_AS.drawing("pattern").draw([run(), run(label="P-NCM-01", simulated=True)])["data"]
    assert (min(numbers(first["y"])), max(numbers(first["y"]))) == pytest.approx((1.1, 2.1), abs=0.1)
    assert max(numbers(second["y"])) == pytest.approx(1.0)
    assert second["name"] == "P-NCM-01, simulated"


def test_no_peak_is_lost_where_points_are_left_out():
    drawn = SHOWN_AS.drawing("pattern").draw([run()])["data"][0]
    assert len(numbers(drawn["x"])) < 4_500
    assert max(numbers(drawn["y"])) == table_of()["intensity_counts"].max()


def test_over_d_and_q_the_strongest_line_lies_where_it_has_to():
    for name, expected in (("pattern-d", 14.2010 / 3), ("pattern-q", 2 * 3.14159265 * 3 / 14.2010)):
        drawn = SHOWN_AS.drawing(name).draw([run()])["data"][0]
        x, y = numbers(drawn["x"]), numbers(drawn["y"])
        assert x[y.index(max(y))] == pytest.approx(expected, rel=1e-3)


def test_without_a_wavelength_there_is_no_d_and_it_is_said():
    figure = SHOWN_AS.drawing("pattern-d").draw([run(radiation=Radiation())])
    assert figure["empty"]
    assert figure["summary"] == "The wavelength of GP-NCM-01 is not known; enter it among the parameters."
    both = accepted(SHOWN_AS.drawing("pattern-q").draw([run(label="known"), run(radiation=Radiation())]))
    assert "Not drawn for want of a wavelength: GP-NCM-01." in both["summary"]


def test_a_wavelength_that_a_person_chose_is_the_one_that_is_drawn_with():
    drawn = run(radiation=Radiation(), parameters={"wavelength_angstrom": 1.540593, "k_alpha2": "none"})
    figure = accepted(SHOWN_AS.drawing("pattern-d").draw([drawn]))
    assert not figure["empty"]


def test_different_wavelengths_are_named_in_the_legend():
    synchrotron = run(label="11-BM", radiation=Radiation(0.414581))
    names = [trace["name"] for trace in SHOWN_AS.drawing("pattern").draw([run(), synchrotron])["data"]]
    assert names == ["GP-NCM-01 (Kα1 1.540593 Å, Kα2 1.544427 Å × 0.5)", "11-BM (0.414581 Å)"]


def test_sticks_stand_below_the_patterns_where_the_lines_are():
    sticks = named(SHOWN_AS.drawing("pattern").draw([run(), reference()]), "LiNiO2 (CIF)")
    x, y = numbers(sticks["x"]), numbers(sticks["y"])
    assert max(value for value in y if value == value) < 0
    strongest = y.index(max(value for value in y if value == value))
    assert x[strongest] == pytest.approx(18.73, abs=0.01)
    assert sticks["text"][strongest] == "003"


def test_sticks_alone_need_no_pattern():
    alone = accepted(SHOWN_AS.drawing("pattern-q").draw([reference()]))
    assert alone["summary"] == "Reflections of LiNiO2 (CIF)."


def test_the_fit_shows_points_fit_background_what_is_left_and_the_lines():
    figure = accepted(SHOWN_AS.drawing("fit").draw([run()]))
    assert [trace["name"] for trace in figure["data"]] == [
        "GP-NCM-01",
        "fit",
        "background",
        "measured − fit",
        "lines of R-3m",
    ]
    assert "003" in named(figure, "lines of R-3m")["text"]
    assert max(numbers(named(figure, "measured − fit")["y"])) < 0  # below the pattern


def test_what_stored_nothing_draws_nothing():
    for drawing in SHOWN_AS.drawings:
        assert drawing.draw([Shown("empty", {}.get)])["empty"]


def test_choices_are_checked_together():
    assert SHOWN_AS.checked({"wavelength_angstrom": 1.5406, "structure": None}) == {"wavelength_angstrom": 1.5406}
    with pytest.raises(ValueError, match="2θ from 50° to 20° is no range"):
        SHOWN_AS.checked({"two_theta_min_degree": 50, "two_theta_max_degree": 20})
    with pytest.raises(ValueError, match="is the Kα1 of no tube"):
        SHOWN_AS.checked({"wavelength_angstrom": 1.5418, "k_alpha2": "doublet"})
    with pytest.raises(ValueError, match="Layered structure: hexagonal is none of"):
        SHOWN_AS.checked({"structure": "hexagonal"})


def test_the_defaults_are_choices_and_what_is_compared_has_words():
    assert set(XRD.defaults) <= {choice.name for choice in SHOWN_AS.choices}
    for name in SHOWN_AS.compared:
        assert quantity(name).definition


def test_a_stored_table_with_narrow_numbers_is_drawn_as_well():
    narrow = table_of().with_columns(pl.col("two_theta_degree", "intensity_counts").cast(pl.Float32))
    assert not SHOWN_AS.drawing("pattern-d").draw([Shown("stored", {"pattern": narrow}.get)])["empty"]
