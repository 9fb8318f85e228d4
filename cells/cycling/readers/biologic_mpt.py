"""BioLogic EC-Lab and BT-Lab text (.mpt, .txt): `EC-Lab ASCII FILE`, settings, tab separated columns.

    EC-Lab ASCII FILE
    Nb header lines : 81                     the line of the column heads is the last of these
    (blank)
    Galvanostatic Cycling with Potential Limitation
    (blank)
    Acquisition started on : 01/10/2024 11:02:29.886      month first, the clock of the computer, no zone
    Technique started on : 01/10/2024 11:03:00.039        since 11.4x
    Device : SP-300 (SN 1854)
    Mass of active material : 0.001 mg                    the default; so is 7000 mg
    ...                                                   the table of sequences
    mode<tab>ox/red<tab>...<tab>time/s<tab>...            often ends with a tab that the rows lack

Latin-1 or UTF-8, LF or CRLF, decimal point or comma (by the Windows locale). The time column may hold absolute
stamps. A file that was cut down to three header lines is legal. What the columns mean: `biologic.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cells.cycling.readers.biologic import IMPEDANCE, Export, Heads, reading_of, refuse_other_techniques
from cells.cycling.readers.finish import mass_mg
from labdb.ingest import numbers, text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

MAGIC = re.compile(r"\s*(EC|BT)-Lab ASCII FILE", re.IGNORECASE)
HEADER_LINES = re.compile(r"Nb header lines\s*:\s*(\d+)", re.IGNORECASE)
PROGRAM = re.compile(r"^((?:EC|BT)-Lab for windows v\S+)", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
MILLIGRAMS = {"mg": 1.0, "g": 1000.0, "µg": 1e-3, "kg": 1e6}
# Of the settings, what a person may look for later; the table of sequences stays in the raw file.
KEPT = (
    "Technique started on",
    "Electrode material",
    "Initial state",
    "Electrolyte",
    "Mass of active material",
    "Characteristic mass",
    "Battery capacity",
    "Electrode surface area",
    "Reference electrode",
    "Electrode connection",
    "Potential control",
    "Cycle Definition",
    "File",
)


def recognises(head: FileHead) -> bool:
    if not MAGIC.match(head.text):
        return False
    technique = technique_of(head.lines)
    if IMPEDANCE.search(technique):
        return False
    heads = next((line for line in head.lines if "time/" in line and "\t" in line), "")
    return bool(technique) or not heads or Heads.of(heads.split("\t")).is_cycling


def read(path: Path, name: str) -> Reading:
    try:
        content = text.load(path)
        lines = content.head
        technique = technique_of(lines)
        refuse_other_techniques(name, technique)
        table = text.table(content, head_index(lines, name), "\t")
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    settings = settings_of(table.preamble)
    started = moment(settings.get("Acquisition started on", ""))
    return reading_of(
        Export(
            name=name,
            frame=table.frame,
            technique=technique,
            started=started,
            cell_voltage="Ewe-Ece" in settings.get("Potential control", ""),
            metadata=metadata_of(settings, technique),
            warnings=table.warnings,
            first_line=table.first_line,
        )
    )


def technique_of(lines: Sequence[str]) -> str:
    """The line that stands alone between two blank ones below the count of header lines; empty where it is cut away."""
    body = [line.strip() for line in lines[:12]]
    counted = next((index for index, line in enumerate(body) if HEADER_LINES.match(line)), None)
    if counted is None:
        return ""
    line = next((line for line in body[counted + 1 :] if line), "")
    return "" if "/" in line or " : " in line or "\t" in line else line


def head_index(lines: Sequence[str], name: str) -> int:
    """The line of the column heads: the last header line, else the first that looks like it.

    Raises:
        ReaderError: there is none.
    """
    counted = next((int(match[1]) for line in lines[:5] if (match := HEADER_LINES.search(line))), 0)
    if 0 < counted <= len(lines) and is_heads(lines[counted - 1]):
        return counted - 1
    found = next((index for index, line in enumerate(lines) if is_heads(line)), None)
    if found is None:
        raise ReaderError(f"{name}: no line of column heads (time/s, Ewe/V …), the header is cut off; export it again")
    return found


def is_heads(line: str) -> bool:
    labels = Heads.of(line.split("\t")).by_label
    return len(labels) > 1 and "time" in labels


def settings_of(lines: Sequence[str]) -> dict[str, str]:
    """The `key : value` lines; a key that is there several times (Comments) keeps all its values."""
    settings: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.strip().partition(" : ")
        if not colon:
            if match := PROGRAM.match(line.strip()):
                settings["program"] = match[1]
            continue
        key, value = key.strip(), value.strip()
        settings[key] = f"{settings[key]}\n{value}" if key in settings and value else settings.get(key) or value
    return settings


def metadata_of(settings: dict[str, str], technique: str) -> dict[str, Any]:
    channel = settings.get("Run on channel")
    device = [settings.get("Device"), f"channel {channel}" if channel else None]
    protocol = settings.get("Loaded Setting File", "")
    kept = [("technique", technique), *((key, settings.get(key)) for key in KEPT)]
    return {
        "device": ", ".join(part for part in device if part),
        "software": settings.get("program"),
        "operator": settings.get("User"),
        "comment": settings.get("Comments", "").strip(),
        "protocol": "" if protocol == "NONE" else re.split(r"[\\/]", protocol)[-1],
        "active_mass_mg": mass_mg(milligrams(settings.get("Mass of active material", ""))),
        "instrument": {key: value for key, value in kept if value},
    }


def milligrams(value: str) -> float | None:
    """`"17.233 mg"`, `"0,001 g"`."""
    number = NUMBER.match(value)
    factor = MILLIGRAMS.get(value[number.end() :].strip()) if number else None
    return float(number[0].replace(",", ".")) * factor if number and factor else None


def moment(value: str) -> datetime | None:
    """A date of EC-Lab: month first, but where that is no month."""
    found = numbers.moments(value)
    return found.get("month") or next(iter(found.values()), None)


READER = Reader(
    "biologic-mpt", version=2, label="BioLogic EC-Lab / BT-Lab text (.mpt)", recognises=recognises, read=read
)
