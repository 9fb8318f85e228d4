"""The layouts of patterns, on files written by us: units, doublets, several scans, what is refused."""

from __future__ import annotations

import pytest

from characterization.xrd.readers import READERS
from characterization.xrd.table import intensity_column
from labdb.ingest.reader import FileHead, ReaderError, Reading
from tests.characterization.xrd import samples


def read(path) -> Reading:
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    return reader.read(path, path.name)


def refusal(path) -> str:
    with pytest.raises(ReaderError) as error:
        read(path)
    assert str(error.value).startswith(f"{path.name}: ")
    return str(error.value)


def counts(reading: Reading) -> list[float]:
    return reading.table[intensity_column(reading.table)].to_list()


# XRDML


def test_counts_are_multiplied_by_the_attenuation_factors(tmp_path):
    factors = " ".join(["1"] * 20 + ["10"] * 21)
    values = f'<counts unit="counts">{" ".join(["7"] * 41)}</counts>'
    path = samples.xrdml(
        tmp_path / "a.xrdml", values=f"<beamAttenuationFactors>{factors}</beamAttenuationFactors>{values}"
    )
    assert counts(read(path)) == [7] * 20 + [70] * 21


def test_intensities_of_old_schemas_are_corrected_for_them_already(tmp_path):
    factors = f"<beamAttenuationFactors>{' '.join(['10'] * 41)}</beamAttenuationFactors>"
    values = f'<intensities unit="counts">{" ".join(["7"] * 41)}</intensities>'
    assert counts(read(samples.xrdml(tmp_path / "a.xrdml", values=factors + values))) == [7] * 41


def test_counts_per_second_stay_what_they_are(tmp_path):
    values = f'<intensities unit="cps">{" ".join(["7.5"] * 41)}</intensities>'
    reading = read(samples.xrdml(tmp_path / "a.xrdml", values=values))
    assert reading.table["intensity_cps"].to_list() == [7.5] * 41
    assert reading.warnings == ()


def test_a_scan_with_kbeta_has_one_wavelength_and_that_is_kbeta(tmp_path):
    wavelength = '<usedWavelength intended="K-Beta"><kAlpha1>1.54</kAlpha1><kBeta>1.39225</kBeta></usedWavelength>'
    row = read(samples.xrdml(tmp_path / "a.xrdml", wavelength=wavelength)).table.row(0, named=True)
    assert (row["wavelength_angstrom"], row["alpha2_angstrom"], row["alpha2_ratio"]) == (1.39225, None, 0.0)


def test_a_monochromator_that_takes_kalpha2_away_is_a_ratio_of_nothing(tmp_path):
    wavelength = (
        '<usedWavelength intended="K-Alpha 1"><kAlpha1>1.540598</kAlpha1><kAlpha2>1.544426</kAlpha2>'
        "<ratioKAlpha2KAlpha1>0.0000</ratioKAlpha2KAlpha1></usedWavelength>"
    )
    row = read(samples.xrdml(tmp_path / "a.xrdml", wavelength=wavelength)).table.row(0, named=True)
    assert row["alpha2_ratio"] == 0.0


def test_a_scan_that_goes_on_where_the_first_ended_is_put_behind_it(tmp_path):
    path = samples.xrdml(tmp_path / "a.xrdml", more=samples.second_scan(24.1, 25.1))
    table = read(path).table
    assert table.height == 41 + 11
    assert table["two_theta_degree"][-1] == pytest.approx(25.1)


def test_a_repeated_scan_is_refused_as_nobody_knows_which_is_meant(tmp_path):
    path = samples.xrdml(tmp_path / "a.xrdml", more=samples.second_scan(20.0, 24.0))
    assert "holds 2 scans that do not continue each other" in refusal(path)


def test_a_rocking_curve_is_no_powder_pattern(tmp_path):
    positions = (
        '<positions axis="2Theta"><commonPosition>44.0</commonPosition></positions><positions axis="Omega">'
        "<startPosition>20</startPosition><endPosition>24</endPosition></positions>"
    )
    assert "is a scan of Omega, in which 2θ stands still" in refusal(
        samples.xrdml(tmp_path / "a.xrdml", axis="Omega", positions=positions)
    )


