"""Peaks whose onset, top and heat are known beforehand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from characterization.dsc.analysis import analyse
from characterization.dsc.baseline import baseline
from characterization.dsc.peaks import Limits, find, measure
from characterization.dsc.presentation import DSC as SHOWN_AS
from characterization.dsc.table import CURVE, PEAKS
from characterization.dsc.technique import DSC
from tests.characterization.dsc.scans import CELSIUS, RATE, SECOND, SLOPING, gauss, gauss_area, table, triangle

NOISE = np.random.default_rng(1).normal(0, 0.01, len(CELSIUS))


def results(found):
    return {scalar.quantity: scalar.value for scalar in found.scalars}


def test_a_gaussian_on_a_sloping_baseline_has_its_area_its_top_and_its_onset():
    # 2 mW high, σ = 6 °C, at 10 °C/min: 2 · 6 · √(2π) / (10/60) = 180.48 mJ; in 5 mg 36.10 J/g.
    # The tangent at 1 σ before the top meets the baseline at 2 σ before it: 208 °C.
    found = results(analyse(table(SLOPING + gauss(2, 220, 6), sample_mass_mg=5.0), {}))
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(180.477 / 5, rel=0.005)
    assert found["dsc_heat_millijoule"] == pytest.approx(180.477, rel=0.005)
    assert found["dsc_onset_celsius"] == pytest.approx(208, abs=0.05)
    assert found["dsc_peak_celsius"] == pytest.approx(220, abs=0.05)
    assert found["dsc_peak_height_watt_per_gram"] == pytest.approx(2 / 5, rel=1e-3)
    assert found["scan_rate_celsius_per_min"] == pytest.approx(10, rel=1e-3)


def test_noise_of_half_a_percent_moves_the_heat_by_less_than_a_percent():
    found = results(analyse(table(SLOPING + gauss(2, 220, 6) + NOISE, sample_mass_mg=5.0), {}))
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(180.477 / 5, rel=0.01)
    assert found["dsc_onset_celsius"] == pytest.approx(208, abs=0.3)
    assert found["dsc_peak_celsius"] == pytest.approx(220, abs=0.3)


def test_a_triangle_begins_at_its_foot():
    # From 200 to 215 °C up to 3 mW, down to 235 °C: area ½ · 3 · 35 °C / (10/60 °C/s) = 315 mJ.
    found = results(analyse(table(SLOPING + triangle(3, 200, 215, 235)), {"from_celsius": 180, "to_celsius": 260}))
    assert found["dsc_onset_celsius"] == pytest.approx(200, abs=1e-6)
    assert found["dsc_peak_celsius"] == pytest.approx(215, abs=0.06)
    assert found["dsc_heat_millijoule"] == pytest.approx(315, rel=1e-3)


def test_the_melting_of_indium_has_its_heat_and_its_onset():
    # Certified: 156.5985 °C, 28.62 J/g. 8 mg melt along a straight flank, the sensor's slope, and decay exponentially.
    mass, slope, decay = 8.0, 25.0, 0.8  # mg, mW/°C, °C
    heat = 28.62 * mass * RATE / 60  # mW · °C
    rise = np.sqrt(decay**2 + 2 * heat / slope) - decay  # ½ s r² + s r d = heat
    top = 156.5985 + rise
    beyond = CELSIUS - top
    after = slope * rise * np.exp(-beyond / decay)
    melting = np.where(beyond > 0, after, slope * np.clip(CELSIUS - 156.5985, 0, None))
    found = analyse(table(SLOPING - melting, sample_mass_mg=mass), {"exothermic_up": True})
    assert results(found)["dsc_onset_celsius"] == pytest.approx(156.5985, abs=0.05)
    assert results(found)["dsc_enthalpy_joule_per_gram"] == pytest.approx(28.62, rel=0.005)
    assert found.tables["peaks"]["direction"].to_list() == ["endothermic"]


def test_a_cooling_scan_has_its_onset_above_its_peak():
    signal = SLOPING + gauss(2, 220, 6)
    cooled = table(signal).with_columns(pl.Series("temperature_celsius", CELSIUS[::-1]))
    # The curve is the same in time, so that its top is at 425 − 220 = 205 °C, reached from above.
    found = results(analyse(cooled, {}))
    assert found["dsc_peak_celsius"] == pytest.approx(CELSIUS[-1] + CELSIUS[0] - 220, abs=0.06)
    assert found["dsc_onset_celsius"] == pytest.approx(CELSIUS[-1] + CELSIUS[0] - 208, abs=0.06)
    assert found["dsc_heat_millijoule"] == pytest.approx(180.477, rel=0.005)
    assert found["scan_rate_celsius_per_min"] == pytest.approx(-10, rel=1e-3)


def test_an_endotherm_and_an_exotherm_are_two_peaks_of_opposite_directions():
    found = analyse(table(SLOPING - gauss(1, 150, 5) + gauss(2, 180, 6)), {})
    peaks = found.tables["peaks"]
    assert peaks["direction"].to_list() == ["down", "up"]
    assert peaks["peak_celsius"].to_list() == pytest.approx([150, 180], abs=0.1)
    assert peaks["heat_millijoule"].to_list() == pytest.approx([gauss_area(1, 5), gauss_area(2, 6)], rel=0.02)
    assert peaks["main"].to_list() == [False, True]


def test_two_exotherms_apart_are_two_and_the_hollow_between_them_is_none():
    peaks = analyse(table(SLOPING + gauss(2, 220, 6) + gauss(1, 300, 8) + NOISE), {}).tables["peaks"]
    assert peaks["direction"].to_list() == ["up", "up"]
    assert peaks["heat_millijoule"].to_list() == pytest.approx([gauss_area(2, 6), gauss_area(1, 8)], rel=0.02)


def test_exotherms_that_overlap_share_one_baseline():
    found = analyse(table(SLOPING + gauss(2, 220, 6) + gauss(1, 238, 6)), {})
    (row,) = found.tables["peaks"].rows(named=True)
    assert row["heat_millijoule"] == pytest.approx(gauss_area(2, 6) + gauss_area(1, 6), rel=0.005)
    assert row["onset_celsius"] == pytest.approx(208, abs=0.1)


def test_the_heat_of_all_peaks_is_the_sum_of_those_that_point_as_the_largest():
    signal = SLOPING + gauss(2, 220, 6) + gauss(1, 300, 8) - gauss(1, 100, 6)
    found = analyse(table(signal, sample_mass_mg=10.0), {})
    assert results(found)["dsc_total_enthalpy_joule_per_gram"] == pytest.approx(
        (gauss_area(2, 6) + gauss_area(1, 8)) / 10, rel=0.01
    )


@pytest.mark.parametrize(
    "signal", [SLOPING, SLOPING + NOISE, SLOPING + 1e-5 * (CELSIUS - 200) ** 2 + NOISE, np.ones_like(CELSIUS)]
)
def test_a_curve_without_peaks_has_none(signal):
    found = analyse(table(signal), {})
    assert found.tables["peaks"].height == 0
    assert any("no peak stands out" in each for each in found.warnings)
    assert found.tables["curve"].height


def test_the_start_of_heating_is_no_peak():
    settling = -3 * np.exp(-(CELSIUS - 25) / 2)
    assert find(SECOND, SLOPING + settling) == []


def test_a_step_of_the_baseline_needs_a_baseline_that_steps():
    # The heat capacity changes as the peak proceeds: 0.5 mW more behind it.
    proceeded = np.cumsum(gauss(2, 220, 6))
    signal = gauss(2, 220, 6) + 0.5 * proceeded / proceeded[-1]
    limits = {"from_celsius": 190, "to_celsius": 250}
    areas = {
        kind: results(analyse(table(signal), {**limits, "baseline": kind}))["dsc_heat_millijoule"]
        for kind in ("linear", "sigmoidal", "tangential")
    }
    assert areas["sigmoidal"] == pytest.approx(180.477, rel=0.002)
    assert areas["tangential"] == pytest.approx(180.477, rel=0.002)
    assert abs(areas["linear"] - 180.477) < 1  # the wrongs before and behind the top cancel in a symmetric peak


def test_tangents_of_different_slopes_are_followed_by_the_tangential_baseline():
    bent = np.where(CELSIUS < 220, 0.001 * (CELSIUS - 220), 0.004 * (CELSIUS - 220))
    signal = bent + gauss(2, 220, 4)
    limits = {"from_celsius": 200, "to_celsius": 240}
    area = {
        kind: results(analyse(table(signal), {**limits, "baseline": kind}))["dsc_heat_millijoule"]
        for kind in ("linear", "tangential")
    }
    true = gauss_area(2, 4)
    assert abs(area["tangential"] - true) < 0.3 * abs(area["linear"] - true)


def test_a_baseline_of_another_name_is_refused():
    with pytest.raises(ValueError, match="no baseline named spline"):
        baseline(SECOND, SLOPING, 10, 100, "spline")


def test_chosen_limits_are_the_limits():
    found = analyse(table(SLOPING + gauss(2, 220, 6)), {"from_celsius": 195.0, "to_celsius": 245.0})
    (row,) = found.tables["peaks"].rows(named=True)
    assert (row["from_celsius"], row["to_celsius"]) == (pytest.approx(195, abs=0.06), pytest.approx(245, abs=0.06))


def test_one_chosen_limit_leaves_the_other_to_be_found():
    found = analyse(table(SLOPING + gauss(2, 220, 6) + gauss(1, 300, 8)), {"from_celsius": 250.0})
    (row,) = found.tables["peaks"].rows(named=True)
    assert row["from_celsius"] == pytest.approx(250, abs=0.06)
    assert row["peak_celsius"] == pytest.approx(300, abs=0.1)
    assert 320 < row["to_celsius"] < 370


def test_limits_outside_of_the_segment_are_said_and_measure_nothing():
    found = analyse(table(SLOPING + gauss(2, 220, 6)), {"from_celsius": 500, "to_celsius": 600})
    assert found.tables["peaks"].height == 0
    assert any("from 500 to 600 °C; it goes from 25 to 400" in each for each in found.warnings)


def test_limits_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="wrong way round"):
        analyse(table(SLOPING), {"from_celsius": 250, "to_celsius": 200})
    with pytest.raises(ValueError, match="wrong way round"):
        SHOWN_AS.checked({"from_celsius": 250.0, "to_celsius": 200.0})


def test_a_segment_that_is_not_there_is_said():
    found = analyse(table(SLOPING + gauss(2, 220, 6)), {"segment": 7})
    assert any("no segment 7" in each for each in found.warnings)


# Per gram of what


def test_heat_is_per_gram_of_the_sample_mass_of_the_file():
    found = results(analyse(table(gauss(2, 220, 6), sample_mass_mg=7.0), {}))
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(180.477 / 7, rel=0.005)
    assert found["dsc_reference_mass_mg"] == 7.0


def test_heat_per_gram_of_powder_leaves_the_electrolyte_out():
    # 5 mg of powder and 2 mg of electrolyte in the pan.
    found = results(analyse(table(gauss(2, 220, 6), sample_mass_mg=7.0), {"reference_mass_mg": 5.0}))
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(180.477 / 5, rel=0.005)
    assert found["dsc_heat_millijoule"] == pytest.approx(180.477, rel=0.005)


def test_a_curve_per_gram_of_the_sample_is_brought_to_the_reference_mass():
    per_gram = table(gauss(0.4, 220, 6), "heat_flow_watt_per_gram", sample_mass_mg=7.0)
    assert results(analyse(per_gram, {}))["dsc_enthalpy_joule_per_gram"] == pytest.approx(36.095, rel=0.005)
    found = results(analyse(per_gram, {"reference_mass_mg": 5.0}))
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(36.095 * 7 / 5, rel=0.005)


def test_a_corrected_sample_mass_corrects_what_the_instrument_divided_by():
    # The instrument divided by 7 mg; there were 5 mg in the pan.
    per_gram = table(gauss(0.4, 220, 6), "heat_flow_watt_per_gram", sample_mass_mg=7.0)
    found = results(analyse(per_gram, {"sample_mass_mg": 5.0}))
    assert found["dsc_enthalpy_joule_per_gram"] == pytest.approx(36.095 * 7 / 5, rel=0.005)


def test_a_curve_per_gram_of_an_unknown_mass_does_not_take_a_reference_mass():
    found = analyse(table(gauss(0.4, 220, 6), "heat_flow_watt_per_gram"), {"reference_mass_mg": 5.0})
    assert results(found)["dsc_enthalpy_joule_per_gram"] == pytest.approx(36.095, rel=0.005)
    assert "dsc_reference_mass_mg" not in results(found)
    assert any("enter the sample mass too" in each for each in found.warnings)


def test_without_a_mass_heat_is_in_millijoule_and_this_is_said():
    found = analyse(table(gauss(2, 220, 6)), {})
    assert "dsc_enthalpy_joule_per_gram" not in results(found)
    assert results(found)["dsc_heat_millijoule"] == pytest.approx(180.477, rel=0.005)
    assert any("sample mass is not known: enter it" in each for each in found.warnings)


def test_microvolt_have_temperatures_and_no_heat():
    found = analyse(table(gauss(2, 220, 6), "heat_flow_microvolt", sample_mass_mg=5.0), {})
    assert set(results(found)) == {"scan_rate_celsius_per_min", "dsc_onset_celsius", "dsc_peak_celsius"}
    assert any("no heat" in each for each in found.warnings)


# Which way is exothermic


@pytest.mark.parametrize(
    ("in_file", "said", "direction"),
    [
        (None, None, "up"),
        (True, None, "exothermic"),
        (False, None, "endothermic"),
        (None, True, "exothermic"),
        (None, False, "endothermic"),
        (True, False, "endothermic"),  # a person overrides the file
    ],
)
def test_a_peak_is_exothermic_only_where_somebody_says_so(in_file, said, direction):
    scan = table(SLOPING + gauss(2, 220, 6)).with_columns(exothermic_up=pl.lit(in_file, pl.Boolean))
    found = analyse(scan, {} if said is None else {"exothermic_up": said})
    assert found.tables["peaks"]["direction"].to_list() == [direction]
    assert any("choose it" in each for each in found.warnings) == (direction == "up")


# What is stored


def test_a_peak_that_is_cut_off_is_said():
    until = int(np.searchsorted(CELSIUS, 228))
    found = analyse(table(SLOPING + gauss(2, 220, 6))[:until], {})
    assert not found.tables["peaks"].height or any("may not be all of it" in each for each in found.warnings)


def test_tables_keep_their_promises():
    found = analyse(table(SLOPING + gauss(2, 220, 6), sample_mass_mg=5.0), {})
    assert CURVE.conform(found.tables["curve"]).equals(found.tables["curve"])
    assert PEAKS.conform(found.tables["peaks"]).equals(found.tables["peaks"])
    under = found.tables["curve"].filter(pl.col("peak") == 1)
    assert under["baseline_watt_per_gram"].null_count() == 0


def test_the_analysis_changes_nothing_of_what_it_was_given():
    scan = table(SLOPING + gauss(2, 220, 6), sample_mass_mg=5.0)
    before = scan.clone()
    analyse(scan, {})
    assert scan.equals(before)


def test_a_mass_beside_the_heat_flow_is_analysed_too():
    lost = 100 - 20 / (1 + np.exp(-(CELSIUS - 250) / 5))
    scan = table(SLOPING + gauss(2, 220, 6), sample_mass_mg=5.0).with_columns(pl.Series("mass_percent", lost))
    found = analyse(scan, {})
    assert results(found)["mass_loss_percent"] == pytest.approx(20, rel=1e-3)
    assert found.tables["mass_steps"].height == 1


def test_choices_are_parameters_that_the_analysis_knows():
    names = {choice.name for choice in SHOWN_AS.choices}
    assert set(DSC.defaults) <= names
    assert all(name in (analyse.__doc__ or "") for name in names)


def test_other_limits_leave_the_top_where_it_is():
    signal = SLOPING + gauss(2, 220, 6)
    for first in (3000, 3200):
        top = measure(SECOND, CELSIUS, signal, Limits(first, 4700, up=True), "linear").peak_celsius
        assert top == pytest.approx(220, abs=0.06)


def test_a_record_of_a_million_points_takes_the_same_way():
    celsius = np.linspace(25, 400, 1_000_000)
    signal = 0.3 + gauss(2, 220, 60 / 2.355, celsius)  # a flank of tens of thousands of records
    scan = pl.DataFrame(
        {"time_second": (celsius - 25) * 6, "temperature_celsius": celsius, "heat_flow_milliwatt": signal}
    )
    found = results(analyse(scan, {}))
    assert found["dsc_onset_celsius"] == pytest.approx(220 - 2 * 60 / 2.355, abs=0.3)
    assert found["dsc_heat_millijoule"] == pytest.approx(gauss_area(2, 60 / 2.355), rel=0.005)
