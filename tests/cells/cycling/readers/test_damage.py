"""Damage of any kind gives a refusal in one sentence or a table that keeps its promises, never another exception."""

from __future__ import annotations

import random

import pytest

from cells.cycling.readers import READERS
from cells.cycling.table import CYCLING
from labdb.ingest.reader import FileHead
from tests import real_data
from tests.cells.cycling.readers.biologic_samples import mpt
from tests.cells.cycling.readers.test_maccor import export as maccor
from tests.cells.cycling.readers.test_other_text import basytec, novonix, pec
from tests.cells.cycling.readers.test_promises import outcome

SAMPLES = {"a.mpt": mpt(), "a.052": maccor(), "novonix.csv": novonix(), "pec.csv": pec(), "basytec.txt": basytec()}
LARGEST_BYTES = 300_000
REAL = [
    path
    for path in real_data.files("cycling/biologic", "cycling/other")
    if (real_data.ROOT / path).stat().st_size < LARGEST_BYTES
]


def damaged(data: bytes, seed: int) -> list[bytes]:
    """Six copies cut anywhere, six with bytes changed, half of these in the head."""
    chance = random.Random(seed)
    copies = [data[: chance.randrange(len(data))] for _ in range(6)]
    for number in range(6):
        copy = bytearray(data)
        reach = len(copy) if number % 2 else min(len(copy), 4000)
        for _ in range(chance.choice((1, 5, 50))):
            copy[chance.randrange(reach)] = chance.randrange(256)
        copies.append(bytes(copy))
    return copies


def hold(copy: bytes, name: str, tmp_path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(copy)
    recognised = [reader for reader in READERS if reader.recognises(FileHead.of(path, name))]
    assert len(recognised) <= 1
    for reader in recognised:
        found = outcome(reader, path, name)
        if isinstance(found, str):
            assert found.startswith(name)
            assert "\n" not in found
        else:
            assert found.table.height
            assert CYCLING.conform(found.table).equals(found.table)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_sample(name, tmp_path):
    for copy in damaged(SAMPLES[name], seed=1):
        hold(copy, name, tmp_path)


@real_data.needs_real_data
@pytest.mark.parametrize("relative", REAL)
def test_a_damaged_real_file(relative, tmp_path):
    for copy in damaged((real_data.ROOT / relative).read_bytes(), seed=len(relative)):
        hold(copy, relative.rsplit("/", 1)[-1], tmp_path)
