"""What is taken over from a refinement, and what is not because nobody refined it."""

from __future__ import annotations

import polars as pl
import pytest

from characterization.rietveld.analysis import analyse, mixing
from characterization.rietveld.presentation import RIETVELD as SHOWN_AS
from characterization.rietveld.table import PHASES, SITE, SITES
from labdb.ingest.technique import Analysis, Scalar
from labdb.quantities import quantity
from tests.characterization.rietveld import samples
from tests.characterization.rietveld.test_readers import WRITTEN, entered, read
from tests.characterization.runs import accepted, named, numbers, shown


def found(path) -> dict[str, Scalar]:
    return {scalar.quantity: scalar for scalar in analyse(read(path).table, {}).scalars}


def sites(*atoms) -> pl.DataFrame:
    """(element, z, occupancy, uncertainty or None) on the threefold axis."""
    rows = [
        {
            **dict.fromkeys(SITE),
            "phase": "NCM",
            "site": f"{element}{number}",
            "element": element,
            "x": 0.0,
            "y": 0.0,
            "z": z,
            "occupancy": occupancy,
            "occupancy_sd": sd,
            "occupancy_refined": sd is not None,
        }
        for number, (element, z, occupancy, sd) in enumerate(atoms)
    ]
    return pl.DataFrame(rows, schema=SITES.columns)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_program_gives_the_mixing_that_was_refined(name, tmp_path):
    """1.47 %: FullProf's 0.001225/(0.082108 + 0.001225), GSAS-II's listing with three decimals."""
    scalar = found(WRITTEN[name](tmp_path / name))["li_ni_mixing"]
    assert scalar.value == pytest.approx(0.015 if name == "ncm.lst" else 0.0147, rel=1e-4)
    assert scalar.sd == pytest.approx({"ncm.sum": 8.4e-5, "ncm.lst": 0.001}.get(name, 0.0008), rel=0.01)


def test_a_share_does_not_depend_on_how_occupancies_are_normalised():
    full = mixing(sites(("Li", 0.0, 0.98, 0.01), ("Ni", 0.0, 0.02, 0.01), ("Ni", 0.5, 1.0, None)))
    twelfth = mixing(sites(("Li", 0.0, 0.98 / 12, 0.01 / 12), ("Ni", 0.0, 0.02 / 12, 0.01 / 12)))
    assert full["li_ni_mixing"].value == pytest.approx(twelfth["li_ni_mixing"].value)
    assert full["li_ni_mixing"].sd == pytest.approx(twelfth["li_ni_mixing"].sd)


def test_lithium_at_either_origin_is_found():
    for lithium, metal in ((0.0, 0.5), (0.5, 0.0)):
        shares = mixing(
            sites(
                ("Li", lithium, 0.97, 0.01),
                ("Ni", lithium, 0.03, 0.01),
                ("Ni", metal, 0.8, 0.01),
                ("Co", metal, 0.17, None),
                ("Li", metal, 0.03, 0.01),
            )
        )
        assert shares["li_ni_mixing"].value == pytest.approx(0.03)
        assert shares["lithium_on_metal_site"].value == pytest.approx(0.03)


def test_the_same_place_in_the_next_cell_is_the_same_site():
    assert "li_ni_mixing" in mixing(sites(("Li", 1.0, 0.97, 0.01), ("Ni", 0.0, 0.03, 0.01)))


def test_nickel_tied_to_lithium_has_the_uncertainty_of_lithium():
    share = mixing(sites(("Li", 0.0, 0.97, 0.004), ("Ni", 0.0, 0.03, None)))["li_ni_mixing"]
    assert (share.refined, share.sd) == (True, pytest.approx(0.004))


def test_nickel_that_is_on_no_site_of_lithium_is_no_mixing():
    assert mixing(sites(("Li", 0.0, 1.0, None), ("Ni", 0.5, 1.0, 0.01))) == {}


def test_a_mixing_that_was_put_into_the_model_but_not_refined_is_no_result(tmp_path):
    path = samples.fullprof(tmp_path / "ncm.sum", "  0")
    analysis = analyse(read(path).table, {})
    assert "li_ni_mixing" not in {scalar.quantity for scalar in analysis.scalars}
    assert any(
        "the model has 1.47% nickel on the lithium site, but that was not refined" in warning
        for warning in analysis.warnings
    )


