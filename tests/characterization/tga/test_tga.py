"""Steps of the mass that are known beforehand, and their figures."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from characterization.tga.analysis import analyse
from characterization.tga.presentation import TGA as SHOWN_AS
from characterization.tga.technique import TGA
from characterization.thermal import mass
from characterization.thermal.segments import segments
from characterization.thermal.table import MASS_CURVE, SEGMENTS, STEPS
from labdb.quantities import quantity
from tests.characterization.runs import accepted, named, numbers, shown

# 10 °C/min from 25 to 800 °C, a record a second.
SECOND = np.arange(0, 4650.0)
CELSIUS = 25 + SECOND / 6


def logistic(loss: float, at: float, width: float) -> np.ndarray:
    """A step of so many %: its steepest tangent, at its middle, meets the level before it 2 widths earlier."""
    return -loss / (1 + np.exp(-(CELSIUS - at) / width))


def table(percent: np.ndarray, **columns) -> pl.DataFrame:
    return pl.DataFrame({"time_second": SECOND, "temperature_celsius": CELSIUS, "mass_percent": percent, **columns})


TWO = 100 + logistic(10, 200, 8) + logistic(30, 500, 12)


def results(found):
    return {scalar.quantity: scalar.value for scalar in found.scalars}


def test_two_steps_have_their_losses_their_onsets_and_their_fastest_temperatures():
    found = analyse(table(TWO), {})
    steps = found.tables["mass_steps"]
    assert steps["mass_change_percent"].to_list() == pytest.approx([-10, -30], rel=0.02)
    assert steps["fastest_celsius"].to_list() == pytest.approx([200, 500], abs=0.5)
    assert steps["onset_celsius"].to_list() == pytest.approx([200 - 2 * 8, 500 - 2 * 12], abs=0.8)
    # The fastest rate of a logistic: loss / (4 · width) a degree, times 10 °C/min.
    assert steps["fastest_percent_per_min"].to_list() == pytest.approx([-10 / 32 * 10, -30 / 48 * 10], rel=0.02)
    assert steps["main"].to_list() == [False, True]


def test_loss_and_residue_are_those_of_the_whole_record():
    found = results(analyse(table(TWO), {}))
    assert found["mass_loss_percent"] == pytest.approx(40, rel=1e-4)
    assert found["residue_percent"] == pytest.approx(60, rel=1e-4)
    assert found["main_step_loss_percent"] == pytest.approx(30, rel=0.02)
    assert found["mass_change_onset_celsius"] == pytest.approx(476, abs=0.8)
    assert found["scan_rate_celsius_per_min"] == pytest.approx(10, rel=1e-3)


def test_a_gain_is_a_step_of_the_other_sign():
    found = analyse(table(100 - logistic(5, 300, 6)), {})
    assert found.tables["mass_steps"]["mass_change_percent"].to_list() == pytest.approx([5], rel=0.02)
    assert results(found)["mass_loss_percent"] == pytest.approx(-5, rel=1e-3)
    assert results(found)["main_step_loss_percent"] == pytest.approx(-5, rel=0.02)


def test_noise_is_no_step():
    noise = np.random.default_rng(2).normal(0, 0.01, len(SECOND))
    found = analyse(table(TWO + noise), {})
    assert found.tables["mass_steps"]["mass_change_percent"].to_list() == pytest.approx([-10, -30], rel=0.03)
    assert analyse(table(np.full(len(SECOND), 100.0) + noise), {}).tables["mass_steps"].height == 0


def test_what_is_smaller_than_the_least_step_is_none():
    small = 100 + logistic(0.6, 300, 6)
    assert any("no step of 1 % or more" in each for each in analyse(table(small), {}).warnings)
    found = analyse(table(small), {"least_step_percent": 0.5})
    assert found.tables["mass_steps"]["mass_change_percent"].to_list() == pytest.approx([-0.6], rel=0.02)


def test_a_range_of_temperatures_leaves_the_rest_out():
    found = analyse(table(TWO), {"from_celsius": 100, "to_celsius": 350})
    assert results(found)["mass_loss_percent"] == pytest.approx(10, rel=0.01)
    assert found.tables["mass_steps"].height == 1


def test_a_range_without_records_is_said_and_left_out():
    found = analyse(table(TWO), {"from_celsius": 900})
    assert any("all of it was analysed" in each for each in found.warnings)
    assert results(found)["mass_loss_percent"] == pytest.approx(40, rel=1e-4)


def test_a_range_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match="wrong way round"):
        analyse(table(TWO), {"from_celsius": 400, "to_celsius": 300})


# 100 %


def milligram(**columns) -> pl.DataFrame:
    return table(TWO, **columns).rename({"mass_percent": "mass_milligram"}).with_columns(pl.col("mass_milligram") / 20)


def test_a_mass_in_mg_is_in_percent_of_the_sample_mass():
    found = analyse(milligram(sample_mass_mg=pl.repeat(5.0, len(SECOND), eager=True)), {})
    assert results(found)["residue_percent"] == pytest.approx(60, rel=1e-4)
    assert found.tables["mass_steps"]["mass_change_mg"].to_list() == pytest.approx([-0.5, -1.5], rel=0.02)
    assert found.warnings == ()


def test_without_a_sample_mass_the_first_record_is_100_percent_and_this_is_said():
    found = analyse(milligram(), {})
    assert results(found)["residue_percent"] == pytest.approx(60, rel=1e-3)
    assert any("100 % is the first record" in each for each in found.warnings)


def test_a_sample_mass_that_a_person_enters_is_100_percent():
    found = analyse(milligram(), {"sample_mass_mg": 4.0})
    assert results(found)["residue_percent"] == pytest.approx(75, rel=1e-3)  # 3 mg of 4 mg
    assert any("check the sample mass" in each for each in found.warnings)


# Segments


def programme(*legs: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Minutes and the temperature at their end, one leg after the other, from 25 °C, a record a second."""
    at, second, celsius = 25.0, [0.0], [25.0]
    for minutes, to in legs:
        steps = round(minutes * 60)
        second += [second[-1] + number + 1 for number in range(steps)]
        celsius += [at + (to - at) * (number + 1) / steps for number in range(steps)]
        at = to
    return np.array(second), np.array(celsius)


