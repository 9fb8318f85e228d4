"""Files in the Battery Data Format: .bdf.csv, .bdf.parquet, .bdf.gz (a csv inside).

Columns by their machine names (`test_time_second`) or printed labels (`Test Time / s`), ontology 1.3.0; names that it
gave up (`step_index`, `test_time_millisecond`, `step_capacity_ah`, …) are still read. Units are those of the names;
current is positive when it charges; `unix_time_second` is UTC. Capacities run since the test began (no prefix), over
the cycle (`cycle_`) or over the step (`step_`).
Seen from: files of SINTEF and DLR, converted from Neware, Landt and BaSyTec.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cells.cycling.readers.columns import Column, Source
from cells.cycling.readers.finish import finish, utc
from cells.cycling.readers.steps import step_types
from labdb.ingest import archive, text
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

# Ours → the names that BDF has for it, best first, with their unit; machine names, from which labels follow.
NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "test_time_second": (("test_time_second", "s"), ("test_time_millisecond", "ms")),
    "voltage_volt": (("voltage_volt", "V"),),
    "current_ampere": (("current_ampere", "A"),),
    "unix_time_second": (("unix_time_second", "s"), ("unix_time_millisecond", "ms")),
    "cycle_count": (("cycle_count", "1"), ("cycle_index", "1")),
    "step_count": (("step_count", "1"),),
    "step_id": (("step_id", "1"), ("step_index", "1")),
    "step_time_second": (("step_time_second", "s"),),
    "step_cumulative_capacity_ah": (("step_cumulative_capacity_ah", "Ah"), ("step_capacity_ah", "Ah")),
    "step_cumulative_energy_wh": (("step_cumulative_energy_wh", "Wh"), ("step_energy_wh", "Wh")),
    "charge_capacity_ah": (
        ("step_charging_capacity_ah", "Ah"),
        ("cycle_charging_capacity_ah", "Ah"),
        ("charging_capacity_ah", "Ah"),
        ("schedule_charging_capacity_ah", "Ah"),
    ),
    "discharge_capacity_ah": (
        ("step_discharging_capacity_ah", "Ah"),
        ("cycle_discharging_capacity_ah", "Ah"),
        ("discharging_capacity_ah", "Ah"),
        ("schedule_discharging_capacity_ah", "Ah"),
    ),
    "charge_energy_wh": (
        ("step_charging_energy_wh", "Wh"),
        ("cycle_charging_energy_wh", "Wh"),
        ("charging_energy_wh", "Wh"),
        ("schedule_charging_energy_wh", "Wh"),
    ),
    "discharge_energy_wh": (
        ("step_discharging_energy_wh", "Wh"),
        ("cycle_discharging_energy_wh", "Wh"),
        ("discharging_energy_wh", "Wh"),
        ("schedule_discharging_energy_wh", "Wh"),
    ),
    "ambient_temperature_celsius": (("ambient_temperature_celsius", "degC"),),
    "surface_temperature_celsius": (
        ("surface_temperature_celsius", "degC"),
        ("surface_temperature_t1_celsius", "degC"),
    ),
    "temperature_t1_celsius": (("temperature_t1_celsius", "degC"),),
    "temperature_t2_celsius": (("temperature_t2_celsius", "degC"),),
    "temperature_t3_celsius": (("temperature_t3_celsius", "degC"),),
    "internal_resistance_ohm": (("internal_resistance_ohm", "ohm"),),
}
SYMBOLS = {
    "second": "s",
    "millisecond": "ms",
    "volt": "v",
    "ampere": "a",
    "ah": "ah",
    "wh": "wh",
    "celsius": "degc",
    "ohm": "ohm",
}
STEP_TYPE = ("step_type", "step type", "step type / 1")


def label(name: str) -> str:
    """The printed label of a machine name, in lower case: `cycle_count` → `cycle count / 1`."""
    words, _, unit = name.rpartition("_")
    if unit in SYMBOLS:
        return f"{words.replace('_', ' ')} / {SYMBOLS[unit]}"
    return f"{name.replace('_', ' ')} / 1"


def plain(header: str) -> str:
    return " ".join(header.strip().strip("\"'").lower().split())


def columns_of(headers: Sequence[str]) -> dict[str, Column]:
    """Our column → the header that is it, by machine name or printed label."""
    by_name = {plain(header): header for header in reversed(headers)}
    found = {}
    for ours, names in NAMES.items():
        for name, unit in names:
            spellings = (name, label(name), label(name).removesuffix(" / 1"))
            header = next((by_name[spelling] for spelling in spellings if spelling in by_name), None)
            if header is not None:
                found[ours] = Column(header, unit)
                break
    return found


def is_header(fields: Sequence[str]) -> bool:
    """Whether these are headers of the Battery Data Format: at least two of its three required columns."""
    return sum(column in columns_of(fields) for column in ("test_time_second", "voltage_volt", "current_ampere")) >= 2


def recognises_csv(head: FileHead) -> bool:
    if head.data.startswith(b"\x1f\x8b"):
        try:
            start = text.decode(archive.gunzip(head.path, head.name, first=4096))
        except ReaderError:
            return False
        return header_of(start.splitlines()) is not None
    return header_of(head.lines) is not None


def header_of(lines: list[str]) -> tuple[int, str] | None:
    return text.find_header(lines[:30], is_header)


def read_csv(path: Path, name: str) -> Reading:
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        loaded = text.from_bytes(archive.gunzip(path, name)) if packed else text.load(path)
        header = header_of(loaded.head)
        if header is None:
            raise ReaderError(f"{name}: no header of the Battery Data Format; name its columns test_time_second, …")
        table = text.table(loaded, *header)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    found = columns_of(table.headers)
    source = Source.of(name, table, found).without_blank_rows(found)
    return make(source, found, list(table.warnings))


def recognises_parquet(head: FileHead) -> bool:
    if not head.data.startswith(b"PAR1"):
        return False
    try:
        return is_header(list(pl.read_parquet_schema(head.path)))
    except (pl.exceptions.PolarsError, OSError):
        return head.name.lower().endswith(".bdf.parquet")


def read_parquet(path: Path, name: str) -> Reading:
    try:
        schema = pl.read_parquet_schema(path)
        found = columns_of(list(schema))
        wanted = [column.header for column in found.values()]
        wanted += [header for header in schema if plain(header) in STEP_TYPE]
        frame = pl.read_parquet(path, columns=wanted)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ReaderError(
            f"{name}: the Parquet file is damaged or cut off ({archive.reason(error)}); copy it again"
        ) from error
    return make(Source(name, frame, 1, "record"), found, [])


def make(source: Source, found: dict[str, Column], said: list[str]) -> Reading:
    """A reading of the columns found."""
    table = source.table(found)
    kind = next((header for header in source.frame.columns if plain(header) in STEP_TYPE), None)
    if kind is not None:
        table = table.with_columns(step_types(source.frame[kind].cast(pl.String)))
    begin = None
    if "unix_time_second" in table.columns and len(table):
        begin = utc(table["unix_time_second"].drop_nulls().first())  # type: ignore[arg-type]  # a float column
    return finish(table, source.name, {"start_time_utc": begin}, said)


READERS = [
    Reader("bdf-csv", version=2, label="Battery Data Format (.csv, .gz)", recognises=recognises_csv, read=read_csv),
    Reader(
        "bdf-parquet",
        version=2,
        label="Battery Data Format (Parquet)",
        recognises=recognises_parquet,
        read=read_parquet,
    ),
]
