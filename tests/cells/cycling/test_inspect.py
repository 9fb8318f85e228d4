"""`manage.py inspect`: what labdb sees in a file, in one line of JSON, whatever the file is."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from labdb.ingest.inspect import inspect
from labdb.ingest.installed import techniques
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import unknown_sentence
from labdb.quantities import quantity
from tests import real_data
from tests.cells.cycling.readers import samples

KEYS = {
    *("file", "sha256", "technique", "reader", "reader_version", "rows", "columns", "metadata", "results", "warnings"),
    "error",
}


def run(*files) -> tuple[list[dict], int]:
    """The lines that the command prints, and its exit status."""
    out = StringIO()
    status = 0
    try:
        call_command("inspect", *map(str, files), "--json", stdout=out)
    except SystemExit as end:
        status = int(end.code or 0)
    return [json.loads(line, parse_constant=refuse_constant) for line in out.getvalue().splitlines()], status


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "cell-7.csv"
    path.write_text(samples.neware_flat())
    return path


def test_a_file_is_one_line_of_json_with_what_labdb_sees(export):
    (seen,), status = run(export)
    assert status == 0
    assert set(seen) == KEYS - {"error"}
    assert (seen["technique"], seen["reader"], seen["reader_version"]) == ("cycling", "neware-text", 2)
    assert seen["rows"] == len(samples.rows())
    assert seen["columns"]["voltage_volt"] == {"first": 3.0, "last": 3.0, "min": 3.0, "max": 4.2}
    assert seen["columns"]["current_ampere"]["min"] == -0.0005
    assert seen["metadata"]["start_time_local"] == "2026-03-02T08:00:00.000"
    first = seen["results"]["first_discharge_capacity_mah"]
    assert first["value"] == pytest.approx(0.5 * 70 / 60, rel=1e-6)
    assert first["unit"] == "mAh"


def test_the_mass_that_a_file_states_gives_specific_results(tmp_path):
    path = tmp_path / "cell-7.xlsx"
    samples.neware_workbook(path)
    (seen,), _ = run(path)
    assert seen["metadata"]["active_mass_mg"] == 12.5
    specific = seen["results"]["first_discharge_capacity_mah_per_g"]
    assert specific["value"] == pytest.approx(0.5 * 70 / 60 / 0.0125, rel=1e-6)
    assert specific["unit"] == quantity("first_discharge_capacity_mah_per_g").unit


def test_what_cannot_be_read_is_a_line_too_and_the_next_file_has_its_turn(export, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    lines, status = run(tmp_path, tmp_path / "nowhere.csv", empty, export)
    assert status == 1
    assert [line.get("error") for line in lines] == [
        f"{tmp_path.name}: is a folder; name the files in it.",
        "nowhere.csv: there is no such file.",
        "empty.csv: the file is empty (0 bytes); export it again.",
        None,
    ]


def test_the_sentence_is_the_one_of_an_upload(tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 ...")
    (seen,), status = run(path)
    assert status == 1
    assert seen["error"] == unknown_sentence(FileHead.of(path))
    assert "as it is a PDF" in seen["error"]


def test_a_fault_of_labdb_is_told_without_a_traceback(export, monkeypatch):
    def broken(path, techniques):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("labdb.management.commands.inspect.inspect", broken)
    (seen,), status = run(export)
    assert status == 1
    assert seen["error"] == (
        "cell-7.csv: labdb failed over this file, and the fault is labdb's (ZeroDivisionError: division by zero)."
    )


def test_on_a_terminal_it_is_said_in_words(export, monkeypatch):
    out = StringIO()
    out.isatty = lambda: True
    call_command("inspect", str(export), stdout=out)
    assert "cycling, read by neware-text 2" in out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b"\x00" * 100, "nothing but NUL bytes"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        (b"\x01\x02\x00\x03" * 50, "binary data"),
        (b"Dear Ada,\nhow are you?\n", "no reader recognises"),
    ],
)
def test_what_no_reader_is_for_is_named(content, words, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert words in unknown_sentence(FileHead.of(path))


@real_data.needs_real_data
@pytest.mark.parametrize("relative", real_data.files("."))
def test_every_real_file_is_read_or_refused_with_a_sentence(relative):
    seen = inspect(real_data.ROOT / relative, techniques())
    json.dumps(seen, allow_nan=False)
    assert set(seen) <= KEYS
    if "error" in seen:
        assert seen["error"].startswith((relative.rsplit("/", 1)[-1], "file"))
        assert "\n" not in seen["error"]
        assert "labdb failed" not in seen["error"]
    else:
        assert seen["rows"] > 0
        drawn_only = seen["technique"] == "reference"
        assert seen["results"] or seen["warnings"] or drawn_only  # what is missing for a number is said
