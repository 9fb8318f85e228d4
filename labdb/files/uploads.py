"""Uploads stream to disk, and are hashed and counted on the way."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler


class TooLargeError(Exception):
    """The upload is over the limit of this installation; the sentence says which."""


def size_limit() -> str:
    """The limit as printed."""
    limit = settings.MAX_UPLOAD_BYTES
    return f"{limit / 1024**3:.3g} GiB" if limit >= 1024**3 else f"{limit / 1024**2:.3g} MiB"


def size_limit_sentence(name: str) -> str:
    return (
        f"{name}: larger than the {size_limit()} that this labdb takes;"
        " split the export, or ask for a higher LABDB_MAX_UPLOAD_BYTES."
    )


class HashedUpload(TemporaryUploadedFile):
    """An upload on disk that knows its SHA-256."""

    sha256: str


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Writes to disk, adds up the hash, and stops at the limit; a size told beforehand the middleware refuses."""

    file: HashedUpload

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.hash = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.MAX_UPLOAD_BYTES:
            self._refuse(self.file_name or "The file")
            raise StopUpload(connection_reset=True)
        self.hash.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> HashedUpload:
        file = cast(HashedUpload, super().file_complete(file_size))
        file.sha256 = self.hash.hexdigest()
        return file

    def _refuse(self, name: str) -> None:
        """Say it on the request: the parser swallows what a handler raises, and goes on with what it has."""
        self.request.upload_refused = size_limit_sentence(name)  # type: ignore[union-attr]
