"""Real files of thermal analysers against what independent readers saw in them (EXPECTED.json)."""

from __future__ import annotations

import functools

import polars as pl
import pytest

from characterization.dsc.technique import DSC
from characterization.tga.technique import TGA
from labdb.ingest.reader import FileHead, Reading
from labdb.ingest.registry import Match, matches
from labdb.ingest.technique import Technique
from tests import real_data

pytestmark = real_data.needs_real_data

TECHNIQUES = {"dsc": DSC, "tga": TGA}
FILES = real_data.files("dsc")
FOREIGN = [
    path
    for path in real_data.files(
        "cycling", "hppc", "eis", "xrd", "rietveld", "bet", "icp", "sem", "stack", "bad", "LICENSES"
    )
    if (real_data.ROOT / path).stat().st_size < 50_000_000
]

# Which column of the file (from 0, or by its name in EXPECTED.json) our column is, and what one of its unit is in ours.
COLUMNS = {
    "dsc/PerkinElmer_DSC.csv": {"time_second": (0, 60), "temperature_celsius": (4, 1), "heat_flow_milliwatt": (1, 1)},
    "dsc/PerkinElmer_DSC_ascii.txt": {
        "time_second": (0, 60),
        "temperature_celsius": (4, 1),
        "heat_flow_milliwatt": (1, 1),
    },
    "dsc/TAInstruments_Q500_cryo.txt": {
        "time_second": (0, 60),
        "temperature_celsius": (1, 1),
        "mass_milligram": (2, 1),
    },
    "dsc/TGA-MS_pfeiffer.asc": {"time_second": (0, 1), "ion_1_mbar": (1, 1)},
    "dsc/mettler_TGA_LNO+C.txt": {"time_second": (1, 1), "temperature_celsius": (2, 1), "mass_milligram": (4, 1)},
    "dsc/netzsch_TG209F1_AlPyr.txt": {
        "temperature_celsius": (0, 1),
        "time_second": (1, 60),
        "mass_percent": (2, 1),
    },
    # The sample temperature, not the programme's, is our temperature.
    "dsc/perkinElmer_TGA.csv": {"time_second": (0, 60), "temperature_celsius": (4, 1), "mass_milligram": (1, 1)},
}
STA = "dsc/Red_Oak_STA_10K_250731_R7.ngb-ss3"
STA_SAMPLE_MG = 4.044


def match_of(path, name: str) -> Match:
    (match,) = matches(FileHead.of(path, name), [DSC, TGA])
    return match


@functools.cache
def read(relative: str) -> tuple[Technique, Reading]:
    path = real_data.ROOT / relative
    match = match_of(path, path.name)
    return match.technique, match.reader.read(path, path.name)


def test_every_real_file_is_named_here():
    assert {*COLUMNS, STA} == set(FILES)


@pytest.mark.parametrize("relative", FILES)
def test_a_file_is_recognised_by_its_content_as_the_technique_that_it_is(relative):
    match = match_of(real_data.ROOT / relative, "upload")
    assert match.technique.name == real_data.expected()[relative]["technique"]


@pytest.mark.parametrize("relative", FOREIGN)
def test_no_file_of_another_instrument_is_taken(relative):
    assert matches(FileHead.of(real_data.ROOT / relative), [DSC, TGA]) == []


@pytest.mark.parametrize("relative", COLUMNS)
def test_a_text_file_has_the_values_that_an_independent_reader_saw(relative):
    expected = real_data.expected()[relative]["values"]
    _, reading = read(relative)
    assert reading.table.height == expected["rows"]
    for column, (at, factor) in COLUMNS[relative].items():
        values = reading.table[column]
        seen = (values[0], values[-1], values.min(), values.max())
        told = tuple(expected[key][at] * factor for key in ("first_row", "last_row", "column_min", "column_max"))
        assert seen == pytest.approx(told, rel=1e-4, abs=1e-9 if column != "ion_1_mbar" else 0), column


