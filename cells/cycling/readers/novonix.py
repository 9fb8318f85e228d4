"""Novonix UHPC csv: `[Summary]`, `[Protocol]` (JSON), `[Data]`, then comma separated heads and records.

    Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),
    Temperature (°C),Circuit Temperature (°C),Energy (Wh),dVdt (V/h),dIdt (A/h),Step Number,Step position,Power(W)

Times are hours. The current is signed, positive charges. Capacity and energy are running balances, and so are
counted from the first record of a step. A mass of 1.000 g is the default. The numbers under "Step Type" are
codes of the protocol and are not used. Seen: UHPC 2.13; older files have no protocol, or begin with the heads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from polars import col

from cells.cycling.readers.columns import Source, find
from cells.cycling.readers.finish import counts, finish, local, mass_mg
from cells.cycling.readers.steps import number_steps
from labdb.ingest import numbers, text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

LABELS = {
    "test_time_second": ("run time",),
    "step_time_second": ("step time",),
    "voltage_volt": ("potential", "voltage"),
    "current_ampere": ("current",),
    "cycle_count": ("cycle number",),
    "step_id": ("step number",),
    "step_cumulative_capacity_ah": ("capacity",),
    "step_cumulative_energy_wh": ("energy",),
    "temperature_t1_celsius": ("temperature",),
    "stamp": ("date and time",),
}
NEEDED = {"test_time_second", "voltage_volt", "current_ampere", "cycle_count", "stamp"}
RUNNING = ("step_cumulative_capacity_ah", "step_cumulative_energy_wh")
DATA_MARK = "[Data]"
SETTING = re.compile(r"^(?P<key>[A-Z][\w ()]*?):\s*(?P<value>.+?)[,\s]*$")


def is_heads(fields: list[str]) -> bool:
    return set(find(fields, LABELS)) >= NEEDED


def recognises(head: FileHead) -> bool:
    lines = head.lines
    if any(line.strip().startswith("Novonix") for line in lines[:5]):
        return True
    return "Run Time" in head.text and text.find_header(lines, is_heads) is not None


def read(path: Path, name: str) -> Reading:
    try:
        content = text.load(path)
        header = text.find_header(content.head, is_heads)
        if header is None:
            lacking = "heads" if any(line.startswith(DATA_MARK) for line in content.head) else "[Data] section"
            raise ReaderError(f"{name}: no {lacking} below the summary, the file is cut off; export it again")
        raw = text.table(content, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(raw.headers, LABELS)
    source, cut = Source.of(name, raw, found).without_blank_rows(found).without_cut_row(found)
    if source.frame.is_empty():
        raise ReaderError(f"{name}: no records below the header; the test has not begun, or the file is cut off")
    table = source.table(found)
    table = table.with_columns(number_steps(table))
    table = table.with_columns(
        (col(name) - col(name).first().over("step_count")).abs() for name in RUNNING if name in table.columns
    )
    settings = settings_of(raw.preamble)
    stamps = source.frame[found["stamp"].header].drop_nulls()
    metadata = metadata_of(settings)
    metadata["start_time_local"] = start_of(settings, stamps, table["test_time_second"])
    return finish(table, name, metadata, [*raw.warnings, *cut])


def start_of(settings: dict[str, str], stamps: pl.Series, time: pl.Series) -> str | None:
    """The clock at run time 0, by the first stamp and else by the summary."""
    if not counts(time):
        return None
    first = str(stamps[0]) if len(stamps) else ""
    last = str(stamps[-1]) if len(stamps) else ""
    begin = numbers.clock_start(first, last, float(time[-1] - time[0]))
    if begin is not None:
        return local(begin - timedelta(seconds=float(time[0])))
    return local(numbers.clock_start(settings.get("Started")))


def settings_of(preamble: Sequence[str]) -> dict[str, str]:
    """The `key: value` lines of the summary; the protocol is left in the raw file."""
    summary = preamble[: next((place for place, line in enumerate(preamble) if "[End Summary]" in line), len(preamble))]
    return {match["key"]: match["value"] for line in summary if (match := SETTING.match(line.strip()))}


def metadata_of(settings: dict[str, str]) -> dict[str, Any]:
    mass = re.match(r"\d+(?:\.\d+)?", settings.get("Mass (g)", ""))
    channel, version = settings.get("Channel"), settings.get("Version")
    return {
        "device": f"Novonix channel {channel}" if channel else "",
        "software": f"UHPC {version}" if version else "",
        "sample": settings.get("Description"),
        "active_mass_mg": mass_mg(float(mass[0]) * 1000) if mass else None,
        "instrument": settings,
    }


READER = Reader("novonix-csv", version=2, label="Novonix UHPC csv", recognises=recognises, read=read)
