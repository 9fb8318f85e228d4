"""Workbooks of before 2007 are read as they are, or refused in a sentence, whatever their bytes say."""

from __future__ import annotations

import io
import struct

import pytest

from labdb.ingest import old_workbook
from labdb.ingest.reader import FileHead, ReaderError
from tests.labdb.ingest.old_workbooks import container, record, stream, write
from tests.real_data import ROOT, files, needs_real_data

CELLS = {(0, 0): "Sample:", (0, 1): "GP-NCM, 100 µg", (1, 0): 1.5, (1, 1): -2.0, (40, 7): True, (2, 0): "压力"}


def read(path):
    return old_workbook.sheets(path, path.name)


def test_numbers_texts_and_truth_values_come_back(tmp_path):
    (sheet,) = read(write(tmp_path / "a.xls", {"Sheet1": CELLS}))
    assert sheet.name == "Sheet1"
    assert dict(sheet.cells) == CELLS
    assert (sheet.text(0, 0), sheet.text(9, 9), sheet.number(1, 0), sheet.number(0, 0)) == ("Sample:", "", 1.5, None)
    assert sheet.find("Sample:") == (0, 0)


def test_the_common_library_sees_the_same(tmp_path):
    import xlrd

    book = xlrd.open_workbook(write(tmp_path / "a.xls", {"One": CELLS, "Two": {(3, 3): 7.0}}), logfile=io.StringIO())
    assert book.sheet_names() == ["One", "Two"]
    assert book.sheet_by_name("One").cell_value(2, 0) == "压力"
    assert book.sheet_by_name("Two").cell_value(3, 3) == 7.0


def test_a_workbook_in_short_sectors_is_read(tmp_path):
    path = tmp_path / "short.xls"
    path.write_bytes(container(stream({"S": {(0, 0): 3.25}}), short=True))
    assert dict(read(path)[0].cells) == {(0, 0): 3.25}


@pytest.mark.parametrize(
    "text", ["a text of plain letters that is cut", "压力压力压力压力压力压力压力压力压力压力压力压力"]
)
def test_a_text_that_goes_on_in_the_next_record_is_one_text(tmp_path, text):
    (sheet,) = read(write(tmp_path / "cut.xls", {"S": {(0, 0): "first", (1, 0): text}}, cut=13))
    assert sheet.text(1, 0) == text


def test_packed_numbers_and_the_results_of_formulas_are_read(tmp_path):
    at = struct.pack
    hundredths = at("<HHHI", 0, 0, 0, (1234 << 2) | 3)  # the integer 1234, in hundredths
    upper = struct.unpack("<II", struct.pack("<d", 0.5))[1]
    row = at("<HH", 1, 2) + at("<HI", 0, upper) + at("<HI", 0, (7 << 2) | 2) + at("<H", 3)
    number = at("<HHH", 2, 0, 0) + at("<d", 6.25) + bytes(8)
    text = at("<HHH", 2, 1, 0) + b"\x00" + bytes(5) + b"\xff\xff" + bytes(8)
    extra = record(0x027E, hundredths) + record(0x00BD, row) + record(0x0006, number) + record(0x0006, text)
    extra += record(0x0207, at("<H", 2) + b"\x00ok")
    (sheet,) = read(write(tmp_path / "packed.xls", {"S": {}}, extra=extra))
    assert dict(sheet.cells) == {(0, 0): 12.34, (1, 2): 0.5, (1, 3): 7.0, (2, 0): 6.25, (2, 1): "ok"}


def test_a_drawing_inside_a_sheet_is_passed_over(tmp_path):
    chart = record(0x0809, struct.pack("<HHHH", 0x0600, 0x0020, 0, 0)) + record(0x0203, bytes(14)) + record(0x000A)
    (sheet,) = read(write(tmp_path / "chart.xls", {"S": {(5, 5): 1.0}}, extra=chart))
    assert dict(sheet.cells) == {(5, 5): 1.0}


def test_texts_are_found_without_opening(tmp_path):
    head = FileHead.of(write(tmp_path / "a.xls", {"Sheet1": CELLS}))
    assert old_workbook.contains(head, "Sample:", "压力"[:0])
    assert not old_workbook.contains(head, "Sample:", "Isotherm")
    plain = tmp_path / "plain.txt"
    plain.write_text("Sample:")
    assert not old_workbook.contains(FileHead.of(plain), "Sample:")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6, 0.9, 0.999])
def test_a_cut_workbook_is_refused(tmp_path, share):
    data = write(tmp_path / "a.xls", {"Sheet1": {(row, 0): float(row) for row in range(400)}}).read_bytes()
    path = tmp_path / "cut.xls"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReaderError, match=r"^cut\.xls: .*(cut off|damaged|no workbook)"):
        read(path)


def changed(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def test_sectors_that_run_in_a_circle_are_refused(tmp_path):
    data = write(tmp_path / "a.xls", {"S": CELLS}).read_bytes()
    table = len(data) - 512
    path = tmp_path / "circle.xls"
    path.write_bytes(changed(data, table + 4 * 3, struct.pack("<I", 1)))
    with pytest.raises(ReaderError, match="run in a circle"):
        read(path)


def test_claims_beyond_the_bytes_are_refused(tmp_path):
    path = tmp_path / "claims.xls"
    many = record(0x00FC, struct.pack("<II", 2**31, 2**31) + b"\x01\x00\x00a")
    content = stream({"S": CELLS})
    start = content.index(struct.pack("<H", 0x00FC), 20)
    old = 4 + struct.unpack_from("<H", content, start + 2)[0]
    path.write_bytes(container(content[:start] + many.ljust(old, b"\x00") + content[start + old :]))
    with pytest.raises(ReaderError, match=r"claims\.xls: the workbook"):
        read(path)


def test_a_locked_workbook_says_so(tmp_path):
    content = stream({"S": CELLS})
    lock = record(0x002F, bytes(6))
    path = tmp_path / "locked.xls"
    path.write_bytes(container(content[:20] + lock + content[20:]))
    with pytest.raises(ReaderError, match="locked with a password"):
        read(path)


def test_more_records_than_a_report_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(old_workbook, "LIMIT_RECORDS", 100)
    with pytest.raises(ReaderError, match="too many for an instrument's report"):
        read(write(tmp_path / "many.xls", {"S": {(row, 0): 1.0 for row in range(200)}}))


def test_a_large_file_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(old_workbook, "LIMIT_BYTES", 1000)
    path = write(tmp_path / "large.xls", {"S": CELLS})
    with pytest.raises(ReaderError, match="is larger than"):
        read(path)
    assert not old_workbook.contains(FileHead.of(path), "Sample:")


@needs_real_data
@pytest.mark.parametrize("relative", [name for name in files("bet") if name.lower().endswith(".xls")])
def test_real_workbooks_hold_what_the_common_library_sees(relative):
    import xlrd

    book = xlrd.open_workbook(ROOT / relative, logfile=io.StringIO())
    found = read(ROOT / relative)
    assert [sheet.name for sheet in found] == book.sheet_names()
    for sheet, other in zip(found, book.sheets(), strict=True):
        kinds = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR)
        theirs = {
            (row, column): other.cell_value(row, column)
            for row in range(other.nrows)
            for column in range(other.ncols)
            if other.cell_type(row, column) not in kinds
        }
        assert dict(sheet.cells) == theirs
