"""TA Instruments Universal Analysis text export: TGA, DSC and SDT. UTF-16 with a byte-order mark.

Header lines are a key, a tab and words; `Sig1` … name the columns with their units; `Size` is the sample mass,
`Exotherm` UP or DOWN (DSC only); `StartOfData` ends the header. Rows are tab separated. A row whose first value is
negative marks the end of a segment and holds no record. Times in min.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from characterization.thermal.recording import (
    Column,
    Format,
    column_of,
    lines_of,
    number,
    recording,
    signals_of,
    started,
    stated_mass_mg,
    whole_lines,
)
from labdb.ingest import units
from labdb.ingest.reader import FileHead, ReaderError, Reading

START = "StartOfData"


def signals(head: FileHead) -> frozenset[str]:
    lines = head.lines
    if not any(line.startswith("Sig1\t") for line in lines):
        return frozenset()
    return signals_of(list(_columns(lines).values()))


def _columns(lines: list[str]) -> dict[int, Column]:
    """Position of a column, from 0 → what it holds. Of two temperatures or masses the first is taken."""
    found: dict[int, Column] = {}
    for line in lines:
        key, _, words = line.partition("\t")
        if key == START:
            break
        if key.startswith("Sig") and key[3:].isdecimal():
            column = column_of(*units.split_header(words))
            if column and column.name not in {other.name for other in found.values()}:
                found[int(key[3:]) - 1] = column
    return found


def read(path: Path, name: str) -> Reading:
    loaded = whole_lines(path, name)
    lines = lines_of(loaded)
    start = next((at for at, line in enumerate(lines) if line.strip() == START), None)
    if start is None:
        raise ReaderError(f"{name}: ends within its header, before {START}; export it again.")
    header: dict[str, list[str]] = {}
    for line in lines[:start]:
        key, _, words = line.partition("\t")
        header.setdefault(key.strip(), []).append(words.replace("\t", " ").strip())
    columns = _columns(lines)
    if "time_second" not in {column.name for column in columns.values()}:
        raise ReaderError(f"{name}: has no signal of the time; export it with Time (min).")
    first = lambda key: header.get(key, [""])[0]  # noqa: E731
    width = max(columns) + 1
    rows: list[list[float]] = []
    markers = 0
    for at, line in enumerate(lines[start + 1 :], start=start + 2):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) < width:
            raise ReaderError(f"{name}: line {at} has {len(fields)} values, not {width}; export it again.")
        if fields[0].lstrip().startswith("-"):
            markers += 1
            continue
        rows.append([number(fields[position], name, at) for position in columns])
    if not rows:
        raise ReaderError(f"{name}: no rows below {START}; export it again.")
    values = np.array(rows)
    table = {column.name: column.of(values[:, at]) for at, column in enumerate(columns.values())}
    exo = {"UP": True, "DOWN": False}.get(first("Exotherm").upper())
    return recording(
        table,
        name,
        sample_mass_mg=stated_mass_mg(first("Size")),
        exothermic_up=exo,
        metadata={
            "sample": first("Sample"),
            "operator": first("Operator"),
            "device": first("Instrument"),
            "comment": first("Comment"),
            "protocol": "; ".join(header.get("OrgMethod", [])) or first("Method"),
            "start_time_local": started(f"{first('Date')} {first('Time')}".strip()),
            "instrument": {key: words for key in header if (words := "; ".join(filter(None, header[key])))},
        },
        warnings=loaded.warnings,
    )


FORMAT = Format("ta-text", 1, "TA Instruments text", signals, read)
