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


def put(path: Path, key: str) -> None:
    """Keep a copy of a file under a key that its content determines; a key that is there already is left alone."""
    if default_storage.exists(key):
        return
    if isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # LazyObject has it
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with open(handle, "wb") as writing, open(path, "rb") as reading:
                shutil.copyfileobj(reading, writing, 1 << 20)
                writing.flush()
                os.fsync(writing.fileno())
            os.chmod(part, 0o440)
            os.replace(part, target)
        except BaseException:
            os.unlink(part)
            raise
        return
    with open(path, "rb") as file:
        default_storage.save(key, File(file))


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
