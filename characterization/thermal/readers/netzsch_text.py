"""NETZSCH Proteus text export ("Export data", .txt or .csv): DSC, TG and STA.

    #EXPORTTYPE:DATA SINGLE
    #DECIMAL:POINT
    #SEPARATOR:SEMICOLON
    #SAMPLE MASS /mg:8.91
    #EXO:-1
    ##Temp./°C;Time/min;Mass/%
     27.14100;  0.00000;99.98948

Header lines begin with #, the line of columns with ##. Units stand in the columns: DSC in mW/mg, mW, µV or µV/mg (with
`Sensit./(uV/mW)` beside it, by which it is divided), the mass in % or mg. `#EXO:1` is exothermic up, `#EXO:-1` down;
many exports leave it out. A mass in mg may be the change of the mass: it then begins at 0. The degree sign and µ come
in the code page of the computer. Seen from Proteus 5 to 8 (FORMAT NETZSCH5), latin-1.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl

from characterization.thermal.recording import (
    Column,
    Format,
    column_of,
    recording,
    signals_of,
    started,
    stated_mass_mg,
    whole_lines,
)
from labdb.ingest import numbers, text
from labdb.ingest.reader import FileHead, ReaderError, Reading

SEPARATORS = {"SEMICOLON": ";", "TAB": "\t", "TABULATOR": "\t", "COMMA": ",", "SPACE": " "}
HEADER = re.compile(r"^(?P<label>[^/]*?)\.?/(?P<unit>.+)$")
HEADER_LINES = 200


def signals(head: FileHead) -> frozenset[str]:
    lines = head.lines[:HEADER_LINES]
    if not lines or not lines[0].startswith("#") or lines[0].startswith("##"):
        return frozenset()
    at = _columns_line(lines)
    return signals_of(_columns(lines[at], _separator(_header(lines), lines[at]))) if at is not None else frozenset()


def _columns_line(lines: list[str]) -> int | None:
    return next((at for at, line in enumerate(lines) if line.startswith("##") and "/" in line), None)


def _header(lines: list[str]) -> dict[str, str]:
    """The words of the header: `SAMPLE MASS /mg` → `8.91`; separators after the colon are none of the value."""
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith("##"):
            break
        key, colon, value = line[1:].partition(":")
        if line.startswith("#") and colon:
            found.setdefault(key.strip().upper(), value.strip(" ;,\t\r"))
    return found


def _separator(header: dict[str, str], line: str) -> str:
    return SEPARATORS.get(header.get("SEPARATOR", "").upper(), text.delimiter_of(line))


def _columns(line: str, separator: str) -> list[Column | None]:
    found = []
    for field in line.lstrip("#").split(separator):
        match = HEADER.match(re.sub(r"\(subtr[^)]*\)|\(smoothed[^)]*\)", "", field.strip()))
        found.append(column_of(match["label"].strip().lower(), match["unit"]) if match else None)
    return found


def read(path: Path, name: str) -> Reading:
    loaded = whole_lines(path, name)
    lines = loaded.head
    at = _columns_line(lines[:HEADER_LINES])
    if at is None:
        raise ReaderError(f"{name}: the line of columns (##Temp.…) is missing; export it from Proteus again.")
    header = _header(lines)
    separator = _separator(header, lines[at])
    columns = _columns(lines[at], separator)
    named = [column.name for column in columns if column]
    if len(set(named)) < len(named):
        raise ReaderError(f"{name}: holds several curves side by side; export each measurement by itself.")
    if "time_second" not in named:
        raise ReaderError(
            f"{name}: has no column of the time, without which no heat is known; export it with Time/min."
        )
    try:
        heads = [f"column {number}" for number in range(1, len(columns) + 1)]
        table = text.table(loaded, at, separator, headers=heads)
        comma = "decimal" if header.get("DECIMAL", "").upper() == "COMMA" else ""
        frame = table.frame.filter(~pl.all_horizontal(pl.all().is_null()))
        values: dict[str, np.ndarray] = {}
        for head, column in zip(heads, columns, strict=True):
            if column:
                values[column.name] = column.of(numbers.to_float(frame[head], comma).to_numpy().astype(float))
    except (text.TextError, numbers.NumberError) as error:
        raise ReaderError(f"{name}: {error}; export it from Proteus again.") from error
    mass = stated_mass_mg(header.get("SAMPLE MASS /MG", header.get("SAMPLE MASS", "")))
    exo = {"1": True, "+1": True, "-1": False}.get(header.get("EXO", ""))
    return recording(
        values,
        name,
        sample_mass_mg=mass,
        exothermic_up=exo,
        metadata={
            "sample": header.get("SAMPLE") or header.get("IDENTITY"),
            "operator": header.get("OPERATOR"),
            "device": header.get("INSTRUMENT"),
            "comment": header.get("REMARK"),
            "protocol": header.get("RANGE"),
            "start_time_local": started(
                header.get("DATE/TIME", ""), prefer="day" if "." in header.get("DATE/TIME", "") else ""
            ),
            "instrument": {key: value for key, value in header.items() if value},
        },
        warnings=loaded.warnings + table.warnings,
        first_line=at + 2,
    )


FORMAT = Format("netzsch-text", 1, "NETZSCH Proteus text", signals, read)
