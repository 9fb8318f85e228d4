"""The reader contract: a reader turns one instrument file into one table, in our units.

Pure: no Django, no database. A reader is a plain object in the `readers` of its technique, chosen
by what the file contains. See `CONTRIBUTING.md` for the recipe.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from labdb.ingest.text import decode

HEAD_BYTES = 65_536
LOCAL_HEADER = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)


class ReaderError(Exception):
    """The file's fault: one sentence for its owner that names the file, what is wrong, and what to do."""


@dataclass(frozen=True)
class FileHead:
    """What a reader may look at to recognise a file: its first bytes, its name, its members.

    Attributes:
        path: where the bytes are; a recogniser reads no more of it than it must.
        name: the name it was uploaded under (the path of a stored file is its SHA-256).
        data: the first `HEAD_BYTES` bytes.
    """

    path: Path
    name: str
    data: bytes

    @classmethod
    def of(cls, path: Path, name: str | None = None) -> FileHead:
        with open(path, "rb") as file:
            return cls(path=path, name=name or path.name, data=file.read(HEAD_BYTES))

    @property
    def suffix(self) -> str:
        """The extension in lower case, with its dot; a hint only, many formats are called .csv."""
        return Path(self.name).suffix.lower()

    @cached_property
    def text(self) -> str:
        """The first bytes as text, whatever their encoding (`labdb.ingest.text.decode`). Empty for binary."""
        return decode(self.data)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def is_zip(self) -> bool:
        return self.data.startswith(b"PK\x03\x04")

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Names inside a zip container; of a truncated one, those still to be seen in the head."""
        if not self.is_zip:
            return ()
        try:
            with zipfile.ZipFile(self.path) as archive:
                return tuple(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, struct.error):
            names = []
            for header in LOCAL_HEADER.finditer(self.data):
                length = int.from_bytes(header.group(1), "little")
                names.append(self.data[header.end() : header.end() + length].decode("utf-8", "replace"))
            return tuple(names)

    @cached_property
    def sheets(self) -> dict[str, list[list[Any]]]:
        """The first 60 rows of each sheet of an .xlsx workbook; empty for anything else, or a broken one."""
        if "xl/workbook.xml" not in self.members:
            return {}
        from labdb.ingest.workbook import first_rows

        return first_rows(self.path, rows=60)


@dataclass(frozen=True)
class Reading:
    """What a reader found in a file.

    Attributes:
        table: keeps the promises of its technique's schema; our names, our units.
        metadata: what the file says of itself, under the names of `METADATA` where one fits
            (`start_time_utc`, `device`, `active_mass_mg`, …); the rest under `instrument`.
        warnings: sentences for the owner: what was corrected, or cannot be trusted.
        outgrown: of a reading that was joined from several files: which of them, from 0, are earlier states of another
            one, and are read no more.
    """

    table: pl.DataFrame
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    outgrown: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One file format. Changing what `read` returns for the same bytes raises `version`."""

    name: str
    version: int
    label: str
    recognises: Callable[[FileHead], bool]
    read: Callable[[Path, str], Reading]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


# Names of metadata that every technique shares; a reader leaves out what its file does not say.
METADATA = {
    "start_time_utc": "ISO 8601 with +00:00, only where the file's clock zone is known to be UTC",
    "start_time_local": "ISO 8601 without zone, the instrument's own clock",
    "device": "instrument, channel",
    "software": "program and version that wrote the file",
    "operator": "as written in the file",
    "sample": "name, barcode or remark given to the sample or cell",
    "comment": "free text of the operator",
    "protocol": "name of the test schedule",
    "corrections": "what the reader put right in the records, a list of sentences",
    "active_mass_mg": "as entered at the instrument, None where it looks like the default",
    "instrument": "anything else, as a mapping of the file's own words",
}
