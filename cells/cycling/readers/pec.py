"""PEC SBT / ACT csv: `Key:,value` lines, then comma separated heads and records that end with a comma.

    Test,Cell,Rack,Shelf,Position,Cell ID,Step,Instruction Name,Cycle,Total Time (Hours in hh:mm:ss.xxx),…,
    Step Time (Seconds),…,Real Time,Position Start Time,Voltage (V),Current (A),Charge Capacity (mAh),…

The counters of charge and discharge run over the cycle; where the current has no sign, they say which way it ran.
The mass is that of the whole cell (kg) and so no active mass. Dates are month first (.NET format G of the server,
which may be set otherwise: the order that fits the elapsed time wins). One file may hold several cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from cells.cycling.readers import signs
from cells.cycling.readers.columns import Column, Source, find
from cells.cycling.readers.finish import counts, finish, local
from cells.cycling.readers.steps import number_steps, step_types
from labdb.ingest import numbers, text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

LABELS = {
    "test_time_second": ("total time",),
    "step_time_second": ("step time",),
    "voltage_volt": ("voltage",),
    "current_ampere": ("current",),
    "cycle_count": ("cycle",),
    "step_id": ("step",),
    "charge_capacity_ah": ("charge capacity",),
    "discharge_capacity_ah": ("discharge capacity",),
    "charge_energy_wh": ("charge energy",),
    "discharge_energy_wh": ("discharge energy",),
    "temperature_t1_celsius": ("temp",),
    "ambient_temperature_celsius": ("station temperature",),
    "instruction": ("instruction name",),
    "cell": ("cell",),
    "stamp": ("real time",),
}
NEEDED = {"test_time_second", "voltage_volt", "current_ampere", "step_id", "instruction", "charge_capacity_ah"}
KEPT = ("Test", "TestRegime Name", "TestRegime CellSize", "Project", "LotID", "Chemistry", "Product ID", "Test Temp")


def is_heads(fields: list[str]) -> bool:
    return set(find(fields, LABELS)) >= NEEDED


def recognises(head: FileHead) -> bool:
    return "Instruction Name" in head.text and text.find_header(head.lines, is_heads) is not None


def read(path: Path, name: str) -> Reading:
    try:
        content = text.load(path)
        header = text.find_header(content.head, is_heads)
        if header is None:
            raise ReaderError(
                f"{name}: no line of column heads (Test, Cell, … Voltage (V), Current (A)); export it again"
            )
        raw = text.table(content, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(raw.headers, LABELS)
    # The unit in these heads is how the time is written; hours where it is written as a plain number.
    for ours in ("test_time_second", "step_time_second"):
        if ours in found and "hh:mm" in found[ours].unit:
            found[ours] = Column(found[ours].header, "h")
    source, cut = Source.of(name, raw, found).without_blank_rows(found).without_cut_row(found)
    if source.frame.is_empty():
        raise ReaderError(f"{name}: no records below the header; export the records of the test too")
    if "cell" in found and source.frame[found["cell"].header].n_unique() > 1:
        raise ReaderError(f"{name}: the file holds several cells; export each cell to a file of its own")
    table = source.table(found)
    kinds = step_types(source.frame[found["instruction"].header])
    table = table.with_columns(kinds.set(~kinds.is_in(["REST", "EIS"]), None))  # the way is read from the current
    steps = number_steps(table)
    said = [*raw.warnings, *cut]
    if {"charge_capacity_ah", "discharge_capacity_ah"} <= set(table.columns):
        way = signs.way_of_counters(steps, table["charge_capacity_ah"], table["discharge_capacity_ah"])
        current, sentence = signs.by_way(table["current_ampere"], way)
        table = table.with_columns(current)
        said += [sentence] if sentence else []
    metadata = metadata_of(raw.preamble)
    metadata["start_time_local"] = start_of(source, found, table["test_time_second"])
    return finish(table, name, metadata, said)


def start_of(source: Source, found: dict[str, Column], time: pl.Series) -> str | None:
    """The clock at total time 0."""
    if "stamp" not in found:
        return None
    stamps = source.frame[found["stamp"].header].drop_nulls()
    if stamps.is_empty() or not counts(time):
        return None
    begin = numbers.clock_start(str(stamps[0]), str(stamps[-1]), float(time[-1] - time[0]), "month")
    return local(begin - timedelta(seconds=float(time[0]))) if begin else None


def metadata_of(preamble: Sequence[str]) -> dict[str, Any]:
    pairs = (line.partition(":,") for line in preamble)
    settings = {key.strip(): value.strip(" ,") for key, colon, value in pairs if colon and value.strip(" ,")}
    names, values = (settings.get(f"Parameter {word}", "").split(",") for word in ("names", "values"))
    parameters = dict(zip(names, values, strict=False)) if len(names) == len(values) else {}
    kept = {key: settings[key] for key in KEPT if key in settings}
    return {
        "device": "PEC",
        "operator": settings.get("Requestor"),
        "sample": settings.get("Product ID"),
        "protocol": settings.get("TestRegime Name"),
        "comment": settings.get("Test Description"),
        "instrument": kept | {key: value for key, value in parameters.items() if key and value},
    }


READER = Reader("pec-csv", version=2, label="PEC csv", recognises=recognises, read=read)
