"""What a person types in, as a file: written, changed in a spreadsheet, cut off, read again."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from labdb.ingest.entry import LAST_LINE, entry_reader, write
from labdb.ingest.presentation import Column, Entry
from labdb.ingest.reader import FileHead, ReaderError

ENTRY = Entry(
    columns=(
        Column("mass_g", "Mass", "g", lowest=0.001),
        Column("volume_cm3", "Volume", "cm³", lowest=0.001),
        Column("taps", "Taps", kind="whole", required=False, lowest=1),
        Column("remark", "Remark", kind="text", required=False),
    )
)
READER = entry_reader("tap_density", "Tap density", ENTRY)
ROWS = [
    {"mass_g": 20.114, "volume_cm3": 11.5, "taps": 3000, "remark": 'tray 2, "left"'},
    {"mass_g": 19.9, "volume_cm3": 11.25, "taps": None, "remark": None},
]
FIRST = "# labdb entry: tap_density, version 1"


def read(tmp_path: Path, content: bytes | str, name: str = "entry.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert READER.recognises(FileHead.of(path))
    return READER.read(path, name)


def text(*lines: str, first: str = FIRST, end: str = "\n") -> str:
    return end.join([first, *lines, LAST_LINE, ""])


def refused(tmp_path: Path, content: bytes | str) -> str:
    with pytest.raises(ReaderError) as error:
        read(tmp_path, content)
    return str(error.value)


def test_what_was_written_is_read_again(tmp_path):
    reading = read(tmp_path, write("tap_density", ENTRY, ROWS))
    assert reading.table.to_dicts() == ROWS
    assert reading.table.schema == {
        "mass_g": pl.Float64,
        "volume_cm3": pl.Float64,
        "taps": pl.Int64,
        "remark": pl.String,
    }
    assert reading.warnings == ()


def test_the_same_rows_are_the_same_bytes_and_read_as_people_do():
    assert write("tap_density", ENTRY, ROWS) == write("tap_density", ENTRY, ROWS)
    assert write("tap_density", ENTRY, ROWS[1:]).decode() == (
        "# labdb entry: tap_density, version 1\nmass_g,volume_cm3,taps,remark\n19.9,11.25,,\n# end of the entry\n"
    )


def test_only_the_reader_of_the_technique_takes_the_file(tmp_path):
    path = tmp_path / "entry.csv"
    path.write_bytes(write("tap_density", ENTRY, ROWS))
    assert not entry_reader("moisture", "Moisture", ENTRY).recognises(FileHead.of(path))
    path.write_text("mass_g,volume_cm3\n1,2\n")
    assert not READER.recognises(FileHead.of(path))
    path.write_bytes(b"")
    assert not READER.recognises(FileHead.of(path))


@pytest.mark.parametrize(
    ("first", "lines"),
    [
        (FIRST + ";;;", ("mass_g;volume_cm3;taps;remark", "20,114;11,5;3000;", "19,9;11,25;;")),
        ("# labdb entry: tap_density; version 1;;", ("mass_g;volume_cm3;taps", "20,114;11,5;3000", "19,9;11,25")),
        (f'"{FIRST}"', ('"mass_g","volume_cm3","taps"', '"20,114","11,5","3000"', '"19,9","11,25",""')),
        (FIRST, ("mass_g\tvolume_cm3\ttaps", "20.114\t11.5\t3000", "19.9\t11.25\t")),
        (FIRST + ",,", ("Mass_g, Volume_cm3 ,taps", " 20.114 , 11.5,3000", ",,", "19.9,11.25,,")),
    ],
    ids=["semicolons", "the first line split", "quotes", "tabs", "blanks and empty rows"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_a_spreadsheet_makes_of_it_has_the_same_numbers(tmp_path, first, lines, end):
    table = read(tmp_path, text(*lines, first=first, end=end)).table
    assert table["mass_g"].to_list() == [20.114, 19.9]
    assert table["volume_cm3"].to_list() == [11.5, 11.25]
    assert table["taps"].to_list() == [3000, None]


def test_a_byte_order_mark_and_utf_16_change_nothing(tmp_path):
    written = text("mass_g,volume_cm3,remark", "20,10,Schüttung µ")
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        assert read(tmp_path, written.encode(encoding)).table["remark"].to_list() == ["Schüttung µ"]


def test_an_empty_line_above_the_heads_changes_nothing(tmp_path):
    assert read(tmp_path, text("", "mass_g,volume_cm3", "20,10")).table["mass_g"].to_list() == [20]


def test_between_semicolons_a_comma_with_three_digits_is_decimal(tmp_path):
    assert read(tmp_path, text("mass_g;volume_cm3", "1,234;2,500")).table["mass_g"].to_list() == [1.234]


def test_a_comma_that_may_be_either_is_refused(tmp_path):
    assert "decimal or a thousands mark" in refused(tmp_path, text("mass_g\tvolume_cm3", "1,234\t2,345"))


def test_a_workbook_is_read_as_the_text_is(tmp_path):
    book = openpyxl.Workbook()
    for row in (FIRST.split(",", 1), ["mass_g", "volume_cm3", "taps", "remark"], [20.114, 11.5, 3000, "first"]):
        book.active.append(row)
    book.create_sheet("notes").append(["nothing here"])
    book.save(tmp_path / "entry.xlsx")
    assert READER.recognises(FileHead.of(tmp_path / "entry.xlsx"))
    reading = READER.read(tmp_path / "entry.xlsx", "entry.xlsx")
    assert reading.table.to_dicts() == [{"mass_g": 20.114, "volume_cm3": 11.5, "taps": 3000, "remark": "first"}]
    assert reading.warnings == ()


def test_a_date_that_a_spreadsheet_made_of_a_number_is_refused_with_its_row(tmp_path):
    from datetime import date

    book = openpyxl.Workbook()
    for row in ([FIRST], ["mass_g", "volume_cm3"], [20.1, 10], [date(2026, 6, 5), 10]):
        book.active.append(row)
    book.save(tmp_path / "entry.xlsx")
    with pytest.raises(ReaderError, match="row 2: Mass is 2026-06-05"):
        READER.read(tmp_path / "entry.xlsx", "entry.xlsx")


def test_a_missing_column_is_named(tmp_path):
    assert refused(tmp_path, text("mass_g,taps", "20,3000")) == (
        "entry.csv: the column volume_cm3 is missing; its columns are mass_g, volume_cm3, taps, remark"
    )


def test_columns_that_the_entry_does_not_have_or_has_twice_are_refused(tmp_path):
    assert "no column density" in refused(tmp_path, text("mass_g,volume_cm3,density", "20,10,2"))
    assert "mass_g is there twice" in refused(tmp_path, text("mass_g,mass_g,volume_cm3", "20,21,10"))
    assert "no line has the heads" in refused(tmp_path, text("m,V", "20,10"))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a lot,10", "row 2: Mass is a lot, which is no number."),
        (",10", "row 2: Mass is missing."),
        ("-3,10", "row 2: Mass is -3; it must be 0.001 g or more."),
        ("nan,10", "row 2: Mass is nan; it must be 0.001 g or more."),
        ("20,10,2.5", "row 2: Taps is 2.5, which is no whole number."),
        ("20,10,1e30", "Taps holds a number that is too large to be a count"),
    ],
)
def test_an_impossible_value_names_its_row(tmp_path, row, sentence):
    assert refused(tmp_path, text("mass_g,volume_cm3,taps", "20,10,3000", row)) == f"entry.csv: {sentence}"


def test_a_yes_of_json_is_no_number():
    with pytest.raises(ValueError, match="row 1: Mass is True, which is no number"):
        ENTRY.checked([{"mass_g": True, "volume_cm3": 10}])


def test_decimal_commas_between_commas_are_refused_rather_than_shifted(tmp_path):
    assert "row 1 has more fields than there are columns" in refused(tmp_path, text("mass_g,volume_cm3", "20,1,10,5"))


def test_a_value_below_no_head_is_refused(tmp_path):
    assert "row 1 has more fields" in refused(tmp_path, text("mass_g,,volume_cm3", "20,7,10"))


def test_rows_below_the_end_are_refused(tmp_path):
    assert "rows below" in refused(tmp_path, text("mass_g,volume_cm3", "20,10") + "21,10\n")


def test_remarks_of_a_person_are_kept_as_the_comment(tmp_path):
    reading = read(tmp_path, text("# sieved first", "mass_g,volume_cm3", "20,10", "# the second spilled"))
    assert reading.metadata == {"comment": "sieved first; the second spilled"}
    assert reading.table.height == 1


def test_a_text_in_the_first_column_may_begin_like_a_remark(tmp_path):
    entry = Entry(columns=(Column("image", "Image", kind="text"), Column("pores", "Pores", kind="whole")))
    path = tmp_path / "entry.csv"
    path.write_bytes(write("pores", entry, [{"image": "# 12", "pores": 3}]))
    assert entry_reader("pores", "Pores", entry).read(path, "entry.csv").table.to_dicts() == [
        {"image": "# 12", "pores": 3}
    ]


def test_one_column_alone_is_read(tmp_path):
    entry = Entry(columns=(Column("thickness_nanometre", "Thickness", "nm"),))
    path = tmp_path / "entry.csv"
    path.write_bytes(write("stem", entry, [{"thickness_nanometre": 7.25}, {"thickness_nanometre": 6.5}]))
    reader = entry_reader("stem", "STEM", entry)
    assert reader.read(path, "entry.csv").table["thickness_nanometre"].to_list() == [7.25, 6.5]


def test_what_the_rows_say_together_is_checked_too(tmp_path):
    def check(rows):
        if len(rows) < 2:
            raise ValueError("row 1: one is not enough.")

    entry = Entry(columns=ENTRY.columns, check=check)
    path = tmp_path / "entry.csv"
    path.write_text(text("mass_g,volume_cm3", "20,10"))
    with pytest.raises(ReaderError, match=r"entry.csv: row 1: one is not enough."):
        entry_reader("tap_density", "Tap density", entry).read(path, "entry.csv")


def test_a_file_without_its_end_is_read_and_said(tmp_path):
    reading = read(tmp_path, f"{FIRST}\nmass_g,volume_cm3\n20,10\n")
    assert reading.table["mass_g"].to_list() == [20]
    assert reading.warnings == ("the last line “# end of the entry” is missing; rows may have been lost at the end",)


def test_however_it_is_cut_off_it_is_refused_or_said_and_never_a_wrong_number(tmp_path):
    whole = write("tap_density", ENTRY, [*ROWS, {"mass_g": 18.75, "volume_cm3": 10.625, "taps": 1250, "remark": "c"}])
    masses = [20.114, 19.9, 18.75]
    for length in range(len(FIRST), len(whole) - 1):
        path = tmp_path / "cut.csv"
        path.write_bytes(whole[:length])
        try:
            reading = READER.read(path, "cut.csv")
        except ReaderError:
            continue
        if length < len(whole) - len(LAST_LINE) - 1:
            assert reading.warnings
        found = reading.table["mass_g"].to_list()
        assert found == masses[: len(found)]


def test_a_version_to_come_is_refused(tmp_path):
    assert "is of version 2" in refused(tmp_path, text("mass_g,volume_cm3", "1,2", first=FIRST[:-1] + "2"))


def test_no_rows_are_refused(tmp_path):
    assert "nothing was typed in" in refused(tmp_path, text("mass_g,volume_cm3"))


def test_bytes_that_are_no_text_and_files_that_are_too_large_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "entry.csv"
    path.write_bytes(FIRST.encode() + b"\nmass_g,volume_cm3\n" + bytes(range(256)) * 20)
    with pytest.raises(ReaderError):
        READER.read(path, "entry.csv")
    monkeypatch.setattr("labdb.ingest.small_tables.LARGEST_BYTES", 100)
    with pytest.raises(ReaderError, match="too large"):
        READER.read(path, "entry.csv")
