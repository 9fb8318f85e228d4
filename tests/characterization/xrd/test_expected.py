"""Every real pattern gives the numbers that independent readers saw in it, or the sentence that refuses it."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from characterization.xrd.readers import READERS
from characterization.xrd.table import INTENSITIES, PATTERN, intensity_column
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.registry import unknown_sentence
from tests import real_data

pytestmark = real_data.needs_real_data

RELATIVE = 1e-3
STRUCTURES = ("xrd/NiO_225_sym.cif", "xrd/PbSO4-Wyckoff.cif", "xrd/cod_9004112.cif")  # of the technique `reference`
PARAMETERS = "xrd/INST_XRY.PRM"  # wavelengths, and no pattern
FILES = [path for path in real_data.files("xrd") if path not in (*STRUCTURES, PARAMETERS)]
COUNTED = {  # files that say their unit
    *(path for path in FILES if path.endswith(".xrdml")),
    *("xrd/JO_KL_16_ZF.rasx", "xrd/TiO2.raw", "xrd/TiOF.brml"),
}


def reader_of(relative: str) -> Reader:
    path = real_data.ROOT / relative
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    return reader


def read(relative: str) -> Reading:
    path = real_data.ROOT / relative
    return reader_of(relative).read(path, path.name)


@pytest.mark.parametrize("relative", FILES)
def test_a_pattern_has_the_points_that_other_readers_saw(relative):
    values = real_data.expected()[relative]["values"]
    table = read(relative).table
    x, y = table["two_theta_degree"].to_numpy(), table[intensity_column(table)].to_numpy()
    assert len(x) == values["points"]
    if "bin_type" in values:  # of the GSAS file only its BANK line was read
        assert (x[0], np.median(np.diff(x))) == pytest.approx((values["two_theta_start_deg"], values["step_deg"]))
        assert (values["bin_type"], values["data_type"]) == ("CONST", "STD")
        return
    found = {
        "two_theta_min": x[0],
        "two_theta_max": x[-1],
        "step_median": np.median(np.diff(x)),
        "intensity_min": y.min(),
        "intensity_max": y.max(),
    }
    wrong = {
        key: (value, values[key]) for key, value in found.items() if value != pytest.approx(values[key], rel=RELATIVE)
    }
    assert not wrong
    for position, height in values["top3_peaks_2theta_intensity"]:
        at = int(np.argmin(np.abs(x - position)))
        assert y[at] == pytest.approx(height, rel=RELATIVE)
        assert x[at] == pytest.approx(position, abs=values["step_median"] / 2)


@pytest.mark.parametrize("relative", FILES)
def test_the_cross_checks_of_other_readers_hold_too(relative):
    """For RAW4 they disagree: one reader takes 1 point at 9e-43°, which is no angle of a diffractometer.

    The other's 1,647 points from 10° in steps of 0.0365° are ours, and are right: the head of the range says so many
    points and that step, and they end at the 70.04° at which a programme of 10 to 70° ends.
    """
    entry = real_data.expected()[relative]
    table = read(relative).table
    disputed = {one["value"] for one in entry.get("disagreements", ())}
    for check in entry.get("cross_checks", ()):
        if "points" in check and "points" not in disputed:
            assert table.height == check["points"]
            assert table["two_theta_degree"][-1] == pytest.approx(check["two_theta_max"], rel=RELATIVE)
            assert table[intensity_column(table)].max() == pytest.approx(check["intensity_max"], rel=RELATIVE)
    if relative == "xrd/TiO2.raw":
        assert {"points", "two_theta_max", "intensity_max"} <= disputed
        assert pytest.approx(table["two_theta_degree"][-1], abs=1e-6) == 10.0 + 1646 * 0.036477


@pytest.mark.parametrize("relative", FILES)
def test_wavelengths_are_those_that_the_file_says(relative):
    values = real_data.expected()[relative]["values"]
    row = read(relative).table.row(0, named=True)
    for ours, theirs in (
        ("wavelength_angstrom", ("kAlpha1_A", "wavelength_kalpha1")),
        ("alpha2_angstrom", ("kAlpha2_A", "wavelength_kalpha2")),
        ("alpha2_ratio", ("ratio",)),
    ):
        for key in theirs:
            if key in values:
                assert row[ours] == pytest.approx(float(values[key]), rel=1e-6)
    if "anode" in values:
        assert row["anode"] == values["anode"]


@pytest.mark.parametrize(
    ("relative", "wavelength"),
    [
        ("xrd/example_bmb.xye", 0.414581),  # its head says the calibrated wavelength
        ("xrd/210520step1_30min.csv", 1.540598),
        ("xrd/example_mac.xye", None),  # a synchrotron's file that says nothing is not of copper
        ("xrd/example_mythen.dat", None),
        ("xrd/example_evadiffract.xy", None),  # names its tube, whose Kα1 the analysis takes, and says so
        ("xrd/example_ocx.xy", None),
        ("xrd/210520step1_30min.xy", None),
        ("xrd/BiFeO3.xy", None),
        ("xrd/PBSO4.XRA", None),  # stands in INST_XRY.PRM
    ],
)
def test_a_wavelength_that_a_file_does_not_say_is_not_made_up(relative, wavelength):
    assert read(relative).table["wavelength_angstrom"].unique().to_list() == [wavelength]


@pytest.mark.parametrize("relative", FILES)
def test_the_unit_of_intensities_is_said_or_is_said_to_be_missing(relative):
    reading = read(relative)
    (column,) = [name for name in INTENSITIES if name in reading.table.columns]
    assert column == ("intensity_counts" if relative in COUNTED else "intensity_arbitrary")
    assert any("unit of its intensities" in warning for warning in reading.warnings) == (relative not in COUNTED)


def test_one_scan_in_three_formats_is_one_pattern():
    first, *others = (read(f"xrd/210520step1_30min.{suffix}").table for suffix in ("xrdml", "csv", "xy"))
    for other in others:
        assert other["two_theta_degree"].to_numpy() == pytest.approx(first["two_theta_degree"].to_numpy(), abs=1e-8)
        assert other["intensity_arbitrary"].equals(first["intensity_counts"].alias("intensity_arbitrary"))


@pytest.mark.parametrize("relative", [path for path in FILES if not path.endswith((".raw", ".brml"))])
def test_an_independent_library_reads_the_same_points(relative):
    """geddes, which our readers of raw and brml go by, agrees with those of our own making."""
    import geddes

    table = read(relative).table
    theirs = geddes.read(str(real_data.ROOT / relative))
    assert table["two_theta_degree"].to_numpy() == pytest.approx(np.array(theirs.x), abs=1e-9)
    assert table[intensity_column(table)].to_numpy() == pytest.approx(np.array(theirs.y), rel=1e-12)


@pytest.mark.parametrize(
    ("relative", "column"), [("xrd/example_bmb.xye", 2), ("xrd/example_mac.xye", 2), ("xrd/example_mythen.dat", 2)]
)
def test_a_third_column_is_the_deviation(relative, column):
    lines = [line.split() for line in (real_data.ROOT / relative).read_text().splitlines()]
    last = [float(fields[column]) for fields in lines if len(fields) == 3 and fields[0][0].isdigit()]
    assert read(relative).table["intensity_sd"].to_list() == last


@pytest.mark.parametrize(
    ("relative", "moment"),
    [
        ("xrd/HL1-2_5-90_60min.xrdml", "2024-03-08T17:13:20+00:00"),
        ("xrd/210520step1_30min.xrdml", "2021-05-20T13:55:51+00:00"),
        ("xrd/TiOF.brml", "2025-02-26T10:47:52+00:00"),
    ],
)
def test_a_start_with_its_zone_is_told_in_utc(relative, moment):
    assert read(relative).metadata["start_time_utc"] == moment


def test_a_date_of_which_nobody_can_say_month_and_day_is_not_told():
    assert "start_time_local" not in read("xrd/TiO2.raw").metadata  # 07/11/2018


def test_a_head_that_says_theta_over_two_theta_is_doubted():
    reading = read("xrd/example_ocx.xy")
    assert any("says theta" in warning and "taken for 2θ" in warning for warning in reading.warnings)
    assert reading.table["two_theta_degree"][-1] == 80


def test_the_instrument_parameters_of_gsas_are_named_and_belong_to_no_reader():
    head = FileHead.of(real_data.ROOT / PARAMETERS)
    assert [reader.name for reader in READERS if reader.recognises(head)] == []
    assert "a GSAS instrument parameter file, which holds no pattern" in unknown_sentence(head)


@pytest.mark.parametrize(
    ("relative", "sentence"),
    [
        ("bad/truncated.xrdml", "is no whole XRDML file"),
        ("bad/truncated.rasx", "the archive is damaged or cut off"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(relative, sentence):
    path = real_data.ROOT / relative
    with pytest.raises(ReaderError) as error:
        reader_of(relative).read(path, path.name)
    assert str(error.value).startswith(f"{path.name}: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_pattern_under_a_wrong_extension_is_read_for_what_it_is():
    table = read("bad/wrong_extension_is_xrdml.csv").table
    assert PATTERN.conform(table).equals(PATTERN.conform(read("xrd/XRD-918-16_10.xrdml").table))


@pytest.mark.parametrize("relative", FILES)
def test_a_table_keeps_the_promises_of_its_schema(relative):
    table = read(relative).table
    conformed = PATTERN.conform(table)
    assert conformed.height == table.height
    assert conformed["two_theta_degree"].is_sorted()
    for column in ("wavelength_angstrom", "alpha2_angstrom", "alpha2_ratio", "anode"):
        assert conformed[column].n_unique() == 1
    assert all(math.isfinite(value) for value in conformed[intensity_column(conformed)])
    assert conformed.select(pl.col("two_theta_degree").is_nan().any()).item() is False
