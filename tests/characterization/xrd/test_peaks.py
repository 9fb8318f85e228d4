"""Background and peaks, on patterns whose areas, positions and widths are known."""

from __future__ import annotations

import numpy as np
import pytest

from characterization.xrd.background import clipped_background, deviations
from characterization.xrd.peaks import _derivatives, fitted, partner, prepared, profile, searched, without_noise
from characterization.xrd.radiation import ANODES, Radiation

X = np.arange(20.0, 60.0, 0.01)
ONE = Radiation(1.540593, None, 0.0)
COPPER = Radiation(ANODES["Cu"].alpha1_angstrom, ANODES["Cu"].alpha2_angstrom, 0.5, "Cu")


def peak(position: float, area: float, width: float, lorentzian: float, radiation: Radiation = ONE) -> np.ndarray:
    """A peak whose lines together have this area."""
    if not radiation.is_doublet:
        return area * profile(X, position, width, lorentzian)
    second = float(partner(np.array(position), radiation)[0])
    return area * (2 / 3 * profile(X, position, width, lorentzian) + 1 / 3 * profile(X, second, width, lorentzian))


def peaks_of(intensity: np.ndarray, radiation: Radiation = ONE):
    pattern = prepared(X, intensity, None, 1.5, radiation)
    positions, width = searched(pattern)
    return without_noise(fitted(pattern, positions, width), pattern, width)


@pytest.mark.parametrize("lorentzian", [0.0, 0.5, 1.0])
def test_a_profile_has_unit_area_and_half_its_height_at_half_its_width(lorentzian):
    wide = np.arange(-200, 200, 0.01)
    values = profile(wide, 0.0, 0.5, lorentzian)
    assert np.trapezoid(values, wide) == pytest.approx(1.0, abs=2e-3)
    top, half = profile(np.array([0.0, 0.25]), 0.0, 0.5, lorentzian)
    assert half == pytest.approx(top / 2)


def test_derivatives_are_the_differences_of_the_profile():
    at = np.array([39.9, 40.0, 40.13])
    value, *slopes = _derivatives(at, 40.0, 0.2, 0.3)
    assert value == pytest.approx(profile(at, 40.0, 0.2, 0.3))
    for slope, moved in zip(
        slopes, ((40.0 + 1e-6, 0.2, 0.3), (40.0, 0.2 + 1e-6, 0.3), (40.0, 0.2, 0.3 + 1e-6)), strict=True
    ):
        assert slope == pytest.approx((profile(at, *moved) - value) / 1e-6, rel=1e-3, abs=1e-3)


def test_a_gaussian_is_as_high_as_0_939_of_area_over_width():
    assert profile(np.array([0.0]), 0.0, 0.5, 0.0)[0] == pytest.approx(2 * np.sqrt(np.log(2) / np.pi) / 0.5)


def test_the_second_line_of_copper_lies_0_12_degrees_beyond_a_peak_at_44_4():
    # sin θ₂ = (1.544427/1.540593)·sin(22.2°)
    expected = 2 * np.degrees(np.arcsin(1.544427 / 1.540593 * np.sin(np.radians(22.2))))
    position, moves = partner(np.array(44.4), COPPER)
    assert position == pytest.approx(expected)
    assert position - 44.4 == pytest.approx(0.1164, abs=1e-4)
    further = (partner(np.array(44.401), COPPER)[0] - position) / 0.001
    assert moves == pytest.approx(further, rel=1e-4)


def test_a_flat_background_stays_flat_under_a_peak():
    level = clipped_background(100 + peak(40.0, 500.0, 0.1, 0.0), 150)
    assert level.min() > 99
    assert level.max() < 101


def test_a_slope_is_background_and_a_hump_wider_than_the_window_too():
    slope = 100 + 2 * (X - 20)
    assert clipped_background(slope, 150)[200:-200] == pytest.approx(slope[200:-200], rel=0.02)
    hump = 100 + 50 * np.exp(-(((X - 40) / 8) ** 2))
    assert clipped_background(hump, 150)[500:-500] == pytest.approx(hump[500:-500], rel=0.05)


