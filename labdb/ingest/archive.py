"""Opening what was packed (zip containers, gzip) without trusting what it says of itself. Pure.

A zip of kilobytes can unfold to terabytes, and can lie about it. Members are therefore counted, their declared sizes
summed, and what really comes out is counted again while it is read.
"""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from labdb.ingest.reader import ReaderError

CHUNK_BYTES = 1024**2
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Limits:
    """What an archive may unfold to.

    Attributes:
        members: how many.
        total_bytes: of all members, unpacked.
        ratio: unpacked over packed, looked at only above `ratio_from_bytes` (a few empty pages pack very well).
        ratio_from_bytes: see `ratio`.
    """

    members: int = 5_000
    total_bytes: int = 4 * 1024**3
    ratio: float = 500.0
    ratio_from_bytes: int = 64 * 1024**2


LIMITS = Limits()


class Count:
    """How many bytes came out of an archive so far."""

    def __init__(self, name: str, packed_bytes: int, limits: Limits) -> None:
        self.name, self.packed_bytes, self.limits = name, packed_bytes, limits
        self.bytes = 0

    def add(self, size: int) -> None:
        """Refuse the archive as soon as it has given too much."""
        self.bytes += size
        if self.bytes > self.limits.total_bytes:
            raise ReaderError(
                f"{self.name}: unfolds to over {self.limits.total_bytes / 1024**2:.0f} MiB; export the test in parts"
            )
        if self.bytes > self.limits.ratio_from_bytes and self.bytes > self.limits.ratio * max(self.packed_bytes, 1):
            raise ReaderError(
                f"{self.name}: unfolds to over {self.limits.ratio:.0f} times its size, as no instrument file does;"
                " it was not opened"
            )


def members(
    path: Path, name: str, wanted: Callable[[str], bool] = lambda member: True, limits: Limits = LIMITS
) -> dict[str, bytes]:
    """The members of a zip container by name, each read whole and checked against its CRC, one after another.

    Raises:
        ReaderError: it is no zip, damaged, encrypted, or unfolds to too much.
    """
    found: dict[str, bytes] = {}

    def keep(member: str, stream: IO[bytes], count: Count) -> None:
        found[member] = read_counted(stream, count)
        if found[member].startswith(PACKED):
            raise ReaderError(f"{name}: holds another archive ({member}); unpack it and upload what is inside")

    walk(path, name, keep, wanted, limits)
    return found


def check(path: Path, name: str, limits: Limits = LIMITS) -> None:
    """Unfold a zip container without keeping it: for libraries that open the file by themselves.

    Raises:
        ReaderError: as `members`.
    """
    walk(path, name, lambda member, stream, count: skip(stream, count), limits=limits)


def walk(
    path: Path,
    name: str,
    use: Callable[[str, IO[bytes], Count], None],
    wanted: Callable[[str], bool] = lambda member: True,
    limits: Limits = LIMITS,
) -> None:
    """Hand each wanted member of a container to `use`, as (member, stream, count), one after another.

    `use` reads the stream to its end, where its CRC is checked.

    Raises:
        ReaderError: as `members`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > limits.members:
                raise ReaderError(
                    f"{name}: holds {len(entries)} files, too many for an instrument file; it was not opened"
                )
            for entry in entries:
                refuse_path(entry.filename, name)
            declared = Count(name, path.stat().st_size, limits)
            for entry in entries:
                declared.add(entry.file_size)
            count = Count(name, path.stat().st_size, limits)
            for entry in entries:
                if entry.filename.endswith("/") or not wanted(
                    entry.filename
                ):  # is_dir() fails on a damaged, empty name
                    continue
                if entry.flag_bits & 0x1:
                    raise ReaderError(f"{name}: is locked with a password; export it without")
                with archive.open(entry) as stream:
                    use(entry.filename, stream, count)
    except DAMAGED as error:
        raise ReaderError(
            f"{name}: the archive is damaged or cut off ({reason(error)}); copy it again from the instrument's computer"
        ) from error
    except OSError as error:
        raise ReaderError(f"{name}: cannot be read ({error.strerror or error}); upload it again") from error


def refuse_path(member: str, name: str) -> None:
    """No member may point outside its container."""
    parts = PurePosixPath(member.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in member[:2]:
        raise ReaderError(f"{name}: holds a file whose name leads outside ({member!r}); it was not opened")


def read_counted(stream: IO[bytes] | gzip.GzipFile, count: Count) -> bytes:
    parts = []
    while chunk := stream.read(CHUNK_BYTES):
        count.add(len(chunk))
        parts.append(chunk)
    return b"".join(parts)


def skip(stream: IO[bytes], count: Count) -> None:
    while chunk := stream.read(CHUNK_BYTES):
        count.add(len(chunk))


def gunzip(path: Path, name: str, limits: Limits = LIMITS, first: int | None = None) -> bytes:
    """What a gzip file holds; with `first`, no more than so many bytes of it.

    Raises:
        ReaderError: it is damaged, or unfolds to too much.
    """
    count = Count(name, path.stat().st_size, limits)
    try:
        with gzip.open(path) as stream:
            return stream.read(first) if first is not None else read_counted(stream, count)
    except (*DAMAGED, gzip.BadGzipFile) as error:
        raise ReaderError(f"{name}: the gzip file is damaged or cut off ({reason(error)}); copy it again") from error


def reason(error: BaseException) -> str:
    """The first line of what a library says."""
    return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".") or type(error).__name__
