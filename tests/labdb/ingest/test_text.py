"""Text tables: encodings, damage, delimiters."""

from __future__ import annotations

import pytest

from labdb.ingest import text
from labdb.ingest.text import TextError, decode, from_bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_western_text_is_read_in_any_encoding(encoding):
    assert decode("Current(µA),Temperature(°C)\n1,25\n".encode(encoding)).startswith("Current(µA),Temperature(°C)")


def test_chinese_text_is_told_from_western_by_its_words():
    assert decode("循环序号,电流(mA)\n".encode("gb18030")) == "循环序号,电流(mA)\n"
    assert decode("Current(µA),Voltage(mV)".encode("latin-1")) == "Current(µA),Voltage(mV)"


def test_binary_is_not_text():
    assert decode(b"NEWARE\x00\x00\x01\x02" * 10) == ""
    with pytest.raises(TextError, match="not text"):
        from_bytes(b"NEWARE\x00\x00\x01\x02" * 10)


def test_nul_bytes_end_the_file_with_a_warning():
    file = from_bytes(b"a,b\n" * 400 + b"3,4\x00\x00\x00\x00")
    assert file.data == b"a,b\n" * 400
    assert "4 bytes from the first NUL" in file.warnings[0]


@pytest.mark.parametrize("damage", [b"", b"\x00" * 50, b" \r\n"])
def test_nothing_is_said_to_be_nothing(damage):
    with pytest.raises(TextError, match="holds nothing"):
        from_bytes(damage)


def test_a_git_lfs_pointer_is_named():
    with pytest.raises(TextError, match="Git LFS pointer"):
        from_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n")


def test_a_table_keeps_its_values_as_text_and_its_headers_apart():
    file = from_bytes(b"Remark: x\nU;I;U\n1,5;2;3\n;;\n4,5;5;6;\n")
    table = text.table(file, 1, ";")
    assert table.headers == ["U", "I", "U (2)"]
    assert table.preamble == ("Remark: x",)
    assert table.first_line == 3
    assert table.frame["U"].to_list() == ["1,5", None, "4,5"]


def test_a_last_line_that_is_cut_off_is_left_out_with_a_warning():
    table = text.table(from_bytes(b"a,b,c\n1,2,3\n4,5"), 0, ",")
    assert table.frame.height == 1
    assert "cut off" in table.warnings[0]


def test_a_last_line_without_line_end_is_kept_when_it_is_whole():
    assert text.table(from_bytes(b"a,b\n1,2\n4,5"), 0, ",").frame.height == 2


def test_a_header_is_found_with_its_delimiter():
    lines = ["Remark;x", "Time\tU\tI", "1\t2\t3"]
    assert text.find_header(lines, lambda fields: "U" in fields) == (1, "\t")
    assert text.find_header(lines, lambda fields: "V" in fields) is None


def test_columns_that_are_not_wanted_are_not_read_and_rows_stay_whole():
    file = from_bytes(b"a,b,c\n1,2,3\n4,5,6\n")
    table = text.table(file, 0, ",", wanted=lambda header: header in ("a", "c"))
    assert table.frame.to_dict(as_series=False) == {"a": ["1", "4"], "c": ["3", "6"]}


def test_a_stray_line_end_inside_a_line_splits_no_field():
    assert text.split("a\rb,c", ",") == ["a\rb", "c"]


def test_marks_that_are_no_line_ends_do_not_move_the_table():
    file = from_bytes("Remark\x0b\x85 x\u2028y\nU,I\n1,2\n".encode())
    assert text.table(file, *text.find_header(file.head, lambda fields: "U" in fields)).frame["I"].to_list() == ["2"]
