"""Reference structures: what a CIF is, what is in it, where its reflections lie and how strong they are."""

from __future__ import annotations

import pytest

from characterization.reference.analysis import analyse, reflections
from characterization.reference.cif import Measured, element_of, kind_of, measured, named_group
from characterization.reference.presentation import REFERENCE as SHOWN_AS
from characterization.reference.readers import READERS
from characterization.reference.table import REFLECTIONS, STRUCTURE
from dashboards.demo.simulate.xrd import Powder, structure_of
from labdb.ingest.reader import FileHead, ReaderError
from labdb.quantities import quantity
from tests import real_data
from tests.characterization.runs import accepted, numbers, shown

STRUCTURES = (
    "xrd/NiO_225_sym.cif",
    "xrd/PbSO4-Wyckoff.cif",  # as GSAS-II writes a phase, but without uncertainties: nothing was refined
    "xrd/cod_9004112.cif",
    "rietveld/P2-layered_input_model.cif",  # the model that a refinement began with, which is no result of it
)
REFINED = ("rietveld/GSAS-II_P2-layered_HL1-2_phase.cif", "rietveld/GSAS-II_PbSO4_xray_phase.cif")
(READER,) = READERS
CELL = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
OURS = ("a_angstrom", "b_angstrom", "c_angstrom", "alpha_degree", "beta_degree", "gamma_degree")


def read(relative: str):
    path = real_data.ROOT / relative
    return READER.read(path, path.name)


@real_data.needs_real_data
@pytest.mark.parametrize("relative", STRUCTURES)
def test_a_structure_has_the_cell_and_atoms_that_other_readers_saw(relative):
    values = real_data.expected()[relative]["values"]
    table = read(relative).table
    row = table.row(0, named=True)
    assert [row[name] for name in OURS] == pytest.approx([values[name] for name in CELL], rel=1e-6)
    assert row["space_group"] == named_group(values["space_group"])
    assert table.height == values["atom_sites"]
    assert STRUCTURE.conform(table).equals(table)


@real_data.needs_real_data
@pytest.mark.parametrize("relative", real_data.files("xrd", "rietveld", "cycling", "eis", "icp", "bet", "dsc", "bad"))
def test_structures_and_refinements_are_told_apart_and_nothing_else_is_taken_for_either(relative):
    expected = "structure" if relative in STRUCTURES else "refinement" if relative in REFINED else ""
    head = FileHead.of(real_data.ROOT / relative)
    assert kind_of(head) == expected
    assert READER.recognises(head) == (expected == "structure")


BODY = """data_x
{more}_cell_length_a 2.87{sd}
_cell_length_b 2.87
_cell_length_c 14.2
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
_symmetry_space_group_name_H-M 'R -3 m'
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Li1 0 0 0 0.98
Ni1 0 0 0.5 1
O1 0 0 0.2415(3) 1
"""


def written(tmp_path, more: str = "", sd: str = ""):
    path = tmp_path / "a.cif"
    path.write_text(BODY.format(more=more, sd=sd))
    return path


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", "structure"),
        ("_pd_proc_ls_prof_wR_factor 0.05\n", "refinement"),
        ("_pd_proc_ls_prof_wR_factor ?\n", "structure"),
        ("_refine_ls_R_factor_all 0.03\n", "structure"),  # of a single crystal
        ("_refine_ls_R_factor_all 0.03\n_pd_phase_name NCM\n", "refinement"),
        ("# phase info for NCM follows\n_pd_phase_name NCM\n", "refinement"),  # O1 has an uncertainty
        ("_cod_database_code 1234567\n_pd_proc_ls_prof_wR_factor 0.05\n", "structure"),  # somebody else's
        ("_database_code_ICSD 1234\n_pd_proc_ls_prof_wR_factor 0.05\n", "structure"),
    ],
)
def test_what_a_cif_is_follows_from_its_tags(more, kind, tmp_path):
    assert kind_of(FileHead.of(written(tmp_path, more))) == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.8732(2)", Measured(2.8732, 0.0002)),
        ("14.1905(13)", Measured(14.1905, 0.0013)),
        ("120", Measured(120.0)),
        ("0.0147(8)", Measured(0.0147, 0.0008)),
        ("101(2)", Measured(101.0, 2.0)),
        ("-0.5", Measured(-0.5)),
        ("1.2e-3(4)", Measured(0.0012, 0.0004)),
        ("?", None),
        (".", None),
        ("n/a", None),
        (None, None),
    ],
)
def test_a_number_with_its_uncertainty_is_both(text, expected):
    found = measured(text)
    assert (found is None) == (expected is None)
    if found and expected:
        assert found.value == pytest.approx(expected.value)
        assert found.sd == (None if expected.sd is None else pytest.approx(expected.sd))


@pytest.mark.parametrize(
    ("text", "element"),
    [("Ni2+", "Ni"), ("Ni+3", "Ni"), ("NI1", "Ni"), ("O1", "O"), ("Li", "Li"), ("Co2", "Co"), ("?", "")],
)
def test_an_element_is_read_from_an_ion_or_a_label(text, element):
    assert element_of(text) == element


