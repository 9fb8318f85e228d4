"""The record table of Neware's exports (BTS, BTSDA), the same in .csv, .txt and .xlsx. Pure.

Columns, in English or Chinese: DataPoint | Record ID, Cycle Index | Cycle ID, Step Index | Step ID, Step Type | Step
Name, Time (since the step began), Total Time | Cumulative Time, Current, Voltage, Capacity and Energy (of the step,
never negative), Chg. Cap., DChg. Cap., Date | Realtime, T1 … The units stand in the headers and are whatever was chosen
for the export (A or mA or µA, Ah or mAh or mAs). Older exports have no total time, and write the amount of the
current alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from cells.cycling.readers.columns import Source, find, missing
from cells.cycling.readers.finish import finish, local
from cells.cycling.readers.steps import number_steps, signed, step_types, time_over_steps
from labdb.ingest import units
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import ReaderError, Reading

LABELS = {
    "test_time_second": ("total time", "cumulative time", "test time", "totaltime", "总时间", "测试时间", "累计时间"),
    "step_time_second": ("time", "step time", "relative time", "record time", "时间", "工步时间", "相对时间"),
    "voltage_volt": ("voltage", "volt", "电压"),
    "current_ampere": ("current", "cur", "电流"),
    "cycle_count": ("cycle index", "cycle id", "cycle number", "cycle", "循环序号", "循环号", "循环"),
    "step_id": ("step index", "step id", "steps", "step", "工步序号", "工步号", "步次"),
    "step_cumulative_capacity_ah": ("capacity", "cap", "容量"),
    "step_cumulative_energy_wh": ("energy", "eng", "能量"),
    "charge_capacity_ah": ("chg cap", "capacitance chg", "charge capacity", "充电容量"),
    "discharge_capacity_ah": ("dchg cap", "capacitance dchg", "discharge capacity", "放电容量"),
    "charge_energy_wh": ("chg energy", "engy chg", "charge energy", "充电能量"),
    "discharge_energy_wh": ("dchg energy", "engy dchg", "discharge energy", "放电能量"),
    "temperature_t1_celsius": ("t1", "temperature", "aux temperature", "auxiliary channel tu1 t", "温度", "t1温度"),
    "temperature_t2_celsius": ("t2", "auxiliary channel tu2 t"),
    "temperature_t3_celsius": ("t3", "auxiliary channel tu3 t"),
}
RECORD = ("datapoint", "record id", "record index", "record number", "数据序号", "记录序号", "记录号", "数据点")
STEP_TYPE = ("step type", "step name", "step status", "status", "state", "工步类型", "工步名称", "工步状态", "状态")
DATE = (
    "date",
    "realtime",
    "real time",
    "absolute time",
    "datetime",
    "date time",
    "绝对时间",
    "系统时间",
    "日期",
    "日期时间",
)
REMARK = ("remarks", "remark", "barcode", "备注", "条码")
USED = {label for labels in LABELS.values() for label in labels} | {*STEP_TYPE, *DATE, *REMARK}
CYCLE, STEP = LABELS["cycle_count"], (*LABELS["step_id"], "step number")


def is_header(fields: Sequence[str]) -> bool:
    """Whether these are the headers of a record table as Neware writes it, units in brackets."""
    labels: dict[str, tuple[str, str]] = {}
    for field in fields:
        label, unit = units.split_header(field)
        labels.setdefault(label, (unit, field))
    voltage = next((labels[label] for label in LABELS["voltage_volt"] if label in labels), None)
    current = any(label in labels for label in LABELS["current_ampere"])
    if voltage is None or not current or "/" in voltage[1]:
        return False
    cycle = any(label in labels for label in CYCLE)
    kind = any(label in labels for label in STEP_TYPE)
    return any(label in labels for label in RECORD) or (cycle and kind and any(label in labels for label in STEP))


def is_used(header: str) -> bool:
    """Whether a column is read at all."""
    return units.split_header(header)[0] in USED


def read_records(
    source: Source, said: list[str], metadata: dict[str, Any], known: dict[str, pl.Series] | None = None
) -> Reading:
    """Make a reading of a record table.

    Args:
        source: the table as the file has it.
        said: warnings so far.
        metadata: what the file says elsewhere.
        known: columns of ours that the file has outside of its records (nested exports).
    """
    found = find(source.frame.columns, LABELS)
    labels = {units.split_header(header)[0]: header for header in reversed(source.frame.columns)}
    if "test_time_second" not in found and "step_time_second" not in found:
        raise ReaderError(f"{source.name}: no column of time; export the records with Time or Total Time")
    absent = missing(found, ("voltage_volt", "current_ampere"))
    if absent:
        raise ReaderError(f"{source.name}: no column of {' and '.join(absent)}; export the records with them")
    if source.frame.is_empty():
        raise ReaderError(f"{source.name}: no records below the header; export the record layer of the test")
    table = source.table(found)
    if known:
        table = table.with_columns(known.values())
    kind = next((labels[label] for label in STEP_TYPE if label in labels), None)
    if kind is not None and "step_type" not in table.columns:
        table = table.with_columns(step_types(source.frame[kind].cast(pl.String)))
    if "step_type" in table.columns:
        current, corrected = signed(table["current_ampere"], table["step_type"])
        if corrected:
            table = table.with_columns(current)
            said.append("the export writes the amount of the current; discharge steps were given their negative sign")
    if "step_count" not in table.columns:
        table = table.with_columns(number_steps(table))
    if "test_time_second" not in table.columns:
        time = time_over_steps(table["step_count"], table["step_time_second"].fill_null(strategy="forward"))
        table = table.with_columns(time)
    date = next((labels[label] for label in DATE if label in labels), None)
    if date is not None:
        stamps = source.frame[date].cast(pl.String).drop_nulls()
        if len(stamps):
            elapsed = table["test_time_second"].to_numpy()
            start = clock_start(stamps[0], stamps[-1], float(elapsed[-1] - elapsed[0]))
            metadata = {**metadata, "start_time_local": local(start)}
    remark = next((labels[label] for label in REMARK if label in labels), None)
    if remark is not None:
        metadata = {"comment": source.frame[remark].cast(pl.String).drop_nulls().first(), **metadata}
    return finish(table, source.name, {"device": "Neware", **metadata}, said)
