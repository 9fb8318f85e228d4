"""AMETEK VersaStudio (.par) of potentiostatic and galvanostatic impedance.

    <Action1>
    Name=Potentiostatic EIS
    ...
    <Segment1>
    Type=2
    Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), …, Frequency(Hz), …, Z Real, Z Imag, …
    0,0,0,-3.282372E-06,1.812,-0.002441444,5,53,0,100000,…,55.31571,4.575431,…
    </Segment1>

All segments of the file that have frequencies; Z Imag has its sign. A segment without an end is cut off, which is said.
Seen from 2.52.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl

from cells.impedance.readers.rows import by_commas, columns_of, lines_of
from cells.impedance.readers.spectrum import ended_early, number, reading, started
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SECTION = re.compile(r"^<(/?)(\w+)>$")
SETTING = re.compile(r"^([^=]+)=(.*)$")
COLUMNS = {
    "frequency_hertz": "Frequency(Hz)",
    "real_impedance_ohm": "Z Real",
    "imaginary_impedance_ohm": "Z Imag",
    "voltage_volt": "E(V)",
    "current_ampere": "I(A)",
    "test_time_second": "Elapsed Time(s)",
}
NEEDED = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
EIS = re.compile(r"^Name=.*(?:EIS|impedance)", re.IGNORECASE)


def recognises(head: FileHead) -> bool:
    lines = [line.strip() for line in head.lines]
    studio = "Name=VersaStudio" in lines[:30]
    return studio and any(EIS.match(line) or "Frequency(Hz), " in line for line in lines)


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    lines = [line.strip() for line in found.lines]
    if "Name=VersaStudio" not in lines[:30]:
        raise ReaderError(f"{name}: is not written by VersaStudio; upload the .par as the program wrote it")
    settings = {match[1]: match[2] for line in reversed(lines) if (match := SETTING.match(line))}
    said: list[str] = []
    parts: list[pl.DataFrame] = []
    for index, line in enumerate(lines):
        if not line.startswith("Definition=") or "Frequency(Hz)" not in line:
            continue
        heads = by_commas(line.removeprefix("Definition="))
        at = {column: heads.index(head) for column, head in COLUMNS.items() if head in heads}
        absent = [COLUMNS[column] for column in NEEDED if column not in at]
        if absent:
            raise ReaderError(f"{name}: the segment has no column {' and '.join(absent)}; save the .par again")
        end = next((place for place in range(index + 1, len(lines)) if lines[place].startswith("<")), None)
        columns, more = columns_of(found, index + 1, end, by_commas, at, name, commas=False)
        if end is None and not more:
            more = ["the segment has no end: the file is cut off, and points may be missing"]
        parts.append(pl.DataFrame(columns))
        said += [sentence for sentence in more if sentence not in said]
    if not parts:
        raise ReaderError(f"{name}: has no segment with frequencies; it is no impedance, or cut off: save it again")
    columns = {series.name: series for series in pl.concat(parts, how="diagonal").get_columns()}
    said += ended_early(columns, number(settings.get("End Frequency (Hz)")))
    metadata: dict[str, Any] = {
        "start_time_local": started(
            settings.get("DateAcquired", "").partition(", ")[2], settings.get("TimeAcquired", "")
        ),
        "device": ", ".join(settings[key] for key in ("Type", "SN") if settings.get(key)),
        "software": f"VersaStudio {settings.get('Version', '')}".strip(),
        "protocol": next((line.partition("=")[2] for line in lines if EIS.match(line)), None),
        "comment": settings.get("Comment"),
        "instrument": {
            key: settings[key] for key in ("Amplitude (mV RMS)", "Measured Open Circuit") if settings.get(key)
        },
    }
    return reading(columns, name, metadata, said)


READER = Reader("versastudio-par", version=1, label="VersaStudio impedance (.par)", recognises=recognises, read=read)