def test_a_list_of_positions_is_taken_as_it_is(tmp_path):
    listed = " ".join(f"{x:.4f}" for x in samples.TWO_THETA[::-1])
    positions = f'<positions axis="2Theta"><listPositions>{listed}</listPositions></positions>'
    table = read(samples.xrdml(tmp_path / "a.xrdml", positions=positions)).table
    assert table["two_theta_degree"][0] == pytest.approx(20.0)  # it fell, and is turned round
    assert table["intensity_counts"][20] == 500


def test_a_scan_that_was_stopped_is_said(tmp_path):
    reading = read(samples.xrdml(tmp_path / "a.xrdml", status="Aborted"))
    assert reading.warnings == ("the scan was not completed: the diffractometer stopped early",)


def test_an_automatic_slit_is_said(tmp_path):
    values = (
        f'<counts unit="counts">{" ".join(["7"] * 41)}</counts>'
        "<commonDivergenceCorrection>1.2</commonDivergenceCorrection>"
    )
    assert "automatic divergence slit" in read(samples.xrdml(tmp_path / "a.xrdml", values=values)).warnings[0]


def test_a_wavelength_in_nanometres_is_refused(tmp_path):
    wavelength = '<usedWavelength><kAlpha1 unit="Nanometer">0.154</kAlpha1></usedWavelength>'
    assert "gives its wavelength in Nanometer" in refusal(samples.xrdml(tmp_path / "a.xrdml", wavelength=wavelength))


def test_a_file_that_names_its_tube_but_no_wavelength_keeps_none(tmp_path):
    row = read(samples.xrdml(tmp_path / "a.xrdml", wavelength="")).table.row(0, named=True)
    assert (row["wavelength_angstrom"], row["anode"]) == (None, "Cu")


# Columns


@pytest.mark.parametrize(
    "written",
    [
        {"form": "{:.4f} {:.3f}"},
        {"form": "  {:.4f}\t{:.3f}"},
        {"form": "{:.4f},{:.3f}"},
        {"form": "{:.4f};{:.3f}"},
        {"form": "{:.4f};{:.3f}", "comma": ","},
        {"form": "{:.4f} {:.3f}", "comma": ","},
        {"form": "{:.4f}\t{:.3f}", "comma": ","},
        {"form": "{:.2f} {:.0f}"},
        {"form": "{:.4e} {:.4e}"},
        {"head": "2Theta,Intensity\n", "form": "{:.4f},{:.3f}"},
        {"head": "2θ (°);I (a.u.)\n", "form": "{:.4f};{:.3f}", "comma": ","},
        {"head": "XYDATA\n", "form": "{:.4f} {:.3f}"},
        {"head": "# sample GP-1\n# 2theta intensity\n", "form": "{:.4f} {:.3f}"},
        {"head": "Angle  Det1Disc1\n", "form": "{:.4f} {:.3f}"},
        {"form": "{:.4f} {:.3f} {:.3f}", "sd": True},
        {"head": "tth counts esd\n", "form": "{:.4f} {:.3f} {:.3f}", "sd": True},
    ],
    ids=str,
)
def test_columns_are_read_however_they_are_parted(written, tmp_path):
    reading = read(samples.columns(tmp_path / "a.txt", **written))
    assert reading.table["two_theta_degree"].to_list() == pytest.approx(list(samples.TWO_THETA))
    assert counts(reading) == pytest.approx(list(samples.COUNTS))
    if written.get("sd"):
        assert reading.table["intensity_sd"][20] == pytest.approx(500**0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("2theta counts\n", "intensity_counts"),
        ("2theta cps\n", "intensity_cps"),
        ("2theta counts/s\n", "intensity_cps"),
        ("2theta intensity\n", "intensity_arbitrary"),
        ("", "intensity_arbitrary"),
    ],
)
def test_the_unit_is_the_one_that_the_head_says(head, column, tmp_path):
    assert intensity_column(read(samples.columns(tmp_path / "a.xy", head)).table) == column


