"""Bruker and Siemens `.raw`: `RAW4.00` (DIFFRAC.SUITE) and `RAW1.01` (DIFFRACplus, called version 3), binary.

Angles and intensities are read by geddes. Of the rest, little-endian:

- RAW4: date at byte 12 and time at 24 as text, then from byte 61 records of kind and length (two u32). Kind 10 is a
  text: a name of 24 bytes at 12, its value from 36. Kind 30 is the instrument: mean Kα, Kα1, Kα2, Kβ and the ratio
  Kα2 / Kα1 as f64 from 72 on, the anode's two letters at 116. Kind 0 (or 160) is a range: its points u32 at 88, time
  a step f32 at 92, kV and mA f32 at 100 and 104, wavelength used f64 at 112; its header has 160 bytes.
- RAW1.01: number of ranges u32 at 12, date at 16, time at 26, user at 36, sample at 326, anode at 608, and from 624 on
  Kα1, Kα2, Kβ, ratio as f64.

Versions 1 (`RAW `) and 2 (`RAW2`) are refused: nothing at hand reads them, so they are to be converted by Bruker's own
XCH or File Exchange. Counts are as stored. Seen: RAW4.00 of a D2, made from a brml.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from characterization.xrd.radiation import Radiation
from characterization.xrd.readers.finish import (
    Scan,
    checked_radiation,
    one_pattern,
    pattern,
    refuse_large,
    said,
    warnings_about,
)
from characterization.xrd.readers.library import geddes_scans
from characterization.xrd.table import COUNTS
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

VERSION_4, VERSION_3 = b"RAW4.00", b"RAW1.01"
OLD = (b"RAW2", b"RAW ")
TEXT, INSTRUMENT, RANGES = 10, 30, (0, 160)
FIRST_RECORD = 61
RANGE_HEADER = 160


def recognises(head: FileHead) -> bool:
    return head.data.startswith((VERSION_4, VERSION_3, *OLD))


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: it is of an old version, cut off, no scan over 2θ, or of several that do not continue each other.
    """
    refuse_large(path, name)
    data = path.read_bytes()
    if data.startswith(OLD):
        raise ReaderError(
            f"{name}: is a Bruker RAW file of version 1 or 2, which labdb cannot read; convert it to RAW4, brml or xy"
        )
    if not data.startswith((VERSION_4, VERSION_3)):
        raise ReaderError(f"{name}: is no Bruker RAW file of version 3 or 4; export the scan as .xy")
    try:
        about = _version_4(data) if data.startswith(VERSION_4) else _version_3(data)
    except struct.error as error:
        raise ReaderError(f"{name}: is cut off within its head; copy it again from the diffractometer") from error
    ranges = max(1, int(about.pop("ranges")))
    scans = [
        Scan(np.array(found.x), np.array(found.y), COUNTS, counting_time_second=about["counting_time_second"])
        for found in geddes_scans(path, name, ".raw", ranges)
    ]
    whole = one_pattern(scans, name)
    radiation = checked_radiation(about.pop("radiation"), name)
    start = clock_start(about.pop("date"))
    metadata = said(
        start_time_local=start.isoformat() if start else None,
        sample=about.pop("sample"),
        operator=about.pop("operator"),
        comment=about.pop("comment"),
        software=about.pop("software"),
        instrument=said(anode=radiation.anode, radiation=radiation.words, **about),
    )
    return Reading(pattern(whole, radiation, name), metadata, warnings_about(whole.unit))


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a RAW4 file in front of its first range, which comes last as (kind, the rest of the file)."""
    at = FIRST_RECORD
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind in RANGES:
            yield kind, data[at:]
            return
        if length < 8:
            return
        yield kind, data[at : at + length]
        at += length


def _version_4(data: bytes) -> dict[str, Any]:
    texts: dict[str, str] = {}
    radiation, (ranges,) = Radiation(), struct.unpack_from("<I", data, 40)
    step_time: float | None = None
    tube: dict[str, Any] = {}
    for kind, record in records(data):
        if kind == TEXT and len(record) >= 36:
            texts[_text(record[12:36])] = _text(record[36:])
        elif kind == INSTRUMENT and len(record) >= 120:
            _, alpha1, alpha2, _, ratio = struct.unpack_from("<5d", record, 72)
            radiation = Radiation(alpha1, alpha2, ratio, _text(record[116:118]))
        elif kind in RANGES and len(record) >= RANGE_HEADER:
            (step_time,) = struct.unpack_from("<f", record, 92)
            tension, current = struct.unpack_from("<2f", record, 100)
            tube = {"tension_kv": round(tension, 3), "current_ma": round(current, 3), "scan_axis": _text(record[32:56])}
    return {
        "ranges": ranges,
        "radiation": radiation,
        "date": f"{_text(data[12:24])} {_text(data[24:34])}",
        "counting_time_second": _time(step_time),
        "sample": texts.get("SAMPLEID"),
        "operator": texts.get("USER"),
        "comment": texts.get("COMMENT"),
        "software": " ".join(filter(None, [texts.get("CREATOR"), texts.get("CREATOR_VERSION")])),
        **tube,
    }


def _version_3(data: bytes) -> dict[str, Any]:
    (ranges,) = struct.unpack_from("<I", data, 12)
    alpha1, alpha2, _, ratio = struct.unpack_from("<4d", data, 624)
    (step_time,) = struct.unpack_from("<f", data, 712 + 192)
    return {
        "ranges": ranges,
        "radiation": Radiation(alpha1, alpha2, ratio, _text(data[608:610])),
        "date": f"{_text(data[16:26])} {_text(data[26:36])}",
        "counting_time_second": _time(step_time),
        "sample": _text(data[326:386]),
        "operator": _text(data[36:108]),
        "comment": None,
        "software": "DIFFRACplus",
    }


def _time(second: float | None) -> float | None:
    return round(float(second), 4) if second is not None and 0 < second < 1e6 else None


def _text(data: bytes) -> str:
    return data.partition(b"\x00")[0].decode("latin-1").strip()


READER = Reader("bruker-raw", version=1, label="Bruker raw", recognises=recognises, read=read)
