"""GSAS powder data (`.gsas`, `.gsa`, `.xra`, `.fxye`, `.raw` as text) of constant wavelength.

A title of up to 80 characters, then per bank `BANK n points records CONST start step 0 0 type`, start and step in
hundredths of a degree 2θ. Types: `STD` (ten fields of 8 characters: 2 for the number of detectors, 6 for the counts),
`ESD` (five pairs of 8 characters: intensity and its deviation), `FXYE` and `FXY` (a line a point: 2θ in hundredths of
a degree, intensity, deviation). The last record is filled up with zeros, which are no points. The wavelength stands
in another file, the instrument parameters (`.prm`, `.instprm`).

Source: A. C. Larson and R. B. Von Dreele, GSAS manual, LAUR 86-748 (2004). Seen: STD.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from characterization.xrd.radiation import Radiation
from characterization.xrd.readers.finish import Scan, number, one_pattern, pattern, refuse_large, said, warnings_about
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import TextError, load

BANK = re.compile(
    r"^BANK\s+(?P<bank>\d+)\s+(?P<points>\d+)\s+\d+\s+(?P<binning>[A-Z_0-9]+)(?P<numbers>(?:\s+[-+.\dEe]+)*)"
    r"\s*(?P<kind>STD|ESD|ALT|FXYE|FXY)?\s*$"
)
CONSTANT = ("CONST", "CONS")
FIELD = 8


def recognises(head: FileHead) -> bool:
    return any(line.startswith("BANK") and BANK.match(line.rstrip()) for line in head.lines[:40])


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: it is of time of flight, or holds something that is no number.
    """
    refuse_large(path, name)
    try:
        text = load(path)
    except TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    lines = text.data.decode("utf-8", "replace").splitlines(keepends=True)
    heads = [(index, match) for index, line in enumerate(lines) if (match := BANK.match(line.rstrip()))]
    if not heads:
        raise ReaderError(f"{name}: has no BANK line; export it again")
    ends = [index for index, _ in heads[1:]] + [len(lines)]
    warnings = list(text.warnings)
    scans = [
        _scan(match, lines[index + 1 : end], name, warnings) for (index, match), end in zip(heads, ends, strict=True)
    ]
    whole = one_pattern(scans, name)
    radiation = Radiation()
    title = lines[0].strip() if heads[0][0] else ""
    return Reading(
        pattern(whole, radiation, name),
        said(comment=title, instrument=said(radiation=radiation.words)),
        (*warnings, *warnings_about(whole.unit)),
    )


def _scan(head: re.Match[str], lines: list[str], name: str, warnings: list[str]) -> Scan:
    bank, points, kind = head["bank"], int(head["points"]), head["kind"] or "STD"
    if head["binning"] not in CONSTANT:
        raise ReaderError(
            f"{name}: bank {bank} is binned as {head['binning']}, which is time of flight and not 2θ;"
            " it is no X-ray pattern"
        )
    numbers = [value for text in head["numbers"].split() if (value := number(text)) is not None]
    if len(numbers) < 2 or not numbers[1] > 0:
        raise ReaderError(f"{name}: bank {bank} does not say where it starts and its step; export it again")
    lines = [line for line in lines if not line.startswith("#")]
    try:
        if kind in ("FXYE", "FXY"):
            values = _rows(lines, len(kind) - 1)
            x, y, sd = values[:, 0] / 100, values[:, 1], values[:, 2] if kind == "FXYE" else None
        else:
            flat = _fields(lines, detectors=kind == "STD")
            y, sd = (flat[0::2], flat[1::2]) if kind == "ESD" else (flat, None)
            y = y[: len(sd)] if sd is not None else y
            x = (numbers[0] + numbers[1] * np.arange(len(y))) / 100
    except ValueError as error:
        raise ReaderError(f"{name}: bank {bank} holds something that is no number; export it again") from error
    if len(y) < points:
        warnings.append(f"bank {bank} says {points} points but holds {len(y)}: it is cut off, copy it again")
    return Scan(x[:points], y[:points], sd=None if sd is None else sd[:points])


def _rows(lines: list[str], fields: int) -> np.ndarray:
    rows = [line.split() for line in lines if line.strip()]
    if rows and not lines[-1].endswith(("\n", "\r")):
        rows = rows[:-1]
    if any(len(row) < fields for row in rows):
        raise ValueError("a line has too few fields")
    return np.array([[float(text) for text in row[:fields]] for row in rows]).reshape(-1, fields)


def _fields(lines: list[str], detectors: bool) -> np.ndarray:
    """The fixed fields of the records; a number that is cut off at the end of the file is left out."""
    found = []
    for line in lines:
        record = line.rstrip("\r\n")
        for start in range(0, len(record), FIELD):
            field = record[start : start + FIELD]
            if len(field) < FIELD and (not line.endswith(("\n", "\r")) or not field.strip()):
                continue
            text = field[2:] if detectors else field
            if field.strip():
                found.append(float(text))
    return np.array(found, float)


READER = Reader("gsas-powder", version=1, label="GSAS powder data", recognises=recognises, read=read)
