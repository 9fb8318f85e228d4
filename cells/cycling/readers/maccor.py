"""Maccor text exports (.041, .052 and other numbers, .txt, .csv): a few lines on the test, then one line a record.

Three families of heads, tab or comma separated:

    Rec# Cyc# Step TestTime StepTime Amp-hr Watt-hr Amps Volts State ES "DPt Time" ...      (also mAmps, "Test (Sec)")
    Rec "Cycle P" "Cycle C" Step TestTime StepTime "Cap. [Ah]" "Ener. [Wh]" "Current [A]" "Voltage [V]" Md ES "DPT Time"
    Rec "Cycle C" Step "Test Time (sec)" "Step Time (sec)" Capacity Energy Current Voltage "DPT Time" "Temp 1"

- Times are `0d 00:00:10.00`, seconds by their head, or numbers without unit, whose unit the time stamps tell.
- The current is signed, or not: then State / Md says C charge, D discharge, R rest (P pause, S suspended, O end,
  FRA impedance).
- "Volts" holds millivolts in an export made in mAmps.
- `Cyc#` and `Cycle P` count the cycles of the procedure, from 0; `Cycle C` counts charges.
- Decimal commas and thousands marks by the Windows locale; dates in either order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from cells.cycling.readers import signs
from cells.cycling.readers.columns import Column, Source
from cells.cycling.readers.finish import counts, finish, local
from cells.cycling.readers.steps import number_steps
from labdb.ingest import numbers, text, units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 60
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
STAMP_ROUNDING_SECOND = 2.0
MILLIVOLT_ABOVE = 100.0

# Words of a head without its unit → our column, and the unit that the words themselves are.
LABELS: dict[str, tuple[str, str]] = {
    "rec": ("record", ""),
    "cyc": ("cycle_count", ""),
    "cycle p": ("cycle_count", ""),
    "cycle c": ("cycle_count", ""),
    "cycle": ("cycle_count", ""),
    "step": ("step_id", ""),
    "test": ("test_time_second", ""),
    "testtime": ("test_time_second", ""),
    "test time": ("test_time_second", ""),
    "steptime": ("step_time_second", ""),
    "step time": ("step_time_second", ""),
    "amps": ("current_ampere", "A"),
    "mamps": ("current_ampere", "mA"),
    "current": ("current_ampere", ""),
    "volts": ("voltage_volt", "V"),
    "voltage": ("voltage_volt", ""),
    "amp hr": ("charge_capacity_ah", "Ah"),
    "mamp hr": ("charge_capacity_ah", "mAh"),
    "cap": ("charge_capacity_ah", ""),
    "capacity": ("charge_capacity_ah", ""),
    "watt hr": ("charge_energy_wh", "Wh"),
    "mwatt hr": ("charge_energy_wh", "mWh"),
    "ener": ("charge_energy_wh", ""),
    "energy": ("charge_energy_wh", ""),
    "temp 1": ("temperature_t1_celsius", "degC"),
    "temp 2": ("temperature_t2_celsius", "degC"),
    "temp 3": ("temperature_t3_celsius", "degC"),
    "dcir": ("internal_resistance_ohm", "ohm"),
    "state": ("state", ""),
    "md": ("state", ""),
    "dpt time": ("stamp", ""),
}
WITHOUT_UNIT = {"current_ampere": "A", "voltage_volt": "V", "charge_capacity_ah": "Ah", "charge_energy_wh": "Wh"}
WAYS = {"C": signs.CHARGE, "D": signs.DISCHARGE}
STEP_TYPES = {"R": "REST", "FRA": "EIS", "A": "EIS", "P": "OTHER", "S": "OTHER", "O": "OTHER"}

FIRST_LINE = re.compile(
    r"Filename:\s*(?P<file>.*?)\s*Procedure:\s*(?P<procedure>.*?)\s*Comment/Barcode:\s*(?P<barcode>.*)"
)
KEY = re.compile(r"^(?P<key>[A-Z][\w. '’]*?):?\s*[\t,]\s*(?P<value>[^\t]+?)\s*$")
AMBIGUOUS = "the date {stamp} may be in month-first or day-first order, and nothing decides; the start is left out"


def found_in(heads: Sequence[str]) -> dict[str, Column]:
    """Our column → its head; of several cycle counts the procedure's."""
    found: dict[str, Column] = {}
    for head in heads:
        label, unit = units.split_header(head)
        ours, own_unit = LABELS.get(label, ("", ""))
        if ours == "step_id" and units.factor(unit, "s") is not None:
            ours = "step_time_second"
        if ours and ours not in found:
            found[ours] = Column(head, unit or own_unit)
    return found


def is_heads(fields: list[str]) -> bool:
    needed = {"record", "step_id", "cycle_count", "test_time_second", "current_ampere", "voltage_volt"}
    return needed <= set(found_in(fields)) and bool({"stamp", "state"} & set(found_in(fields)))


def recognises(head: FileHead) -> bool:
    return text.find_header(head.lines[:SEARCHED_LINES], is_heads) is not None


