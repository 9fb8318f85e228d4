"""Karl Fischer: from µg of water to mg/kg of powder."""

from __future__ import annotations

import polars as pl
import pytest

from characterization.moisture.analysis import analyse
from characterization.moisture.entry import ENTRY
from characterization.moisture.presentation import MOISTURE as SHOWN_AS
from characterization.moisture.technique import MOISTURE
from labdb.ingest.entry import write
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from tests.characterization.runs import accepted, numbers, shown


def table(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MOISTURE.schema.columns)


def kf(mass: float, water: float, **more: float) -> dict:
    return {"sample_mass_g": mass, "water_microgram": water, **more}


def read(path):
    found = matches(FileHead.of(path), [MOISTURE])
    assert len(found) == 1
    return MOISTURE.schema.conform(found[0].reader.read(path, path.name).table)


def test_250_microgram_less_a_blank_of_50_from_half_a_gram_are_400_mg_per_kg():
    analysis = analyse(table(kf(0.5, 250, blank_microgram=50)), {})
    (scalar,) = analysis.scalars
    assert (scalar.quantity, scalar.value, scalar.sd, scalar.n) == ("water_content_mg_per_kg", 400, None, 1)
    assert analysis.warnings == ()


def test_a_drift_of_5_microgram_a_minute_over_10_minutes_is_50_microgram():
    drifting = kf(0.5, 300, blank_microgram=50, drift_microgram_per_min=5, titration_time_min=10)
    assert analyse(table(drifting), {}).scalars[0].value == 400


def test_replicates_of_390_400_and_410_have_a_mean_of_400_and_an_sd_of_10():
    rows = [kf(1, 390, blank_microgram=0), kf(1, 400, blank_microgram=0), kf(1, 410, blank_microgram=0)]
    (scalar,) = analyse(table(*rows), {}).scalars
    assert (scalar.value, scalar.sd, scalar.n) == pytest.approx((400, 10, 3))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([kf(1, 40, blank_microgram=50)], "replicate 1 holds less water than its blank"),
        ([kf(1, 80, blank_microgram=50)], "more than half of the water of replicate 1 is that of blank"),
        ([kf(1, 400)], "no blank was given"),
        ([kf(1, 400, blank_microgram=20), kf(1, 400)], "replicate 2 has no blank"),
        (
            [
                kf(1, 400, blank_microgram=20, oven_temperature_celsius=150),
                kf(1, 400, blank_microgram=20, oven_temperature_celsius=280),
            ],
            "the oven was at 150, 280 °C",
        ),
        ([kf(1, 300, blank_microgram=0), kf(1, 500, blank_microgram=0)], "scatter by 141 mg/kg around 400 mg/kg"),
    ],
)
def test_what_makes_a_water_content_doubtful_is_said(rows, words):
    (warning,) = analyse(table(*rows), {}).warnings
    assert words in warning


def test_a_negative_content_stays_in_the_mean():
    (scalar,) = analyse(table(kf(1, 40, blank_microgram=50), kf(1, 60, blank_microgram=50)), {}).scalars
    assert scalar.value == 0


def test_a_drift_without_its_time_is_refused_when_it_is_typed():
    with pytest.raises(ValueError, match="replicate 1: a drift needs the titration time"):
        ENTRY.checked([kf(1, 300, drift_microgram_per_min=5)])
    assert ENTRY.checked([kf(1, 300, titration_time_min=5)])


def test_typed_values_come_back_through_the_reader(tmp_path):
    path = tmp_path / "typed.csv"
    path.write_bytes(write("moisture", ENTRY, ENTRY.checked([kf(0.5, 250, blank_microgram=50)])))
    found = read(path)
    assert found.row(0, named=True)["blank_microgram"] == 50
    assert found.row(0, named=True)["drift_microgram_per_min"] is None


def test_a_table_of_a_titrator_is_converted_by_its_heads(tmp_path):
    path = tmp_path / "kf.csv"
    path.write_text(
        "Sample;Sample size (mg);Water (mg);Blank (µg);Drift (µg/min);Time (s);Oven temp (°C)\n"
        "GP-NCM-01;500,0;0,3;50;5;600;280\n",
        encoding="utf-8-sig",
    )
    (scalar,) = analyse(read(path), {}).scalars
    assert scalar.value == pytest.approx(400)


def test_a_content_in_place_of_a_mass_of_water_is_refused(tmp_path):
    path = tmp_path / "kf.csv"
    path.write_text("Weight (g),Water (ppm)\n0.5,400\n")
    with pytest.raises(ReaderError, match=r"the column “Water \(ppm\)” is in ppm; write one of µg, ug, mcg, mg"):
        read(path)


def test_a_measurement_is_drawn_as_its_points_and_their_mean():
    analysis = analyse(table(kf(1, 390, blank_microgram=0), kf(1, 410, blank_microgram=0)), {})
    points, mean = accepted(SHOWN_AS.drawings[0].draw([shown(analysis)]))["data"]
    assert numbers(points["y"]) == [390, 410]
    assert numbers(mean["error_y"]["array"]) == pytest.approx([200**0.5])


def test_choices_are_the_parameters_of_the_technique():
    assert {choice.name for choice in SHOWN_AS.choices} == set(MOISTURE.defaults)
