"""What every reader of a pattern promises, of every real file, of our samples, and of damaged copies of both."""

from __future__ import annotations

import json
import random

import pytest

from characterization.xrd.readers import READERS
from characterization.xrd.table import intensity_column
from labdb.ingest.reader import METADATA, FileHead, Reader, ReaderError, Reading
from tests import real_data
from tests.characterization.xrd import samples
from tests.characterization.xrd.test_expected import FILES

ALIEN = real_data.files("cycling", "hppc", "eis", "bet", "icp", "dsc", "sem", "stack", "rietveld", "LICENSES")
BAD = {"bad/truncated.rasx", "bad/truncated.xrdml", "bad/wrong_extension_is_xrdml.csv"}
SHARES = (0.001, 0.02, 0.1, 0.3, 0.5, 0.77, 0.9, 0.99, 0.9995)
WRITTEN = {
    "pattern.xrdml": samples.xrdml,
    "pattern.csv": samples.panalytical_csv,
    "pattern.xy": samples.columns,
    "pattern.xra": samples.gsas,
    "pattern.ras": samples.ras,
    "pattern.rasx": samples.rasx,
    "pattern.brml": samples.brml,
    "pattern.raw": samples.raw4,
}


def recognised(path, name=""):
    return [reader for reader in READERS if reader.recognises(FileHead.of(path, name or path.name))]


@pytest.mark.parametrize("relative", FILES)
def test_a_file_is_recognised_by_one_reader_whatever_its_name(relative, tmp_path):
    stored = tmp_path / ("0" * 64)
    stored.symlink_to(real_data.ROOT / relative)
    assert len(recognised(stored)) == 1
    assert recognised(stored) == recognised(real_data.ROOT / relative)


@pytest.mark.parametrize("relative", ALIEN)
def test_a_file_of_another_technique_is_no_pattern(relative):
    assert recognised(real_data.ROOT / relative) == []


@pytest.mark.parametrize("relative", [path for path in real_data.files("bad") if path not in BAD])
def test_a_damaged_file_of_another_technique_is_no_pattern(relative):
    assert recognised(real_data.ROOT / relative) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_a_sample_is_recognised_by_one_reader(name, tmp_path):
    assert len(recognised(WRITTEN[name](tmp_path / name))) == 1


@pytest.mark.parametrize("name", WRITTEN)
def test_a_sample_gives_the_points_that_it_was_written_with(name, tmp_path):
    path = WRITTEN[name](tmp_path / name)
    table = recognised(path)[0].read(path, name).table
    assert table["two_theta_degree"].to_list() == pytest.approx(list(samples.TWO_THETA))
    assert table[intensity_column(table)].to_list() == pytest.approx(list(samples.COUNTS))


@pytest.mark.parametrize("relative", FILES)
def test_metadata_are_named_alike_and_storable_as_json(relative):
    path = real_data.ROOT / relative
    metadata = recognised(path)[0].read(path, path.name).metadata
    assert set(metadata) <= set(METADATA)
    json.dumps(metadata, allow_nan=False)
    assert metadata.get("start_time_utc", "+00:00").endswith("+00:00")


def cuts(data: bytes) -> list[int]:
    return sorted({int(len(data) * share) for share in SHARES} | {len(data) - lost for lost in (1, 2, 3, 5, 9)})


def outcome(reader: Reader, path, name: str) -> Reading | str:
    """The reading, or the sentence that refuses the file; any other exception is a failure."""
    try:
        return reader.read(path, name)
    except ReaderError as error:
        return str(error)


def held_to_the_whole(path, name, tmp_path) -> None:
    """Cut anywhere, a file is refused, or its points are those of the whole one; what is missing at the end is said."""
    data = path.read_bytes()
    (reader,) = recognised(path)
    whole = reader.read(path, name)
    points = list(zip(whole.table["two_theta_degree"], whole.table[intensity_column(whole.table)], strict=True))
    for length in cuts(data):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        for other in READERS:
            other.recognises(FileHead.of(cut, name))
        part = outcome(reader, cut, name)
        if isinstance(part, str):
            assert part.startswith(f"{name}: ")
            assert "\n" not in part
            continue
        x, y = part.table["two_theta_degree"], part.table[intensity_column(part.table)]
        assert list(zip(x, y, strict=True)) == points[: len(x)], f"cut at {length} of {len(data)}"
        if len(x) < len(points) and not data[:length].endswith(b"\n"):
            assert any("cut off" in warning for warning in part.warnings), f"cut at {length} of {len(data)}"


@pytest.mark.parametrize("relative", FILES)
def test_a_truncated_file_is_refused_or_its_points_are_right(relative, tmp_path):
    path = real_data.ROOT / relative
    held_to_the_whole(path, path.name, tmp_path)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_truncated_sample_too(name, tmp_path):
    held_to_the_whole(WRITTEN[name](tmp_path / name), name, tmp_path)


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 4096, b"PK\x03\x04", b"version https://git-lfs.github.com/spec/v1\n", b"\n\n\n", b"a;b\n"],
)
def test_a_file_that_is_nothing_is_recognised_by_nobody_and_refused_by_all(reader, content, tmp_path):
    path = tmp_path / "nothing"
    path.write_bytes(content)
    assert not reader.recognises(FileHead.of(path))
    with pytest.raises(ReaderError, match=r"^nothing\.xy: "):
        reader.read(path, "nothing.xy")


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_a_file_far_too_large_is_refused_before_it_is_read(reader, tmp_path):
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(257 * 1024**2)
    with pytest.raises(ReaderError, match="larger than 256 MiB"):
        reader.read(path, "large.xy")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xrdMeasurements>&b;</xrdMeasurements>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xrdMeasurements/>',
    ],
)
def test_xml_that_unfolds_or_looks_outside_is_refused(text, tmp_path):
    path = tmp_path / "bomb.xrdml"
    path.write_text(text)
    (reader,) = recognised(path)
    with pytest.raises(ReaderError, match="is no whole XRDML file"):
        reader.read(path, path.name)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_sample_that_is_damaged_anywhere_is_read_or_refused_in_one_sentence(name, tmp_path):
    path = WRITTEN[name](tmp_path / name)
    (reader,) = recognised(path)
    damaged = tmp_path / "damaged"
    for data in damages(path.read_bytes(), seed=3):
        damaged.write_bytes(data)
        for other in READERS:
            other.recognises(FileHead.of(damaged, name))
        found = outcome(reader, damaged, name)
        assert isinstance(found, Reading) or (found.startswith(f"{name}: ") and "\n" not in found)


def damages(data: bytes, seed: int, number: int = 60):
    """Copies with bytes changed, taken out, or put in."""
    draw = random.Random(seed)
    for _ in range(number):
        made = bytearray(data)
        for _ in range(draw.choice([1, 3, 20])):
            at = draw.randrange(len(made))
            kind = draw.randrange(4)
            if kind == 0:
                made[at] = draw.randrange(256)
            elif kind == 1:
                made[at] = draw.choice(b"0123456789.-+eE \n,;<>()")
            elif kind == 2:
                del made[at : min(at + draw.randrange(1, 30), len(made) - 1)]
            else:
                made[at:at] = draw.choice([b"nan", b"inf", b"1e400", b"-", b"\n\n", b"9" * 40, b"\xff\xfe"])
        yield bytes(made)
