"""What an isotherm says of a powder, with numbers that can be checked by hand."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from characterization.physisorption.analysis import analyse
from characterization.physisorption.gases import ARGON, NITROGEN, gas_named, stored_name
from characterization.physisorption.isotherm import Parameters
from characterization.physisorption.presentation import ISOTHERMS
from characterization.physisorption.table import ADSORPTION, BET, DESORPTION, ISOTHERM, PORE_SIZE
from labdb.ingest.technique import Analysis, Scalar

# n_m = 0.01 mmol/g of molecules of 0.162 nm²: 1e-5 mol/g × 6.02214076e23 × 0.162e-18 m² = 0.975587 m²/g.
MONOLAYER, C = 0.01, 100.0
AREA = 0.975587
LOW = (0.01, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35)


def layers(pressure: Any, monolayer: float = MONOLAYER, c: float = C) -> Any:
    """The BET equation."""
    x = np.asarray(pressure)
    return monolayer * c * x / ((1 - x) * (1 - x + c * x))


def isotherm(
    pressure: Any = LOW,
    loading: Any = None,
    desorption: tuple[tuple[float, float], ...] = (),
    adsorbate: str | None = "nitrogen",
    temperature: float | None = 77.355,
    mass: float | None = 2000.0,
    **columns: Any,
) -> pl.DataFrame:
    loading = layers(pressure) if loading is None else loading
    table = pl.DataFrame(
        {
            "relative_pressure": [*map(float, pressure), *(p for p, _ in desorption)],
            "loading_mmol_per_g": [*map(float, loading), *(n for _, n in desorption)],
            "branch": [ADSORPTION] * len(pressure) + [DESORPTION] * len(desorption),
        }
    ).with_columns(
        adsorbate=pl.lit(adsorbate, pl.String),
        temperature_kelvin=pl.lit(temperature, pl.Float64),
        sample_mass_mg=pl.lit(mass, pl.Float64),
        **columns,
    )
    return ISOTHERM.conform(table)


def found(analysis: Analysis) -> dict[str, Scalar]:
    return {scalar.quantity: scalar for scalar in analysis.scalars}


def value(analysis: Analysis, quantity: str) -> float:
    return found(analysis)[quantity].value


def said(analysis: Analysis) -> str:
    return "; ".join(analysis.warnings)


def test_a_powder_that_keeps_to_the_bet_equation_has_its_monolayer_c_and_area():
    analysis = analyse(isotherm(), {})
    assert value(analysis, "bet_area_m2_per_g") == pytest.approx(AREA, rel=1e-6)
    assert value(analysis, "monolayer_mmol_per_g") == pytest.approx(0.01)
    assert value(analysis, "bet_c") == pytest.approx(100)
    assert value(analysis, "bet_r_squared") == pytest.approx(1)
    assert found(analysis)["bet_area_m2_per_g"].sd == pytest.approx(0, abs=1e-9)
    # n(1 − p/p0) rises throughout, so the range ends at the last point and begins at a tenth of it.
    assert (value(analysis, "bet_p_low"), value(analysis, "bet_p_high")) == (0.05, 0.35)
    assert value(analysis, "bet_points") == 7


def test_the_area_does_not_depend_on_how_small_it_is():
    small = analyse(isotherm(loading=layers(LOW, 2e-4)), {})  # 0.0195 m²/g
    assert value(small, "bet_area_m2_per_g") == pytest.approx(AREA / 50)


def test_the_bet_plot_of_the_equation_is_a_line_with_slope_99_and_intercept_1_per_monolayer():
    # 1/[n(p0/p − 1)] = (1 + (C − 1) p/p0) / (n_m C) = 1 + 99 p/p0 in g/mmol.
    table = analyse(isotherm(), {}).tables["bet"]
    assert BET.conform(table).equals(table)
    expected = [1 + 99 * p for p in LOW]
    assert table["bet_ordinate_g_per_mmol"].to_list() == pytest.approx(expected)
    assert table["rouquerol_ordinate_mmol_per_g"][0] == pytest.approx(0.99 * table["loading_mmol_per_g"][0])
    assert table["fitted"].to_list() == [False, False, *[True] * 7]


def test_the_range_ends_after_the_highest_n_of_1_minus_p():
    # Beyond 0.2 the layer stops growing, so that n(1 − p/p0) falls from 0.2 on; pyGAPS takes one point more.
    loading = np.minimum(layers(LOW), layers(0.2))
    analysis = analyse(isotherm(loading=loading), {})
    assert value(analysis, "bet_p_high") == 0.25


def test_a_chosen_range_holds_its_ends():
    analysis = analyse(isotherm(), {"p_low": 0.05, "p_high": 0.3})
    assert (value(analysis, "bet_p_low"), value(analysis, "bet_p_high")) == (0.05, 0.3)
    assert value(analysis, "bet_points") == 6
    assert analyse(isotherm(), {"p_high": 0.2}).scalars[3].value == 0.01  # from the first point on


def test_a_chosen_range_of_two_points_gives_no_area_and_says_so():
    analysis = analyse(isotherm(), {"p_low": 0.1, "p_high": 0.15})
    assert "bet_area_m2_per_g" not in found(analysis)
    assert "holds 2 points; a BET line needs 3" in said(analysis)


def test_points_at_the_upper_end_are_left_out_until_c_is_positive():
    # Micropores, full at p/p0 0.01; the last point lies 5 % low, which turns the intercept of the line below zero.
    pressure = (0.002, 0.004, 0.006, 0.01, 0.02, 0.04)
    loading = layers(pressure, 1.0, 20000.0)
    loading[-1] *= 0.95
    assert "bet_c" not in found(analyse(isotherm(pressure, loading), {"p_low": 0.004, "p_high": 0.04}))
    analysis = analyse(isotherm(pressure, loading), {})
    assert value(analysis, "bet_c") == pytest.approx(20000, rel=1e-3)
    assert (value(analysis, "bet_p_low"), value(analysis, "bet_p_high")) == (0.004, 0.02)


def test_the_standard_deviation_is_that_of_the_line_at_saturation():
    # Two points of the line are moved by ±1 g/mmol, so that slope and intercept stay nearly as they are.
    pressure = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
    ordinate = 1 + 99 * pressure + np.array([0.1, -0.1, 0.05, -0.05, 0.1, -0.1])
    loading = pressure / (1 - pressure) / ordinate
    scalar = found(analyse(isotherm(pressure, loading), {"p_low": 0.05, "p_high": 0.3}))["monolayer_mmol_per_g"]
    slope, intercept = np.polyfit(pressure, ordinate, 1)
    _, covariance = np.polyfit(pressure, ordinate, 1, cov=True)
    at_one = math.sqrt(covariance.sum())  # variance of slope + intercept
    assert scalar.value == pytest.approx(1 / (slope + intercept))
    assert scalar.sd == pytest.approx(scalar.value**2 * at_one)


def test_few_points_fall_back_on_the_classical_range_and_this_is_said():
    pressure = (0.06, 0.12, 0.18, 0.24, 0.28)
    loading = layers(pressure)
    loading[0] *= 1.08  # a first point that is too high: n(1 − p/p0) falls at once
    analysis = analyse(isotherm(pressure, loading), {})
    assert "too few or too noisy for Rouquerol's criteria, so the range p/p0 0.05 to 0.30 was taken" in said(analysis)
    assert value(analysis, "bet_points") == 5


def test_two_points_are_no_bet_line():
    analysis = analyse(isotherm((0.1, 0.2, 0.9)), {})
    assert "bet_area_m2_per_g" not in found(analysis)
    assert "no range of the isotherm gives a BET line" in said(analysis)


@pytest.mark.parametrize("seed", range(20))
def test_noise_about_zero_gives_warnings_and_never_an_accident(seed):
    draw = np.random.default_rng(seed)
    pressure = np.sort(draw.uniform(1e-4, 0.995, 40))
    loading = 1e-4 * draw.standard_normal(40)
    falling = tuple(zip(pressure[::-1].tolist(), (1e-4 * draw.standard_normal(40)).tolist(), strict=True))
    analysis = analyse(isotherm(pressure, loading, falling), {})
    assert all(math.isfinite(scalar.value) for scalar in analysis.scalars)
    assert analysis.warnings


@pytest.mark.parametrize("seed", range(10))
def test_a_small_area_with_one_percent_of_noise_is_found_within_its_standard_deviations(seed):
    draw = np.random.default_rng(seed)
    pressure = np.linspace(0.05, 0.3, 11)
    loading = layers(pressure, 0.005) * (1 + 0.01 * draw.standard_normal(11))  # 0.49 m²/g
    area = found(analyse(isotherm(pressure, loading), {}))["bet_area_m2_per_g"]
    assert area.value == pytest.approx(AREA / 2, rel=0.08)


def test_another_mass_scales_the_loading():
    # Weighed as 2000 mg where 1000 mg were in the tube: twice the area.
    analysis = analyse(isotherm(), {"sample_mass_mg": 1000.0})
    assert value(analysis, "bet_area_m2_per_g") == pytest.approx(2 * AREA)
    unknown = analyse(isotherm(mass=None), {"sample_mass_mg": 1000.0})
    assert value(unknown, "bet_area_m2_per_g") == pytest.approx(AREA)
    assert "so the mass entered is not used" in said(unknown)


def test_an_amount_of_the_whole_sample_waits_for_its_mass():
    table = isotherm(mass=None, loading_mmol=pl.col("loading_mmol_per_g") * 2).with_columns(
        loading_mmol_per_g=pl.lit(None, pl.Float64)
    )
    waiting = analyse(table, {})
    assert (waiting.scalars, dict(waiting.tables)) == ((), {})
    assert "enter the sample's mass" in said(waiting)
    assert value(analyse(table, {"sample_mass_mg": 2000.0}), "bet_area_m2_per_g") == pytest.approx(AREA)


def test_absolute_pressures_wait_for_the_saturation_pressure():
    table = isotherm(adsorbate=None, temperature=None, pressure_kpa=pl.col("relative_pressure") * 98.0).with_columns(
        relative_pressure=pl.lit(None, pl.Float64)
    )
    assert "enter the saturation pressure" in said(analyse(table, {}))
    assert value(analyse(table, {"saturation_pressure_kpa": 98.0}), "bet_area_m2_per_g") == pytest.approx(AREA)
    # At 77.355 K nitrogen has 101.321 kPa.
    bath = {"adsorbate": "nitrogen", "temperature_kelvin": 77.355}
    assert value(analyse(table, bath), "bet_p_high") == pytest.approx(0.35 * 98 / 101.3212, rel=1e-5)


def test_relative_pressures_of_the_file_are_not_changed_by_another_bath():
    assert value(analyse(isotherm(), {"temperature_kelvin": 77.0}), "bet_p_high") == 0.35
    ignored = analyse(isotherm(), {"saturation_pressure_kpa": 90.0})
    assert value(ignored, "bet_p_high") == 0.35
    assert "the saturation pressure that was entered is not used" in said(ignored)


@pytest.mark.parametrize("gas", ["water", "carbon dioxide", "ethanol", "sulphur hexafluoride"])
def test_no_gas_but_nitrogen_gives_a_nitrogen_area(gas):
    analysis = analyse(isotherm((*LOW, 0.97), adsorbate=gas, temperature=298.0), {})
    assert analysis.scalars == ()
    assert f"the adsorbate is {gas}, for which no BET area is defined" in said(analysis)
    entered = analyse(isotherm(adsorbate=gas), {"cross_section_nm2": 0.2})
    assert "bet_area_other_gas_m2_per_g" not in found(entered)


def test_argon_gives_an_area_of_its_own_with_the_cross_section_that_is_entered():
    table = isotherm(adsorbate="argon", temperature=87.3)
    assert "enter the cross-section of its molecule (usually 0.142 nm² at 87 K)" in said(analyse(table, {}))
    entered = analyse(table, {"cross_section_nm2": 0.142})
    assert value(entered, "bet_area_other_gas_m2_per_g") == pytest.approx(AREA * 0.142 / 0.162)
    assert "bet_area_m2_per_g" not in found(entered)
    assert "do not compare it with areas from nitrogen" in said(entered)


def test_a_chosen_gas_goes_before_that_of_the_file():
    assert "bet_area_m2_per_g" not in found(analyse(isotherm(), {"adsorbate": "krypton"}))
    assert "bet_area_m2_per_g" in found(analyse(isotherm(adsorbate="argon"), {"adsorbate": "nitrogen"}))


def test_the_cross_section_of_nitrogen_stays_that_of_the_definition():
    analysis = analyse(isotherm(), {"cross_section_nm2": 0.2})
    assert value(analysis, "bet_area_m2_per_g") == pytest.approx(AREA)
    assert "the cross-section that was entered is not used" in said(analysis)


def test_nitrogen_at_room_temperature_forms_no_layer():
    analysis = analyse(isotherm(temperature=273.0), {})
    assert analysis.scalars == ()
    assert "the file says 273 K, at which nitrogen forms no layer of liquid" in said(analysis)


def test_what_the_file_does_not_say_is_taken_and_said():
    analysis = analyse(isotherm(adsorbate=None, temperature=None), {})
    assert value(analysis, "bet_area_m2_per_g") == pytest.approx(AREA)
    assert "names no adsorbate, and nitrogen was taken" in said(analysis)
    assert "77.355 K was taken" in said(analysis)


def test_the_pore_volume_is_the_last_amount_as_liquid():
    # 28.0134 g/mol at 0.808 g/cm³ are 34.67 cm³/mol, so 0.1 mmol/g is 0.003467 cm³/g.
    analysis = analyse(isotherm((*LOW, 0.98), (*layers(LOW), 0.1)), {})
    assert value(analysis, "total_pore_volume_cm3_per_g") == pytest.approx(0.003467, rel=1e-4)
    assert value(analysis, "pore_volume_pressure") == 0.98
    # 4 × 0.003467 cm³/g / 0.9756 m²/g = 14.2 nm.
    assert value(analysis, "mean_pore_diameter_nm") == pytest.approx(14.2, rel=2e-3)


def test_the_pore_volume_is_read_where_somebody_chooses():
    table = isotherm((*LOW, 0.9, 0.98), (*layers(LOW), 0.05, 0.1))
    analysis = analyse(table, {"pore_volume_pressure": 0.94})
    assert value(analysis, "total_pore_volume_cm3_per_g") == pytest.approx(0.075 * 0.03467, rel=1e-4)
    beyond = analyse(table, {"pore_volume_pressure": 0.99})
    assert "total_pore_volume_cm3_per_g" not in found(beyond)
    assert "does not reach p/p0 0.99 (it ends at 0.98)" in said(beyond)


def test_an_isotherm_that_ends_early_has_no_total_pore_volume():
    assert "total_pore_volume_cm3_per_g" not in found(analyse(isotherm(), {}))
    assert "ends at p/p0 0.35, far below 0.95" in said(analyse(isotherm(), {}))
    nearly = analyse(isotherm((*LOW, 0.92)), {})
    assert "total_pore_volume_cm3_per_g" in found(nearly)
    assert "the widest pores are not in the pore volume" in said(nearly)


def test_pressures_above_saturation_are_said():
    assert "relative pressures reach 1.02, above saturation" in said(
        analyse(isotherm((*LOW, 1.02), (*layers(LOW), 1)), {})
    )


def pores_of(diameter_nm: float, spread: float = 0.12) -> pl.DataFrame:
    """Cylindrical pores of 0.5 mmol/g that empty where the Kelvin equation says, and keep the layer on their walls."""
    falling = np.concatenate([np.arange(0.98, 0.5, -0.01), np.arange(0.5, 0.1, -0.03)])
    thickness = np.sqrt(0.1399 / (0.034 - np.log10(falling)))
    width = 2 * (0.957 / -np.log(falling) + thickness)
    pores = diameter_nm * np.exp(spread * np.linspace(-4, 4, 401))
    share = np.exp(-(np.linspace(-4, 4, 401) ** 2) / 2)
    layer = 1 - (1 - np.minimum(2 * thickness[:, None] / pores, 1)) ** 2
    desorption = 0.5 * (np.where(pores <= width[:, None], 1.0, layer) * share / share.sum()).sum(axis=1)
    return isotherm(falling[::-1], desorption[::-1], tuple(zip(falling.tolist(), desorption.tolist(), strict=True)))


@pytest.mark.parametrize("diameter_nm", [7.0, 12.0, 20.0])
def test_pores_are_found_where_they_empty(diameter_nm):
    analysis = analyse(pores_of(diameter_nm), {})
    table = analysis.tables["pore_size"]
    assert PORE_SIZE.conform(table).equals(table)
    assert value(analysis, "bjh_mode_diameter_nm") == pytest.approx(diameter_nm, rel=0.06)
    # 0.5 mmol/g of liquid in them are 0.01734 cm³/g.
    assert value(analysis, "bjh_pore_volume_cm3_per_g") == pytest.approx(0.01734, rel=0.03)
    assert table["cumulative_pore_volume_cm3_per_g"][-1] == pytest.approx(table["pore_volume_cm3_per_g"].sum())
    assert table["pore_diameter_nm"].is_sorted()


def test_adsorption_has_another_meniscus_and_so_wider_steps():
    table = pores_of(12.0)
    desorption = value(analyse(table, {}), "bjh_mode_diameter_nm")
    adsorption = value(analyse(table, {"pore_size_branch": "adsorption"}), "bjh_mode_diameter_nm")
    assert adsorption < desorption  # the same pressure, half the Kelvin radius
    halsey = analyse(table, {"thickness_model": "halsey"}).tables["pore_size"]
    assert not halsey.equals(analyse(table, {}).tables["pore_size"])


def test_pores_where_every_condensate_tears_are_doubted():
    assert "lies where the condensate tears in any pore" in said(analyse(pores_of(3.8), {}))


def test_a_powder_without_desorption_has_the_pore_sizes_of_its_adsorption_and_this_is_said():
    analysis = analyse(pores_of(12.0).filter(branch=ADSORPTION), {})
    assert "bjh_mode_diameter_nm" in found(analysis)
    assert "the desorption has too few points, so the pore size distribution is that of the adsorption" in said(
        analysis
    )
    chosen = analyse(pores_of(12.0).filter(branch=ADSORPTION), {"pore_size_branch": "desorption"})
    assert "pore_size" not in chosen.tables
    assert "too few points between p/p0 0.1 and 0.99" in said(chosen)


def test_the_table_that_is_analysed_is_not_changed():
    table = isotherm()
    before = table.clone()
    analyse(table, {"sample_mass_mg": 5.0, "adsorbate": "argon"})
    assert table.equals(before)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"speed": 1}, "has no parameter speed"),
        ({"p_low": 0.3, "p_high": 0.1}, "the BET range ends at 0.1, which is not above its begin at 0.3"),
        ({"p_high": 2.0}, "p_high must be between 0 and 1, not 2.0"),
        ({"sample_mass_mg": -1.0}, "sample_mass_mg must be more than 0, not -1.0"),
        ({"pore_size_branch": "up"}, "it must be adsorption or desorption"),
        ({"thickness_model": "paper"}, "it must be one of harkins-jura, halsey"),
    ],
)
def test_impossible_parameters_are_refused(parameters, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Parameters.of(parameters)


def test_a_person_can_choose_every_parameter_and_no_other():
    assert {choice.name for choice in ISOTHERMS.choices} == set(Parameters.__dataclass_fields__)
    assert ISOTHERMS.checked({"p_low": 0.05, "p_high": None, "adsorbate": "argon"}) == {
        "p_low": 0.05,
        "adsorbate": "argon",
    }
    with pytest.raises(ValueError, match=r"the BET range ends at 0\.1"):
        ISOTHERMS.checked({"p_low": 0.3, "p_high": 0.1})


def test_saturation_pressures_are_those_of_the_boiling_points():
    # Nitrogen boils at 77.355 K and argon at 87.302 K under 101.325 kPa.
    assert NITROGEN.saturation_pressure_kpa(77.355) == pytest.approx(101.325, rel=1e-4)
    assert ARGON.saturation_pressure_kpa(87.302) == pytest.approx(101.325, rel=1e-4)
    assert NITROGEN.saturation_pressure_kpa(273.0) is None
    assert ARGON.saturation_pressure_kpa(77.0) is None  # argon is solid


def test_gases_are_known_by_their_names_and_formulas():
    assert [gas_named(word).name for word in ("N2", "Nitrogen", "n2 @ 77.35 K", "AR", "C2H5OH")] == [
        "nitrogen",
        "nitrogen",
        "nitrogen",
        "argon",
        "ethanol",
    ]
    assert gas_named("phlogiston") is None
    assert [stored_name("N2"), stored_name("Phlogiston"), stored_name(" ")] == ["nitrogen", "Phlogiston", None]