def test_a_cell_that_was_not_refined_is_no_result(tmp_path):
    path = WRITTEN["ncm.lst"](tmp_path / "ncm.lst")
    text = path.read_text()
    at = text.index(" New unit cell:")
    path.write_text(text[:at] + text[text.index(" Atoms:", at) :])
    analysis = analyse(read(path).table, {})
    assert "rietveld_a_angstrom" not in {scalar.quantity for scalar in analysis.scalars}
    assert "the cell of NCM83 was not refined, so it is no result" in analysis.warnings
    assert analysis.tables["phases"]["a_angstrom"][0] == pytest.approx(2.87321)  # it stays to be seen


def test_of_several_phases_the_numbers_are_of_the_heaviest_and_it_is_said(tmp_path):
    analysis = analyse(read(samples.topas(tmp_path / "ncm.out")).table, {})
    scalars = {scalar.quantity: scalar.value for scalar in analysis.scalars}
    assert scalars["rietveld_a_angstrom"] == pytest.approx(2.87321)
    assert scalars["phase_weight_fraction"] == pytest.approx(0.9725)
    assert "the numbers are of NCM83, the heaviest of 2 phases" in analysis.warnings
    assert analysis.tables["phases"]["phase"].to_list() == ["NCM83", "Li2CO3"]
    assert PHASES.conform(analysis.tables["phases"]).equals(analysis.tables["phases"])
    assert SITES.conform(analysis.tables["sites"]).equals(analysis.tables["sites"])


def test_another_phase_can_be_chosen(tmp_path):
    table = read(samples.topas(tmp_path / "ncm.out")).table
    other = {scalar.quantity: scalar.value for scalar in analyse(table, {"phase": "Li2CO3"}).scalars}
    assert (other["rietveld_a_angstrom"], other["rietveld_b_angstrom"]) == (8.359, 4.973)
    assert "li_ni_mixing" not in other
    assert "there is no phase NiO; there are NCM83, Li2CO3" in analyse(table, {"phase": "NiO"}).warnings


def test_numbers_that_were_not_typed_in_are_not_there(tmp_path):
    few = {"program": "FullProf", "evidence": "report", "a_angstrom": 2.87, "c_angstrom": 14.2, "rwp_percent": 4}
    assert set(found(entered(tmp_path / "typed.csv", [few]))) == {"rietveld_a_angstrom", "rietveld_c_angstrom", "rwp"}


@pytest.mark.parametrize("name", WRITTEN)
def test_every_number_has_its_words(name, tmp_path):
    for quantity_name in found(WRITTEN[name](tmp_path / name)):
        assert quantity(quantity_name).definition
    for quantity_name in SHOWN_AS.compared:
        assert quantity(quantity_name).label


def test_refinements_are_drawn_with_their_uncertainties(tmp_path):
    one = analyse(read(WRITTEN["ncm.cif"](tmp_path / "a.cif")).table, {})
    two = analyse(read(entered(tmp_path / "typed.csv")).table, {})
    runs = [shown(one, "GP-NCM-01", history="/history/1/"), shown(two, "P-NCM-01", dashed=True, simulated=True)]
    figure = accepted(SHOWN_AS.drawing("mixing").draw(runs))
    assert numbers(named(figure, "GP-NCM-01")["y"]) == pytest.approx([1.47])  # per cent
    assert named(figure, "GP-NCM-01")["error_y"]["array"] == pytest.approx([0.08])
    assert named(figure, "P-NCM-01, simulated")["marker"]["symbol"] == "circle-open"
    cells = accepted(SHOWN_AS.drawing("cell").draw(runs))
    assert numbers(named(cells, "GP-NCM-01")["x"]) == pytest.approx([2.87321])
    assert cells["data"][0]["meta"] == {"history": "/history/1/"}
    for drawing in SHOWN_AS.drawings:
        assert drawing.draw([shown(Analysis())])["empty"]
