"""Every real refinement is imported as its program wrote it."""

from __future__ import annotations

import pytest

from characterization.rietveld.analysis import analyse
from characterization.rietveld.readers import READERS
from characterization.rietveld.table import REFINEMENT
from labdb.ingest.reader import FileHead
from tests import real_data

pytestmark = real_data.needs_real_data

MODEL = "rietveld/P2-layered_input_model.cif"  # a model before its refinement: a structure, and no result
FILES = [path for path in real_data.files("rietveld") if path != MODEL]
RELATIVE = 1e-3
# What differs from the project file by more than 0.1 %, as the program prints fewer digits than it computed with:
# key → how far off, and why.
PRINTED = {
    "GOF": (0.005, "two decimals in the listing"),
    "volume": (0.0006, "the uncertainty of the volume has three decimals"),
    "Uiso": (0.0002, "the CIF gives no more digits than the uncertainty of a value is worth"),
    "xyz": (0.00006, "as Uiso"),
}


def read(relative: str):
    path = real_data.ROOT / relative
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    return reader.read(path, path.name)


@pytest.mark.parametrize("relative", FILES)
def test_the_cell_is_that_of_the_project(relative):
    values = real_data.expected()[relative]["values"]
    row = read(relative).table.row(0, named=True)
    for axis in "abc":
        assert row[f"{axis}_angstrom"] == pytest.approx(values["cell"][f"length_{axis}"], rel=2e-6)
    for angle in ("alpha", "beta", "gamma"):
        assert row[f"{angle}_degree"] == pytest.approx(values["cell"][f"angle_{angle}"])
    assert row["volume_angstrom3"] == pytest.approx(values["cell"]["volume"], rel=1e-5)
    assert row["space_group"].replace(" ", "") == values["space_group"].replace(" ", "")


@pytest.mark.parametrize("relative", [path for path in FILES if path.endswith(".lst")])
def test_uncertainties_of_the_cell_are_those_of_the_listing(relative):
    esd = real_data.expected()[relative]["values"]["cell_esd"]
    row = read(relative).table.row(0, named=True)
    for axis in "abc":
        assert row[f"{axis}_sd_angstrom"] == pytest.approx(esd[f"length_{axis}"], abs=5e-7)
    assert row["volume_sd_angstrom3"] == pytest.approx(esd["volume"], abs=PRINTED["volume"][0])
    assert row["alpha_sd_degree"] is None
    assert row["cell_refined"] is True


@pytest.mark.parametrize("relative", [path for path in FILES if path.endswith("_phase.cif")])
def test_a_phase_exported_alone_has_no_uncertainties_of_its_cell_and_says_so(relative):
    reading = read(relative)
    row = reading.table.row(0, named=True)
    assert row["a_sd_angstrom"] is None
    assert row["cell_refined"] is None
    assert row["rwp"] is None
    assert any("neither Rwp nor GOF" in warning for warning in reading.warnings)
    assert any("no uncertainties of the cell" in warning for warning in reading.warnings)


@pytest.mark.parametrize("relative", [path for path in FILES if path.endswith(".lst")])
def test_residuals_are_those_of_the_project(relative):
    values = real_data.expected()[relative]["values"]
    row = read(relative).table.row(0, named=True)
    assert 100 * row["rwp"] == pytest.approx(values["wR_percent"], rel=RELATIVE)
    assert 100 * row["rp"] == pytest.approx(values["R_percent"], rel=2 * RELATIVE)  # 3.21 for 3.2056
    assert 100 * row["rexp"] == pytest.approx(values["wRmin_percent"], rel=RELATIVE)
    assert row["gof"] == pytest.approx(values["GOF"], abs=PRINTED["GOF"][0])
    assert row["observations"] == values["Nobs"]
    assert row["refined_parameters"] == values["Nvars"]
    # What EXPECTED.json calls Rb is R-bkg, R without the background (7.50 % in the listing), and no Bragg R.
    assert row["r_bragg"] is None


@pytest.mark.parametrize("relative", FILES)
def test_atoms_are_those_of_the_project(relative):
    atoms = real_data.expected()[relative]["values"]["atoms"]
    rows = read(relative).table.rows(named=True)
    assert [row["site"] for row in rows] == [atom["label"] for atom in atoms]
    for row, atom in zip(rows, atoms, strict=True):
        assert [row[axis] for axis in "xyz"] == pytest.approx(atom["xyz"], abs=PRINTED["xyz"][0])
        assert row["occupancy"] == pytest.approx(atom["occ"], rel=RELATIVE)
        assert row["u_iso_angstrom2"] == pytest.approx(atom["Uiso"], abs=PRINTED["Uiso"][0])
        assert row["occupancy_refined"] is False


@pytest.mark.parametrize("relative", FILES)
def test_the_results_are_the_cell_and_no_mixing_where_there_is_no_lithium(relative):
    found = {scalar.quantity: scalar for scalar in analyse(read(relative).table, {}).scalars}
    assert "li_ni_mixing" not in found
    assert found["rietveld_a_angstrom"].value == pytest.approx(
        real_data.expected()[relative]["values"]["cell"]["length_a"], rel=2e-6
    )
    assert ("rietveld_b_angstrom" in found) == ("PbSO4" in relative)  # of a hexagonal cell b is a


@pytest.mark.parametrize("relative", [*FILES, MODEL])
def test_a_table_keeps_its_promises_and_a_model_is_no_result(relative):
    if relative == MODEL:
        head = FileHead.of(real_data.ROOT / relative)
        assert [reader.name for reader in READERS if reader.recognises(head)] == []
        return
    table = read(relative).table
    assert REFINEMENT.conform(table).equals(table)
