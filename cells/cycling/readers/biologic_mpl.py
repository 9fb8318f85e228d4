"""BioLogic EC-Lab and BT-Lab log (.mpl): the settings of a technique and what happened to it, without data.

It lies beside every .mpr and is uploaded by mistake, so it is recognised, and refused with the name of the file
that is wanted.
"""

from __future__ import annotations

import re
from pathlib import Path

from labdb.ingest import text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

MAGIC = re.compile(r"\s*(EC|BT)-Lab LOG FILE", re.IGNORECASE)
DATA_FILE = re.compile(r"^\s*File : (.*\.mpr)\s*$", re.IGNORECASE | re.MULTILINE)


def recognises(head: FileHead) -> bool:
    return MAGIC.match(head.text) is not None


def read(path: Path, name: str) -> Reading:
    try:
        lines = text.load(path).head
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    match = DATA_FILE.search("\n".join(lines))
    data = match[1] if match else "the .mpr beside it"
    raise ReaderError(f"{name}: this is a BioLogic log, without data; upload {data} or its export as .mpt")


READER = Reader("biologic-mpl", version=1, label="BioLogic log (.mpl)", recognises=recognises, read=read)
