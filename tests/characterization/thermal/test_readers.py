"""Each layout of a thermal analyser, read to our columns and units; what cannot be trusted is refused in a sentence."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from characterization.dsc.technique import DSC
from characterization.tga.technique import TGA
from characterization.thermal.readers import FORMATS, netzsch_binary
from characterization.thermal.recording import plain_unit, stated_mass_mg
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from tests.characterization.thermal import samples
from tests.characterization.thermal.samples import CELSIUS, HEAT_MW, MASS_MG, MINUTE, SAMPLES


def reading(data: bytes, name: str, tmp_path, technique: str = ""):
    path = tmp_path / "stored"
    path.write_bytes(data)
    found = matches(FileHead.of(path, name), [DSC, TGA])
    assert len(found) == 1, [each.reader.name for each in found]
    assert technique in ("", found[0].technique.name)
    got = found[0].reader.read(path, name)
    assert found[0].technique.schema.conform(got.table).height
    return got


def refusal(data: bytes, name: str, tmp_path) -> str:
    with pytest.raises(ReaderError) as raised:
        reading(data, name, tmp_path)
    assert str(raised.value).startswith(f"{name}: ")
    return str(raised.value)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_layout_is_one_technique_whatever_its_name_and_gives_its_records(name, tmp_path):
    data, technique = SAMPLES[name]
    got = reading(data, "a.dat", tmp_path, technique).table
    assert got["time_second"].to_list() == pytest.approx((MINUTE * 60).tolist())
    if "ion_1_mbar" in got.columns:
        return
    assert got["temperature_celsius"].to_list() == pytest.approx(CELSIUS.tolist())
    if "heat_flow_milliwatt" in got.columns:
        assert got["heat_flow_milliwatt"].to_list() == pytest.approx(HEAT_MW.tolist())
    if "heat_flow_watt_per_gram" in got.columns:
        assert got["heat_flow_watt_per_gram"].to_list() == pytest.approx((HEAT_MW / 5).tolist(), abs=1e-5)
    if "heat_flow_microvolt" in got.columns:
        assert got["heat_flow_microvolt"].to_list() == pytest.approx(HEAT_MW.tolist())
    if "mass_milligram" in got.columns:
        assert got["mass_milligram"].to_list() == pytest.approx(MASS_MG.tolist())
    if "mass_percent" in got.columns:
        assert got["mass_percent"].to_list() == pytest.approx((MASS_MG / 5 * 100).tolist())


@pytest.mark.parametrize(
    "name", ["netzsch dsc.txt", "sta.ngb-ss3", "ta dsc.txt", "mettler dsc.txt", "pyris dsc.txt", "netzsch tg.txt"]
)
def test_the_sample_mass_is_a_constant_column(name, tmp_path):
    assert reading(SAMPLES[name][0], name, tmp_path).table["sample_mass_mg"].unique().to_list() == [5.0]


def test_formats_have_names_of_their_own():
    names = [each.name for each in FORMATS]
    assert len(set(names)) == len(names)


# NETZSCH


@pytest.mark.parametrize(("words", "up"), [("1", True), ("-1", False), ("", None)])
def test_exo_of_a_netzsch_export_is_1_for_up_and_minus_1_for_down(words, up, tmp_path):
    got = reading(samples.netzsch(EXO=words), "a.txt", tmp_path)
    assert got.table["exothermic_up"].unique().to_list() == [up]


def test_a_netzsch_export_with_decimal_commas(tmp_path):
    data = samples.netzsch(DECIMAL="COMMA", SAMPLE__MASS__="", rows=["25,5;0,0;1,25", "26,5;1,0;1,5", "27,5;2,0;1,75"])
    got = reading(data, "a.txt", tmp_path).table
    assert got["temperature_celsius"].to_list() == [25.5, 26.5, 27.5]
    assert got["heat_flow_watt_per_gram"].to_list() == [1.25, 1.5, 1.75]


def test_microvolt_beside_a_sensitivity_become_milliwatt(tmp_path):
    rows = ["25;0;6;3;1", "26;1;9;3;1", "27;2;12;4;1"]
    data = samples.netzsch("Temp./°C;Time/min;DSC/uV;Sensit./(uV/mW);Segment", rows)
    got = reading(data, "a.txt", tmp_path)
    assert got.table["heat_flow_milliwatt"].to_list() == [2.0, 3.0, 3.0]  # 6/3, 9/3, 12/4
    assert any("sensitivity" in each for each in got.warnings)


def test_microvolt_per_mg_are_times_the_sample_mass(tmp_path):
    data = samples.netzsch("Temp./°C;Time/min;DSC/(µV/mg)", ["25;0;1", "26;1;2", "27;2;3"])
    assert reading(data, "a.txt", tmp_path).table["heat_flow_microvolt"].to_list() == [5.0, 10.0, 15.0]


def test_a_change_of_the_mass_in_mg_is_added_to_the_sample_mass(tmp_path):
    data = samples.netzsch("Temp./°C;Time/min;Mass/mg", ["25;0;0", "26;1;-0.5", "27;2;-1"])
    assert reading(data, "a.txt", tmp_path, "tga").table["mass_milligram"].to_list() == [5.0, 4.5, 4.0]


def test_a_netzsch_export_of_both_signals_is_a_dsc_that_keeps_its_mass(tmp_path):
    rows = ["25;0;0.5;100", "26;1;0.6;99", "27;2;0.7;98"]
    got = reading(samples.netzsch("Temp./°C;Time/min;DSC/(mW/mg);Mass/%", rows), "a.txt", tmp_path, "dsc").table
    assert got["mass_percent"].to_list() == [100, 99, 98]


def test_a_netzsch_export_without_time_is_refused(tmp_path):
    data = samples.netzsch("Temp./°C;DSC/(mW/mg)", ["25;1", "26;2", "27;3"])
    assert "no column of the time" in refusal(data, "a.txt", tmp_path)


def test_two_curves_side_by_side_are_refused(tmp_path):
    columns = "Temp./°C;Time/min;DSC/(mW/mg);Temp./°C;Time/min;DSC/(mW/mg)"
    assert "several curves" in refusal(samples.netzsch(columns, ["25;0;1;25;0;2"] * 3), "a.txt", tmp_path)


def test_a_value_that_is_missing_is_refused_with_its_line(tmp_path):
    data = samples.netzsch(rows=["25;0;1", "26;1;", "27;2;3"])
    assert "heat_flow_watt_per_gram is missing in line" in refusal(data, "a.txt", tmp_path)


# NETZSCH, binary


def test_a_binary_file_says_that_its_signal_is_not_calibrated(tmp_path):
    got = reading(samples.ngb(), "a.ngb-ss3", tmp_path)
    assert any("sensitivity" in each and "export it from Proteus as text" in each for each in got.warnings)
    assert got.metadata["sample"] == "charged NCM"
    assert got.metadata["operator"] == "Ada"
    assert got.metadata["start_time_utc"] == "2026-03-02T09:53:00+00:00"


def test_a_binary_file_of_four_byte_numbers(tmp_path):
    got = reading(samples.ngb(kind=4), "a.ngb-ss3", tmp_path).table
    assert got["heat_flow_microvolt"].to_list() == pytest.approx(HEAT_MW.tolist(), rel=1e-6)


def test_a_binary_file_with_a_mass_and_no_sample_mass_is_refused(tmp_path):
    assert "states no sample mass" in refusal(samples.ngb(sample_mass_mg=None), "a.ngb-ss3", tmp_path)


def test_a_binary_file_of_two_measurements_is_refused(tmp_path):
    assert "2 measurements" in refusal(samples.ngb(measurements=2), "a.ngb-ss3", tmp_path)


def test_a_binary_file_of_an_unknown_type_is_refused_with_what_to_do(tmp_path):
    sentence = refusal(samples.ngb(kind=99), "a.ngb-ss3", tmp_path)
    assert "unknown type (99)" in sentence
    assert "export it from Proteus as text" in sentence


def test_tables_nested_without_end_are_refused(tmp_path):
    tree: dict = {1: 1}
    for _ in range(200):
        tree = {1: tree}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in (1, 2):
            archive.writestr(f"Streams/stream_{number}.table", samples._stream(tree, 5))
    assert "nested too deeply" in refusal(packed.getvalue(), "a.ngb-ss3", tmp_path)


def test_an_array_that_claims_more_than_the_file_has_is_refused_before_it_is_made():
    stream = netzsch_binary.Stream(b"\x05\xa0\x01\xff\xff\xff\xff", 0, 7)
    with pytest.raises(netzsch_binary.LayoutError, match="ends within a value"):
        stream.value()


# TA Instruments


@pytest.mark.parametrize(("words", "up"), [("UP", True), ("Down", False), ("", None)])
def test_exotherm_of_a_ta_export(words, up, tmp_path):
    got = reading(samples.ta(exotherm=words), "a.txt", tmp_path)
    assert got.table["exothermic_up"].unique().to_list() == [up]
    assert got.metadata["start_time_local"] == "2026-03-02T10:53:00"


def test_marker_rows_of_a_ta_export_are_no_records(tmp_path):
    assert reading(samples.ta(), "a.txt", tmp_path).table["time_second"].min() == 0


def test_a_ta_heat_flow_per_gram(tmp_path):
    got = reading(samples.ta("Heat Flow (W/g)"), "a.txt", tmp_path).table
    assert got["heat_flow_watt_per_gram"].to_list() == pytest.approx(HEAT_MW.tolist())


# Mettler


@pytest.mark.parametrize("unit", ["Wg^-1", "W/g", "mW/mg"])
def test_the_units_of_a_mettler_curve_per_gram(unit, tmp_path):
    got = reading(samples.mettler(unit), "a.txt", tmp_path).table
    assert got["heat_flow_watt_per_gram"].to_list() == pytest.approx(HEAT_MW.tolist())


def test_exo_of_a_mettler_curve_stands_in_its_name(tmp_path):
    got = reading(samples.mettler(about="^exo Heat Flow"), "a.txt", tmp_path)
    assert got.table["exothermic_up"].unique().to_list() == [True]


def test_a_mettler_report_says_no_start_since_performed_is_the_end(tmp_path):
    assert "start_time_local" not in reading(samples.mettler(), "a.txt", tmp_path).metadata


def test_two_mettler_curves_of_one_measurement_are_one_record(tmp_path):
    both = samples.mettler("mg", MASS_MG, "Sample Weight").rpartition(b"Results:")[0] + samples.mettler()
    got = reading(both, "a.txt", tmp_path, "dsc").table
    assert got["mass_milligram"].to_list() == pytest.approx(MASS_MG.tolist())
    assert got["heat_flow_milliwatt"].to_list() == pytest.approx(HEAT_MW.tolist())


def test_two_mettler_curves_of_one_kind_are_refused(tmp_path):
    both = samples.mettler().rpartition(b"Results:")[0] + samples.mettler()
    assert "several measurements" in refusal(both, "a.txt", tmp_path)


# PerkinElmer


def test_the_baseline_of_pyris_is_taken_from_its_signal(tmp_path):
    got = reading(samples.perkinelmer_csv(baseline=0.25), "a.csv", tmp_path)
    assert got.table["heat_flow_milliwatt"].to_list() == pytest.approx((HEAT_MW - 0.25).tolist())
    assert any("baseline" in each for each in got.warnings)


def test_a_pyris_report_goes_on_over_its_steps(tmp_path):
    got = reading(samples.perkinelmer_report(), "a.txt", tmp_path)
    assert got.table.height == 10
    assert got.metadata["protocol"] == "1) DSC 8500 Isothermal; 2) DSC 8500 Temperature Scan"
    assert got.warnings == ()


def test_a_pyris_report_with_fewer_points_than_it_states_says_so(tmp_path):
    data = samples.perkinelmer_report().partition(b"\t7.000000")[0]
    got = reading(data, "a.txt", tmp_path)
    assert got.table.height == 7
    assert "the header states 10 points, the file has 7: it is cut off" in got.warnings


# Pfeiffer


def test_channels_of_a_mass_spectrometer_are_brought_to_one_time(tmp_path):
    got = reading(samples.pfeiffer(), "a.asc", tmp_path)
    assert got.metadata["ions"] == ["18", "Oxygen"]
    assert got.table["temperature_celsius"].null_count() == 10
    assert (got.table["ion_1_mbar"] / 1e-12).to_list() == pytest.approx(MINUTE.tolist())
    # Read at 30, 90 … s with 0.5, 1.5 …: before its first record there is none.
    assert got.table["ion_2_mbar"][0] is None
    assert (got.table["ion_2_mbar"] / 1e-11).to_list()[1:] == pytest.approx(MINUTE[1:].tolist())


# Plain tables


def test_the_heads_of_a_plain_table_have_their_units(tmp_path):
    data = samples.plain("Zeit [s];Temp. [K];DSC [mW/mg]".replace(";", ","))
    got = reading(data, "a.csv", tmp_path).table
    assert got["time_second"].to_list() == MINUTE.tolist()
    assert got["temperature_celsius"].to_list() == pytest.approx((CELSIUS - 273.15).tolist())


def test_units_may_stand_in_a_line_of_their_own(tmp_path):
    got = reading(samples.plain("Time,Temperature,Heat Flow\nmin,°C,W/g"), "a.csv", tmp_path).table
    assert got["time_second"].to_list() == (MINUTE * 60).tolist()
    assert got["heat_flow_watt_per_gram"].to_list() == pytest.approx(HEAT_MW.tolist())


def test_labdb_reads_its_own_names(tmp_path):
    got = reading(samples.plain("time_second,temperature_celsius,heat_flow_milliwatt"), "a.csv", tmp_path).table
    assert got["time_second"].to_list() == MINUTE.tolist()


def test_what_stands_above_a_plain_table_tells_mass_and_sign(tmp_path):
    got = reading(samples.plain(above="Sample mass: 5.02 mg\nExo: down\n"), "a.csv", tmp_path).table
    assert got["sample_mass_mg"][0] == 5.02
    assert got["exothermic_up"][0] is False


@pytest.mark.parametrize(
    "head",
    [
        "Time (min),Temperature (°C),Voltage (V)",
        "Time (min),TC1 (°C),TC2 (°C)",
        "Sample,Mass (g),Volume (mL)",
        "2theta,Intensity,Temperature (°C)",
        "Time (min),Temperature (°C),Heat Flow",  # no unit, no reading
    ],
)
def test_the_tables_of_other_instruments_are_none_of_ours(head, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(samples.plain(head))
    assert matches(FileHead.of(path), [DSC, TGA]) == []


# What every reader refuses


def test_a_time_that_runs_backwards_is_refused(tmp_path):
    data = samples.netzsch(rows=["25;0;1", "26;2;1", "27;1;1"])
    assert "runs backwards" in refusal(data, "a.txt", tmp_path)


def test_a_temperature_that_no_sample_has_is_refused(tmp_path):
    data = samples.netzsch(rows=["25;0;1", "26;1;1", "27000;2;1"])
    assert "none of a sample" in refusal(data, "a.txt", tmp_path)


def test_two_rows_are_no_measurement(tmp_path):
    assert "2 rows" in refusal(samples.netzsch(rows=["25;0;1", "26;1;1"]), "a.txt", tmp_path)


@pytest.mark.parametrize("value", ["nan", "inf", "1_0", "abc"])
def test_what_is_no_number_is_refused(value, tmp_path):
    data = samples.perkinelmer_csv().replace(b"1.300000", value.encode())
    assert "is no number" in refusal(data, "a.csv", tmp_path)


def test_a_file_larger_than_any_thermogram_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("characterization.thermal.recording.READ_LIMIT_BYTES", 100)
    assert "is larger than" in refusal(samples.netzsch(), "a.txt", tmp_path)


@pytest.mark.parametrize(
    ("words", "mg"),
    [("7.244 mg", 7.244), ("8.91", 8.91), ("0,0052 g", 5.2), ("20.8210 mg", 20.821), ("", None), ("0", None)],
)
def test_a_mass_as_headers_state_it(words, mg):
    assert stated_mass_mg(words) == (mg if mg is None else pytest.approx(mg))


@pytest.mark.parametrize(
    ("unit", "plain"), [("(mW/mg)", "mW/mg"), ("Wg^-1", "W/g"), ("mWmg-1", "mW/mg"), ("µV", "uV"), ("µV/mg", "uV/mg")]
)
def test_a_unit_without_its_habits(unit, plain):
    assert plain_unit(unit) == plain


def test_the_records_of_a_table_are_not_changed_by_the_checks(tmp_path):
    got = reading(samples.plain(), "a.csv", tmp_path).table
    assert np.array_equal(got["heat_flow_milliwatt"].to_numpy(), HEAT_MW)
