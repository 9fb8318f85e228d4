"""The store: bytes by their hash, once, unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from labdb.files import store

# SHA-256 of "abc", as FIPS 180-4 gives it.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def abc(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    return path


def test_the_hash_is_sha_256(abc):
    assert store.sha256_of(abc) == ABC


@pytest.mark.parametrize("move", [False, True])
def test_what_is_put_is_there_read_only_and_leaves_no_parts(abc, move):
    store.put(abc, f"raw/ba/{ABC}", move=move)
    kept = Path(default_storage.path(f"raw/ba/{ABC}"))
    assert kept.read_bytes() == b"abc"
    assert kept.stat().st_mode & 0o777 == 0o440
    assert [path.name for path in kept.parent.iterdir()] == [ABC]
    assert abc.exists() is not move


def test_what_is_there_is_not_written_again(abc, tmp_path):
    store.put(abc, f"raw/ba/{ABC}")
    other = tmp_path / "other"
    other.write_bytes(b"not abc")
    store.put(other, f"raw/ba/{ABC}")
    with store.local_path(f"raw/ba/{ABC}") as path:
        assert path.read_bytes() == b"abc"