@pytest.mark.parametrize(
    ("symbol", "group"), [("R -3 m", "R -3 m:H"), ("Fm-3m", "F m -3 m"), ("P 63/m m c", "P 63/m m c")]
)
def test_space_groups_are_known_by_their_symbols(symbol, group):
    assert named_group(symbol) == group


@real_data.needs_real_data
def test_rock_salt_nickel_oxide_has_the_lines_of_the_powder_diffraction_file():
    """d by hand from a = 4.178 Å; intensities of PDF 47-1049 are 61, 100, 35 for a measured powder."""
    rows = analyse(read("xrd/NiO_225_sym.cif").table, {}).tables["reflections"].head(3).rows(named=True)
    assert [row["hkl"] for row in rows] == ["111", "200", "220"]
    assert [row["multiplicity"] for row in rows] == [8, 6, 12]
    assert [row["d_spacing_angstrom"] for row in rows] == pytest.approx([4.178 / 3**0.5, 4.178 / 2, 4.178 / 8**0.5])
    assert rows[0]["relative_intensity"] == pytest.approx(0.61, abs=0.05)
    assert rows[1]["relative_intensity"] == 1


def test_nickel_on_the_lithium_site_weakens_003_and_strengthens_104():
    ratio = []
    for mixing in (0.0, 0.05):
        lines = reflections(structure_of(Powder("x", 2.87, 14.2, mixing)))
        of = dict(zip(lines["hkl"], lines["relative_intensity"], strict=True))
        ratio.append(of["003"] / of["104"])
    assert ratio[0] > 1.1 * ratio[1]


def test_reflections_that_the_lattice_forbids_are_not_there():
    lines = reflections(structure_of(Powder("x", 2.87, 14.2, 0.0)))
    assert not {"001", "002", "100", "103"} & set(lines["hkl"])
    assert REFLECTIONS.conform(lines).equals(lines)
    assert lines["d_spacing_angstrom"].is_sorted(descending=True)


def test_a_structure_without_a_space_group_has_no_reflections_and_says_so(tmp_path):
    path = written(tmp_path)
    path.write_text(path.read_text().replace("'R -3 m'", "'nonsense'"))
    reading = READER.read(path, "a.cif")
    assert "the space group of x is not known" in reading.warnings[0]
    assert analyse(reading.table, {}).tables["reflections"].height == 0


def test_a_huge_cell_is_not_worked_through(tmp_path):
    path = written(tmp_path)
    path.write_text(
        path.read_text().replace("_length_a 2.87", "_length_a 190").replace("_length_b 2.87", "_length_b 190")
    )
    found = analyse(READER.read(path, "a.cif").table, {})
    assert found.warnings == ("the cell of x is too large for its reflections to be computed",)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("_cell_angle_gamma 120\n", "", "the cell of x has no gamma"),
        ("_cell_length_c 14.2", "_cell_length_c 0", "is none of a crystal"),
        ("O1 0 0 0.2415(3) 1", "O1 0 0 ? 1", "atom O1 has no place in the cell"),
        ("O1 0 0 0.2415(3) 1", "O1 0 0", "is no whole CIF"),
    ],
)
def test_a_damaged_structure_is_refused_in_one_sentence(old, new, sentence, tmp_path):
    path = written(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ReaderError) as error:
        READER.read(path, "a.cif")
    assert str(error.value).startswith("a.cif: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@real_data.needs_real_data
@pytest.mark.parametrize("relative", STRUCTURES)
def test_a_truncated_file_is_refused_or_its_atoms_are_right(relative, tmp_path):
    data = (real_data.ROOT / relative).read_bytes()
    whole = read(relative).table
    for length in [int(len(data) * share) for share in (0.02, 0.3, 0.5, 0.77, 0.95, 0.999)] + [len(data) - 1]:
        cut = tmp_path / "cut.cif"
        cut.write_bytes(data[:length])
        READER.recognises(FileHead.of(cut))
        try:
            part = READER.read(cut, "cut.cif")
        except ReaderError:
            continue
        keys = ["site", "element", "x", "y"]
        assert part.table.height <= whole.height
        assert part.table.select(keys).equals(whole.head(part.table.height).select(keys))
        if not data[:length].endswith(b"\n"):
            assert "may be cut off" in " ".join(part.warnings)


def test_the_sticks_are_drawn_where_they_lie():
    found = analyse(structure_of(Powder("GP", 2.8745, 14.2010, 0.0147)), {})
    figure = accepted(SHOWN_AS.drawing("sticks").draw([shown(found, "LiNiO2"), shown(found, "another")]))
    trace = figure["data"][0]
    heights = [value if value == value else 0 for value in numbers(trace["y"])]
    assert max(heights) == 100
    assert numbers(trace["x"])[heights.index(100)] == pytest.approx(18.730, abs=0.01)
    assert figure["summary"].startswith("Computed reflections of LiNiO2 at 1.54059 Å")
    assert SHOWN_AS.drawing("sticks").draw([shown(found.__class__())])["empty"]


def test_every_number_has_its_words():
    for name in ("d_spacing_angstrom", "multiplicity", "relative_intensity", "occupancy"):
        assert quantity(name).label
