"""What refinement programs write, on files written by us; damage; what a person types in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from characterization.rietveld.analysis import analyse
from characterization.rietveld.entry import ENTRY
from characterization.rietveld.readers import READERS
from characterization.rietveld.table import REFINEMENT
from dashboards.demo.simulate.rietveld import Refinement, write_cif, write_lst
from labdb.ingest.entry import write
from labdb.ingest.reader import METADATA, FileHead, ReaderError
from tests import real_data
from tests.characterization.rietveld import samples
from tests.characterization.rietveld.test_expected import FILES
from tests.characterization.xrd.test_promises import damages

REFINED = Refinement("NCM83", 2.87321, 14.19053, 0.0147)
TYPED = {
    "program": "TOPAS 6, Ada",
    "evidence": "notebook 12, page 40",
    "a_angstrom": 2.8732,
    "a_sd_angstrom": 0.0002,
    "c_angstrom": 14.1905,
    "li_ni_mixing_percent": 1.47,
    "li_ni_mixing_sd_percent": 0.08,
    "rwp_percent": 2.35,
    "gof": 1.45,
}


def entered(path, rows=(TYPED,)):
    path.write_bytes(write("rietveld", ENTRY, ENTRY.checked(list(rows))))
    return path


def listing(path: Path) -> Path:
    write_lst(path, REFINED)
    return path


def phases(path: Path) -> Path:
    write_cif(path, REFINED)
    return path


WRITTEN = {
    "ncm.sum": samples.fullprof,
    "ncm.out": samples.topas,
    "ncm.lst": listing,
    "ncm.cif": phases,
    "typed.csv": entered,
}


def reader_of(path):
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    return reader


def read(path):
    return reader_of(path).read(path, path.name)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_refinement_is_recognised_by_one_reader_and_keeps_its_promises(name, tmp_path):
    reading = read(WRITTEN[name](tmp_path / name))
    assert REFINEMENT.conform(reading.table).equals(reading.table)
    assert set(reading.metadata) <= set(METADATA)
    json.dumps(reading.metadata, allow_nan=False)


@pytest.mark.parametrize("name", WRITTEN)
def test_cell_and_residuals_are_as_they_were_written(name, tmp_path):
    row = read(WRITTEN[name](tmp_path / name)).table.row(0, named=True)
    assert row["a_angstrom"] == pytest.approx(2.8732, abs=2e-5)
    assert row["c_angstrom"] == pytest.approx(14.1905, abs=1e-4)
    assert row["cell_refined"] is True
    assert 0 < row["a_sd_angstrom"] < 0.001
    assert row["rwp"] == pytest.approx(0.0412 if name in ("ncm.lst", "ncm.cif") else 0.0235)
    assert row["gof"] == pytest.approx(1.54 if name in ("ncm.lst", "ncm.cif") else 1.45, abs=0.005)


def test_the_residuals_of_fullprof_are_those_with_the_background(tmp_path):
    row = read(samples.fullprof(tmp_path / "ncm.sum")).table.row(0, named=True)
    assert (row["rp"], row["rwp"], row["rexp"]) == pytest.approx((0.0169, 0.0235, 0.0162))  # not 8.01, 8.78, 6.06 %
    assert row["gof"] == pytest.approx(2.10**0.5)
    assert row["r_bragg"] == pytest.approx(0.0327)
    assert (row["volume_angstrom3"], row["volume_sd_angstrom3"]) == (101.453, 0.002)
    assert (row["phase"], row["space_group"]) == ("NCM83 layered", "R -3 m")
    assert (row["observations"], row["refined_parameters"]) == (6071, 22)


def test_an_uncertainty_in_brackets_is_in_units_of_the_last_digit(tmp_path):
    rows = read(samples.fullprof(tmp_path / "ncm.sum")).table.rows(named=True)
    assert [row["element"] for row in rows] == ["Li", "Ni", "Ni", "Co", "O"]
    assert (rows[1]["occupancy"], rows[1]["occupancy_sd"]) == pytest.approx((0.001225, 0.000007))
    assert rows[3]["occupancy_refined"] is False  # ( 0)
    assert rows[4]["z"] == 0.2415
    assert rows[0]["u_iso_angstrom2"] == pytest.approx(0.9 / (8 * 3.14159265**2))


def test_topas_values_with_a_backtick_were_refined_and_equations_have_their_value(tmp_path):
    table = read(samples.topas(tmp_path / "ncm.out")).table
    rows = table.filter(table["phase"] == "NCM83").rows(named=True)
    assert [(row["site"], row["element"], row["occupancy"]) for row in rows] == [
        ("Li1", "Li", 0.9853),
        ("Li1", "Ni", 0.0147),
        ("Ni2", "Ni", 0.8153),
        ("Ni2", "Co", 0.11),
        ("Ni2", "Mn", 0.06),
        ("O1", "O", 1.0),
    ]
    assert [row["occupancy_refined"] for row in rows] == [True, True, True, False, False, False]
    assert rows[1]["occupancy_sd"] == 0.0008
    assert (rows[2]["z"], rows[5]["z"]) == (0.5, 0.2415)
    assert (rows[0]["a_sd_angstrom"], rows[0]["gamma_degree"]) == (0.00003, 120.0)
    assert rows[0]["weight_fraction"] == pytest.approx(0.9725)


def test_a_second_phase_has_its_own_cell(tmp_path):
    table = read(samples.topas(tmp_path / "ncm.out")).table
    (row,) = table.filter(table["phase"] == "Li2CO3").rows(named=True)
    assert (row["a_angstrom"], row["b_angstrom"], row["c_angstrom"], row["beta_degree"]) == (8.359, 4.973, 6.197, 114.8)
    assert (row["r_bragg"], row["weight_fraction"]) == pytest.approx((0.0612, 0.0275))
    assert row["space_group"] == "C2/c"


def test_topas_without_errors_says_what_was_refined_and_no_uncertainty(tmp_path):
    import re

    path = samples.topas(tmp_path / "ncm.out")
    path.write_text(re.sub(r"`_[-+.\de]+", "`", path.read_text()))
    row = read(path).table.row(1, named=True)
    assert (row["element"], row["occupancy"], row["occupancy_refined"], row["occupancy_sd"]) == (
        "Ni",
        0.0147,
        True,
        None,
    )
    assert row["cell_refined"] is True


def test_a_topas_input_that_was_never_refined_is_refused(tmp_path):
    import re

    path = samples.topas(tmp_path / "ncm.inp")
    path.write_text(re.sub(r"`(_[-+.\de]+)?", "", path.read_text()))
    with pytest.raises(ReaderError, match="has no refined value"):
        read(path)


def test_the_control_file_of_fullprof_is_refused_with_the_file_that_is_wanted(tmp_path):
    path = tmp_path / "ncm.pcr"
    path.write_text(
        "COMM NCM83\n! Current global Chi2 (Bragg contrib.) =      2.110\n"
        "! Files => DAT-file: ncm.dat,  PCR-file: ncm\n!Job Npr Nph Nba Nex Nsc Nor Dum Iwg Ilo\n   0   5   1\n"
    )
    with pytest.raises(ReaderError, match=r"upload the \.sum or the CIF of the same refinement"):
        read(path)


def test_a_listing_says_when_its_cell_was_not_refined(tmp_path):
    path = WRITTEN["ncm.lst"](tmp_path / "ncm.lst")
    text = path.read_text()
    at = text.index(" New unit cell:")
    path.write_text(text[:at] + text[text.index(" Atoms:", at) :])
    row = read(path).table.row(0, named=True)
    assert (row["cell_refined"], row["a_sd_angstrom"]) == (False, None)
    assert row["a_angstrom"] == pytest.approx(2.87321)  # of the start


def test_a_cif_in_per_cent_is_taken_as_such(tmp_path):
    path = WRITTEN["ncm.cif"](tmp_path / "ncm.cif")
    path.write_text(path.read_text().replace("wR_factor 0.04120", "wR_factor 4.120"))
    assert read(path).table["rwp"][0] == pytest.approx(0.0412)


def test_without_a_gof_it_is_rwp_over_rexp(tmp_path):
    path = WRITTEN["ncm.cif"](tmp_path / "ncm.cif")
    path.write_text(path.read_text().replace("_refine_ls_goodness_of_fit_all 1.537\n", ""))
    assert read(path).table["gof"][0] == pytest.approx(4.12 / 2.68, rel=1e-3)


def test_weight_fractions_of_a_cif_are_those_of_its_phases(tmp_path):
    path = WRITTEN["ncm.cif"](tmp_path / "ncm.cif")
    path.write_text(path.read_text() + "loop_\n_pd_phase_id\n_pd_phase_mass_%\n1 97.3(4)\n")
    row = read(path).table.row(0, named=True)
    assert (row["weight_fraction"], row["weight_fraction_sd"]) == pytest.approx((0.973, 0.004))


# Typed in


def test_what_is_typed_in_per_cent_is_stored_as_a_fraction_with_its_evidence(tmp_path):
    reading = read(entered(tmp_path / "typed.csv"))
    row = reading.table.row(0, named=True)
    assert (row["li_ni_mixing_typed"], row["li_ni_mixing_typed_sd"]) == pytest.approx((0.0147, 0.0008))
    assert row["rwp"] == pytest.approx(0.0235)
    assert reading.metadata["protocol"] == "typed in from: notebook 12, page 40"
    assert reading.metadata["software"] == "TOPAS 6, Ada"


@pytest.mark.parametrize("missing", ["program", "evidence", "a_angstrom", "c_angstrom", "rwp_percent"])
def test_a_refinement_without_its_origin_or_its_residual_cannot_be_typed_in(missing):
    row = {key: value for key, value in TYPED.items() if key != missing}
    with pytest.raises(ValueError, match="is missing"):
        ENTRY.checked([row])


def test_impossible_values_cannot_be_typed_in():
    with pytest.raises(ValueError, match="Li/Ni mixing is 147; it must be from 0 to 50 %"):
        ENTRY.checked([{**TYPED, "li_ni_mixing_percent": 147}])


def test_phases_of_different_refinements_are_not_one(tmp_path):
    path = entered(tmp_path / "typed.csv", [TYPED, {**TYPED, "phase": "NiO", "rwp_percent": 5}])
    with pytest.raises(ReaderError, match="rows have different programs, Rwp or GOF"):
        read(path)


# Damage


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "typed.csv"])
def test_a_truncated_sample_is_refused_or_right(name, tmp_path):
    held_to_the_whole(WRITTEN[name](tmp_path / name), tmp_path)


@pytest.mark.parametrize("relative", FILES)
def test_a_truncated_file_is_refused_or_right(relative, tmp_path):
    held_to_the_whole(real_data.ROOT / relative, tmp_path)


def held_to_the_whole(path, tmp_path):
    data, reader = path.read_bytes(), reader_of(path)
    whole = reader.read(path, path.name).table
    refused = 0
    for length in [int(len(data) * share / 40) for share in range(40)] + [len(data) - 1]:
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        for other in READERS:
            other.recognises(FileHead.of(cut, path.name))
        try:
            part = reader.read(cut, path.name)
        except ReaderError as error:
            sentence = str(error)
            refused += sentence.startswith(f"{path.name}: ") and "\n" not in sentence
            continue
        refused += 1
        if not any("cut off" in warning for warning in part.warnings):
            kept = part.table.head(part.table.height)
            assert kept.select("phase", "a_angstrom", "c_angstrom").equals(
                whole.head(kept.height).select("phase", "a_angstrom", "c_angstrom")
            ), f"cut at {length} of {len(data)}"
    assert refused == 41


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 4096, b"PK\x03\x04", b"version https://git-lfs.github.com/spec/v1\n"]
)
def test_a_file_that_is_nothing_is_recognised_by_nobody_and_refused_by_all(reader, content, tmp_path):
    path = tmp_path / "nothing"
    path.write_bytes(content)
    assert not reader.recognises(FileHead.of(path))
    with pytest.raises(ReaderError, match=r"^nothing\.cif: "):
        reader.read(path, "nothing.cif")


@pytest.mark.parametrize(
    "relative", real_data.files("cycling", "hppc", "eis", "bet", "icp", "dsc", "sem", "stack", "xrd", "bad", "LICENSES")
)
def test_a_file_of_another_technique_is_no_refinement(relative):
    head = FileHead.of(real_data.ROOT / relative)
    assert [reader.name for reader in READERS if reader.recognises(head)] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_a_sample_that_is_damaged_anywhere_is_read_or_refused_in_one_sentence(name, tmp_path):
    path = WRITTEN[name](tmp_path / name)
    reader, damaged = reader_of(path), tmp_path / "damaged"
    for data in damages(path.read_bytes(), seed=4):
        damaged.write_bytes(data)
        for other in READERS:
            other.recognises(FileHead.of(damaged, name))
        try:
            analyse(reader.read(damaged, name).table, {})
        except ReaderError as error:
            sentence = str(error)
        else:
            sentence = f"{name}: read"
        assert sentence.startswith(f"{name}: ")
        assert "\n" not in sentence
