"""The readers against what independent readers saw in real files."""

from __future__ import annotations

import polars as pl
import pytest

from characterization.icp.table import BLANK, PROCEDURAL_BLANK
from tests import real_data
from tests.characterization.icp.written import read, reader_of

pytestmark = real_data.needs_real_data

QTEGRA = "icp/qtegra_AR20200205_batch1-2.csv"
VISTA = "icp/varian_vistapro_export_part1.csv"
VISTA_UTF16 = "bad/utf16_icp.csv"
SHIMADZU = "icp/shimadzu_icpe_output.csv"


def found(path: str) -> pl.DataFrame:
    return read(real_data.ROOT / path).table


def expected(path: str):
    return real_data.expected()[path]["values"]


def only(frame: pl.DataFrame, **where) -> dict:
    (row,) = frame.filter(*(pl.col(name) == value for name, value in where.items())).to_dicts()
    return row


def test_qtegra_solutions_and_lines_are_those_of_the_file():
    table, known = found(QTEGRA), expected(QTEGRA)
    assert table["solution_count"].n_unique() == known["samples"]
    assert list(dict.fromkeys(table["emission_line"])) == known["emission_lines"]
    assert (table["sample_label"][0], table["sample_label"][-1]) == (known["first_sample"], known["last_sample"])
    blanks = table.filter(pl.col("sample_kind") == BLANK)
    assert blanks["solution_count"].n_unique() == known["blanks"]


def test_qtegra_ppm_is_mg_per_l_and_raw_is_the_intensity():
    table = found(QTEGRA)
    columns = {"Raw.Average": "intensity", "ExtCal.Average": "concentration_mg_per_l"}
    for check in expected(QTEGRA)["check_values"]:
        number, _, label = check["row_label"].partition(" ")
        row = only(table, solution_count=int(number), emission_line=check["line"])
        assert row["sample_label"] == label
        assert row[columns[check["category"]]] == pytest.approx(float(check["value"]), rel=1e-9)


def test_qtegra_standards_are_told_by_their_nominal_concentration_also_where_they_are_measured_again():
    table = found(QTEGRA)
    standards = table.filter(pl.col("sample_kind") == "standard")
    assert set(standards["sample_label"]) == {"930ppb", "9400ppb", "21800ppb"}
    again = only(table, solution_count=28, emission_line="Fe 238.204 {142} (Radial)")
    assert (again["sample_kind"], again["standard_concentration_mg_per_l"]) == ("standard", None)
    first = only(table, solution_count=2, emission_line="Be 234.861 {144} (Radial)")
    assert first["standard_concentration_mg_per_l"] == pytest.approx(0.922849767347765)


@pytest.mark.parametrize("path", [VISTA, VISTA_UTF16])
def test_icp_expert_rows_are_those_of_the_file_in_either_encoding(path):
    table, known = found(path), expected(VISTA)
    assert table.height == known["rows"]
    assert table["solution_count"].n_unique() == known["solutions"]
    assert set(table["emission_line"]) == set(known["elements"])
    assert set(table["flags"]) == set(known["flags"])
    # Labels are kept without the blanks around them, and so are two that differ by nothing else.
    assert table["sample_label"].n_unique() <= known["distinct_labels"]
    for check in known["check_values"]:
        rows = table.filter(
            pl.col("sample_label") == check["label"].strip(), pl.col("emission_line") == check["element"]
        )
        row = next(row for row in rows.to_dicts() if row["intensity"] == pytest.approx(float(check["Int"]), rel=1e-9))
        assert row["concentration_mg_per_l"] == pytest.approx(float(check["Soln Conc"]), rel=1e-9)
        # Dilution, weight and volume are 1 in this file, and so the corrected concentration is the same.
        assert row["concentration_mg_per_l"] * row["dilution_factor"] == pytest.approx(float(check["Corr Con"]))
    assert read(real_data.ROOT / path).metadata["instrument"]["first_measured"] == known["date_first"]


def test_icp_expert_types_become_kinds_and_a_blank_among_the_samples_is_a_procedural_one():
    table, known = found(VISTA), expected(VISTA)
    kinds = dict(table.group_by("sample_kind").len().iter_rows())
    assert kinds[BLANK] == known["types"]["Blk"]
    assert kinds["standard"] == known["types"]["Std"]
    assert kinds["control"] == known["types"]["LCS"]
    assert kinds["sample"] + kinds[PROCEDURAL_BLANK] == known["types"]["Samp"]


def test_icp_expert_flags_say_what_cannot_be_used():
    table = found(VISTA)
    over = table.filter(pl.col("flags") == "x")
    assert set(over["condition"]) == {"over range"}
    assert over["concentration_mg_per_l"].null_count() == over.height == 6
    assert over["concentration_sd_mg_per_l"].null_count() == over.height  # of counts beyond the calibration
    under = table.filter(pl.col("flags") == "uv")
    assert set(under["condition"]) == {"under range"}
    assert under["concentration_mg_per_l"].max() < 0


def test_shimadzu_rows_are_those_of_the_file_and_ppb_become_mg_per_l():
    table, known = found(SHIMADZU), expected(SHIMADZU)
    means = table.filter(pl.col("replicate").is_null())
    assert means.height == known["rows"]
    assert set(means["element"]) == set(known["elements"])
    calibration = [kind for kind in known["sample_types"] if kind.startswith("CAL")]
    assert means.filter(pl.col("sample_kind").is_in([BLANK, "standard"]))["sample_label"].n_unique() == len(calibration)
    # 22.5 and 23.4 ppb, mean 22.9 (rounded by the program) ± 0.588.
    check = table.filter(pl.col("sample_label") == "CHECK", pl.col("element") == "As")
    assert check["concentration_mg_per_l"].to_list() == pytest.approx([0.0229, 0.0225, 0.0234])
    assert only(check.filter(pl.col("replicate").is_null()))["concentration_sd_mg_per_l"] == pytest.approx(0.000588)
    assert only(check.filter(pl.col("replicate").is_null()))["readings"] == 2


def test_shimadzu_intensities_are_those_of_the_file():
    means = found(SHIMADZU).filter(pl.col("replicate").is_null())
    for check in expected(SHIMADZU)["check_values"]:
        mean, sd, rsd = map(float, check["last_fields"])
        line = f"{check['element']} {check['wavelength']}"
        row = only(means, sample_label=check["sample"], emission_line=line)
        assert (row["intensity"], row["intensity_sd"]) == pytest.approx((mean, sd))
        # The RSD of the file is its SD over its mean, to the two decimals that it prints.
        assert 100 * row["intensity_sd"] / abs(row["intensity"]) == pytest.approx(rsd, abs=0.006)


def test_the_readers_are_chosen_by_content():
    names = {path: reader_of(real_data.ROOT / path).name for path in (QTEGRA, VISTA, VISTA_UTF16, SHIMADZU)}
    assert names == {
        QTEGRA: "qtegra",
        VISTA: "icp-expert",
        VISTA_UTF16: "icp-expert",
        SHIMADZU: "shimadzu-icpe",
    }
