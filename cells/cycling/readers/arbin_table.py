"""The channel table of Arbin's software (MITS Pro, BT), the same in .res, .xlsx and .csv. Pure.

Columns: Data_Point, Date_Time | DateTime, Test_Time, Step_Time, Step_Index, Cycle_Index, Current, Voltage,
Charge_Capacity, Discharge_Capacity, Charge_Energy, Discharge_Energy, Internal_Resistance, Aux_Temperature_1 …, with
units in brackets, or without any, as in the database, where they are s, A, V, Ah, Wh, Ohm, °C. The capacities run over
a cycle (or over the test, as the schedule sets it); current is positive when it charges. The date is written out,
in days since 1899-12-30, or in Unix seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from cells.cycling.readers.columns import Source, find, missing
from cells.cycling.readers.finish import finish, local, utc
from labdb.ingest import units
from labdb.ingest.numbers import clock_start, excel_moment
from labdb.ingest.reader import ReaderError, Reading

LABELS = {
    "test_time_second": ("test time",),
    "step_time_second": ("step time",),
    "voltage_volt": ("voltage",),
    "current_ampere": ("current",),
    "cycle_count": ("cycle index", "cycle"),
    "step_id": ("step index", "step"),
    "charge_capacity_ah": ("charge capacity",),
    "discharge_capacity_ah": ("discharge capacity",),
    "charge_energy_wh": ("charge energy",),
    "discharge_energy_wh": ("discharge energy",),
    "internal_resistance_ohm": ("internal resistance",),
    "temperature_t1_celsius": ("aux temperature 1", "aux temperature", "temperature", "t1"),
    "temperature_t2_celsius": ("aux temperature 2", "t2"),
    "temperature_t3_celsius": ("aux temperature 3", "t3"),
}
DATE = ("date time", "datetime")
# Of the database, whose column names have no units.
UNITS = {
    "test_time_second": "s",
    "step_time_second": "s",
    "voltage_volt": "V",
    "current_ampere": "A",
    "charge_capacity_ah": "Ah",
    "discharge_capacity_ah": "Ah",
    "charge_energy_wh": "Wh",
    "discharge_energy_wh": "Wh",
    "internal_resistance_ohm": "ohm",
    "temperature_t1_celsius": "degC",
    "temperature_t2_celsius": "degC",
    "temperature_t3_celsius": "degC",
}
UNIX_SECONDS = (5e8, 4e9)


def is_header(fields: Sequence[str]) -> bool:
    """Whether these are the headers of an Arbin channel table."""
    labels = {units.split_header(field)[0] for field in fields}
    return {"test time", "current", "voltage", "charge capacity", "discharge capacity"} <= labels and bool(
        labels & {"cycle index", "step index"}
    )


def read_channel(source: Source, said: list[str], metadata: dict[str, Any]) -> Reading:
    """Make a reading of a channel table."""
    found = find(source.frame.columns, LABELS)
    absent = missing(found)
    if absent:
        raise ReaderError(f"{source.name}: no column of {' and '.join(absent)}; export all columns of the channel")
    table = source.table(found)
    labels = {units.split_header(header)[0]: header for header in reversed(source.frame.columns)}
    date = next((labels[label] for label in DATE if label in labels), None)
    if date is not None and not source.frame.is_empty():
        metadata = {**start(source.frame[date], table["test_time_second"]), **metadata}
    return finish(table, source.name, {"device": "Arbin", **metadata}, said)


def start(date: pl.Series, test_time: pl.Series) -> dict[str, Any]:
    """When the first record was written, by a clock of the cycler: in UTC where it counts Unix seconds."""
    stamps = date.drop_nulls()
    if not len(stamps):
        return {}
    first, last = stamps[0], stamps[-1]
    number = as_number(first)
    if number is not None:
        if UNIX_SECONDS[0] < number < UNIX_SECONDS[1]:
            return {"start_time_utc": utc(number)}
        return {"start_time_local": local(excel_moment(number))}
    times = test_time.drop_nulls().to_numpy()
    elapsed = float(times[-1] - times[0]) if len(times) else None
    return {"start_time_local": local(clock_start(str(first), str(last), elapsed, prefer="month"))}


def as_number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
