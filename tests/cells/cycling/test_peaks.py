"""Peaks of dQ/dV through the cycles, against curves whose peaks and drift were put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from cells.cycling.analysis import summarise_cycles
from cells.cycling.dq_dv import differentiate, find_dq_dv_peaks
from cells.cycling.peak_tracks import PEAK_TRACKS, follow
from cells.cycling.peaks import followed, polarisation
from cells.cycling.readers import READERS
from cells.cycling.steps import summarise_steps
from cells.cycling.table import CYCLING
from cells.cycling.technique import analyse
from labdb.ingest.reader import FileHead
from labdb.quantities import quantity
from tests import real_data

ROWS = 801


@dataclass(frozen=True)
class Bump:
    """One peak: where its charge lies at zero current, how much of it, how wide (standard deviation)."""

    volt: float
    mah: float = 1.0
    width_volt: float = 0.02


# Where nickel-rich cathodes have them.
NICKEL = (Bump(3.70, 1.0, 0.03), Bump(3.98, 0.6, 0.025), Bump(4.18, 0.8, 0.015))


def aged(
    cycles: int,
    bumps: Sequence[Bump] = NICKEL,
    polarisation_volt: float = 0.06,
    growth_volt: float = 0.0002,
    noise_volt: float = 0.0,
    lowest: float = 3.2,
    highest: float = 4.6,
    gone: dict[int, Sequence[Bump]] | None = None,
) -> pl.DataFrame:
    """A test whose peaks move apart by a known amount a cycle: charge up, discharge down by half of it.

    Args:
        gone: from this cycle on, these bumps instead.
    """
    rng = np.random.default_rng(3)
    columns: dict[str, list[np.ndarray]] = {name: [] for name in CYCLING.required}
    grid = np.linspace(lowest, highest, 20_001)
    time, step = 0.0, 0
    for number in range(1, cycles + 1):
        now = next((some for first, some in sorted((gone or {}).items(), reverse=True) if number >= first), bumps)
        apart = polarisation_volt + growth_volt * (number - 1)
        for sign in (1, -1):
            step += 1
            curve = sum(bump.mah * norm.cdf(grid, bump.volt + sign * apart / 2, bump.width_volt) for bump in now)
            capacity = curve + 0.5 * (grid - lowest)
            capacity = capacity - capacity[0]
            even = np.linspace(0, capacity[-1], ROWS)
            voltage = np.interp(even, capacity, grid)[::sign]
            seconds = np.linspace(0, capacity[-1] * 3600, ROWS)
            columns["test_time_second"].append(time + seconds)
            columns["voltage_volt"].append(voltage + rng.normal(0, noise_volt, ROWS))
            columns["current_ampere"].append(np.full(ROWS, sign * 1e-3))
            columns["cycle_count"].append(np.full(ROWS, number))
            columns["step_count"].append(np.full(ROWS, step))
            time = time + seconds[-1] + 1
    return CYCLING.conform(pl.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()}))


def tracks_of(table: pl.DataFrame, **parameters) -> pl.DataFrame:
    return analyse(table, {"max_gap_second": 7200, **parameters}).tables["dq_dv_peaks"]


def scalars_of(table: pl.DataFrame, **parameters) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analyse(table, parameters).scalars}


@pytest.mark.parametrize(("noise_volt", "within_volt"), [(0.0, 0.0005), (0.0005, 0.002)])
def test_known_peaks_are_found_where_they_are_and_keep_their_number(noise_volt, within_volt):
    tracks = tracks_of(aged(60, noise_volt=noise_volt), reference_potential_volt=0)
    assert tracks["peak"].unique().sort().to_list() == [1, 2, 3]
    for number, bump in enumerate(NICKEL, 1):
        for half, sign in (("charge", 1), ("discharge", -1)):
            own = tracks.filter((pl.col("peak") == number) & (pl.col("half") == half))
            assert own["cycle_count"].to_list() == [1, 10, 25, 50, 60]
            wanted = [bump.volt + sign * (0.06 + 0.0002 * (cycle - 1)) / 2 for cycle in own["cycle_count"]]
            assert own["voltage_volt"].to_list() == pytest.approx(wanted, abs=within_volt)


def test_the_transitions_of_a_nickel_rich_oxide_are_named_by_the_mean_of_both_peaks():
    tracks = tracks_of(aged(10), reference_potential_volt=0)
    names = dict(tracks.select("peak", pl.col("transition").cast(pl.String)).iter_rows())
    assert names == {1: "H1–M", 2: "M–H2", 3: "H2–H3"}


def test_against_lithium_indium_the_names_follow_the_potential_of_the_reference():
    shifted = [Bump(bump.volt - 0.6, bump.mah, bump.width_volt) for bump in NICKEL]
    table = aged(10, bumps=shifted, lowest=2.6, highest=4.0)
    assert tracks_of(table)["transition"].null_count() == tracks_of(table).height
    named = tracks_of(table, reference_potential_volt=0.6).filter(pl.col("peak") == 3)
    assert named["transition"].cast(pl.String).unique().to_list() == ["H2–H3"]
    assert named["voltage_volt"].to_list() == pytest.approx([3.58] * named.height, abs=0.04)  # as measured


def test_where_the_reference_is_not_known_peaks_are_numbered_only():
    table = aged(10)
    assert tracks_of(table)["transition"].null_count() == tracks_of(table).height
    scalars = scalars_of(table)
    assert "first_h2_h3_charge_voltage_volt" not in scalars
    assert scalars["first_dq_dv_polarisation_millivolt"] == pytest.approx(60, abs=1)


def test_the_drift_that_was_put_in_is_the_shift_and_the_polarisation_at_n():
    scalars = scalars_of(aged(100), reference_potential_volt=0)
    assert scalars["first_h2_h3_charge_voltage_volt"] == pytest.approx(4.21, abs=0.001)
    assert scalars["first_h2_h3_discharge_voltage_volt"] == pytest.approx(4.15, abs=0.001)
    assert scalars["h2_h3_charge_shift_millivolt_at_100"] == pytest.approx(9.9, abs=0.5)
    assert scalars["h2_h3_discharge_shift_millivolt_at_100"] == pytest.approx(-9.9, abs=0.5)
    assert scalars["dq_dv_polarisation_millivolt_at_100"] == pytest.approx(60 + 19.8, abs=1)
    for name in scalars:
        assert quantity(name).definition


def test_mean_voltages_part_by_the_drift_of_the_charge_that_drifts():
    # 2.4 of 3.1 mAh lie in the peaks, which move by 9.9 mV each way; the ground stays.
    scalars = scalars_of(aged(100))
    assert scalars["mean_discharge_voltage_change_millivolt_at_100"] == pytest.approx(-9.9 * 2.4 / 3.1, abs=0.05)
    gap = scalars["mean_voltage_gap_millivolt_at_100"] - scalars["first_ageing_mean_voltage_gap_millivolt"]
    assert gap == pytest.approx(19.8 * 2.4 / 3.1, abs=0.1)
    assert "mean_discharge_voltage_change_millivolt_at_1" not in scalars


def test_a_peak_that_vanishes_ends_and_leaves_the_numbers_of_the_others():
    table = aged(150, gone={60: NICKEL[:2]})
    tracks = tracks_of(table, reference_potential_volt=0)
    ends = tracks.group_by("peak").agg(pl.col("cycle_count").max()).sort("peak")
    assert dict(ends.iter_rows()) == {1: 150, 2: 150, 3: 50}
    scalars = scalars_of(table, reference_potential_volt=0)
    assert "h2_h3_charge_shift_millivolt_at_50" in scalars
    assert "h2_h3_charge_shift_millivolt_at_100" not in scalars
    assert "dq_dv_polarisation_millivolt_at_100" not in scalars


def test_a_peak_that_appears_later_begins_there():
    tracks = tracks_of(aged(150, bumps=NICKEL[:2], gone={60: NICKEL}), reference_potential_volt=0)
    begins = tracks.group_by("peak").agg(pl.col("cycle_count").min()).sort("peak")
    assert dict(begins.iter_rows()) == {1: 1, 2: 1, 3: 75}


def test_a_peak_that_stays_away_for_a_while_is_the_same_one():
    tracks = tracks_of(aged(150, gone={60: NICKEL[:2], 90: NICKEL}), reference_potential_volt=0)
    third = tracks.filter((pl.col("peak") == 3) & (pl.col("half") == "charge"))
    assert third["cycle_count"].to_list() == [1, 10, 25, 50, 100, 125, 150]


def test_peaks_of_noise_alone_are_left_out():
    table = aged(60, bumps=(Bump(3.9, 2.0, 0.2),), noise_volt=0.002)
    tracks = tracks_of(table)
    seen = tracks.group_by("half", "peak").agg(pl.len())
    assert seen["len"].min() >= 3


def test_a_large_polarisation_does_not_pair_the_peaks_of_neighbours():
    tracks = tracks_of(aged(10, polarisation_volt=0.16), reference_potential_volt=0)
    assert polarisation(tracks)["dq_dv_polarisation_millivolt"].to_list() == pytest.approx([160] * 30, abs=3)


def test_the_peaks_of_other_materials_have_no_names_of_layered_oxides():
    tracks = tracks_of(aged(10, bumps=(Bump(3.43, 2.0, 0.01),)), reference_potential_volt=0)
    assert tracks["transition"].null_count() == tracks.height > 0


def test_two_peaks_at_the_place_of_one_transition_share_no_name():
    tracks = tracks_of(aged(10, bumps=(Bump(4.12, 0.3, 0.012), Bump(4.22, 1.0, 0.012))), reference_potential_volt=0)
    names = dict(tracks.select("peak", pl.col("transition").cast(pl.String)).iter_rows())
    assert names == {1: None, 2: "H2–H3"}


def ageing_cycles(number: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "cycle_count": range(3, number + 3),
            "ageing_index": range(1, number + 1),
            "kind": ["ageing"] * number,
            "complete": [True] * number,
        }
    )


@pytest.mark.parametrize(("cycles", "every"), [(1, 25), (9, 25), (300, 25), (1020, 25), (10_000, 25), (300, 1)])
def test_the_first_the_last_and_those_with_results_are_followed_and_never_more_than_eighty(cycles, every):
    told, more = followed(ageing_cycles(cycles), every)
    assert {3, cycles + 2} <= set(told)
    assert {number + 2 for number in (10, 100, 300, 1000) if number <= cycles} <= set(told)
    assert len({*told, *more}) <= 80
    if cycles == 9:
        assert len({*told, *more}) == 9
    if cycles == 300 and every == 25:
        assert {number + 2 for number in range(25, 301, 25)} <= {*told, *more}


def test_a_test_without_ageing_cycles_shows_its_formation():
    table = aged(3)
    found = analyse(table, {"nominal_capacity_mah": 20.0})
    assert found.tables["cycles"]["kind"].cast(pl.String).to_list() == ["formation"] * 3
    tracks = found.tables["dq_dv_peaks"]
    assert tracks["cycle_count"].unique().to_list() == [1, 2, 3]
    assert tracks["ageing_index"].null_count() == tracks.height
    assert not any("dq_dv" in scalar.quantity for scalar in found.scalars)


def test_without_a_slope_there_is_no_table_to_draw():
    flat = aged(3).with_columns(voltage_volt=pl.lit(3.7))
    assert not {"dq_dv", "dq_dv_peaks"} & set(analyse(flat, {}).tables)


def test_a_straight_line_has_a_curve_and_no_peaks():
    found = analyse(aged(8, bumps=()), {}).tables
    assert "dq_dv" in found
    assert "dq_dv_peaks" not in found


def test_nothing_is_followed_where_there_are_no_peaks():
    table = aged(3, bumps=())
    steps = summarise_steps(table)
    peaks = find_dq_dv_peaks(differentiate(table, steps).with_columns(dq_dv_mah_per_volt=pl.lit(1.0)))
    assert PEAK_TRACKS.conform(follow(peaks, summarise_cycles(steps))).is_empty()


def test_the_width_of_a_peak_is_that_at_half_of_its_height():
    tracks = tracks_of(aged(6, bumps=(Bump(3.9, 2.0, 0.03),)))
    # 2.355 standard deviations, of the peak and the Gaussian that smooths it
    assert tracks["width_volt"].to_list() == pytest.approx([2.355 * np.hypot(0.03, 0.005)] * tracks.height, rel=0.02)


@real_data.needs_real_data
@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("other/maccor_three.txt", {(1, "discharge"): 2.78, (2, "charge"): 3.245, (2, "discharge"): 3.133}),
        ("neware/nw_regular_export_ife_example.csv", {(2, "charge"): 4.485, (2, "discharge"): 4.343}),
        ("neware/test_2.ndax", {(1, "charge"): 3.325, (1, "discharge"): 3.089}),
    ],
)
def test_the_peaks_of_a_real_test_stay_where_a_reader_of_its_curves_sees_them(name, places):
    path = real_data.ROOT / "cycling" / name
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    tracks = analyse(CYCLING.conform(reader.read(path, path.name).table), {}).tables["dq_dv_peaks"]
    for (peak, half), volt in places.items():
        own = tracks.filter((pl.col("peak") == peak) & (pl.col("half") == half))
        assert own.height >= 3
        assert own["voltage_volt"].to_list() == pytest.approx([volt] * own.height, abs=0.03)
        assert own["cycle_count"].is_unique().all()
