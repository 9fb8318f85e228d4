"""What every cycling reader promises, held against every real file and against damaged copies of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cells.cycling.readers import READERS
from cells.cycling.table import CYCLING, STEP_TYPES
from labdb.ingest.reader import METADATA, FileHead, Reader, ReaderError, Reading
from tests import real_data
from tests.cells.cycling.readers.expectations import COMPANIONS, REFUSED, WARNED

CYCLING_FILES = [
    path
    for path in [*real_data.files("cycling"), *real_data.files("hppc"), *REFUSED, *WARNED]
    if path not in COMPANIONS and (real_data.ROOT / path).is_file()
]
FOREIGN_FILES = [
    path
    for path in real_data.files("xrd", "rietveld", "bet", "icp", "dsc", "eis", "sem", "stack", "LICENSES", "bad")
    if path not in REFUSED and path not in WARNED
] + sorted(COMPANIONS)
READ_FILES = [path for path in CYCLING_FILES if path not in REFUSED]

pytestmark = real_data.needs_real_data


def who_recognises(path) -> list[str]:
    return [reader.name for reader in READERS if reader.recognises(FileHead.of(path))]


def reader_of(path) -> Reader:
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    return reader


def read(relative: str) -> Reading:
    path = real_data.ROOT / relative
    return reader_of(path).read(path, path.name)


def outcome(reader: Reader, path: Path, name: str) -> Reading | str:
    """The reading, or the sentence that refuses it; any other exception is a failure."""
    try:
        return reader.read(path, name)
    except ReaderError as error:
        return str(error)


def test_readers_have_names_of_their_own():
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("relative", CYCLING_FILES)
def test_a_file_is_recognised_by_exactly_one_reader_whatever_its_name(relative, tmp_path):
    assert len(who_recognises(real_data.ROOT / relative)) == 1
    stored = tmp_path / ("0" * 64)
    stored.symlink_to(real_data.ROOT / relative)
    assert who_recognises(stored) == who_recognises(real_data.ROOT / relative)


@pytest.mark.parametrize("relative", FOREIGN_FILES)
def test_a_file_of_another_technique_is_recognised_by_no_reader(relative):
    assert who_recognises(real_data.ROOT / relative) == []


@pytest.mark.parametrize("relative", READ_FILES)
def test_a_reading_keeps_the_promises_of_its_table(relative):
    reading = read(relative)
    table = reading.table
    assert table.height
    assert CYCLING.conform(table).equals(table)
    assert dict(table.schema) == {name: CYCLING.columns[name] for name in table.columns}
    for name in CYCLING.required:
        assert table[name].null_count() == 0, name
    for name in ("test_time_second", "voltage_volt", "current_ampere"):
        assert table[name].is_finite().all(), name
    assert table["test_time_second"].is_sorted()
    assert table["step_count"].min() >= 1
    assert table["step_count"].is_sorted()
    assert table["voltage_volt"].abs().max() < 100, "volts, not millivolts"
    for counter in ("step_cumulative_capacity_ah", "step_cumulative_energy_wh"):
        if counter in table.columns:
            assert (table[counter].drop_nulls() >= 0).all()
    if "step_type" in table.columns:
        assert set(table["step_type"].drop_nulls().cast(str).unique()) <= set(STEP_TYPES)


@pytest.mark.parametrize("relative", READ_FILES)
def test_metadata_are_named_alike_and_storable_as_json(relative):
    import json

    metadata = read(relative).metadata
    assert set(metadata) <= set(METADATA)
    json.dumps(metadata, allow_nan=False)
    assert metadata.get("start_time_utc", "+00:00").endswith("+00:00")
    assert "+" not in metadata.get("start_time_local", "")


@pytest.mark.parametrize("relative", CYCLING_FILES)
def test_a_truncated_file_is_refused_or_read_with_a_warning(relative, tmp_path):
    """Cut anywhere, a file never gives another exception, and never more than the whole file holds."""
    data = (real_data.ROOT / relative).read_bytes()
    whole = None if relative in REFUSED else read(relative)
    for share in (0.02, 0.3, 0.5, 0.77, 0.999):
        cut = tmp_path / "cut"
        cut.write_bytes(data[: int(len(data) * share)])
        head = FileHead.of(cut, relative.rsplit("/", 1)[-1])
        for reader in [reader for reader in READERS if reader.recognises(head)]:
            part = outcome(reader, cut, head.name)
            if isinstance(part, str):
                assert part.startswith(head.name)
                assert "\n" not in part
            else:
                assert CYCLING.conform(part.table).height
                assert whole is None or part.table.height <= whole.table.height


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 4096, b"PK\x03\x04", b"version https://git-lfs.github.com/spec/v1\n"]
)
def test_a_file_that_is_nothing_is_recognised_by_nobody_and_refused_by_all(reader, content, tmp_path):
    path = tmp_path / "nothing"
    path.write_bytes(content)
    assert not reader.recognises(FileHead.of(path))
    with pytest.raises(ReaderError):
        reader.read(path, "nothing.csv")
