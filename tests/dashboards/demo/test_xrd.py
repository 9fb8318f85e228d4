"""Simulated patterns and refinements give back what they were made of."""

from __future__ import annotations

from datetime import datetime

import pytest

from characterization.rietveld.technique import RIETVELD
from characterization.xrd.technique import XRD
from dashboards.demo.simulate.rietveld import Refinement, write_cif, write_lst
from dashboards.demo.simulate.xrd import Powder, area_ratio, write_xrdml, write_xy
from labdb.ingest.installed import techniques
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches

BEGIN = datetime(2025, 9, 1, 8, 0)
# The study's products: 1.47 and 1.80 % of nickel on lithium's site; cells that are usual for NCM83.
PRODUCTS = [
    Powder("GP-NCM", 2.8745, 14.2010, 0.0147, counts=60_000, seed=21),
    Powder("P-NCM", 2.8738, 14.1965, 0.0180, counts=60_000, seed=22),
    Powder("P-Ni96", 2.8760, 14.2050, 0.0300, {"Ni": 0.96, "Co": 0.02, "Mn": 0.02}, 0.15, counts=60_000, seed=23),
]


def analysed(path, technique, **parameters):
    (match,) = matches(FileHead.of(path), techniques())
    assert match.technique.name == technique.name
    reading = match.reader.read(path, path.name)
    table = technique.schema.conform(technique.join([reading]).table)
    done = technique.analyse(table, {**technique.defaults, **parameters}, lambda *_: None)
    return reading, {scalar.quantity: scalar.value for scalar in done.scalars}, done


@pytest.mark.parametrize("powder", PRODUCTS, ids=lambda powder: powder.code)
@pytest.mark.parametrize("kind", ["xrdml", "xy"])
def test_a_simulated_pattern_gives_its_cell_and_ratio_within_a_percent(powder, kind, tmp_path):
    path = tmp_path / f"{powder.code} simulated.{kind}"
    if kind == "xrdml":
        write_xrdml(path, powder, BEGIN)
    else:
        write_xy(path, powder)
    reading, values, _ = analysed(path, XRD)
    assert values["lattice_a_angstrom"] == pytest.approx(powder.a_angstrom, rel=1e-4)
    assert values["lattice_c_angstrom"] == pytest.approx(powder.c_angstrom, rel=1e-4)
    assert values["i003_to_i104"] == pytest.approx(area_ratio(powder), rel=0.01)
    assert values["splitting_108_110_degree"] == pytest.approx(0.4, abs=0.02)
    assert "SIMULATED" in reading.metadata["sample"]


def test_the_width_of_the_lines_is_the_one_that_was_asked_for(tmp_path):
    path = tmp_path / "a.xrdml"
    write_xrdml(path, PRODUCTS[0], BEGIN)
    _, _, done = analysed(path, XRD)
    peaks = done.tables["peaks"]
    (width,) = peaks.filter(peaks["hkl"] == "104")["fwhm_degree"].to_list()
    assert width == pytest.approx(0.12 * (0.6 + 0.4 * 1.1204), rel=0.02)  # tan(44.41°/2)/tan(20°) = 1.1204


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_xrdml(tmp_path / name, PRODUCTS[0], BEGIN)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(("code", "share"), [("GP-NCM", 0.0147), ("P-NCM", 0.0180)])
def test_a_simulated_refinement_gives_the_mixing_of_the_study(code, share, tmp_path):
    refinement = Refinement(code, 2.8745, 14.2010, share)
    write_cif(tmp_path / "simulated.cif", refinement)
    _, values, done = analysed(tmp_path / "simulated.cif", RIETVELD)
    assert values["li_ni_mixing"] == pytest.approx(share, rel=1e-6)
    assert (values["rietveld_a_angstrom"], values["rietveld_c_angstrom"]) == pytest.approx((2.8745, 14.2010))
    assert values["gof"] == pytest.approx(refinement.gof, rel=1e-3)
    assert done.warnings == ()
    write_lst(tmp_path / "simulated.lst", refinement)
    reading, listed, _ = analysed(tmp_path / "simulated.lst", RIETVELD)
    assert listed["li_ni_mixing"] == pytest.approx(share, abs=0.0005)  # three decimals, as GSAS-II prints
    assert any("three decimals" in warning for warning in reading.warnings)


def test_a_refinement_says_that_nothing_was_refined(tmp_path):
    for name, write in (("a.cif", write_cif), ("a.lst", write_lst)):
        write(tmp_path / name, Refinement("GP-NCM", 2.8745, 14.2010, 0.0147))
        assert "nothing was measured and nothing refined" in (tmp_path / name).read_text()
