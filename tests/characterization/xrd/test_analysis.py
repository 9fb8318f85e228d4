"""Whole patterns: simulated ones give what they were made of, real ones of other phases give no layered numbers."""

from __future__ import annotations

import functools

import polars as pl
import pytest

from characterization.xrd.analysis import DEFAULTS, analyse
from characterization.xrd.radiation import Radiation, used_radiation
from characterization.xrd.readers.finish import Scan, pattern
from characterization.xrd.table import FIT, PEAKS
from dashboards.demo.simulate.xrd import COPPER, Powder, area_ratio, pattern_of
from labdb.ingest.technique import Analysis
from labdb.quantities import quantity
from tests import real_data
from tests.characterization.xrd.test_expected import FILES, read
from tests.characterization.xrd.test_layered import bragg

POWDER = Powder("GP", 2.8745, 14.2010, 0.0147)
LAYERED = {"i003_to_i104", "lattice_a_angstrom", "lattice_c_angstrom", "lattice_c_to_a", "cell_volume_angstrom3"}


drawn = functools.cache(pattern_of)


def table_of(powder: Powder = POWDER, radiation: Radiation = COPPER) -> pl.DataFrame:
    return pattern(Scan(*drawn(powder), "intensity_counts"), radiation, "simulated")


@functools.cache
def of_powder() -> Analysis:
    return analyse(table_of(), {})


@functools.cache
def of_file(relative: str) -> Analysis:
    return analyse(read(relative).table, DEFAULTS)


