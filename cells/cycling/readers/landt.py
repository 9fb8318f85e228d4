"""Landt (LANHE) exports as text, .csv or .xlsx.

Classic: `Index, TestTime/Sec., StepTime/Sec., Voltage/V, Current/mA, Capacity/mAh, Energy/mWh, …, SysTime, State`, in
English or Chinese, in one table or in a table a step, each below two lines `Index, Mode, Period, …` of the step. Times
are seconds or `0-00:01:00`. Later: a workbook with `Cycle-Tab`, `Step-Tab` and `Record-Tab` (`Record`, `CycleNo` or
`Cycle-Index`, `StepNo` or `Step-Index`, `StepStatus`, `TestTime/Sec`, …), and a csv in SI units (`test_time_s`,
`current_a`, `voltage_v`, …).
The capacity runs since the step began; some exports leave the sign of the current to the state (`C_CC`, `D_CC`, `R`,
`CCC`, `CCD`, …). SysTime is the clock of the cycler's computer.
Written from the known layouts; of an instrument, only a file converted to the Battery Data Format was at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cells.cycling.readers import sheets
from cells.cycling.readers.columns import Column, Source, find
from cells.cycling.readers.finish import finish, local
from cells.cycling.readers.steps import number_steps, signed, step_type_of
from labdb.ingest import numbers, text, units
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 100
LABELS = {
    "test_time_second": ("testtime", "test time s", "测试时间"),
    "step_time_second": ("steptime", "step time s", "步骤时间", "工步时间", "过程时间"),
    "voltage_volt": ("voltage", "voltage v", "电压"),
    "current_ampere": ("current", "current a", "电流"),
    "cycle_count": ("cycle index", "cycleno", "cycle no", "cycle", "循环序号", "循环号", "循环"),
    "step_id": ("step index", "stepno", "step no", "step", "步骤号", "工步号", "工步序号"),
    "step_cumulative_capacity_ah": ("capacity", "容量"),
    "step_cumulative_energy_wh": ("energy", "能量"),
    "charge_capacity_ah": ("charge capacity ah",),
    "discharge_capacity_ah": ("discharge capacity ah",),
    "charge_energy_wh": ("charge energy wh",),
    "discharge_energy_wh": ("discharge energy wh",),
    "temperature_t1_celsius": ("temperature 1 c", "auxtemp"),
    "temperature_t2_celsius": ("temperature 2 c",),
    "temperature_t3_celsius": ("temperature 3 c",),
}
# Of the csv whose names end in their units.
UNITS = {
    "test_time_second": "s",
    "step_time_second": "s",
    "voltage_volt": "V",
    "current_ampere": "A",
    "charge_capacity_ah": "Ah",
    "discharge_capacity_ah": "Ah",
    "charge_energy_wh": "Wh",
    "discharge_energy_wh": "Wh",
    "temperature_t1_celsius": "degC",
    "temperature_t2_celsius": "degC",
    "temperature_t3_celsius": "degC",
}
STATE = ("state", "stepstatus", "step status", "workmode", "mode", "状态", "工步状态", "工作模式")
DATE = ("systime", "sys time", "date time iso string", "系统时间")
STATES = {
    "r": "REST",
    "rest": "REST",
    "c_cc": "CC_CHG",
    "c_rate": "CC_CHG",
    "ccc": "CC_CHG",
    "d_cc": "CC_DCHG",
    "d_rate": "CC_DCHG",
    "ccd": "CC_DCHG",
    "c_cv": "CV_CHG",
    "cvc": "CV_CHG",
    "d_cv": "CV_DCHG",
    "cvd": "CV_DCHG",
    "cccv": "CCCV_CHG",
    "cccv_c": "CCCV_CHG",
    "ccvc_c": "CCCV_CHG",
    "cccv_d": "CCCV_DCHG",
}
NUMBER = r"^\s*[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?\s*$"
NO_NUMBER = r"(?i)^\s*[+-]?(?:nan|inf(?:inity)?)\s*$"  # a record nevertheless, which is refused with its place


def is_header(fields: Sequence[str]) -> bool:
    """Whether these are the headers of a Landt record table."""
    parts = [units.split_header(field) for field in fields]
    labels = {label for label, _ in parts}
    if {"test time s", "current a", "voltage v"} <= labels:
        return True
    slashed = {units.split_header(field)[0] for field in fields if "/" in field}
    return (
        bool(labels & {"testtime", "测试时间"})
        and bool(slashed & {"voltage", "电压"})
        and bool(slashed & {"current", "电流"})
    )


def recognises_text(head: FileHead) -> bool:
    return not head.is_zip and text.find_header(head.lines[:SEARCHED_LINES], is_header) is not None


def recognises_xlsx(head: FileHead) -> bool:
    return sheets.holds(head, is_header)


def read_text(path: Path, name: str) -> Reading:
    try:
        file = text.load(path)
        header = text.find_header(file.head[:SEARCHED_LINES], is_header)
        if header is None:
            raise ReaderError(f"{name}: no header of a Landt record table; export the records")
        table = text.table(file, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = find(table.headers, LABELS)
    frame = only_records(table.frame, found, table.headers)
    source = Source.of(name, text.TextTable((), frame, table.first_line, table.delimiter), found, UNITS)
    return make(source, found, list(table.warnings))


def read_xlsx(path: Path, name: str) -> Reading:
    found_sheets = sheets.collect(path, name, is_header)
    found = find(found_sheets.frame.columns, LABELS)
    frame = only_records(found_sheets.frame, found, found_sheets.frame.columns)
    try:
        comma = numbers.comma_means(frame[column.header] for column in found.values())
    except numbers.NumberError as error:
        raise ReaderError(f"{name}: {error}") from error
    return make(Source(name, frame, found_sheets.first_row, "row", UNITS, comma), found, [])


def only_records(frame: pl.DataFrame, found: dict[str, Column], headers: Sequence[str]) -> pl.DataFrame:
    """Leave out the headers and step lines between the tables of the steps, where there is a table a step."""
    time = found["test_time_second"].header
    if frame.schema[time] != pl.String or not (frame[time] == time).any():
        return frame
    is_time = pl.col(time).str.contains(NUMBER) | pl.col(time).str.contains(numbers.DURATION)
    others = [
        pl.col(column.header).cast(pl.String).str.contains(f"{NUMBER}|{NO_NUMBER}")
        for ours, column in found.items()
        if ours in ("voltage_volt", "current_ampere")
    ]
    return frame.filter(pl.all_horizontal(is_time, *others))


def make(source: Source, found: dict[str, Column], said: list[str]) -> Reading:
    """A reading of the records."""
    source = source.without_blank_rows(found)
    table = source.table(found)
    labels = {units.split_header(header)[0]: header for header in reversed(source.frame.columns)}
    state = next((labels[label] for label in STATE if label in labels), None)
    if state is not None:
        states = source.frame[state].cast(pl.String)
        kinds = {
            value: STATES.get(value.strip().lower()) or step_type_of(value) for value in states.unique().drop_nulls()
        }
        table = table.with_columns(
            states.replace_strict(kinds, default=None, return_dtype=pl.String).alias("step_type")
        )
        current, corrected = signed(table["current_ampere"], table["step_type"])
        if corrected:
            table = table.with_columns(current)
            said.append("the export writes the amount of the current; discharge steps were given their negative sign")
    if len(table):
        table = table.with_columns(number_steps(table))
    metadata: dict[str, Any] = {"device": "Landt"}
    date = next((labels[label] for label in DATE if label in labels), None)
    stamps = source.frame[date].cast(pl.String).drop_nulls() if date is not None else pl.Series([], dtype=pl.String)
    if len(stamps):
        metadata["start_time_local"] = local(clock_start(stamps[0], stamps[-1]))
    return finish(table, source.name, metadata, said)


READERS = [
    Reader("landt-text", version=2, label="Landt export (text)", recognises=recognises_text, read=read_text),
    Reader("landt-xlsx", version=2, label="Landt export (.xlsx)", recognises=recognises_xlsx, read=read_xlsx),
]
