"""Tap density: from what was typed to mean ± SD."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from characterization.tap_density.analysis import analyse
from characterization.tap_density.entry import ENTRY
from characterization.tap_density.presentation import TAP_DENSITY as SHOWN_AS
from characterization.tap_density.technique import TAP_DENSITY
from labdb.ingest.entry import write
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from tests.characterization.runs import accepted, named, numbers, shown

# 17.2 g, 17.5 g, 17.8 g in 10 cm³ each: 1.72, 1.75, 1.78 g/cm³, whose mean is 1.75 and whose sample SD is
# √((0.03² + 0 + 0.03²) / 2) = 0.03, as the reference study reports of its product.
ROWS = [
    {"mass_g": 17.2, "volume_cm3": 10.0, "taps": 3000},
    {"mass_g": 17.5, "volume_cm3": 10.0, "taps": 3000},
    {"mass_g": 17.8, "volume_cm3": 10.0, "taps": 3000},
]


def table(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"mass_g": pl.Float64, "volume_cm3": pl.Float64, "taps": pl.Int64})


def read(path: Path):
    found = matches(FileHead.of(path), [TAP_DENSITY])
    assert len(found) == 1
    return found[0].reader, TAP_DENSITY.schema.conform(found[0].reader.read(path, path.name).table)


def test_three_fillings_of_17_2_to_17_8_g_in_10_cm3_are_1_75_with_an_sd_of_0_03():
    analysis = analyse(table(ROWS), {})
    (scalar,) = analysis.scalars
    assert (scalar.quantity, scalar.n) == ("tap_density_g_per_cm3", 3)
    assert (scalar.value, scalar.sd) == pytest.approx((1.75, 0.03))
    assert analysis.tables["replicates"]["tap_density_g_per_cm3"].to_list() == pytest.approx([1.72, 1.75, 1.78])
    assert analysis.warnings == ()


def test_one_filling_has_no_deviation():
    (scalar,) = analyse(table(ROWS[:1]), {}).scalars
    assert (scalar.value, scalar.sd, scalar.n) == (pytest.approx(1.72), None, 1)


def test_too_few_taps_are_said_of_the_replicate():
    few = [*ROWS[:2], {**ROWS[2], "taps": 300}]
    (warning,) = analyse(table(few), {}).warnings
    assert warning.startswith("replicate 3 was tapped 300 times, fewer than 3,000")
    assert analyse(table(few), {"fewest_taps": 300}).warnings == ()


def test_taps_that_nobody_counted_are_said():
    assert "number of taps was not said" in analyse(table(ROWS).drop("taps"), {}).warnings[0]


def test_replicates_that_scatter_by_more_than_5_percent_are_said():
    # 1.6 and 1.8: mean 1.7, SD 0.1414, 8.3 %.
    scattered = [{**ROWS[0], "mass_g": 16.0}, {**ROWS[0], "mass_g": 18.0}]
    (warning,) = analyse(table(scattered), {}).warnings
    assert "scatter by 8.3%" in warning
    assert analyse(table(scattered), {"largest_relative_sd": 0.1}).warnings == ()


def test_a_density_beyond_that_of_crystals_is_doubted():
    assert "denser than the crystals" in analyse(table([{**ROWS[0], "mass_g": 1720.0}]), {}).warnings[0]


def test_typed_values_come_back_through_the_reader(tmp_path):
    path = tmp_path / "typed.csv"
    path.write_bytes(write("tap_density", ENTRY, ENTRY.checked(ROWS)))
    reader, found = read(path)
    assert reader.name == "labdb-tap-density"
    assert found.to_dicts() == ROWS


@pytest.mark.parametrize(
    "lines",
    [
        ("Mass (g);Volume (cm³);Taps", "17,2;10,0;3000", "17,5;10,0;3000", "17,8;10,0;3000"),
        ("No.,Weight [mg],Tapped volume [mL],Number of taps", "1,17200,10,3000", "2,17500,10,3000", "3,17800,10,3000"),
        ("Lab book 12", "", "mass_g\tvolume_cm3\ttaps", "17.2\t10\t3000", "17.5\t10\t3000", "17.8\t10\t3000"),
        ("Sample,Mass (g),Volume (ml),Taps", "A,17.2,10,3000", "A,17.5,10,3000", "A,17.8,10,3000", "Mean,17.5,10,"),
    ],
    ids=["semicolons", "milligrams", "names of columns below a title", "with a mean"],
)
def test_a_labs_own_table_is_converted_by_its_heads(tmp_path, lines):
    path = tmp_path / "table.csv"
    path.write_text("\r\n".join([*lines, ""]), encoding="utf-8")
    reader, found = read(path)
    assert reader.name == "tap-density-table"
    assert found["mass_g"].to_list() == pytest.approx([17.2, 17.5, 17.8])
    assert found["volume_cm3"].to_list() == [10, 10, 10]
    assert found["taps"].to_list() == [3000, 3000, 3000]


def test_a_workbook_is_such_a_table_too(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Mass / g", "Volume / cm3", "Taps"], [17.2, 10, 3000], [17.5, 10, 3000]):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    assert read(tmp_path / "table.xlsx")[1]["mass_g"].to_list() == [17.2, 17.5]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Mass,Volume (mL),Taps\n17.2,10,3000\n", "the column “Mass” does not say its unit; write one of g, mg, kg"),
        ("Mass (oz),Volume (mL),Taps\n17.2,10,3000\n", "the column “Mass (oz)” is in oz"),
        ("Sample,Mass (g),Volume (mL),Taps\nA,17,10,3000\nB,18,10,3000\n", "holds 2 samples (A, B)"),
        ("Mass (g),Volume (mL),Taps\n17.2,10,3000\n17.5,10,30", "may be cut off"),
        ("Mass (g),Volume (mL),Taps\n17.2,0,3000\n", "row 1: Volume after tapping is 0; it must be"),
        ("Mass (g),Volume (mL),Taps\n", "nothing was typed in"),
    ],
)
def test_a_table_that_could_be_misread_is_refused(tmp_path, content, sentence):
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(ReaderError) as error:
        read(path)
    assert sentence in str(error.value)
    assert str(error.value).startswith("table.csv: ")


def test_what_is_not_read_of_a_table_is_said(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("Mass (g),Volume (mL),Taps,Humidity (%)\n17.2,10,3000,40\n")
    reading = TAP_DENSITY.readers[1].read(path, "table.csv")
    assert reading.warnings == ("the columns Humidity (%) were not read",)


def test_a_measurement_is_drawn_as_its_points_and_their_mean():
    (drawing,) = SHOWN_AS.drawings
    figure = accepted(drawing.draw([shown(analyse(table(ROWS), {}), history="/history/1/")]))
    points, mean = figure["data"]
    assert numbers(points["y"]) == pytest.approx([1.72, 1.75, 1.78])
    assert points["meta"]["history"] == "/history/1/"
    assert (numbers(mean["y"]), numbers(mean["error_y"]["array"])) == (pytest.approx([1.75]), pytest.approx([0.03]))
    assert figure["layout"]["yaxis"]["title"]["text"] == "Tap density / g/cm³"
    assert figure["summary"] == "Tap density of GP-NCM-01: 1.750 ± 0.030 (3), in g/cm³."


def test_several_measurements_stand_beside_each_other_a_control_hollow_a_simulation_named():
    (drawing,) = SHOWN_AS.drawings
    control = shown(analyse(table(ROWS[:1]), {}), "P-NCM-01", dashed=True, simulated=True)
    figure = accepted(drawing.draw([shown(analyse(table(ROWS), {})), control]))
    assert figure["layout"]["xaxis"]["ticktext"] == ["GP-NCM-01", "P-NCM-01, simulated"]
    single = named(figure, "P-NCM-01, simulated")
    assert single["marker"]["symbol"] == "circle-open"
    assert len(figure["data"]) == 3  # one replicate has no mean beside it


def test_nothing_measured_is_said():
    figure = SHOWN_AS.drawings[0].draw([shown(analyse(table([]), {}))])
    assert figure["empty"]


def test_choices_are_the_parameters_of_the_technique():
    assert {choice.name for choice in SHOWN_AS.choices} == set(TAP_DENSITY.defaults)
