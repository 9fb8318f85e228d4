"""The store of bytes behind Django's storage: a folder now, S3 by settings.

Everything in it is named by its SHA-256, so writing twice is writing once, and nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage


def sha256_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put(path: Path, key: str, *, move: bool = False) -> None:
    """Keep a file under a key that its content determines; a key that is there already is left alone.

    Args:
        path: the bytes; copied, or with `move` taken over where that saves the copy.
        key: ends in the SHA-256 of the bytes.
        move: the caller needs the file no longer, and nobody else writes to it.
    """
    if default_storage.exists(key):
        return
    if isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # LazyObject has it
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        if move and path.stat().st_dev == target.parent.stat().st_dev:
            settle(path, target)
        else:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            os.close(handle)
            part = Path(name)
            try:
                shutil.copyfile(path, part)
                settle(part, target)
            finally:
                part.unlink(missing_ok=True)
        return
    with open(path, "rb") as file:
        default_storage.save(key, File(file))


def settle(part: Path, target: Path) -> None:
    """Give complete bytes their final name: on the disk before the name is there, read-only, all or nothing."""
    with open(part, "rb") as file:
        os.fsync(file.fileno())
    part.chmod(0o440)
    part.replace(target)


@contextmanager
def local_path(key: str) -> Iterator[Path]:
    """The bytes of a key as a file on this machine, for readers; fetched for as long as needed where they are not."""
    try:
        path = Path(default_storage.path(key))
    except NotImplementedError:
        with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
            path = Path(folder) / Path(key).name
            with default_storage.open(key) as remote, open(path, "wb") as file:
                shutil.copyfileobj(remote, file, 1 << 20)
            yield path
        return
    yield path
