"""Cut and damaged files give a refusal in one sentence, or the whole records that are left and their analysis."""

from __future__ import annotations

import random
import warnings

import polars as pl
import pytest

from characterization.dsc.technique import DSC
from characterization.tga.technique import TGA
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from tests import real_data
from tests.characterization.thermal.samples import SAMPLES

CUTS = (0, 1, 10, 200, 0.02, 0.1, 0.25, 0.5, 0.731, 0.9, 0.99, 0.999, -3, -2, -1)
REAL = real_data.files("dsc")


def outcome(data: bytes, name: str, tmp_path) -> pl.DataFrame | str:
    """The table, whose analysis ran, or the sentence that refuses the file; any other exception is a failure."""
    path = tmp_path / "stored"
    path.write_bytes(data)
    found = matches(FileHead.of(path, name), [DSC, TGA])
    assert len(found) <= 1
    if not found:
        return "recognised by nobody"
    technique = found[0].technique
    try:
        reading = found[0].reader.read(path, name)
    except ReaderError as error:
        sentence = str(error)
    else:
        sentence = ""
    if sentence:
        assert sentence.startswith(f"{name}: ")
        assert "\n" not in sentence
        return sentence
    table = technique.schema.conform(reading.table)
    assert table.equals(technique.schema.conform(reading.table))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a division by nothing, a fit through one point
        technique.analysed([], table, technique.defaults, lambda done, doing: None)
    return table


def cut(data: bytes, at: float) -> bytes:
    return data[: round(at * len(data))] if isinstance(at, float) else data[:at]


def is_beginning(part: pl.DataFrame, whole: pl.DataFrame) -> bool:
    """Whether the records of a part are the first records of the whole; what its end states may be missing."""
    names = [name for name in part.columns if name in whole.columns]
    missing = set(whole.columns) - set(names)
    # Between two records of its own a channel of a mass spectrometer needs the later one.
    ions = [name for name in names if name.startswith("ion_")]
    plain = [name for name in names if name not in ions]
    same = part.select(plain).equals(whole.select(plain).head(part.height))
    pressures = all(
        (a is None or a == pytest.approx(b))
        for name in ions
        for a, b in zip(part[name], whole[name].head(part.height), strict=True)
    )
    return same and pressures and missing <= {"sample_mass_mg"}


@pytest.mark.parametrize("at", CUTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_cut_sample(name, at, tmp_path):
    data = SAMPLES[name][0]
    whole = outcome(data, name, tmp_path)
    part = outcome(cut(data, at), name, tmp_path)
    assert isinstance(part, str) or is_beginning(part, whole)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_cut_at_every_byte_of_its_last_rows(name, tmp_path):
    data = SAMPLES[name][0]
    whole = outcome(data, name, tmp_path)
    for end in range(len(data) - 120, len(data)):
        part = outcome(data[:end], name, tmp_path)
        assert isinstance(part, str) or is_beginning(part, whole), data[end - 40 : end]


@pytest.mark.parametrize("name", [name for name in SAMPLES if ".ngb" not in name])
def test_a_row_that_was_cut_is_said(name, tmp_path):
    data = SAMPLES[name][0]
    last = max(data.rfind(mark) for mark in (b"34", "34".encode("utf-16-le"), b"28/11/2026"))  # the last record: 34 °C
    path = tmp_path / "stored"
    path.write_bytes(data[: last + 1])
    (match,) = matches(FileHead.of(path, name), [DSC, TGA])
    reading = match.reader.read(path, name)
    assert reading.table.height in (9, 10)
    assert any("cut off" in each for each in reading.warnings)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_sample(name, tmp_path):
    chance = random.Random(name)
    for _ in range(40):
        copy = bytearray(SAMPLES[name][0])
        for _ in range(chance.choice((1, 5, 50))):
            copy[chance.randrange(len(copy))] = chance.randrange(256)
        outcome(bytes(copy), name, tmp_path)


@real_data.needs_real_data
@pytest.mark.parametrize("at", CUTS)
@pytest.mark.parametrize("relative", REAL)
def test_a_cut_real_file(relative, at, tmp_path):
    data = (real_data.ROOT / relative).read_bytes()
    whole = outcome(data, "a.dat", tmp_path)
    part = outcome(cut(data, at), "a.dat", tmp_path)
    assert isinstance(part, str) or is_beginning(part, whole)
    if relative.endswith(".ngb-ss3"):
        assert isinstance(part, str)


@real_data.needs_real_data
@pytest.mark.parametrize("relative", REAL)
def test_a_damaged_real_file(relative, tmp_path):
    chance = random.Random(len(relative))
    data = (real_data.ROOT / relative).read_bytes()
    for number in range(6):
        copy = bytearray(data)
        reach = len(copy) if number % 2 else min(len(copy), 4000)
        for _ in range(chance.choice((1, 5, 50))):
            copy[chance.randrange(reach)] = chance.randrange(256)
        outcome(bytes(copy), "a.dat", tmp_path)
