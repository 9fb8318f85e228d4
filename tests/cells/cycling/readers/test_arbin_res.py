"""Arbin .res files: through mdb-export, without it, and when it goes round for ever."""

from __future__ import annotations

import shutil

import pytest

from cells.cycling.readers import arbin_res
from labdb.ingest.reader import FileHead, ReaderError
from tests import real_data

HEAD = b"\x00\x01\x00\x00Standard Jet DB\x00" + b"\x00" * 4096

needs_mdbtools = pytest.mark.skipif(shutil.which("mdb-export") is None, reason="mdb-export (mdbtools) is not installed")


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "test.res"
    path.write_bytes(HEAD)
    return path


@pytest.fixture
def mdb_export(tmp_path, monkeypatch):
    """A mdb-export that does what a shell script says."""

    def does(script: str) -> None:
        program = tmp_path / "mdb-export"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(shutil, "which", lambda name: str(program))

    return does


def test_without_a_way_to_read_it_both_ways_are_named(database, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ReaderError, match=r"test\.res: reading Arbin \.res needs mdb-export .* access-parser"):
        arbin_res.read(database, "test.res")


def test_an_access_database_of_something_else_is_not_recognised(tmp_path):
    path = tmp_path / "addresses.mdb"
    path.write_bytes(HEAD)
    assert not arbin_res.recognises(FileHead.of(path))
    path.write_bytes(HEAD + "Channel_Normal_Table".encode("utf-16-le"))
    assert arbin_res.recognises(FileHead.of(path))


def test_a_reader_that_never_ends_is_stopped(database, mdb_export, monkeypatch):
    monkeypatch.setattr(arbin_res, "EXPORT_SECONDS", 0.3)
    mdb_export("exec sleep 60")
    with pytest.raises(ReaderError, match=r"test\.res: the database is damaged"):
        arbin_res.read(database, "test.res")


def test_a_reader_that_writes_without_end_is_stopped(database, mdb_export, monkeypatch):
    monkeypatch.setattr(arbin_res, "LARGEST_EXPORT", 1_000_000)
    mdb_export("exec yes 1,2,3")
    with pytest.raises(ReaderError, match=r"test\.res: the database is damaged"):
        arbin_res.read(database, "test.res")


def test_tests_of_several_channels_are_refused(database, mdb_export):
    mdb_export(
        'if [ "$2" = Global_Table ]; then printf "Test_ID,Channel_Index\\n1,3\\n2,4\\n";'
        ' else printf "Test_ID,Data_Point,Test_Time,Current,Voltage\\n1,1,0,0,3\\n2,1,0,0,3\\n"; fi'
    )
    with pytest.raises(ReaderError, match="holds 2 tests of several channels"):
        arbin_res.read(database, "test.res")


def test_tests_of_one_channel_follow_one_another(database, mdb_export):
    mdb_export(
        'if [ "$2" = Global_Table ]; then printf "Test_ID,Channel_Index\\n1,3\\n2,3\\n";'
        ' else printf "Test_ID,Data_Point,Test_Time,Current,Voltage\\n2,1,0,0,3.2\\n1,2,60,0,3.1\\n1,1,0,0,3.0\\n"; fi'
    )
    reading = arbin_res.read(database, "test.res")
    assert reading.table["voltage_volt"].to_list() == [3.0, 3.1, 3.2]
    assert reading.table["test_time_second"].to_list() == [0.0, 60.0, 60.0]
    assert any("2 tests of one channel" in warning for warning in reading.warnings)
    assert any("began again at 0" in warning for warning in reading.warnings)


@needs_mdbtools
@real_data.needs_real_data
def test_what_the_database_says_of_the_test_is_kept():
    path = real_data.ROOT / "cycling" / "arbin" / "20160805_test001_45_cc_01.res"
    metadata = arbin_res.read(path, path.name).metadata
    assert metadata["device"] == "Arbin channel 3"
    assert metadata["operator"] == "hfa"
    assert metadata["protocol"].endswith("24h_rest_3cyc_C20_100cyc_c10_MR.sdu")
    assert "active_mass_mg" not in metadata
