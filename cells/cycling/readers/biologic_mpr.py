"""BioLogic EC-Lab binary (.mpr), by the optional package galvani (GPL-3), which only `read` imports.

    "BIO-LOGIC MODULAR FILE", blanks to 48 bytes, 4 zeros; then modules: "MODULE", short name 10, long name 25,
    since EC-Lab 11.50 FF FF FF FF, length u32, version, date MM/DD/YY, content.
    "VMP Set": byte 0 technique, byte 7 length of the comment that follows, float32 at 0x107 active mass in mg.
    "VMP data": the records. "VMP LOG": when the acquisition began.

The settings are read here, by what .mpr and .mpt of the same run have in common, so that a file is recognised
(and one of another technique named) without galvani. GCPL stores no measured current; `biologic.py` finds it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from cells.cycling.readers.biologic import (
    IMPEDANCE,
    MODE_FLAGS,
    NS_CHANGES_FLAG,
    Export,
    Heads,
    reading_of,
    refuse_other_techniques,
)
from cells.cycling.readers.finish import mass_mg
from labdb.ingest import text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

MAGIC = b"BIO-LOGIC MODULAR FILE"
MODULE = b"MODULE"
NAME_BYTES = len(MODULE) + 10 + 25
LONG_MARK = b"\xff\xff\xff\xff"
MASS_OFFSET = 0x107
COMMENT_OFFSET = 7

TECHNIQUES = {
    0x04: "Galvanostatic Cycling with Potential Limitation",
    0x06: "Cyclic Voltammetry",
    0x0B: "Open Circuit Voltage",
    0x18: "Chronoamperometry",
    0x19: "Chronopotentiometry",
    0x1D: "Potentio Electrochemical Impedance Spectroscopy",
    0x1E: "Galvano Electrochemical Impedance Spectroscopy",
    0x6C: "Linear Sweep Voltammetry",
    0x7F: "Modulo Bat",
}

# What galvani raises for a file it does not understand: it unpacks bytes and asserts as it goes.
GALVANI_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True)
class Settings:
    """What the first module says of the run."""

    technique: str
    active_mass_mg: float | None
    comment: str


def recognises(head: FileHead) -> bool:
    return head.data.startswith(MAGIC) and not IMPEDANCE.search(settings_of(head.data).technique)


def read(path: Path, name: str) -> Reading:
    data = path.read_bytes()
    if not data.startswith(MAGIC):
        if not data.strip(b"\x00") or data.startswith(text.GIT_LFS):
            refuse_stand_in(data, name)
        raise ReaderError(f"{name}: no BioLogic .mpr (its first bytes are others); upload the file as EC-Lab wrote it")
    settings = settings_of(data)
    refuse_other_techniques(name, settings.technique)
    file = open_mpr(path, name)
    frame = frame_of(file)
    if not Heads.of(frame.columns).is_cycling and "freq/Hz" in frame.columns:
        refuse_other_techniques(name, "Impedance Spectroscopy")
    raw_mass = settings.active_mass_mg
    metadata: dict[str, Any] = {
        "comment": settings.comment,
        "active_mass_mg": mass_mg(raw_mass),
        "instrument": {
            key: value
            for key, value in {
                "technique": settings.technique,
                "Mass of active material": f"{raw_mass:g} mg" if raw_mass is not None else "",
                "date": str(file.startdate),
            }.items()
            if value
        },
    }
    started = getattr(file, "timestamp", None)
    return reading_of(Export(name, frame, technique=settings.technique, started=started, metadata=metadata))


def refuse_stand_in(data: bytes, name: str) -> None:
    """Say what stands in the place of the file: nothing, or a pointer to it."""
    try:
        text.from_bytes(data)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error


def open_mpr(path: Path, name: str) -> Any:
    """The file as galvani reads it.

    Raises:
        ReaderError: galvani is not installed, or does not understand the file.
    """
    try:
        biologic = import_module("galvani.BioLogic")
    except ImportError as error:
        raise ReaderError(
            f"{name}: reading .mpr needs the optional package galvani (pip install 'labdb[biologic]');"
            " without it, export the file as .mpt in EC-Lab and upload that"
        ) from error
    try:
        with path.open("rb") as stream:
            return biologic.MPRfile(stream)
    except GALVANI_ERRORS as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ReaderError(
            f"{name}: the .mpr is damaged, or newer than galvani can read ({reason});"
            " copy it from the instrument again, or export it as .mpt in EC-Lab"
        ) from error


def frame_of(file: Any) -> pl.DataFrame:
    """The records by their heads, the packed flags as the columns of an .mpt."""
    records: np.ndarray = file.data
    columns: dict[str, np.ndarray] = {}
    for head in records.dtype.names or ():
        if head == "flags":
            columns["mode"] = records[head] & MODE_FLAGS
            columns["Ns changes"] = (records[head] & NS_CHANGES_FLAG) > 0
        else:
            columns[head] = records[head]
    return pl.DataFrame({head: np.ascontiguousarray(column).astype(np.float64) for head, column in columns.items()})


def settings_of(data: bytes) -> Settings:
    """Technique, mass and comment of the settings module; empty where it is not there whole."""
    module = data.find(MODULE, len(MAGIC))
    if module < 0 or data[module + len(MODULE) :][:7] != b"VMP Set":
        return Settings("", None, "")
    is_long = data[module + NAME_BYTES :][:4] == LONG_MARK
    content = data[module + NAME_BYTES + (24 if is_long else 16) :]
    if len(content) < MASS_OFFSET + 4:
        return Settings("", None, "")
    mass = float(np.frombuffer(content, "<f4", count=1, offset=MASS_OFFSET)[0])
    comment = content[COMMENT_OFFSET + 1 : COMMENT_OFFSET + 1 + content[COMMENT_OFFSET]].decode("latin-1")
    comment = "\n".join(line.strip() for line in comment.splitlines()).strip()
    return Settings(TECHNIQUES.get(content[0], ""), round(mass, 6) if np.isfinite(mass) and mass > 0 else None, comment)


READER = Reader("biologic-mpr", version=2, label="BioLogic EC-Lab binary (.mpr)", recognises=recognises, read=read)
