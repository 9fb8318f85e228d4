"""Layouts of the programs and tables that people make: read in our units, or refused where they may be misread."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest

from characterization.icp.entry import ENTRY
from characterization.icp.readers import READERS
from characterization.icp.units import amount_unit, plain
from labdb.ingest.entry import write
from labdb.ingest.reader import FileHead, ReaderError
from tests.characterization.icp.written import qtegra, read, reader_of

NI, K = "Ni 231.604 {145} (Radial)", "K 766.490 {44} (Radial)"


def contents(table: pl.DataFrame, column: str = "concentration_mg_per_l") -> dict[tuple[str, str], float | None]:
    return {(row["sample_label"], row["element"]): row[column] for row in table.to_dicts()}


@pytest.mark.parametrize(
    ("unit", "solid", "factor"),
    [
        ("mg/L", False, 1),
        ("µg mL⁻¹", False, 1),
        ("ug_per_ml", False, 1),
        ("µg/l", False, 1e-3),
        ("ng/mL", False, 1e-3),
        ("g L-1", False, 1e3),
        ("mg/kg", True, 1),
        ("mg_per_kg", True, 1),
        ("μg/g", True, 1),
        ("mg kg^-1", True, 1),
        ("wt%", True, 1e4),
        ("wt. %", True, 1e4),
        ("%", True, 1e4),
        ("g/kg", True, 1e3),
    ],
)
def test_units_of_solutions_become_mg_per_l_and_those_of_powders_mg_per_kg(unit, solid, factor):
    found = amount_unit(unit, of_instrument=False)
    assert found is not None, plain(unit)
    assert (found.solid, found.factor) == (solid, pytest.approx(factor))


def test_ppm_is_mg_per_l_in_an_instruments_export_only():
    assert amount_unit("ppm", of_instrument=True).factor == 1
    assert amount_unit("ppb", of_instrument=True).factor == 1e-3
    assert amount_unit("ppm", of_instrument=False) is None
    assert amount_unit("at%", of_instrument=True) is None
    assert amount_unit("cps", of_instrument=True) is None


def test_qtegra_in_ppb_with_decimal_commas(tmp_path):
    rows = {"Std 1": {NI: ("100,5", "0,4", "100,0")}, "A": {NI: ("48,25", "0,125", ""), K: ("<2,5", "", "")}}
    table = read(tmp_path / "run.csv", qtegra(rows, [NI, K], unit="ppb")).table
    assert contents(table)["A", "Ni"] == pytest.approx(0.04825)
    assert contents(table, "concentration_sd_mg_per_l")["A", "Ni"] == pytest.approx(0.000125)
    assert contents(table, "concentration_limit_mg_per_l")["A", "K"] == pytest.approx(0.0025)
    assert contents(table, "below_limit")["A", "K"] is True
    assert contents(table)["A", "K"] is None
    assert contents(table, "standard_concentration_mg_per_l")["Std 1", "Ni"] == pytest.approx(0.1)


def test_qtegra_separated_by_commas_and_as_a_workbook_says_the_same(tmp_path):
    rows = {"Blank": {NI: (0.01, 0.001)}, "A": {NI: (48.25, 0.5)}}
    text = qtegra(rows, [NI, K], mark=",")
    by_text = read(tmp_path / "run.csv", text).table
    book = openpyxl.Workbook()
    book.create_sheet("notes", 0).append(["measured by", "Ada"])
    for line in text.splitlines():
        book.active.append([float(f) if f.replace(".", "").isdigit() else f or None for f in line.split(",")])
    book._sheets = book._sheets[::-1]
    book.save(tmp_path / "run.xlsx")
    by_book = read(tmp_path / "run.xlsx").table
    assert by_book.equals(by_text)
    assert set(by_text["sample_kind"]) == {"blank", "sample"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (qtegra({}, [NI]), "no solutions below the four header lines"),
        (qtegra({"A": {NI: ("abc",)}}, [NI]), "line 5, Ni 231.604 {145} (Radial): “abc” is no content"),
        (qtegra({"A": {NI: (1.0,)}}, [NI]).replace("ExtCal", "Raw"), "holds intensities and no concentrations"),
        (qtegra({"A": {NI: (1.0,)}}, [NI], unit="cps"), "“cps” is no unit of a content"),
        (qtegra({"A": {NI: ("1,234",)}}, [NI]), "decimal or a thousands mark"),
    ],
)
def test_a_qtegra_table_that_tells_nothing_is_refused(tmp_path, text, sentence):
    with pytest.raises(ReaderError) as error:
        read(tmp_path / "run.csv", text)
    assert sentence in str(error.value)


VISTA = (
    "Solution Label\tType\tElement\tFlags\tSoln Conc\tUnits\tCorr Con\tUnits\tInt\tDate\tTime\tSD\t"
    "Act Wgt\tAct Vol\tDF\n"
    "Blank\tBlk\tNi 231.604\t\t0\tmg/L\t0\tmg/L\t12\t02/03/2026\t09:00:00\t0\t1\t1\t1\n"
    "A\tSamp\tNi 231.604\t\t24.1\tmg/L\t482000\tmg/kg\t900\t02/03/2026\t09:02:00\t0.241\t0.1\t100\t20\n"
    "A\tSamp\tNi 231.604\tx\t-\tmg/L\t-\tmg/kg\t9000\t02/03/2026\t09:04:00\t0\t0.1\t100\t1\n"
)


def test_vista_text_with_weights_gives_mass_and_volume_and_takes_corrected_contents_of_the_solid(tmp_path):
    reading = read(tmp_path / "report.txt", VISTA)
    first, second = reading.table.filter(pl.col("sample_label") == "A").to_dicts()
    assert (first["sample_mass_mg"], first["volume_ml"], first["dilution_factor"]) == (100, 100, 20)
    # 24.1 mg/L × 0.1 L × 20 / 0.1 g = 482 g/kg; the SD in proportion, 1 %.
    assert first["mass_fraction_mg_per_kg"] == pytest.approx(482_000)
    assert first["mass_fraction_sd_mg_per_kg"] == pytest.approx(4_820)
    assert (second["solution_count"], second["condition"]) == (3, "over range")
    assert "taken as g and mL" in reading.warnings[0]


def test_a_date_of_either_order_is_not_recorded(tmp_path):
    assert "start_time_local" not in read(tmp_path / "report.txt", VISTA).metadata
    sure = VISTA.replace("02/03/2026", "2026-03-02")
    assert read(tmp_path / "sure.txt", sure).metadata["start_time_local"] == "2026-03-02T09:00:00"


ICP_EXPERT_7 = (
    "Worksheet,cathodes.esws\nOperator,Ada\n\n"
    "Label,Rack:Tube,Type,Date Time,Element,Element Label,Flags,Concentration,Unit,Intensity,Concentration SD,"
    "Concentration % RSD,Intensity SD,Intensity % RSD,Weight,Volume,Dilution\n"
    "Blank,S1:1,Blank,13/03/2026 09:00:00,K 766.491,K,,0.002,ppm,10,0.001,50,1,10,1,1,1\n"
    "A,1:1,Sample,13/03/2026 09:03:00,K 766.491,K,u,0.031,ppm,310,0.001,3.2,10,3,1,1,1\n"
    "A,1:1,Sample,13/03/2026 09:03:00,K 769.897,K,o,> 100.00,ppm,31000,1,1,1,1,1,1,1\n"
    "A,1:1,Sample,13/03/2026 09:03:00,S 181.972,S,,Uncal,ppm,31,1,1,1,1,1,1,1\n"
    "A,1:1,Sample,13/03/2026 09:03:00,S 180.669,S,,####,ppm,31,1,1,1,1,1,1,1\n"
    "A,1:1,Sample,13/03/2026 09:03:00,Na 589.592,Na,Q!,0.5,ppm,31,1,1,1,1,1,1,1\n"
)


def test_icp_expert_7_and_its_flags(tmp_path):
    reading = read(tmp_path / "export.csv", ICP_EXPERT_7)
    rows = {row["emission_line"]: row for row in reading.table.filter(pl.col("sample_label") == "A").to_dicts()}
    assert {line: row["condition"] for line, row in rows.items()} == {
        "K 766.491": "under range",
        "K 769.897": "over range",
        "S 181.972": "not calibrated",
        "S 180.669": "over range",
        "Na 589.592": "",
    }
    assert rows["K 766.491"]["concentration_mg_per_l"] == 0.031
    assert reading.metadata["start_time_local"] == "2026-03-13T09:00:00"
    assert reading.metadata["instrument"]["preamble"] == ["Worksheet cathodes.esws", "Operator Ada"]
    assert any("a check standard that failed" in warning for warning in reading.warnings)


LONG = (
    "Analysed by the service lab\n\n"
    "Sample;Line;Mean (mg/L);SD (mg/L);Dilution;Sample mass (g);Volume (L);Remark\n"
    "Blank;K 766.490;0,010;0,001;1;;;\n"
    "GP 1;K 766.490;<0,05;;1;0,1;0,05;\n"
    "GP 1;Ni 231.604;9,64;0,05;100;0,1;0,05;clear\n"
    "GP 1;Ni 231.604;9,60;0,05;100;0,1;0,05;again\n"
)


def test_a_long_table_of_a_service_lab(tmp_path):
    reading = read(tmp_path / "results.csv", LONG)
    table = reading.table
    rows = table.filter(pl.col("sample_label") == "GP 1").to_dicts()
    assert [row["concentration_mg_per_l"] for row in rows] == [None, 9.64, 9.6]
    assert [row["solution_count"] for row in rows] == [2, 2, 3]  # the second nickel is a replicate
    assert {(row["sample_mass_mg"], row["volume_ml"], row["dilution_factor"]) for row in rows[1:]} == {(100, 50, 100)}
    assert rows[0]["concentration_limit_mg_per_l"] == 0.05
    assert table["sample_kind"][0] == "blank"
    assert reading.warnings == ("columns that nothing is made of: Remark",)
    assert reading.metadata["instrument"]["preamble"] == ["Analysed by the service lab"]


WIDE = {
    "units in the heads": "Sample,Li (wt%),Ni (wt%),Ni SD,K (mg/kg)\nGP 1,7.31,49.2,0.4,<20\n",
    "units below": "sample\tLi\tNi\tNi SD\tK\n\twt%\twt%\twt%\tmg/kg\nGP 1\t7.31\t49.2\t0.4\t<20\n",
    "names with units": "Sample;Li_wt%;Ni_wt%;Ni RSD (%);K_mg_per_kg\nGP 1;7,31;49,2;0,81300813;<20\n",
}


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_a_wide_table_in_three_spellings(tmp_path, text):
    table = read(tmp_path / "table.csv", text).table
    assert contents(table, "mass_fraction_mg_per_kg") == {
        ("GP 1", "Li"): pytest.approx(73_100),
        ("GP 1", "Ni"): pytest.approx(492_000),
        ("GP 1", "K"): None,
    }
    assert contents(table, "mass_fraction_sd_mg_per_kg")["GP 1", "Ni"] == pytest.approx(4_000)
    assert contents(table, "mass_fraction_limit_mg_per_kg")["GP 1", "K"] == 20


def test_a_workbook_of_a_wide_table(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Results"], ["Sample", "Ni (mg/L)", "Co (mg/L)"], ["A", 48.25, 6.5], ["B", 47, None]):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    table = read(tmp_path / "table.xlsx").table
    assert contents(table) == {("A", "Ni"): 48.25, ("A", "Co"): 6.5, ("B", "Ni"): 47.0}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "sample,element,value,unit\nA,Ni,48,ppm\n",
            "line 2, Ni: the unit “ppm” may be of the solution or of the powder",
        ),
        ("sample,element,value,unit\nA,Ni,48,mol%\n", "counts moles"),
        ("sample,element,value,unit\nA,Ni,48,\n", "the unit is missing"),
        ("sample,element,value,unit\nA,Ni,48,wt%\nA,Nickel,48,wt%\n", "line 3: “Nickel” is no element"),
        ("sample,element,value,unit\nA,Ni,many,wt%\n", "“many” is no content"),
        ("sample,element,value,unit\n,Ni,48,wt%\n", "line 2: the sample has no name"),
        ("sample,element,value,unit\nA,Ni,48,wt%\nA,Co,6.", "may be cut off"),
        ("sample,element,value,unit\n", "no rows below the header"),
        ("sample,Ni (ppm),Co (ppm)\nA,48,6\n", "may be of the solution or of the powder"),
        ("sample,mass,Ni (mg/L),Co (mg/L)\nA,100,48,6\n", "the column of the mass has no unit"),
        ("sample,Ni (mg/L),Co (mg/L)\nA,,\n", "no content stands below the header"),
    ],
)
def test_a_table_that_could_be_misread_is_refused(tmp_path, text, sentence):
    with pytest.raises(ReaderError) as error:
        read(tmp_path / "table.csv", text)
    assert sentence in str(error.value)
    assert str(error.value).startswith("table.csv: ")


@pytest.mark.parametrize(
    "text",
    [
        "Element,Line Type,Wt%,Wt% Sigma,At%\nO,K series,34,0.2,62\nNi,K series,50,0.3,25\n",  # an X-ray detector
        "Sample,Mass (g),Volume (mL),Taps\nA,17.2,10,3000\n",
        "No,V (V),I (mA),C (mAh)\n1,3.7,0.1,0.2\n",
        "Sample,LiOH (wt%),Li2CO3 (wt%)\nA,0.3,0.2\n",
        "sample,property,value,unit\nA,D50,11.2,µm\n",
        "2theta,intensity\n10,200\n",
    ],
)
def test_tables_of_other_things_are_not_taken(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert [reader.name for reader in READERS if reader.recognises(FileHead.of(path))] == []


TYPED = [
    {"element": "Ni", "content": "48.9", "unit": "wt%", "content_sd": 0.4},
    {"element": "Ni", "content": "49.1", "unit": "wt%"},
    {"element": "K", "content": "<20", "unit": "mg/kg"},
]


def test_typed_values_come_back_through_the_reader_several_of_an_element_as_replicates(tmp_path):
    reading = read(tmp_path / "typed.csv", write("icp", ENTRY, ENTRY.checked(TYPED)))
    assert reader_of(tmp_path / "typed.csv").name == "labdb-icp"
    rows = reading.table.to_dicts()
    assert [(row["element"], row["solution_count"], row["mass_fraction_mg_per_kg"]) for row in rows] == [
        ("Ni", 1, pytest.approx(489_000)),
        ("K", 1, None),
        ("Ni", 2, pytest.approx(491_000)),
    ]
    assert rows[0]["mass_fraction_sd_mg_per_kg"] == pytest.approx(4_000)
    assert rows[1]["mass_fraction_limit_mg_per_kg"] == 20
    assert set(reading.table["sample_kind"]) == {"sample"}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"element": "Nickel"}, "row 1: Nickel is no element"),
        ({"content": "much"}, "row 1: Content is much; write a number, or <0.01"),
        ({"content": "1,234"}, "row 1: Content is 1,234"),
        ({"content": "-3"}, "a content is not under 0"),
        ({"content": "n.d."}, "row 1: Content is n.d."),
        ({"unit": "ppm"}, "row 1: “ppm” may be of the solution or of the powder"),
        ({"content_sd": -1}, "row 1: SD is -1"),
    ],
)
def test_typed_values_that_are_none_are_refused_where_they_are_typed(row, sentence):
    with pytest.raises(ValueError) as error:
        ENTRY.checked([{**TYPED[0], **row}])
    assert sentence in str(error.value)


def test_a_decimal_comma_is_typed_as_it_is_meant():
    assert ENTRY.checked([{**TYPED[0], "content": "48,9"}])[0]["content"] == "48.9"
    assert ENTRY.checked([{**TYPED[2], "content": "<0,05"}])[0]["content"] == "<0.05"