def test_heating_holding_and_cooling_are_told_apart():
    second, celsius = programme((10, 25), (40, 425), (30, 425), (20, 25))
    found = segments(second, celsius)
    assert [each.kind for each in found] == ["isothermal", "heating", "isothermal", "cooling"]
    assert [each.rate_celsius_per_min for each in found] == pytest.approx([0, 10, 0, -20], abs=0.2)
    begins = [second[each.first] / 60 for each in found]
    assert begins == pytest.approx([0, 10, 50, 80], abs=1)


def test_a_furnace_that_swings_about_its_set_temperature_holds_it():
    second, celsius = programme((40, 425), (60, 425))
    swinging = celsius + np.where(second > 2400, 2 * np.sin((second - 2400) / 60), 0)
    assert [each.kind for each in segments(second, swinging)] == ["heating", "isothermal"]


def test_a_slow_scan_is_no_hold():
    second = np.arange(0, 200_000, 20.0)
    assert [each.kind for each in segments(second, 25 + second / 60 * 0.05)] == ["heating"]


def test_a_step_while_the_temperature_is_held_has_no_onset():
    second, celsius = programme((10, 125), (60, 125))
    held = pl.DataFrame(
        {
            "time_second": second,
            "temperature_celsius": celsius,
            "mass_percent": 100 - 10 / (1 + np.exp(-(second - 2400) / 120)),
        }
    )
    (row,) = analyse(held, {}).tables["mass_steps"].rows(named=True)
    assert row["mass_change_percent"] == pytest.approx(-10, rel=0.02)
    assert row["onset_celsius"] is None


# Figures


def draw(name, *runs):
    return accepted(SHOWN_AS.drawing(name).draw(runs))


def test_one_mass_is_drawn_with_its_rate_and_its_steps():
    figure = draw("mass", shown(analyse(table(TWO), {}), history="/history/1/"))
    assert min(numbers(named(figure, "GP-NCM-01")["y"])) == pytest.approx(60, rel=1e-4)
    assert named(figure, "rate of the mass")["yaxis"] == "y2"
    assert len(named(figure, "ends of the steps")["x"]) == 4
    assert named(figure, "extrapolated onset")["y"] == pytest.approx([100, 90], abs=0.3)
    assert "40.00 % lost" in figure["summary"]


def test_several_masses_are_laid_over_each_other():
    figure = draw("mass", shown(analyse(table(TWO), {})), shown(analyse(table(TWO), {}), "P-NCM-01", dashed=True))
    assert [trace["name"] for trace in figure["data"]] == ["GP-NCM-01", "P-NCM-01"]


def test_the_record_against_time():
    figure = draw("record", shown(analyse(table(TWO), {})))
    assert figure["summary"] == "GP-NCM-01: heating 25 to 799.8 °C at 10 °C/min."


def test_channels_of_a_mass_spectrometer_are_drawn_by_their_names():
    gases = pl.DataFrame({"time_second": SECOND}).with_columns(
        temperature_celsius=pl.lit(None, pl.Float64), ion_1_mbar=pl.lit(1e-11), ion_2_mbar=pl.lit(-1e-13)
    )
    found = analyse(gases, {})
    assert found.scalars == ()
    assert any("mass spectrometer" in each for each in found.warnings)
    figure = draw("ions", shown(found, metadata={"ions": ["18", "Oxygen"]}))
    assert [trace["name"] for trace in figure["data"]] == ["m/z 18", "Oxygen"]
    assert numbers(named(figure, "m/z 18")["y"])[0] == pytest.approx(1e-11)
    assert np.isnan(numbers(named(figure, "Oxygen")["y"])).all()  # below nothing is no place of a logarithmic axis
    for name in ("mass", "record"):
        assert SHOWN_AS.drawing(name).draw([shown(found)])["empty"]


def test_a_thermobalance_has_no_figure_of_gases():
    assert SHOWN_AS.drawing("ions").draw([shown(analyse(table(TWO), {}))])["empty"]


def test_tables_keep_their_promises():
    tables = analyse(table(TWO), {}).tables
    for name, schema in (("mass_steps", STEPS), ("mass_curve", MASS_CURVE), ("segments", SEGMENTS)):
        assert schema.conform(tables[name]).equals(tables[name])


def test_choices_are_parameters_that_the_analysis_knows():
    names = {choice.name for choice in SHOWN_AS.choices}
    assert set(TGA.defaults) <= names
    assert all(name in (mass.analyse.__doc__ or "") for name in names)


def test_every_quantity_of_the_presentation_is_defined():
    names = [*SHOWN_AS.compared, *(name for drawing in SHOWN_AS.drawings for name in drawing.quantities)]
    assert all(quantity(name).definition for name in names)
