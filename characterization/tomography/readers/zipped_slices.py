"""A stack as a zip of slices: PNG or TIFF pictures of one size, told apart by the numbers in their names.

The order is that of the numbers (slice 2 before slice 10), not that of the archive. A gap in the numbers is said. The
pixel size is that of the first slice, where it says it (TIFF of a microscope or of ImageJ).

Recognised by its members: pictures, and beside them nothing but the small texts that programs leave.
"""

from __future__ import annotations

from characterization.tomography.readers.slices import read
from characterization.tomography.stack import slice_members
from labdb.ingest.reader import FileHead, Reader

BESIDE = (".txt", ".log", ".csv", ".ini", ".info", ".md", ".json", ".db")


def recognises(head: FileHead) -> bool:
    pictures = slice_members(head.members)
    others = [
        name
        for name in head.members
        if name not in pictures
        and not name.endswith("/")
        and not name.startswith("__MACOSX/")
        and not name.rpartition("/")[2].startswith(".")
    ]
    return len(pictures) >= 2 and len(others) <= len(pictures) and all(name.lower().endswith(BESIDE) for name in others)


READER = Reader("zipped-slices", version=1, label="Zip of slices", recognises=recognises, read=read)