def test_the_deviation_of_counts_is_their_root_and_scales_with_their_scale():
    counts = np.random.default_rng(1).poisson(400, 20_000).astype(float)
    assert np.median(deviations(counts, None)) == pytest.approx(20, rel=0.03)
    assert np.median(deviations(counts / 50, None)) == pytest.approx(0.4, rel=0.03)


def test_the_deviation_that_a_file_gives_is_taken():
    assert deviations(np.array([4.0, 9.0, 16.0]), np.array([1.0, 0.0, 3.0])).tolist() == [1.0, 2.0, 3.0]


def test_a_peak_without_noise_is_found_as_it_was_made():
    (found,) = peaks_of(200 + peak(40.0, 100.0, 0.2, 0.3)).peaks
    assert found.two_theta_degree == pytest.approx(40.0, abs=1e-4)
    assert found.area == pytest.approx(100.0, rel=0.01)
    assert found.fwhm_degree == pytest.approx(0.2, rel=0.01)
    assert found.lorentzian == pytest.approx(0.3, abs=0.03)
    assert found.height == pytest.approx(100 * profile(np.array([0.0]), 0.0, 0.2, 0.3)[0], rel=0.01)


def test_a_doublet_is_one_peak_at_kalpha1_with_the_area_of_both():
    (found,) = peaks_of(200 + peak(50.0, 100.0, 0.1, 0.3, COPPER), COPPER).peaks
    assert found.two_theta_degree == pytest.approx(50.0, abs=1e-4)
    assert found.area == pytest.approx(100.0, rel=0.01)


def test_without_the_doublet_its_second_line_is_a_peak_of_its_own():
    assert len(peaks_of(200 + peak(50.0, 100.0, 0.08, 0.3, COPPER), ONE).peaks) == 2


def test_two_peaks_that_overlap_share_their_area_rightly():
    first, second = peaks_of(200 + peak(38.0, 50.0, 0.2, 0.5) + peak(38.3, 100.0, 0.2, 0.5)).peaks
    assert (first.area, second.area) == pytest.approx((50, 100), rel=0.02)
    assert second.two_theta_degree - first.two_theta_degree == pytest.approx(0.3, abs=1e-3)


def test_uncertainties_are_what_repeated_measurements_scatter_by():
    """Forty patterns that differ in their counting noise alone."""
    draw = np.random.default_rng(7)
    expected = 300 + peak(40.0, 300.0, 0.2, 0.5)
    found = [peaks_of(draw.poisson(expected).astype(float)).peaks for _ in range(40)]
    strongest = [max(peaks, key=lambda one: one.area) for peaks in found]
    for value, sd in (("two_theta_degree", "two_theta_sd"), ("area", "area_sd"), ("fwhm_degree", "fwhm_sd")):
        scatter = np.std([getattr(one, value) for one in strongest], ddof=1)
        said = np.median([getattr(one, sd) for one in strongest])
        assert said == pytest.approx(scatter, rel=0.4), value
    assert np.mean([one.area for one in strongest]) == pytest.approx(300, rel=0.02)


def test_noise_alone_has_no_peaks():
    for seed in range(5):
        assert peaks_of(np.random.default_rng(seed).poisson(400, len(X)).astype(float)).peaks == ()


def test_the_fit_adds_up_to_the_pattern():
    intensity = 200 + peak(30.0, 100.0, 0.15, 0.5) + peak(45.0, 200.0, 0.15, 0.5)
    found = peaks_of(intensity)
    assert found.total == pytest.approx(intensity, rel=0.03)
    assert (found.background < 215).all()


def test_a_peak_at_the_very_end_breaks_nothing():
    assert len(peaks_of(200 + peak(59.995, 100.0, 0.1, 0.5) + peak(40.0, 100.0, 0.1, 0.5)).peaks) >= 1