def values(analysis: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


def uncertainties(analysis: Analysis) -> dict[str, float | None]:
    return {scalar.quantity: scalar.sd for scalar in analysis.scalars}


@pytest.mark.parametrize("mixing", [0.0, 0.0147, 0.05, 0.1])
def test_a_simulated_powder_gives_its_cell_and_ratio_within_one_per_cent(mixing):
    powder = Powder("GP", 2.8745, 14.2010, mixing, seed=11)
    found = analyse(table_of(powder), {})
    assert values(found)["lattice_a_angstrom"] == pytest.approx(2.8745, rel=1e-4)
    assert values(found)["lattice_c_angstrom"] == pytest.approx(14.2010, rel=1e-4)
    assert values(found)["lattice_c_to_a"] == pytest.approx(14.2010 / 2.8745, rel=1e-4)
    assert values(found)["i003_to_i104"] == pytest.approx(area_ratio(powder), rel=0.01)
    assert found.warnings == ()


def test_numbers_lie_within_three_of_their_uncertainties():
    found = of_powder()
    for name, truth in (
        ("lattice_a_angstrom", 2.8745),
        ("lattice_c_angstrom", 14.2010),
        ("i003_to_i104", area_ratio(POWDER)),
    ):
        assert abs(values(found)[name] - truth) < 3 * (uncertainties(found)[name] or 0)


def test_splittings_are_those_of_the_cell():
    found = values(analyse(table_of(Powder("GP", 2.8745, 14.2010, 0.0147, seed=None)), {}))
    cell = (2.8745, 14.2010)
    assert found["splitting_108_110_degree"] == pytest.approx(bragg(1, 1, 0, *cell) - bragg(1, 0, 8, *cell), abs=2e-4)
    assert found["splitting_006_102_degree"] == pytest.approx(bragg(1, 0, 2, *cell) - bragg(0, 0, 6, *cell), abs=2e-4)


def test_more_mixing_lowers_the_ratio():
    ratios = [values(analyse(table_of(Powder("GP", 2.8745, 14.2, x)), {}))["i003_to_i104"] for x in (0.0, 0.03, 0.06)]
    assert ratios[0] > ratios[1] > ratios[2]


def test_broad_lines_that_cannot_be_told_apart_give_no_splitting():
    found = analyse(table_of(Powder("GP", 2.8732, 14.1905, 0.05, fwhm_degree=0.5, counts=3000, seed=4)), {})
    assert "splitting_108_110_degree" not in values(found)
    assert any("108 and 110 are not both found" in warning for warning in found.warnings)
    assert values(found)["lattice_a_angstrom"] == pytest.approx(2.8732, rel=1e-3)


def test_intensities_on_any_scale_give_the_same_numbers():
    whole = of_powder()
    scaled = table_of().with_columns((pl.col("intensity_counts") / 137).alias("intensity_arbitrary"))
    small = analyse(scaled.drop("intensity_counts"), {})
    assert values(small)["i003_to_i104"] == pytest.approx(values(whole)["i003_to_i104"], rel=2e-3)
    assert values(small)["lattice_c_angstrom"] == pytest.approx(values(whole)["lattice_c_angstrom"], rel=1e-6)


def test_a_pattern_without_a_wavelength_gives_its_peaks_and_says_what_to_enter():
    table = table_of(radiation=Radiation())
    found = analyse(table, {})
    assert found.scalars == ()
    assert found.tables["peaks"].height > 10
    assert found.tables["peaks"]["d_spacing_angstrom"].null_count() == found.tables["peaks"].height
    assert "the file says no wavelength" in found.warnings[0]
    entered = analyse(table, {"wavelength_angstrom": 1.540593, "k_alpha2": "doublet"})
    assert values(entered)["lattice_a_angstrom"] == pytest.approx(2.8745, rel=1e-4)
    assert entered.warnings == ()


@pytest.mark.parametrize(
    ("said", "chosen", "expected", "words"),
    [
        (Radiation(), {}, (None, None, None), "says no wavelength"),
        (Radiation(anode="Cu"), {}, (1.540593, 1.544427, 0.5), "names its tube (Cu) but no wavelength"),
        (Radiation(0.414581), {}, (0.414581, None, 0.0), ""),
        (Radiation(1.5406, 1.54439, 0.5, "Cu"), {}, (1.5406, 1.54439, 0.5), ""),
        (Radiation(1.5406, 1.54439, 0.0, "Cu"), {}, (1.5406, None, 0.0), ""),
        (Radiation(1.5406, 1.54439, 0.5, "Cu"), {"k_alpha2": "none"}, (1.5406, None, 0.0), ""),
        (Radiation(1.5406, 1.54439, 0.0, "Cu"), {"k_alpha2": "doublet"}, (1.5406, 1.54439, 0.5), ""),
        (
            Radiation(1.5406, None, None, "Cu"),
            {},
            (1.5406, 1.544434, 0.5),
            "whether Kα2 was there the file does not say",
        ),
        (Radiation(), {"wavelength_angstrom": 0.7093}, (0.7093, 0.71359, 0.5), "whether Kα2 was there"),
        (Radiation(), {"wavelength_angstrom": 0.5}, (0.5, None, 0.0), ""),
        (Radiation(), {"wavelength_angstrom": 0.5, "k_alpha2": "doublet"}, (0.5, None, 0.0), "is the Kα1 of no tube"),
        (Radiation(1.5406, 1.54439, 0.5, "Cu"), {"wavelength_angstrom": 0.5}, (0.5, None, 0.0), ""),
    ],
)
def test_the_radiation_is_what_a_person_chose_else_what_the_file_says(said, chosen, expected, words):
    radiation, warnings = used_radiation(table_of(radiation=said), chosen)
    found = (radiation.wavelength_angstrom, radiation.alpha2_angstrom, radiation.alpha2_ratio)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == (None if theirs is None else pytest.approx(theirs, rel=1e-5))
    assert (words in " ".join(warnings)) if words else warnings == ()


def test_a_displaced_sample_is_spoken_of_and_refined_where_that_is_chosen():
    table = table_of().with_columns(pl.col("two_theta_degree") + 0.1 * (pl.col("two_theta_degree").radians() / 2).cos())
    plain = analyse(table, {})
    assert any("if the sample lay out of the centre" in warning for warning in plain.warnings)
    moved = analyse(table, {"position_shift": "displacement"})
    assert values(moved)["position_shift_degree"] == pytest.approx(0.1, abs=0.005)
    assert values(moved)["lattice_c_angstrom"] == pytest.approx(14.2010, rel=1e-4)
    assert abs(values(plain)["lattice_c_angstrom"] / 14.2010 - 1) > 1e-3


def test_the_structure_can_be_left_alone():
    found = analyse(table_of(), {"structure": "off"})
    assert found.scalars == ()
    assert found.warnings == ()
    assert found.tables["peaks"]["hkl"].null_count() == found.tables["peaks"].height


def test_a_start_cell_elsewhere_finds_nothing_and_says_so():
    found = analyse(table_of(), {"start_a_angstrom": 3.2, "start_c_angstrom": 17.0})
    assert found.scalars == ()
    assert "no cell, no I(003)/I(104) and no splitting" in found.warnings[0]


def test_a_range_cuts_the_pattern():
    found = analyse(table_of(), {"two_theta_min_degree": 30, "two_theta_max_degree": 50})
    ends = found.tables["fit"]["two_theta_degree"]
    assert (ends[0], ends[-1]) == pytest.approx((30, 50), abs=0.02)
    assert "does not cover 003" in found.warnings[0]


def test_an_empty_range_is_said_and_fails_nothing():
    found = analyse(table_of(), {"two_theta_min_degree": 100})
    assert "holds too few points" in found.warnings[0]
    assert found.tables["peaks"].height == found.tables["fit"].height == 0


def test_of_a_very_long_pattern_neighbouring_points_are_put_together_and_this_is_said(monkeypatch):
    monkeypatch.setattr("characterization.xrd.analysis.MOST_POINTS", 4_000)
    found = analyse(table_of(), {})
    assert found.tables["fit"].height == 6093 // 2
    assert "2 neighbouring points each were put together" in found.warnings[0]
    assert values(found)["lattice_c_angstrom"] == pytest.approx(14.2010, rel=1e-4)


def test_tables_keep_the_promises_of_their_schemas_and_numbers_have_their_words():
    found = of_powder()
    assert PEAKS.conform(found.tables["peaks"]).equals(found.tables["peaks"])
    assert FIT.conform(found.tables["fit"]).equals(found.tables["fit"])
    for name in [*values(found), *(set(PEAKS.columns) - {"hkl"}), *FIT.columns]:
        assert quantity(name).label


def test_peaks_are_named_after_their_lines():
    peaks = of_powder().tables["peaks"]
    named = dict(peaks.select("hkl", "two_theta_degree").iter_rows())
    assert named["003"] == pytest.approx(18.730, abs=0.002)
    assert {"003", "101", "006", "102", "104", "105", "107", "108", "110", "113"} <= set(named)


# Real patterns: none of them is a layered R-3m oxide.

REASONS = {
    "xrd/HL1-2_5-90_60min.xrdml": "003 and 104 are not where they should be",  # a layered oxide, but P2
    "xrd/210520step1_30min.xrdml": "explains only",
    "xrd/210520step1_30min.csv": "explains only",
    "xrd/CoO-ZnO_1100C_60min.xrdml": "explains only",
    "xrd/example_bmb.xye": "no peak stands out",
    "xrd/example_evadiffract.xy": "no peak stands out",
}


@pytest.mark.parametrize("relative", FILES)
def test_no_real_pattern_of_another_phase_gives_layered_numbers(relative):
    found = of_file(relative)
    assert not LAYERED & set(values(found))
    assert found.warnings
    assert REASONS.get(relative, "") in " ".join(found.warnings)


@pytest.mark.parametrize("relative", [path for path in FILES if path.endswith((".xy", ".dat", ".xye", ".XRA"))])
def test_nor_do_those_without_a_wavelength_once_it_is_entered(relative):
    found = analyse(read(relative).table, {"wavelength_angstrom": 1.540593})
    assert not LAYERED & set(values(found))


@real_data.needs_real_data
def test_a_start_near_the_p2_cell_does_not_make_it_r3m():
    """c = 16.7 Å puts 003 where P2 has its 002; the other lines betray it."""
    found = analyse(read("xrd/HL1-2_5-90_60min.xrdml").table, {"start_a_angstrom": 2.887, "start_c_angstrom": 16.72})
    assert not LAYERED & set(values(found))


@real_data.needs_real_data
@pytest.mark.parametrize(
    ("relative", "position", "d"),
    [
        # Quartz 101 of the filler in XRD-918: 3.343 Å; its pattern is the strongest there is.
        ("xrd/XRD-918-16_10.xrdml", 26.62, 3.343),
        # Rutile 110: 3.247 Å.
        ("xrd/TiO2.raw", 27.45, 3.247),
        # PbSO4 111, Pnma with the refined cell of GSAS-II_PbSO4_xray: 1/d² = 1/8.4804² + 1/5.3986² + 1/6.9601².
        ("xrd/PBSO4.XRA", None, (1 / 8.48042**2 + 1 / 5.39862**2 + 1 / 6.96011**2) ** -0.5),
    ],
)
def test_known_phases_have_their_lattice_spacings(relative, position, d):
    chosen = {"wavelength_angstrom": 1.5405, "k_alpha2": "doublet"} if position is None else {}
    peaks = analyse(read(relative).table, chosen).tables["peaks"]
    nearest = (peaks["d_spacing_angstrom"] - d).abs().min()
    assert nearest < 0.004 * d
