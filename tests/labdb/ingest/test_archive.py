"""Archives and workbooks are unfolded within limits, or refused in a sentence."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from labdb.ingest import archive, workbook
from labdb.ingest.archive import Limits
from labdb.ingest.reader import ReaderError


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/"), data)
    return path


def test_members_are_read_whole_by_name(tmp_path):
    path = zipped(tmp_path / "a.zip", one=b"1", two=b"2" * 5000)
    assert archive.members(path, "a.zip") == {"one": b"1", "two": b"2" * 5000}
    assert archive.members(path, "a.zip", wanted=lambda name: name == "one") == {"one": b"1"}


def test_a_bomb_is_refused_before_it_unfolds(tmp_path):
    path = zipped(tmp_path / "bomb.ndax", data=b"\x00" * 2_000_000)
    with pytest.raises(ReaderError, match=r"bomb\.ndax: unfolds to over 1 MiB"):
        archive.members(path, "bomb.ndax", limits=Limits(total_bytes=1024**2))
    with pytest.raises(ReaderError, match="unfolds to over 100 times its size"):
        archive.members(path, "bomb.ndax", limits=Limits(ratio=100, ratio_from_bytes=1000))


def test_a_bomb_that_understates_its_size_is_refused(tmp_path):
    path = zipped(tmp_path / "liar.ndax", data=b"\x00" * 2_000_000)
    data = bytearray(path.read_bytes())
    real = (2_000_000).to_bytes(4, "little")
    while (at := data.find(real)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ReaderError, match=r"liar\.ndax: the archive is damaged"):
        archive.members(path, "liar.ndax")


def test_too_many_members_are_refused(tmp_path):
    path = zipped(tmp_path / "many.zip", **{f"m{number}": b"" for number in range(20)})
    with pytest.raises(ReaderError, match="holds 20 files"):
        archive.check(path, "many.zip", Limits(members=10))


@pytest.mark.parametrize("member", ["../../etc/passwd", "/etc/passwd", "..\\up.xml", "C:\\x.xml"])
def test_a_member_that_leads_outside_is_refused(member, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(member, b"x")
    with pytest.raises(ReaderError, match="leads outside"):
        archive.check(path, "a.zip")


def test_an_archive_in_an_archive_is_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("x", b"1")
    path = zipped(tmp_path / "nested.zip", inside=inner.getvalue())
    with pytest.raises(ReaderError, match=r"holds another archive \(inside\)"):
        archive.members(path, "nested.zip")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_cut_archive_is_refused(share, tmp_path):
    path = zipped(tmp_path / "cut.zip", one=bytes(range(256)) * 50)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReaderError, match=r"cut\.zip: the archive is damaged or cut off"):
        archive.members(path, "cut.zip")


def test_a_flipped_bit_is_noticed(tmp_path):
    path = tmp_path / "bit.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("one", b"measured" * 100)
    data = bytearray(path.read_bytes())
    data[data.find(b"measured") + 20] ^= 1
    path.write_bytes(data)
    with pytest.raises(ReaderError, match="damaged or cut off"):
        archive.members(path, "bit.zip")


def test_a_gzip_is_unfolded_within_limits(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"\x00" * 2_000_000))
    assert len(archive.gunzip(path, "a.gz", first=10)) == 10
    with pytest.raises(ReaderError, match="unfolds to over 1 MiB"):
        archive.gunzip(path, "a.gz", Limits(total_bytes=1024**2))
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(ReaderError, match=r"a\.gz: the gzip file is damaged or cut off"):
        archive.gunzip(path, "a.gz")


def far_sheet(path, reference):
    """A workbook of two cells, one of them far away."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active[reference] = 2
    book.save(path)
    return path


def test_a_sheet_of_empty_space_is_refused_before_it_fills_the_memory(tmp_path):
    path = far_sheet(tmp_path / "far.xlsx", "XFD1048576")
    with pytest.raises(ReaderError, match=r"far\.xlsx: one of its sheets is nearly all empty"):
        workbook.open_workbook(path, "far.xlsx")
    assert workbook.first_rows(path, rows=5) == {}


def test_an_honest_workbook_is_opened(tmp_path):
    path = far_sheet(tmp_path / "near.xlsx", "AB60")
    book = workbook.open_workbook(path, "near.xlsx")
    assert workbook.rows_of(book, "Sheet", "near.xlsx")[59][27] == 2


def test_columns_of_a_sheet_are_numbers_or_text():
    from datetime import datetime, time, timedelta

    frame = workbook.frame(
        ["I", "t", "state", "when"],
        [[1, timedelta(hours=30), "R", datetime(2026, 3, 2, 8)], ["", time(0, 1), "", ""], [2.5, "0:02:00", "C", 1]],
    )
    assert frame["I"].to_list() == [1.0, None, 2.5]
    assert frame["t"].to_list() == ["30:00:00.000000", "00:01:00", "0:02:00"]
    assert frame["state"].to_list() == ["R", None, "C"]
    assert frame["when"].to_list() == ["2026-03-02 08:00:00", None, "1"]


def test_a_member_whose_name_was_damaged_away_is_no_accident(tmp_path):
    path = zipped(tmp_path / "a.zip", one=b"1")
    path.write_bytes(path.read_bytes().replace(b"one", b"\x00ne"))
    assert archive.members(path, "a.zip") == {"": b"1"}
