"""BaSyTec text: lines that begin with `~`, the last of them the heads, then tab (or blank) separated records.

    ~Resultfile from Basytec Battery Test System
    ~Start of Test: 19.06.2023 17:56:53
    ~Time[s]  DataSet  t-Step[s]  …  Line  Command  U[V]  I[A]  …  Ah[Ah]  …  Ah-Step  …  T1[°C]  …  Cyc-Count  State

Times are in the unit of their head (s, min or h). Positive current charges; `Command` says Charge, Discharge, Pause,
and decides where all currents are positive. `Ah` is the running balance, `Ah-Step` that of the step. `Line` is the
step of the plan. The first record is written before the cycle is counted. Dates are day first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from cells.cycling.readers import signs
from cells.cycling.readers.columns import Source, find
from cells.cycling.readers.finish import finish, local
from labdb.ingest import numbers, text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

LABELS = {
    "test_time_second": ("time",),
    "step_time_second": ("t step",),
    "voltage_volt": ("u",),
    "current_ampere": ("i",),
    "cycle_count": ("cyc count",),
    "step_id": ("line",),
    "step_cumulative_capacity_ah": ("ah step",),
    "step_cumulative_energy_wh": ("wh step",),
    "charge_capacity_ah": ("ah cyc charge",),
    "discharge_capacity_ah": ("ah cyc discharge",),
    "charge_energy_wh": ("wh cyc charge",),
    "discharge_energy_wh": ("wh cyc discharge",),
    "temperature_t1_celsius": ("t1",),
    "temperature_t2_celsius": ("t2",),
    "temperature_t3_celsius": ("t3",),
    "command": ("command",),
}
NEEDED = {"test_time_second", "voltage_volt", "current_ampere"}
WITHOUT_UNIT = {
    **dict.fromkeys(("step_cumulative_capacity_ah", "charge_capacity_ah", "discharge_capacity_ah"), "Ah"),
    **dict.fromkeys(("step_cumulative_energy_wh", "charge_energy_wh", "discharge_energy_wh"), "Wh"),
    **dict.fromkeys(("temperature_t1_celsius", "temperature_t2_celsius", "temperature_t3_celsius"), "degC"),
}
WAYS = {"charge": signs.CHARGE, "discharge": signs.DISCHARGE}
STEP_TYPES = {"pause": "REST"}
MARK = "~"
SEARCHED_LINES = 60


def is_heads(fields: list[str]) -> bool:
    found = find(fields, LABELS)
    return set(found) >= NEEDED and bool({"command", "step_id"} & set(found)) and bool(found["voltage_volt"].unit)


def recognises(head: FileHead) -> bool:
    return header_of(head.lines) is not None


def header_of(lines: Sequence[str]) -> tuple[int, str] | None:
    """The line of the heads; among the lines with a mark it is the last."""
    return text.find_header([line.lstrip(MARK + " ") for line in lines[:SEARCHED_LINES]], is_heads)


def read(path: Path, name: str) -> Reading:
    try:
        content = text.load(path)
        header = header_of(content.head)
        if header is None:
            raise ReaderError(
                f"{name}: no line of column heads (~Time[s], U[V], I[A] …); export it again with its header"
            )
        heads = text.split(content.head[header[0]].lstrip(MARK + " "), header[1])
        raw = text.table(content, *header, headers=heads)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(raw.headers, LABELS)
    source, cut = Source.of(name, raw, found, WITHOUT_UNIT).without_blank_rows(found).without_cut_row(found)
    if source.frame.is_empty():
        raise ReaderError(f"{name}: no records below the header; export the records of the test too")
    said = [*raw.warnings, *cut]
    table = source.table(found)
    if "command" in found:
        command = source.frame[found["command"].header].str.to_lowercase()
        way = command.replace_strict(WAYS, default=None, return_dtype=pl.Int8)
        current, sentence = signs.by_way(table["current_ampere"], way)
        kinds = command.replace_strict(STEP_TYPES, default=None, return_dtype=pl.String).rename("step_type")
        table = table.with_columns(current, kinds)
        said += [sentence] if sentence else []
    if "cycle_count" in table.columns:
        table = table.with_columns(counted_from_the_first(table["cycle_count"]))
    settings = settings_of(raw.preamble)
    metadata = metadata_of(settings)
    metadata["start_time_local"] = local(start_of(settings))
    return finish(table, name, metadata, said)


def counted_from_the_first(cycle: pl.Series) -> pl.Series:
    """The cycles, the first record in the one of the second."""
    if len(cycle) > 1 and cycle[0] == 0 and cycle[1] == 1:
        return pl.concat([cycle[1:2], cycle[1:]])
    return cycle


def start_of(settings: dict[str, str]) -> datetime | None:
    found = numbers.moments(settings.get("Start of Test", ""))
    return found.get("day") or next(iter(found.values()), None)


def settings_of(preamble: Sequence[str]) -> dict[str, str]:
    pairs = (line.lstrip(MARK + " ").partition(":") for line in preamble)
    return {key.strip(): value.strip() for key, colon, value in pairs if colon and value.strip()}


def metadata_of(settings: dict[str, str]) -> dict[str, Any]:
    return {
        "device": settings.get("Testchannel"),
        "operator": settings.get("Operator (Test)"),
        "sample": settings.get("Battery"),
        "protocol": settings.get("Testplan"),
        "comment": settings.get("Name of Test"),
        "instrument": settings,
    }


READER = Reader("basytec-text", version=2, label="BaSyTec text", recognises=recognises, read=read)