@pytest.mark.parametrize(
    ("head", "wavelength"),
    [
        ("# Calibrated wavelength = 0.414581\n", 0.414581),
        ("# wavelength: 1.54056 A\n", 1.54056),
        ("# lambda=0.7093\n", 0.7093),
        ("# wavelength = 0.154056 nm\n", 1.54056),
        ("# wavelength = 17.44 keV\n", None),  # no length: left to a person
        ("# monochromatic\n", None),
    ],
)
def test_a_wavelength_in_the_head_is_read(head, wavelength, tmp_path):
    assert read(samples.columns(tmp_path / "a.xye", head)).table["wavelength_angstrom"][0] == pytest.approx(wavelength)


@pytest.mark.parametrize(
    "content",
    [
        "time,voltage\n" + "".join(f"{20 + 0.1 * n:.1f},{3 + 0.01 * n:.2f}\n" for n in range(40)),
        "T (K),I (counts)\n" + "".join(f"{20 + 0.1 * n:.1f},{3 + 0.01 * n:.2f}\n" for n in range(40)),
        "q,I\n" + "".join(f"{0.1 + 0.01 * n:.2f},{3 + 0.01 * n:.2f}\n" for n in range(40)),
        "".join(f"{20 + 0.1 * n:.1f} {3 + 0.01 * n:.2f} 1 2\n" for n in range(40)),  # four columns without names
        "".join(f"{2**n} {n}\n" for n in range(40)),  # steps that grow
        "".join(f"{0.1 * n:.1f} {(-1) ** n}\n" for n in range(40)),  # negative as often as not
        "".join(f"{200 + n} {n}\n" for n in range(40)),  # beyond 180°
        "".join(f"{20 + 0.1 * n:.1f} {n}\n" for n in range(8)),  # too few
    ],
)
def test_other_columns_are_no_pattern(content, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(content)
    assert [reader.name for reader in READERS if reader.recognises(FileHead.of(path))] == []


def test_a_line_among_the_points_that_is_none_is_refused_with_its_number(tmp_path):
    path = samples.columns(tmp_path / "a.xy")
    lines = path.read_text().splitlines()
    lines[30] = "22.9 overflow"
    path.write_text("\n".join(lines) + "\n")
    assert "line 31 ('22.9 overflow') is no point" in refusal(path)


def test_angles_that_go_back_are_refused(tmp_path):
    path = samples.columns(tmp_path / "a.xy", "2theta intensity\n", end="\n20.0000 5.000\n")
    assert "2θ goes from 24° back to 20°" in refusal(path)


def test_whole_numbers_without_a_last_line_end_lose_that_line_and_it_is_said(tmp_path):
    """288 may have been 2880; 288.0 may not."""
    reading = read(samples.columns(tmp_path / "a.xy", form="{:.2f} {:.0f}", end=""))
    assert reading.table.height == 40
    assert reading.warnings[0] == "the last line has no end, is perhaps cut off, and was left out"
    whole = read(samples.columns(tmp_path / "b.xy", end=""))
    assert whole.table.height == 41
    assert whole.warnings[0] == "the last line has no end: the file may be cut off"


# PANalytical csv


def test_a_csv_with_semicolons_and_decimal_commas_is_read(tmp_path):
    reading = read(samples.panalytical_csv(tmp_path / "a.csv", ";"))
    assert reading.table["wavelength_angstrom"][0] == 1.540598
    assert reading.table["two_theta_degree"][-1] == pytest.approx(24.0)


def test_a_csv_with_fewer_points_than_it_says_is_said_to_be_cut_off(tmp_path):
    reading = read(samples.panalytical_csv(tmp_path / "a.csv", points=99))
    assert reading.warnings[0] == "the file says 99 points but holds 41: it is cut off, copy it again"


# GSAS


def test_the_types_of_gsas_data_are_one_pattern(tmp_path):
    for kind in ("STD", "ESD", "FXYE"):
        table = read(samples.gsas(tmp_path / f"{kind}.gsa", kind)).table
        assert table["two_theta_degree"].to_list() == pytest.approx(list(samples.TWO_THETA))
        assert table["intensity_arbitrary"].to_list() == pytest.approx(list(samples.COUNTS))
        assert ("intensity_sd" in table.columns) == (kind != "STD")


def test_time_of_flight_is_refused(tmp_path):
    path = samples.gsas(tmp_path / "a.gsa")
    path.write_text(path.read_text().replace("CONST", "RALF"))
    assert "is binned as RALF, which is time of flight" in refusal(path)


# Rigaku


def test_rigaku_counts_and_counts_per_second_are_told_apart(tmp_path):
    assert "intensity_counts" in read(samples.ras(tmp_path / "a.ras")).table.columns
    assert "intensity_cps" in read(samples.ras(tmp_path / "b.ras", unit="cps")).table.columns


def test_an_attenuator_that_was_switched_is_refused_and_a_fixed_one_is_said(tmp_path):
    assert "the attenuator was switched within the scan (factors 1 to 54)" in refusal(
        samples.ras(tmp_path / "a.ras", factors=(1.0, 54.0))
    )
    fixed = read(samples.ras(tmp_path / "b.ras", factors=(54.0, 54.0)))
    assert fixed.warnings == ("an attenuator of factor 54 was in the beam; intensities are as stored",)
    assert counts(fixed) == list(samples.COUNTS)


def test_kalpha1_alone_is_one_wavelength(tmp_path):
    assert read(samples.rasx(tmp_path / "a.rasx", "Ka1")).table["alpha2_ratio"][0] == 0
    assert read(samples.rasx(tmp_path / "b.rasx", "Ka")).table["alpha2_ratio"][0] == 0.5


def test_a_phi_scan_is_refused(tmp_path):
    assert "is a scan of Phi" in refusal(samples.ras(tmp_path / "a.ras", axis="Phi"))


# Bruker


def test_the_ranges_of_a_brml_are_put_together_where_they_follow_each_other(tmp_path):
    table = read(samples.brml(tmp_path / "a.brml", ((20.0, 41), (24.1, 20)))).table
    assert table.height == 61
    assert table["two_theta_degree"].is_sorted()


def test_the_ranges_of_a_brml_that_overlap_are_refused(tmp_path):
    assert "holds 2 scans that do not continue each other" in refusal(
        samples.brml(tmp_path / "a.brml", ((20.0, 41), (20.0, 41)))
    )


def test_a_brml_without_data_says_so(tmp_path):
    import zipfile

    path = tmp_path / "planned.brml"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Experiment0/DataContainer.xml", "<DataContainer/>")
    assert "holds no measured data" in refusal(path)


def test_versions_three_and_four_of_bruker_raw_are_read_with_their_tubes(tmp_path):
    four, three = read(samples.raw4(tmp_path / "4.raw")), read(samples.raw3(tmp_path / "3.raw"))
    assert (four.table["anode"][0], four.table["wavelength_angstrom"][0]) == ("Cu", 1.5406)
    assert (three.table["anode"][0], three.table["wavelength_angstrom"][0]) == ("Co", 1.78897)
    assert four.table["intensity_counts"].to_list() == three.table["intensity_counts"].to_list()
    assert four.metadata["sample"] == three.metadata["sample"] == "GP-1"
    assert four.metadata["start_time_local"] == "2017-11-21T08:32:31"


@pytest.mark.parametrize("start", [b"RAW2", b"RAW "])
def test_versions_one_and_two_are_refused_with_what_to_do(start, tmp_path):
    path = tmp_path / "old.raw"
    path.write_bytes(start + bytes(600))
    assert "version 1 or 2, which labdb cannot read; convert it to RAW4, brml or xy" in refusal(path)


def test_a_range_that_claims_four_billion_points_is_refused_before_anything_is_made_of_them(tmp_path):
    path = samples.raw4(tmp_path / "a.raw")
    data = bytearray(path.read_bytes())
    at = data.index(b"Locked Coupled") - 32 + 88
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(data))
    assert "cannot be read as a pattern over 2θ" in refusal(path)
