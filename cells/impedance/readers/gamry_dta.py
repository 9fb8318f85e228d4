"""Gamry Framework (.DTA) of potentiostatic and galvanostatic impedance.

    EXPLAIN
    TAG<tab>EISPOT                                  GALVEIS, EISMON, HYBRIDEIS …
    DATE<tab>LABEL<tab>4/23/2018<tab>Date
    ...
    ZCURVE<tab>TABLE                                followed by the number of rows in some versions
    <tab>Pt<tab>Time<tab>Freq<tab>Zreal<tab>Zimag<tab>Zsig<tab>Zmod<tab>Zphz<tab>Idc<tab>Vdc<tab>IERange
    <tab>#<tab>s<tab>Hz<tab>ohm<tab>ohm ...
    <tab>0<tab>1<tab>200015.6<tab>825.8584 ...
    EXPERIMENTABORTED<tab>TOGGLE<tab>T<tab>Experiment Aborted

Zimag has its sign. Edited files have blanks for tabs. Other tables of the file (OCVCURVE, FRACURVE) stand before or
behind. Several ZCURVE tables are several spectra. Seen from Framework 7.05 and 7.8.2, and an older one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cells.impedance.readers.rows import Lines, by_blanks, columns_of, lines_of
from cells.impedance.readers.spectrum import ended_early, number, reading, started
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

TABLE = re.compile(r"^ZCURVE\w*\s+TABLE\b", re.IGNORECASE)
COLUMNS = {
    "frequency_hertz": "Freq",
    "real_impedance_ohm": "Zreal",
    "imaginary_impedance_ohm": "Zimag",
    "voltage_volt": "Vdc",
    "current_ampere": "Idc",
    "test_time_second": "Time",
}
NEEDED = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
IMPEDANCE_TAG = re.compile(r"EIS|IMPED", re.IGNORECASE)


def recognises(head: FileHead) -> bool:
    lines = [line.strip() for line in head.lines]
    if lines[:1] != ["EXPLAIN"]:
        return False
    tag = settings_of(lines).get("TAG", "")
    return bool(IMPEDANCE_TAG.search(tag)) or any(TABLE.match(line) for line in lines)


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    if not found.lines or found.lines[0].strip() != "EXPLAIN":
        raise ReaderError(f"{name}: does not begin with EXPLAIN; upload the .DTA as Gamry Framework wrote it")
    settings = settings_of(found.lines)
    tables = [index for index, line in enumerate(found.lines) if TABLE.match(line.strip())]
    if not tables:
        what = settings.get("TITLE") or settings.get("TAG") or "another experiment"
        if IMPEDANCE_TAG.search(settings.get("TAG", "")):
            raise ReaderError(f"{name}: has no table of impedances (ZCURVE), it is cut off; copy it again")
        raise ReaderError(f"{name}: this is {what}, not an impedance spectrum (it has no ZCURVE table)")
    parts = []
    said: list[str] = []
    for index in tables:
        columns, more = _table(found, index, name)
        parts.append(pl.DataFrame(columns))
        said += [sentence for sentence in more if sentence not in said]
    columns = {series.name: series for series in pl.concat(parts, how="diagonal").get_columns()}
    if settings.get("EXPERIMENTABORTED", "").upper() in ("T", "TRUE", "1"):
        said.append("the measurement was aborted at the instrument: the spectrum is incomplete")
    said += ended_early(columns, number(settings.get("FREQFINAL")))
    metadata: dict[str, Any] = {
        "start_time_local": started(settings.get("DATE", ""), settings.get("TIME", "")),
        "device": settings.get("PSTAT"),
        "software": f"Gamry Framework {settings['FRAMEWORKVERSION']}" if "FRAMEWORKVERSION" in settings else None,
        "protocol": settings.get("TITLE"),
        "comment": notes_of(found.lines),
        "instrument": {
            key: settings[key]
            for key in ("TAG", "VDC", "VAC", "IDC", "IAC", "FREQINIT", "FREQFINAL")
            if key in settings
        },
    }
    return reading(columns, name, metadata, said)


def _table(found: Lines, index: int, name: str) -> tuple[dict[str, pl.Series], list[str]]:
    """One ZCURVE: two lines of heads and units, then rows up to a line that is none."""
    lines = found.lines
    heads = by_blanks(lines[index + 1]) if index + 1 < len(lines) else []
    at = {column: heads.index(head) for column, head in COLUMNS.items() if head in heads}
    absent = [COLUMNS[column] for column in NEEDED if column not in at]
    if absent:
        raise ReaderError(f"{name}: the table of impedances has no column {' and '.join(absent)}; export it again")
    end = index + 3
    while end < len(lines) and (not lines[end].strip() or by_blanks(lines[end])[0].lstrip("+-").isdigit()):
        end += 1
    return columns_of(found, index + 3, end, by_blanks, at, name)


def settings_of(lines: Sequence[str]) -> dict[str, str]:
    """KEY → value of the lines `KEY<tab>KIND<tab>value<tab>words`; of a key that is there twice, the first."""
    settings: dict[str, str] = {}
    for line in lines:
        fields = line.split("\t")
        if len(fields) == 2 and fields[0] == "TAG":
            settings.setdefault("TAG", fields[1].strip())
        elif len(fields) >= 3 and fields[0].isupper():
            settings.setdefault(fields[0], fields[2].strip())
    return settings


def notes_of(lines: Sequence[str]) -> str:
    """The free text: as many indented lines as NOTES says."""
    for index, line in enumerate(lines):
        fields = line.split("\t")
        if fields[0] == "NOTES" and len(fields) > 2 and fields[2].isdecimal() and len(fields[2]) < 5:
            written = [line.strip() for line in lines[index + 1 : index + 1 + int(fields[2])]]
            return "\n".join(line for line in written if line)
    return ""


READER = Reader("gamry-dta", version=1, label="Gamry impedance (.DTA)", recognises=recognises, read=read)
