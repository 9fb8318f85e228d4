"""BioLogic EC-Lab binary (.mpr) of impedance techniques, by the optional package galvani, as for cycling.

The columns are those of the .mpt of the same run: `biologic_eis_mpt.py`; the file itself:
`cells/cycling/readers/biologic_mpr.py`.
"""

from __future__ import annotations

from pathlib import Path

from cells.cycling.readers.biologic import IMPEDANCE
from cells.cycling.readers.biologic_mpr import MAGIC, frame_of, open_mpr, refuse_stand_in, settings_of
from cells.impedance.readers.biologic_eis_mpt import frame_columns
from cells.impedance.readers.rows import LARGEST_BYTES
from cells.impedance.readers.spectrum import reading
from labdb.ingest import text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading


def recognises(head: FileHead) -> bool:
    return head.data.startswith(MAGIC) and bool(IMPEDANCE.search(settings_of(head.data).technique))


def read(path: Path, name: str) -> Reading:
    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(f"{name}: is larger than {LARGEST_BYTES // 1024**2} MiB, too large for an impedance spectrum")
    data = path.read_bytes()
    if not data.startswith(MAGIC):
        if not data.strip(b"\x00") or data.startswith(text.GIT_LFS):
            refuse_stand_in(data, name)
        raise ReaderError(f"{name}: no BioLogic .mpr (its first bytes are others); upload the file as EC-Lab wrote it")
    settings = settings_of(data)
    if settings.technique and not IMPEDANCE.search(settings.technique):
        raise ReaderError(
            f"{name}: this is {settings.technique}, not an impedance spectrum; upload it under that technique"
        )
    file = open_mpr(path, name)
    columns = frame_columns(frame_of(file), name)
    started = getattr(file, "timestamp", None)
    metadata = {
        "comment": settings.comment,
        "start_time_local": started.isoformat(timespec="milliseconds") if started else None,
        "instrument": {
            key: value for key, value in {"technique": settings.technique, "date": str(file.startdate)}.items() if value
        },
    }
    return reading(columns, name, metadata)


READER = Reader(
    "biologic-eis-mpr", version=1, label="BioLogic EC-Lab impedance (.mpr)", recognises=recognises, read=read
)
