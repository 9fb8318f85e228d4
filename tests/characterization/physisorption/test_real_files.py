"""Every real isotherm against what independent public readers saw in it; what is otherwise has its reason here."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from characterization.physisorption.analysis import analyse
from characterization.physisorption.readers import READERS
from characterization.physisorption.table import ADSORPTION, DESORPTION, ISOTHERM
from characterization.physisorption.technique import PHYSISORPTION
from labdb.ingest.installed import techniques
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis
from tests.real_data import ROOT, expected, files, needs_real_data

pytestmark = needs_real_data

FILES = files("bet")
TOLERANCE = 1e-3  # also of the other readers, who take 22.417 cm³ for a mmol where CODATA has 22.414

# Expected number → ours. The other readers' number is in EXPECTED.json.
OTHERWISE: dict[str, dict[str, float | None]] = {
    # C is −30604 in the range of pyGAPS, and a C below zero is none. Without the last point C is 9609; the
    # instrument's own report prints 1596.46 m²/g and C 10183.
    "bet/mic_Sample_L.xls": {
        "BET_area_m2_g": 1596.86,
        "BET_C": 9609.4,
        "BET_n_monolayer_mmol_g": 16.3683,
    },
    # The workbook says no temperature; the other reader fills in 77.3 K.
    "bet/3p_CBV712_N2_77K.xlsx": {"temperature_K": None},
}
RESULTS = {
    "BET_area_m2_g": "bet_area_m2_per_g",
    "BET_C": "bet_c",
    "BET_n_monolayer_mmol_g": "monolayer_mmol_per_g",
    "total_pore_volume_cm3_g": "total_pore_volume_cm3_per_g",
    "total_pore_volume_at_p_rel": "pore_volume_pressure",
}


def read(relative: str) -> Reading:
    path = ROOT / relative
    (match,) = matches(FileHead.of(path), [PHYSISORPTION])
    return match.reader.read(path, path.name)


def results(analysis: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


def wanted(relative: str) -> dict[str, Any]:
    return {**expected()[relative]["values"], **OTHERWISE.get(relative, {})}


@pytest.mark.parametrize("relative", FILES)
def test_a_file_is_recognised_by_one_reader_of_all(relative, tmp_path):
    stored = tmp_path / ("0" * 64)
    stored.symlink_to(ROOT / relative)
    (found,) = matches(FileHead.of(stored, "data"), techniques())
    assert found.technique.name == "physisorption"


@pytest.mark.parametrize("relative", FILES)
def test_the_isotherm_is_the_one_that_others_read(relative):
    table, values = read(relative).table, wanted(relative)
    assert ISOTHERM.conform(table).equals(table)
    for branch, key in ((ADSORPTION, "adsorption_points"), (DESORPTION, "desorption_points")):
        if key in values:
            assert table.filter(branch=branch).height == values[key]
    pressure, loading = table["relative_pressure"], table["loading_mmol_per_g"]
    for key, value in (
        ("p_rel_min", pressure.min()),
        ("p_rel_max", pressure.max()),
        ("adsorp_p_rel_max", table.filter(branch=ADSORPTION)["relative_pressure"].max()),
        ("desorp_p_rel_max", table.filter(branch=DESORPTION)["relative_pressure"].max()),
        ("loading_max_mmol_g", loading.max()),
        ("temperature_K", table["temperature_kelvin"][0]),
    ):
        if values.get(key) is not None:
            assert value == pytest.approx(values[key], rel=TOLERANCE), key
        elif key in values:
            assert value is None
    if "adsorbate" in values:
        assert table["adsorbate"][0] == values["adsorbate"]
    if "loading_max_cm3_STP_g" in values:
        assert loading.max() * 22.41396954 == pytest.approx(values["loading_max_cm3_STP_g"], rel=TOLERANCE)
    if "adsorp_amount_max" in values:  # ml(STP) g-1
        assert loading.max() * 22.41396954 == pytest.approx(values["adsorp_amount_max"], rel=TOLERANCE)
    if "material_mass" in values.get("metadata", {}) and not isinstance(values["metadata"]["material_mass"], str):
        assert table["sample_mass_mg"][0] == pytest.approx(1000 * values["metadata"]["material_mass"])


@pytest.mark.parametrize("relative", FILES)
def test_area_and_pore_volume_are_those_of_the_fields_library(relative):
    values = wanted(relative)
    found = results(analyse(read(relative).table, {}))
    for key, quantity in RESULTS.items():
        if key in values:
            assert found[quantity] == pytest.approx(values[key], rel=TOLERANCE), key
    if "BET_p_limits" in values and relative not in OTHERWISE:
        assert [found["bet_p_low"], found["bet_p_high"]] == pytest.approx(values["BET_p_limits"], rel=TOLERANCE)
    if "BET_r" in values and relative not in OTHERWISE:
        assert found["bet_r_squared"] == pytest.approx(values["BET_r"] ** 2, rel=TOLERANCE)


@pytest.mark.parametrize("relative", FILES)
def test_the_classical_range_gives_the_librarys_area_where_c_is_positive_and_none_where_it_is_not(relative):
    values = wanted(relative)
    if "BET_C_0.05_0.30" not in values:
        pytest.skip("no area is expected")
    analysis = analyse(read(relative).table, {"p_low": 0.05, "p_high": 0.3})
    found = results(analysis)
    if values["BET_C_0.05_0.30"] < 0:
        assert "bet_area_m2_per_g" not in found
        assert "gives no positive C, so there is no area" in " ".join(analysis.warnings)
    else:
        assert found["bet_area_m2_per_g"] == pytest.approx(values["BET_area_m2_g_0.05_0.30"], rel=TOLERANCE)
        assert found["bet_c"] == pytest.approx(values["BET_C_0.05_0.30"], rel=TOLERANCE)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bel_DUT-67_H2O_298K.DAT", "the adsorbate is water, for which no BET area is defined"),
        ("DUT-8 EtOH 298K.aif", "the adsorbate is ethanol, for which no BET area is defined"),
        ("AC Ar 77K.aif", "the adsorbate is argon, which gives no nitrogen area; enter the cross-section"),
        ("qnt_RE-22 (Raw Analysis Data).txt", "the file says 273 K, at which nitrogen forms no layer of liquid"),
    ],
)
def test_what_is_no_nitrogen_at_77_k_gives_no_area(name, sentence):
    analysis = analyse(read(f"bet/{name}").table, {})
    assert not [quantity for quantity in results(analysis) if quantity.startswith(("bet_", "bjh_", "monolayer"))]
    assert any(sentence in warning for warning in analysis.warnings)


def test_argon_gives_an_area_of_its_own_where_somebody_says_its_cross_section():
    # pyGAPS takes 0.138 nm² for argon, and with its own p0 at 87 K (98.1 kPa, the file has 101.3) finds 1272.5 m²/g.
    found = results(analyse(read("bet/AC Ar 77K.aif").table, {"cross_section_nm2": 0.138}))
    assert found["bet_area_other_gas_m2_per_g"] == pytest.approx(1270.4, rel=2e-3)
    assert "bet_area_m2_per_g" not in found


def test_a_nova_whose_bath_nobody_set_gives_an_area_once_it_is_entered():
    found = results(analyse(read("bet/qnt_RE-22 (Raw Analysis Data).txt").table, {"temperature_kelvin": 77.35}))
    assert found["bet_area_m2_per_g"] > 0


def test_the_area_that_the_gemini_printed_comes_of_its_own_range():
    reading = read("bet/GVM-BET-Gemini.VII.2390.TXT")
    printed = expected()["bet/GVM-BET-Gemini.VII.2390.TXT"]["values"]
    assert reading.metadata["instrument"] == {"BET surface area": "162.4547 m²/g"}
    assert reading.metadata["start_time_local"] == "2020-07-20T15:17:42"
    assert reading.table["sample_mass_mg"][0] == 1000 * printed["sample_mass_printed_g"]
    # Its 59 rows are 29 points, printed once as a table and once for the plot, and one of p0.
    assert reading.table.height == 29
    analysis = analyse(reading.table, {"p_high": 0.31})
    (area,) = [scalar for scalar in analysis.scalars if scalar.quantity == "bet_area_m2_per_g"]
    assert area.value == pytest.approx(printed["BET_area_printed_in_report_m2_g"], rel=1e-4)
    # The report says ± 1.0095, adding the errors of slope and intercept as if they were independent.
    assert area.sd == pytest.approx(0.85, rel=0.1)
    assert results(analysis)["bet_c"] == pytest.approx(428.8, rel=2e-3)


def test_the_gemini_workbook_gives_its_printed_area_in_its_own_range():
    reading = read("bet/micromeritics_cheminfo.XLS")
    assert reading.metadata["instrument"] == {"BET surface area": "134.0561 ± 0.7232 m²/g"}
    found = results(analyse(reading.table, {"p_low": 0.05, "p_high": 0.16}))
    assert found["bet_area_m2_per_g"] == pytest.approx(134.0561, rel=1e-4)
    assert found["bet_c"] == pytest.approx(170.614559, rel=1e-3)
    assert "total_pore_volume_cm3_per_g" not in found  # the isotherm ends at p/p0 0.5


def test_the_columns_of_mcm_41_are_taken_by_their_names():
    table = read("bet/MCM-41 N2 77.0.csv").table
    assert table["loading_mmol_per_g"][0] == 0.389345
    assert table["pressure_kpa"][0] == pytest.approx(7.02e-4)


def test_a_cut_archive_is_read_up_to_its_last_whole_line_and_this_is_said():
    path = ROOT / "bad" / "truncated.aif"
    (match,) = matches(FileHead.of(path), techniques())
    part, whole = match.reader.read(path, path.name), read("bet/AC Ar 77K.aif")
    assert part.table.height == 82
    assert part.table["loading_mmol_per_g"].equals(whole.table["loading_mmol_per_g"].head(82))
    assert "the file may be cut off" in part.warnings[0]


def outcome(reader: Reader, path: Path, name: str) -> Reading | str:
    """What a reader finds in a file, or the sentence with which it refuses it."""
    try:
        return reader.read(path, name)
    except ReaderError as error:
        return str(error)


@pytest.mark.parametrize("relative", FILES)
def test_a_truncated_file_is_refused_or_gives_points_of_the_whole(relative, tmp_path):
    """And says that something is missing, but where a text is cut just between two of its lines."""
    data = (ROOT / relative).read_bytes()
    name = relative.rsplit("/", 1)[-1]
    columns = ["relative_pressure", "loading_mmol_per_g", "branch"]
    whole = read(relative).table.select(columns)
    path = tmp_path / "cut"
    for share in (0.01, 0.05, 0.2, 0.4, 0.55, 0.7, 0.85, 0.97, 0.999):
        cut = data[: int(len(data) * share)]
        path.write_bytes(cut)
        for reader in [reader for reader in READERS if reader.recognises(FileHead.of(path, name))]:
            part = outcome(reader, path, name)
            if isinstance(part, str):
                assert part.startswith(f"{name}: ")
                assert "\n" not in part
                continue
            assert part.table.height == whole.height or part.warnings or cut.endswith(b"\n")
            assert part.table.select(columns).join(whole, on=columns, how="anti").is_empty()
            assert all(math.isfinite(scalar.value) for scalar in analyse(part.table, {}).scalars)


@pytest.mark.parametrize("relative", [name for name in FILES if expected()[name]["values"].get("BET_area_m2_g")])
def test_pore_sizes_are_those_of_the_fields_library(relative):
    """The same points through `pygaps.psd_mesoporous`, which has its own density and surface tension (0.3 % away)."""
    import pygaps
    from pygaps.characterisation.psd_meso import psd_mesoporous

    table = read(relative).table
    ours = analyse(table, {"pore_size_branch": "adsorption"}).tables.get("pore_size")
    branch = table.filter(branch=ADSORPTION).filter(pl.col("relative_pressure").is_between(0.1, 0.99))
    assert ours is not None
    theirs = psd_mesoporous(
        pygaps.PointIsotherm(
            pressure=branch["relative_pressure"].to_list(),
            loading=branch["loading_mmol_per_g"].to_list(),
            branch="ads",
            material="test",
            adsorbate="N2",
            temperature=table["temperature_kelvin"][0] or 77.355,
            pressure_mode="relative",
            loading_unit="mmol",
            loading_basis="molar",
            material_unit="g",
            material_basis="mass",
            temperature_unit="K",
        ),
        psd_model="BJH",
        branch="ads",
        p_limits=(0.1, 0.995),
    )
    if not (branch["relative_pressure"].diff().drop_nulls() > 0).all():
        pytest.skip("the library divides by steps of no pressure here")
    assert ours["dv_dd_cm3_per_g_nm"].to_numpy() == pytest.approx(
        theirs["pore_distribution"], rel=0.05, abs=0.01 * abs(theirs["pore_distribution"]).max()
    )