def test_the_binary_sta_has_the_values_that_an_independent_reader_saw():
    expected = real_data.expected()[STA]["values"]
    _, reading = read(STA)
    assert reading.table.height == expected["rows"]
    table = reading.table.with_columns(change=pl.col("mass_milligram") - STA_SAMPLE_MG)
    for column, key in (
        ("time_second", "time"),
        ("temperature_celsius", "sample_temperature"),
        ("heat_flow_microvolt", "dsc_signal"),
        ("change", "mass"),  # the file holds the change of the mass; ours is the mass itself
    ):
        values = table[column]
        seen = {"first": values[0], "last": values[-1], "min": values.min(), "max": values.max()}
        assert seen == pytest.approx(expected[key], rel=1e-4, abs=1e-9), column
    about = expected["metadata"]
    assert reading.table["sample_mass_mg"].unique().to_list() == [about["sample_mass"]]
    assert reading.metadata["sample"] == about["sample_name"]
    assert reading.metadata["operator"] == about["operator"]
    assert reading.metadata["device"] == about["instrument"]
    assert reading.metadata["start_time_utc"] == about["date_performed"]
    words = reading.metadata["instrument"]
    assert {key: words[key] for key in ("material", "project", "laboratory", "sample_id", "crucible_mass_mg")} == {
        "material": about["material"],
        "project": about["project"],
        "laboratory": about["lab"],
        "sample_id": about["sample_id"],
        "crucible_mass_mg": about["crucible_mass"],
    }


@pytest.mark.parametrize(
    ("relative", "sample_mass_mg"),
    [
        ("dsc/PerkinElmer_DSC_ascii.txt", 7.244),
        ("dsc/TAInstruments_Q500_cryo.txt", 20.821),
        ("dsc/mettler_TGA_LNO+C.txt", 4.1752),
        ("dsc/netzsch_TG209F1_AlPyr.txt", 8.91),
        (STA, STA_SAMPLE_MG),
    ],
)
def test_the_sample_mass_that_a_file_states_is_in_its_table(relative, sample_mass_mg):
    _, reading = read(relative)
    assert reading.table["sample_mass_mg"].unique().to_list() == [sample_mass_mg]


def test_both_exports_of_one_run_hold_the_same_curve():
    _, report = read("dsc/PerkinElmer_DSC_ascii.txt")
    _, plain = read("dsc/PerkinElmer_DSC.csv")
    assert report.table.drop("sample_mass_mg").equals(plain.table)


@pytest.mark.parametrize("relative", ["dsc/PerkinElmer_DSC.csv", "dsc/PerkinElmer_DSC_ascii.txt", STA])
def test_a_file_that_does_not_say_which_way_is_exothermic_is_not_guessed(relative):
    _, reading = read(relative)
    assert reading.table["exothermic_up"].unique().to_list() == [None]


def analysed(relative: str):
    technique, reading = read(relative)
    table = technique.schema.conform(reading.table)
    return technique.analysed([], table, technique.defaults, lambda done, doing: None)


@pytest.mark.parametrize(
    ("relative", "rate"),
    [
        ("dsc/PerkinElmer_DSC_ascii.txt", 10.0),  # "Heat from -15.00°C to 90.00°C at 10.00°C/min"
        ("dsc/TAInstruments_Q500_cryo.txt", 10.0),  # "Ramp 10.00 °C/min to 120.00 °C"
        ("dsc/netzsch_TG209F1_AlPyr.txt", 5.0),  # "#RANGE:30°C/5.0(K/min)/700°C"
        ("dsc/mettler_TGA_LNO+C.txt", 10.0),  # Tr rises by 0.16667 °C a second
    ],
)
def test_the_scan_rate_is_that_of_the_programme_in_the_file(relative, rate):
    found = {scalar.quantity: scalar.value for scalar in analysed(relative).scalars}
    assert found["scan_rate_celsius_per_min"] == pytest.approx(rate, rel=0.03)


@pytest.mark.parametrize(
    ("relative", "residue"),
    [
        ("dsc/netzsch_TG209F1_AlPyr.txt", 19.3911),  # the last record, in %
        ("dsc/TAInstruments_Q500_cryo.txt", 19.1869 / 20.821 * 100),
        ("dsc/perkinElmer_TGA.csv", 12.4658535),  # as the instrument's own last column says
        (STA, (STA_SAMPLE_MG - 3.086) / STA_SAMPLE_MG * 100),
    ],
)
def test_the_residue_is_the_last_record(relative, residue):
    found = {scalar.quantity: scalar.value for scalar in analysed(relative).scalars}
    assert found["residue_percent"] == pytest.approx(residue, rel=1e-4)


def test_a_signal_in_microvolt_has_no_heat():
    quantities = {scalar.quantity for scalar in analysed(STA).scalars}
    assert "dsc_peak_celsius" in quantities
    assert not any("joule" in name or "height" in name for name in quantities)
