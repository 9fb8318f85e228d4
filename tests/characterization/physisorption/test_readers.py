"""One isotherm in every maker's layout is the same table; what could be misread is refused or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from characterization.physisorption.readers import (
    READERS,
    belsorp,
    micromeritics_csv,
    micromeritics_xls,
    pygaps_files,
    quantachrome_txt,
)
from characterization.physisorption.table import ADSORPTION, DESORPTION, ISOTHERM
from characterization.physisorption.technique import PHYSISORPTION
from characterization.physisorption.units import kpa_of, loading_unit, mass_mg, temperature_kelvin
from labdb.ingest.installed import techniques
from labdb.ingest.reader import METADATA, FileHead, Reader, ReaderError, Reading
from labdb.ingest.registry import matches, unknown_sentence
from tests.characterization.physisorption import samples
from tests.labdb.ingest.old_workbooks import write as write_xls


def made(layout: str, folder: Path) -> Path:
    path = folder / layout
    samples.LAYOUTS[layout][0](path)
    return path


def read(path: Path) -> Reading:
    (match,) = matches(FileHead.of(path), [PHYSISORPTION])
    return match.reader.read(path, path.name)


def outcome(reader: Reader, path: Path) -> Reading | str:
    """What a reader finds in a file, or the sentence with which it refuses it."""
    try:
        return reader.read(path, path.name)
    except ReaderError as error:
        return str(error)


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_one_isotherm_is_the_same_table_in_every_layout(layout, tmp_path):
    table = read(made(layout, tmp_path)).table
    assert table["relative_pressure"].to_list() == pytest.approx([p for p, _ in samples.POINTS], rel=1e-6)
    assert table["loading_mmol_per_g"].to_list() == pytest.approx([n for _, n in samples.POINTS], rel=1e-5)
    assert table["branch"].to_list() == [ADSORPTION] * 4 + [DESORPTION] * 2
    assert ISOTHERM.conform(table).equals(table)


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_mass_bath_and_gas_are_those_of_the_file(layout, tmp_path):
    _, _, mass, bath, gas = samples.LAYOUTS[layout]
    table = read(made(layout, tmp_path)).table
    assert table["sample_mass_mg"].unique().to_list() == [mass]
    assert table["temperature_kelvin"].unique().to_list() == [pytest.approx(bath) if bath else None]
    assert table["adsorbate"].unique().to_list() == [gas]


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_a_layout_is_recognised_by_its_reader_alone_whatever_its_name(layout, tmp_path):
    path = made(layout, tmp_path)
    stored = path.rename(tmp_path / ("0" * 64))
    found = matches(FileHead.of(stored, "data"), techniques())
    assert [match.reader.name for match in found] == [samples.LAYOUTS[layout][1]]


@pytest.mark.parametrize("layout", samples.LAYOUTS)
@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.8, 0.95, 0.999])
def test_a_cut_file_is_refused_or_read_without_what_is_cut(layout, share, tmp_path):
    path = made(layout, tmp_path)
    whole = read(path).table
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    (reader,) = [reader for reader in READERS if reader.name == samples.LAYOUTS[layout][1]]
    part = outcome(reader, path)
    if isinstance(part, str):
        assert part.startswith(f"{path.name}: ")
        assert "\n" not in part
    else:
        assert part.table.height == whole.height or part.warnings
        assert set(part.table["loading_mmol_per_g"]) <= set(whole["loading_mmol_per_g"])


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 4096, b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"data_\n"]
)
def test_a_file_that_is_nothing_is_recognised_by_nobody_and_refused_by_all(reader, content, tmp_path):
    path = tmp_path / "nothing"
    path.write_bytes(content)
    assert not reader.recognises(FileHead.of(path))
    with pytest.raises(ReaderError, match=r"^nothing\.txt: "):
        reader.read(path, "nothing.txt")


def test_metadata_are_named_as_everywhere(tmp_path):
    reading = read(made("report.xls", tmp_path))
    assert reading.metadata == {
        "start_time_local": "2025-03-02T13:30:00",
        "device": "ASAP 2460 3.01",
        "sample": "GP-NCM",
        "instrument": {"BET surface area": "12.3 ± 0.1 m²/g"},
    }
    for layout in samples.LAYOUTS:
        assert set(read(made(layout, tmp_path)).metadata) <= set(METADATA)
    assert "operator" not in read(made("report.TXT", tmp_path)).metadata  # XXXX is a mask


def test_another_workbook_of_before_2007_is_refused_by_name(tmp_path):
    path = write_xls(tmp_path / "list.xls", {"Sheet1": {(0, 0): "Batch", (1, 0): 1.0}})
    head = FileHead.of(path)
    assert matches(head, techniques()) == []
    assert "an Office file of before 2007 (.xls, .doc): save it as .xlsx or .csv" in unknown_sentence(head)


def test_a_report_without_its_tabular_page_says_what_to_print(tmp_path):
    path = write_xls(tmp_path / "plots.xls", {"Sheet1": {(0, 0): "Isotherm Linear Plot"}})
    with pytest.raises(ReaderError, match="has no page “Isotherm Tabular Report”; print the report with it"):
        micromeritics_xls.READER.read(path, "plots.xls")


def test_a_report_of_absolute_pressures_alone_is_read(tmp_path):
    """As of a gas that is measured far from its saturation."""
    cells = {
        (0, 0): "Isotherm Tabular Report",
        (2, 0): "Absolute Pressure (mbar)",
        (2, 1): "Quantity Adsorbed (mmol/g)",
    }
    cells |= {(3, 3): "Analysis adsorptive:", (3, 4): "CO2"}
    for row, (pressure, amount) in enumerate([(100.0, "0,5"), (500.0, "1,25"), (900.0, "1,875")], start=3):
        cells |= {(row, 0): pressure, (row, 1): amount}
    reading = micromeritics_xls.READER.read(write_xls(tmp_path / "co2.xls", {"Sheet1": cells}), "co2.xls")
    assert reading.table["pressure_kpa"].to_list() == pytest.approx([10, 50, 90])
    assert reading.table["loading_mmol_per_g"].to_list() == [0.5, 1.25, 1.875]  # texts with decimal commas
    assert reading.table["adsorbate"][0] == "carbon dioxide"
    assert "enter the saturation pressure" in reading.warnings[0]


def test_a_long_table_of_a_text_report_goes_on_on_its_next_page(tmp_path):
    path = made("report.TXT", tmp_path)
    text = path.read_bytes().decode("utf-16")
    page = text[
        text.index("                     Isotherm Tabular") : text.index(
            "\r\n\r\nMicromeritics Instrument Corp.\r\n\r\n  BET"
        )
    ]
    rows = page.split("\r\n")
    second = "\r\n".join([*rows[:6], *rows[-2:]])
    first = "\r\n".join(rows[:-2])
    path.write_bytes(text.replace(page, f"{first}\r\n\r\n{second}").encode("utf-16"))
    assert read(path).table["relative_pressure"].to_list() == pytest.approx([p for p, _ in samples.POINTS])


def test_a_row_of_a_text_report_that_is_damaged_is_named(tmp_path):
    path = made("report.TXT", tmp_path)
    text = path.read_bytes().decode("utf-16").replace("0.150000000", "0.15000x000")
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(ReaderError, match=r"relative is '0\.15000x000', not a number in row 3 of the points"):
        read(path)


def test_numbers_with_decimal_commas_in_a_text_report_are_numbers(tmp_path):
    path = made("report.TXT", tmp_path)
    head, _, rest = path.read_bytes().decode("utf-16").partition("-----")
    path.write_bytes((head + "-----" + rest.replace(".", ",")).encode("utf-16"))
    assert read(path).table["loading_mmol_per_g"].to_list() == pytest.approx([n for _, n in samples.POINTS])


def test_lines_among_the_points_that_are_no_rows_are_counted(tmp_path):
    path = made("raw.txt", tmp_path)
    path.write_bytes(path.read_bytes() + b"       1.0   interrupted\n")
    reading = read(path)
    assert reading.table.height == 6
    assert reading.warnings == ("lines among the points that are no row of numbers were left out: 1",)


def test_volumes_of_the_whole_sample_without_its_mass_are_kept_until_it_is_entered(tmp_path):
    path = tmp_path / "raw.txt"
    samples.quantachrome(path, mass="0 g")
    reading = quantachrome_txt.READER.read(path, "raw.txt")
    assert reading.table["loading_mmol"].to_list() == pytest.approx([n / 2 for _, n in samples.POINTS], rel=1e-5)
    assert reading.table["loading_mmol_per_g"].null_count() == 6
    assert "enter the mass" in reading.warnings[0]


def test_a_mass_of_just_one_gram_is_doubted(tmp_path):
    path = tmp_path / "raw.txt"
    samples.quantachrome(path, mass="1 g")
    assert "just 1 g" in quantachrome_txt.READER.read(path, "raw.txt").warnings[0]


def test_absolute_pressures_are_divided_by_the_saturation_pressure_at_the_bath_and_this_is_said(tmp_path):
    reading = read(made("pygaps.csv", tmp_path))
    assert reading.warnings == ("p/p0 was computed with the saturation pressure of nitrogen at 77.355 K, 101.32 kPa",)


def test_absolute_pressures_of_an_unknown_gas_wait_for_the_saturation_pressure(tmp_path):
    path = made("pygaps.csv", tmp_path)
    path.write_text(path.read_text().replace("nitrogen", "sulphur hexafluoride"))
    reading = read(path)
    assert reading.table["relative_pressure"].null_count() == 6
    assert reading.table["pressure_kpa"][0] == pytest.approx(5.066, rel=1e-3)
    assert "enter the saturation pressure" in reading.warnings[0]


def test_fewer_points_than_a_file_promises_are_said(tmp_path):
    path = made("bel.csv", tmp_path)
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    assert belsorp.CSV.read(path, "bel.csv").warnings == (
        "the file promises 2 points of desorption and holds 1: it is cut off",
    )


def test_a_branch_without_its_row_of_zeros_is_said(tmp_path):
    path = made("bel.DAT", tmp_path)
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    assert belsorp.DAT.read(path, "bel.DAT").warnings == (
        "the desorption ends without its row of zeros: the file is cut off",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("_units_pressure bar", "_units_pressure furlong"), "unit of pressure 'furlong' is none that labdb knows"),
        (("'mmol/g'", "'barrels'"), "unit of loading 'barrels' is none that labdb knows"),
    ],
)
def test_units_that_nobody_knows_are_refused(change, sentence, tmp_path):
    path = made("archive.aif", tmp_path)
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(ReaderError, match=sentence):
        read(path)


def test_an_archive_may_hold_relative_pressures(tmp_path):
    path = made("archive.aif", tmp_path)
    path.write_text(path.read_text().replace("_units_pressure bar", "_units_pressure relative"))
    table = read(path).table
    assert table["relative_pressure"][0] == 0.05
    assert "pressure_kpa" not in table.columns


def test_several_isotherms_in_one_archive_are_refused(tmp_path):
    path = made("archive.aif", tmp_path)
    path.write_text(path.read_text() + path.read_text().replace("data_gp_ncm", "data_p_ncm"))
    with pytest.raises(ReaderError, match="holds 2 isotherms; save each as a file of its own"):
        read(path)


def test_percentages_under_the_name_of_p_over_p0_are_refused(tmp_path):
    path = made("pygaps.json", tmp_path)
    path.write_text(path.read_text().replace("0.96", "96"))
    with pytest.raises(ReaderError, match="relative pressures go up to 96, so they are no p/p0"):
        read(path)


def test_two_adsorptions_side_by_side_are_two_samples(tmp_path):
    path = tmp_path / "two.csv"
    head = ";".join(["Relative Pressure (p/p°)", "Quantity Adsorbed (cm³/g STP)"] * 2)
    path.write_text(f"{head}\n0,1;1,0;0,1;2,0\n0,2;1,5;0,2;3,0\n0,3;1,7;0,3;3,4\n")
    with pytest.raises(ReaderError, match="second pair of columns is no desorption"):
        micromeritics_csv.READER.read(path, "two.csv")


def test_a_branch_that_is_neither_is_refused(tmp_path):
    path = made("pygaps.csv", tmp_path)
    path.write_text(path.read_text().replace(",des", ",both"))
    with pytest.raises(ReaderError, match="'both' is no branch; it has to be ads or des"):
        pygaps_files.CSV.read(path, "pygaps.csv")


def test_fewer_than_three_points_are_no_isotherm(tmp_path):
    path = made("plot.csv", tmp_path)
    path.write_bytes(b"\r\n".join(path.read_bytes().splitlines()[:2]) + b"\r\n")
    with pytest.raises(ReaderError, match="holds 2 points of an isotherm, too few"):
        read(path)


@pytest.mark.parametrize(
    ("text", "mmol", "per_gram"),
    [
        ("mmol/g", 1, True),
        ("mol kg-1", 1, True),
        ("mol g^-1", 1000, True),
        ("cm³/g STP", 1 / 22.41396954, True),
        ("ml(STP) g-1", 1 / 22.41396954, True),
        ("cm^3(STP) g^-1", 1 / 22.41396954, True),
        ("cc", 1 / 22.41396954, False),
        ("µmol/g", 0.001, True),
    ],
)
def test_units_of_loading(text, mmol, per_gram):
    unit = loading_unit(text)
    assert (unit.mmol, unit.per_gram) == (pytest.approx(mmol), per_gram)


def test_a_volume_that_does_not_say_its_conditions_is_marked():
    assert loading_unit("cm3/g").assumed_stp
    assert not loading_unit("cm3(STP)/g").assumed_stp
    assert loading_unit("apples/g") is None
    assert loading_unit("mg/g") is None  # of which gas?


def test_units_of_pressure_temperature_and_mass():
    # 760 torr = 760 mmHg = 1 atm = 101.325 kPa.
    assert [760 * kpa_of("Torr"), 760 * kpa_of("mmHg"), kpa_of("atm")] == pytest.approx([101.325] * 3)
    assert [kpa_of("mbar"), kpa_of("bar"), kpa_of("Pa"), kpa_of("ells")] == [0.1, 100, 0.001, None]
    assert temperature_kelvin("-195.850 °C") == pytest.approx(77.3)
    assert temperature_kelvin("77.300 K") == 77.3
    assert [mass_mg("0,0304(g)"), mass_mg("0.1210 g"), mass_mg("0 g"), mass_mg("heavy")] == [30.4, 121.0, None, None]


def test_a_column_that_is_named_twice_is_no_accident(tmp_path):
    path = made("bel.csv", tmp_path)
    path.write_text(
        path.read_text().replace("No,pe/kPa,p0/kPa,p/p0,", "No,pe/kPa,pe/kPa,p/p0,").replace("1.0,5.0,", "1.0,5.0")
    )
    assert belsorp.CSV.read(path, "bel.csv").table.height == 5
