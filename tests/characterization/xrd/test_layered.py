"""Lines of the layered structure and its cell, on angles that follow from Bragg's law alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from characterization.xrd.layered import (
    LINES,
    NotLayeredError,
    all_lines,
    indexed,
    line_angles,
    refine_cell,
)
from characterization.xrd.peaks import Peak
from tests import real_data

CU = 1.540593
A, C = 2.8732, 14.1905
AREAS = {
    "003": 100,
    "101": 44,
    "006": 11,
    "102": 30,
    "104": 54,
    "105": 15,
    "009": 2,
    "107": 11,
    "108": 14,
    "110": 14,
    "113": 11,
}


def bragg(h: int, k: int, index: int, a: float = A, c: float = C, wavelength: float = CU) -> float:
    """2θ in degrees, written out by hand: 1/d² = 4/3·(h² + hk + k²)/a² + l²/c², λ = 2 d sin θ."""
    d = 1 / math.sqrt(4 / 3 * (h * h + h * k + k * k) / a**2 + index**2 / c**2)
    return 2 * math.degrees(math.asin(wavelength / (2 * d)))


def a_peak(two_theta: float, area: float = 10.0, width: float = 0.12) -> Peak:
    return Peak(two_theta, 0.001, area, area / 100, width, 0.001, area / width, 0.5)


def peaks(a: float = A, c: float = C, shift: float = 0.0, without: tuple[str, ...] = ()) -> list[Peak]:
    return [a_peak(bragg(*LINES[name], a, c) + shift, area) for name, area in AREAS.items() if name not in without]


def found(lines: list[Peak], **more):
    arguments: dict[str, Any] = {
        "start_a_angstrom": 2.87,
        "start_c_angstrom": 14.2,
        "covered_degree": (10.0, 90.0),
    } | more
    return indexed(lines, CU, **arguments)


def test_lines_lie_where_bragg_puts_them():
    angles = line_angles(A, C, CU)
    assert angles == pytest.approx({name: bragg(*hkl) for name, hkl in LINES.items()})
    assert angles["003"] == pytest.approx(18.744, abs=1e-3)  # 2·asin(3·1.540593 / (2·14.1905))


def test_the_lines_that_the_structure_allows_are_those_of_the_obverse_setting():
    names = set(all_lines(A, C, CU, 70.0))
    assert names == {"003", "101", "006", "102", "104", "105", "009", "107", "108", "110", "113"}


def test_three_angles_give_the_cell_that_they_were_made_of():
    hkl = [LINES[name] for name in ("003", "104", "110")]
    angles = np.array([bragg(*one) for one in hkl])
    cell = refine_cell(hkl, angles, np.full(3, 0.001), CU)
    assert (cell.a_angstrom, cell.c_angstrom) == pytest.approx((A, C), rel=1e-9)
    assert cell.c_to_a == pytest.approx(C / A)
    assert cell.volume_angstrom3 == pytest.approx(math.sqrt(3) / 2 * A**2 * C)


def test_the_uncertainty_of_a_is_that_of_the_one_line_it_comes_from():
    """a of 110 alone: a = λ/sin θ, so σ(a)/a = cot θ · σ(2θ)/2; σ holds the 0.002° of the alignment."""
    hkl = [LINES["003"], LINES["110"]]
    angles = np.array([bragg(*one) for one in hkl])
    cell = refine_cell(hkl, angles, np.array([0.0, 0.0]), CU)
    theta = math.radians(angles[1] / 2)
    assert cell.a_sd / cell.a_angstrom == pytest.approx(math.radians(0.002) / 2 / math.tan(theta), rel=1e-6)


def test_uncertainties_are_what_wrong_angles_scatter_the_cell_by():
    draw = np.random.default_rng(3)
    hkl = list(LINES.values())
    angles = np.array([bragg(*one) for one in hkl])
    cells = [
        refine_cell(hkl, angles + draw.normal(0, np.hypot(0.01, 0.002), len(hkl)), np.full(len(hkl), 0.01), CU)
        for _ in range(300)
    ]
    for value, sd in (
        ("a_angstrom", "a_sd"),
        ("c_angstrom", "c_sd"),
        ("c_to_a", "c_to_a_sd"),
        ("volume_angstrom3", "volume_sd"),
    ):
        scatter = np.std([getattr(cell, value) for cell in cells], ddof=1)
        # Each is enlarged where its own χ² is above 1, so that on the mean they are a little too wide.
        assert 1.0 < np.mean([getattr(cell, sd) for cell in cells]) / scatter < 1.35


@pytest.mark.parametrize("shift", ["zero", "displacement"])
def test_a_shift_of_all_angles_is_refined_with_the_cell(shift):
    hkl = list(LINES.values())
    angles = np.array([bragg(*one) for one in hkl])
    moved = angles + 0.08 * (np.cos(np.radians(angles / 2)) if shift == "displacement" else 1.0)
    plain = refine_cell(hkl, moved, np.full(len(hkl), 0.001), CU)
    cell = refine_cell(hkl, moved, np.full(len(hkl), 0.001), CU, shift)
    assert abs(plain.a_angstrom - A) > 1e-3
    assert (cell.a_angstrom, cell.c_angstrom) == pytest.approx((A, C), rel=3e-5)
    assert cell.shift_degree == pytest.approx(0.08, rel=0.01)


def test_lines_of_one_kind_give_no_cell():
    with pytest.raises(ValueError, match="too few lines"):
        refine_cell([LINES["003"], LINES["006"]], np.array([18.7, 37.9]), np.array([0.01, 0.01]), CU)


def test_the_lines_are_named_and_all_of_the_area_is_theirs():
    layered = found(peaks())
    assert list(layered.lines) == list(LINES)
    assert layered.share == pytest.approx(1.0)
    assert (layered.cell.a_angstrom, layered.cell.c_angstrom) == pytest.approx((A, C), rel=1e-6)


@pytest.mark.parametrize(("a", "c"), [(2.815, 14.05), (2.83, 14.4), (2.88, 14.26), (2.92, 14.45)])
def test_cells_around_the_start_are_found(a, c):
    layered = found(peaks(a, c))
    assert (layered.cell.a_angstrom, layered.cell.c_angstrom) == pytest.approx((a, c), rel=1e-6)


@pytest.mark.parametrize("shift", [-0.2, 0.15])
def test_a_displaced_sample_hides_no_line(shift):
    assert len(found(peaks(shift=shift)).lines) == 11


def test_a_peak_that_two_lines_share_is_named_after_both_and_left_out_of_the_cell():
    merged = [*peaks(without=("006", "102")), a_peak(38.22, 41, 0.4)]
    layered = found(merged)
    assert "006+102" in layered.names.values()
    assert not {"006", "102"} & set(layered.lines)
    assert layered.cell.a_angstrom == pytest.approx(A, rel=1e-6)


@pytest.mark.parametrize("gone", ["003", "101", "104"])
def test_without_one_of_three_lines_there_is_no_layered_structure(gone):
    with pytest.raises(NotLayeredError, match=f"{gone} is not where it should be"):
        found(peaks(without=(gone,)))


def test_lines_among_many_stronger_ones_of_another_phase_are_not_believed_unless_a_person_says_so():
    strangers = [a_peak(angle, 200) for angle in (25.3, 31.1, 33.9, 47.5, 55.2)]
    with pytest.raises(NotLayeredError, match="explains only 23% of the area of the peaks"):
        found([*peaks(), *strangers])
    assert found([*peaks(), *strangers], certain=True).cell.a_angstrom == pytest.approx(A, rel=1e-6)


def test_a_range_without_104_is_said():
    short = [one for one in peaks() if one.two_theta_degree < 40]
    with pytest.raises(NotLayeredError, match="from 10° to 40° does not cover 104"):
        found(short, covered_degree=(10.0, 40.0))


def test_two_peaks_are_too_few():
    with pytest.raises(NotLayeredError, match="has 2 peaks, too few"):
        found(peaks()[:2])


@real_data.needs_real_data
def test_the_cell_of_a_real_p2_oxide_agrees_with_its_rietveld_refinement():
    """P63/mmc lines of HL1-2 that we fit, in our least squares with a displaced sample, against GSAS-II: 0.1 %."""
    from characterization.xrd.analysis import analyse
    from tests.characterization.xrd.test_expected import read

    relative = "rietveld/GSAS-II_P2-layered_HL1-2.lst"
    refined = real_data.expected()[relative]["values"]["cell"]
    table = analyse(read("xrd/HL1-2_5-90_60min.xrdml").table, {}).tables["peaks"]
    seen = {
        (0, 0, 2): 15.8,
        (0, 0, 4): 32.0,
        (1, 0, 0): 35.8,
        (1, 0, 2): 39.4,
        (1, 0, 3): 43.5,
        (1, 0, 4): 48.8,
        (1, 0, 6): 62.1,
        (1, 1, 0): 64.4,
    }
    rows = [
        table.filter((table["two_theta_degree"] - near).abs() < 0.15).sort("peak_area").row(-1, named=True)
        for near in seen.values()
    ]
    angles, deviations = (np.array([row[name] for row in rows]) for name in ("two_theta_degree", "two_theta_sd_degree"))
    cell = refine_cell(list(seen), angles, deviations, 1.540598, "displacement")
    assert cell.a_angstrom == pytest.approx(refined["length_a"], rel=1e-3)
    assert cell.c_angstrom == pytest.approx(refined["length_c"], rel=1e-3)
    assert cell.shift_degree < 0  # the refinement moved the sample by 134 µm, down, as ours does