def read(path: Path, name: str) -> Reading:
    try:
        content = text.load(path)
        header = text.find_header(content.head[:SEARCHED_LINES], is_heads)
        if header is None:
            raise ReaderError(
                f"{name}: no line of column heads (Rec, Cyc, Step, Amps, Volts …); export it with its header"
            )
        raw = text.table(content, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = found_in(raw.headers)
    said = list(raw.warnings)
    source, cut = Source.of(name, raw, found, WITHOUT_UNIT).without_blank_rows(found).without_cut_row(found)
    said += cut
    if source.frame.is_empty():
        raise ReaderError(f"{name}: no records below the header; export the records of the test too")
    if not found["current_ampere"].unit:
        said.append("the heads name no units; current, voltage and capacity were taken in A, V and Ah")

    time = found.pop("test_time_second")
    step_time = found.pop("step_time_second", None)
    seconds = seconds_of_number(source, time, found.get("stamp"))
    if seconds is None:
        raise ReaderError(
            f"{name}: '{time.header}' has no unit and the time stamps do not tell it; export it as d hh:mm:ss"
        )
    columns = {"test_time_second": time} | ({"step_time_second": step_time} if step_time else {})
    timed = Source(name, source.frame, source.first_line, source.place, dict.fromkeys(columns, seconds), source.comma)
    table = pl.concat([timed.table(columns), source.table(found)], how="horizontal")

    table, sentence = in_volts(table, found)
    said += sentence
    table, sentence = with_way(table, source.frame, found, name)
    said += sentence
    for counter in ("capacity_ah", "energy_wh"):
        if f"charge_{counter}" in table.columns:  # one counter for both ways, from 0 at each change of direction
            table = table.with_columns((pl.col(f"charge_{counter}") * 0.0).alias(f"discharge_{counter}"))
    if "internal_resistance_ohm" in table.columns:
        resistance = table.drop_in_place("internal_resistance_ohm")
        if (resistance != 0).any():  # 0 is "not measured"
            table = table.with_columns(resistance.set(resistance == 0, None))

    metadata = metadata_of(raw.preamble)
    started, sentence = start_of(source, found.get("stamp"), table["test_time_second"])
    metadata["start_time_local"] = local(started)
    return finish(table, name, metadata, [*said, *sentence])


def seconds_of_number(source: Source, time: Column, stamp: Column | None) -> str | None:
    """The unit of a time column: of its head, of durations any, else the one that the time stamps tell."""
    raw = source.frame[time.header]
    if time.unit:
        return time.unit
    if raw.dtype == pl.String and raw.str.contains(":", literal=True).any():
        return "s"
    try:
        plain = numbers.to_float(raw, source.comma).drop_nulls()
    except numbers.NumberError:
        return "s"  # refused with its line where the column is read
    span = float(plain[-1] - plain[0]) if len(plain) else 0.0
    if span <= 0:
        return "s"
    if stamp is None:
        return None
    stamps = source.frame[stamp.header].drop_nulls()
    first, last = (numbers.moments(str(stamps[place])) if len(stamps) else {} for place in (0, -1))
    for order in first.keys() & last.keys():
        elapsed = (last[order] - first[order]).total_seconds()
        for unit, seconds in SECONDS.items():
            if abs(elapsed - span * seconds) <= STAMP_ROUNDING_SECOND + 0.1 * elapsed:
                return unit
    return None


def in_volts(table: pl.DataFrame, found: Mapping[str, Column]) -> tuple[pl.DataFrame, list[str]]:
    """Millivolts under a head of volts, as the exports in mAmps have them."""
    highest = table["voltage_volt"].abs().max()
    milliamps = found["current_ampere"].unit.startswith("m")
    if not isinstance(highest, float) or highest <= (MILLIVOLT_ABOVE if milliamps else 10 * MILLIVOLT_ABOVE):
        return table, []
    said = f"'{found['voltage_volt'].header}' reaches {highest:.0f}: the values were taken as millivolts"
    return table.with_columns(pl.col("voltage_volt") / 1000), [said]


def with_way(
    table: pl.DataFrame, frame: pl.DataFrame, found: Mapping[str, Column], name: str
) -> tuple[pl.DataFrame, list[str]]:
    """The signed current, the type of the steps where the state says it, and the steps themselves."""
    if "state" not in found:
        table = table.with_columns(number_steps(table))
        said = signs.refuse_unsigned(table, name)
        return table, [said] if said else []
    state = frame[found["state"].header].str.to_uppercase()
    way = state.replace_strict(WAYS, default=None, return_dtype=pl.Int8)
    current, said = signs.by_way(table["current_ampere"], way)
    kinds = state.replace_strict(STEP_TYPES, default=None, return_dtype=pl.String).rename("step_type")
    return table.with_columns(current, kinds), [said] if said else []


def start_of(source: Source, stamp: Column | None, time: pl.Series) -> tuple[datetime | None, list[str]]:
    """The clock at test time 0, by the stamp of the first record."""
    if stamp is None:
        return None, []
    stamps = source.frame[stamp.header].drop_nulls()
    if stamps.is_empty() or not counts(time):
        return None, []
    elapsed = float(time[-1] - time[0])
    prefer = "" if source.comma == "decimal" else "month"
    begin = numbers.clock_start(str(stamps[0]), str(stamps[-1]), elapsed, prefer)
    if begin is None:
        return None, [AMBIGUOUS.format(stamp=stamps[0])] if numbers.moments(str(stamps[0])) else []
    return begin - timedelta(seconds=float(time[0])), []


def metadata_of(preamble: Sequence[str]) -> dict[str, Any]:
    """`Today's Date … Filename: … Procedure: … Comment/Barcode: …`, or a key and its value a line."""
    lines = " ".join(" ".join(preamble).split())
    match = FIRST_LINE.search(lines)
    keys = {
        found["key"]: found["value"] for line in preamble if (found := KEY.match(line)) and "Procedure:" not in line
    }
    device = [keys.get("Tester"), f"channel {keys['Channel']}" if "Channel" in keys else None]
    return {
        "device": ", ".join(part for part in device if part),
        "protocol": match["procedure"] if match else keys.get("Procedure"),
        "sample": match["barcode"] if match else keys.get("Name"),
        "comment": keys.get("Description"),
        "instrument": keys | ({"Filename": match["file"]} if match else {}),
    }


READER = Reader("maccor-text", version=2, label="Maccor text export", recognises=recognises, read=read)
