"""What every ICP reader promises, of every real file and of damaged copies of them."""

from __future__ import annotations

import json

import polars as pl
import pytest

from characterization.icp.readers import READERS
from characterization.icp.table import EMISSION, KINDS
from dashboards.demo.simulate.icp import Digest, write_qtegra
from labdb.ingest.reader import METADATA, FileHead, ReaderError
from tests import real_data
from tests.characterization.icp.written import analysed, read, reader_of

ICP_FILES = [path for path in [*real_data.files("icp"), "bad/utf16_icp.csv"] if (real_data.ROOT / path).is_file()]
FOREIGN = [
    path
    for path in real_data.files(
        "cycling", "hppc", "eis", "xrd", "rietveld", "bet", "dsc", "sem", "stack", "bad", "LICENSES"
    )
    if path not in ICP_FILES
]
SHARES = (0.0, 0.001, 0.02, 0.1, 0.3, 0.5, 0.77, 0.9, 0.99, 0.9995)


@pytest.mark.parametrize("relative", ICP_FILES)
def test_a_file_is_recognised_by_one_reader_whatever_its_name(relative, tmp_path):
    stored = tmp_path / ("0" * 64)
    stored.symlink_to(real_data.ROOT / relative)
    assert reader_of(stored).name == reader_of(real_data.ROOT / relative).name


@pytest.mark.parametrize("relative", FOREIGN)
def test_a_file_of_another_technique_is_recognised_by_none(relative):
    path = real_data.ROOT / relative
    assert [reader.name for reader in READERS if reader.recognises(FileHead.of(path))] == []


@pytest.mark.parametrize("relative", ICP_FILES)
def test_a_reading_keeps_the_promises_of_its_table(relative):
    reading = read(real_data.ROOT / relative)
    table = reading.table
    assert EMISSION.conform(table).equals(table)
    assert set(table["sample_kind"]) <= set(KINDS)
    assert table["solution_count"].is_sorted()
    assert table["element"].null_count() == table["sample_label"].null_count() == 0
    assert table.select("solution_count", "emission_line", "replicate").is_unique().all()
    assert set(reading.metadata) <= set(METADATA)
    json.dumps(reading.metadata, allow_nan=False)


@pytest.mark.parametrize("relative", ICP_FILES)
def test_a_file_of_many_samples_gives_all_of_them_and_no_number_until_one_is_chosen(relative):
    table = read(real_data.ROOT / relative).table
    found = analysed(table)
    assert found.scalars == ()
    assert "choose which one this is" in found.warnings[-1]
    assert set(found.tables["samples"]["sample_label"]) <= set(table["sample_label"])
    for label in dict.fromkeys(table["sample_label"]):
        analysed(table, sample_label=label, sample_mass_mg=100.0, volume_ml=50.0)  # none of them is an error


def outcome(reader, path, name) -> pl.DataFrame | str:
    """The table, or the sentence that refuses the file; any other exception is a failure."""
    try:
        return reader.read(path, name).table
    except ReaderError as error:
        return str(error)


def whole_and_parts(path, tmp_path):
    data = path.read_bytes()
    whole = read(path).table
    keys = ["solution_count", "sample_label", "emission_line", "replicate"]
    named = [name for name in ("concentration_mg_per_l", "concentration_sd_mg_per_l") if name in whole.columns]
    reader = reader_of(path)
    for length in {int(len(data) * share) for share in SHARES} | set(range(len(data) - 60, len(data))):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        for each in READERS:
            each.recognises(FileHead.of(cut, path.name))
        part = outcome(reader, cut, path.name)
        if isinstance(part, str):
            assert part.startswith(path.name)
            assert "\n" not in part
            continue
        both = part.join(whole, on=keys, how="left", nulls_equal=True, suffix=" whole")
        assert part.height <= whole.height
        for name in named:
            if name in part.columns:
                assert both[name].equals(both[f"{name} whole"].alias(name), null_equal=True), f"cut at {length}"


@pytest.mark.parametrize("relative", ICP_FILES)
def test_a_truncated_file_is_refused_or_its_numbers_are_right(relative, tmp_path):
    whole_and_parts(real_data.ROOT / relative, tmp_path)


def test_a_truncated_simulated_file_too(tmp_path):
    path = tmp_path / "run.csv"
    write_qtegra(path, [Digest("A", {"Li": 1.0, "Ni": 0.8, "Co": 0.1, "Mn": 0.1})], seed=1)
    whole_and_parts(path, tmp_path)


def test_a_cut_last_line_is_left_out_and_said(tmp_path):
    path = tmp_path / "run.csv"
    write_qtegra(path, [Digest("A", {"Ni": 1.0})], seed=1)
    path.write_bytes(path.read_bytes()[:-1])
    reading = read(path)
    assert "cut off" in reading.warnings[0]
    assert reading.table.filter(pl.col("sample_label") == "BLANK")["solution_count"].n_unique() == 1


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 4096, b"PK\x03\x04", b"version https://git-lfs.github.com/spec/v1\n", b"\n\n\n", b"a;b\n"],
)
def test_a_file_that_is_nothing_is_recognised_by_nobody_and_refused_by_all(reader, content, tmp_path):
    path = tmp_path / "nothing"
    path.write_bytes(content)
    assert not reader.recognises(FileHead.of(path))
    with pytest.raises(ReaderError) as error:
        reader.read(path, "nothing.csv")
    assert str(error.value).startswith("nothing.csv")


@pytest.mark.parametrize("reader", READERS[:4], ids=str)
def test_a_file_far_too_large_is_refused_before_it_is_read(reader, tmp_path):
    path = tmp_path / "large.csv"
    with open(path, "wb") as file:
        file.truncate(17 * 1024**2)
    with pytest.raises(ReaderError, match="larger than any export"):
        reader.read(path, "large.csv")
