"""NETZSCH Proteus measurement files: .ngb-ss3 (STA) and its relatives, written by Proteus 8.

A zip container of `Streams/stream_N.table`: stream 1 describes the measurement, stream 2 holds its records. A stream
begins with a directory at byte 0x50 (entries of `ff ff`, section number, offset, length); a section is a tree of tables
in the way that Microsoft's class library writes objects. All numbers are little-endian:

    table   u16 version, u16 flags, u32 kind;
            u32, u16 n columns: n × (u32, i32 column, u16 type);
            u16 n keys: n × (u32, u32, u16 m, m × i32);
            u16 n rows: n × (u32, u16 n cells: n × (u32, u16, i32 column, value))
    value   u8 type, u8 flags, u8 1; with flag 0x20 an array, u32 n first
            2 i16 · 3 i32 · 4 f32 · 5 f64 · 16 i8 · 17 u8 · 20 i64 · 31 text · 26 a table, behind a class mark
    row     column −1000 is its number, column −1001 its value

The records: 6005 → 7020 → one measurement → channel → segment → 3901 (f32) or 3904 (f64). Channels: 6028 time in min,
6029 temperature in °C, 6030 DSC signal in µV, 6032 change of the mass in mg. The description: 7116 the samples (2112
name, 3230 mass in mg), 6002 operator, laboratory, project and start (Unix seconds), 6005 the instrument.

The DSC signal is that of the sensor: neither its sensitivity nor a correction run is applied to it. The layout was read
from a file of an STA 449 F3 (Proteus 8.0.3) and held to values of an independent reader; what departs from it is
refused, with the advice to export as text.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from characterization.thermal.recording import HEAT, MASS, Format, recording
from labdb.ingest import archive
from labdb.ingest.reader import FileHead, ReaderError, Reading

ABOUT, RECORDS = "Streams/stream_1.table", "Streams/stream_2.table"
MAGIC = b"Netzsch TA file"
LIMITS = archive.Limits(members=100, total_bytes=128 * 1024**2)
DIRECTORY = 0x50
EXPORT = "export it from Proteus as text (Extras, Export data) and upload that"

NUMBER, VALUE = -1000, -1001
TABLE, TEXT = 26, 31
SCALARS = {2: "<h", 3: "<i", 4: "<f", 5: "<d", 16: "<b", 17: "<B", 20: "<q"}
ARRAYS = {2: "<i2", 3: "<i4", 4: "<f4", 5: "<f8", 16: "<i1", 17: "<u1", 20: "<i8"}
IS_ARRAY = 0x20
DEPTH = 40

MEASUREMENTS, MEASURED, SAMPLES = 6005, 7020, 7116
INSTRUMENT, PERFORMED, FILES = 6005, 6002, 6000
VALUES = (3901, 3904)
CHANNELS = {6028: "time", 6029: "temperature_celsius", 6030: "heat_flow_microvolt", 6032: "mass_change_mg"}


class LayoutError(ValueError):
    """The bytes are not laid out as above."""


@dataclass
class Stream:
    """Reads one section of a stream from its bytes, value by value."""

    data: bytes
    at: int
    end: int
    depth: int = field(default=0)

    def take(self, form: str) -> Any:
        size = struct.calcsize(form)
        if self.at + size > self.end:
            raise LayoutError("it ends within a value")
        found = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return found[0] if len(found) == 1 else found

    def bytes(self, size: int) -> bytes:
        if size < 0 or self.at + size > self.end:
            raise LayoutError("it ends within a value")
        found = self.data[self.at : self.at + size]
        self.at += size
        return found

    def table(self) -> dict[int, Any]:
        """A table as number of a row → its value."""
        self.depth += 1
        if self.depth > DEPTH:
            raise LayoutError("its tables are nested too deeply")
        self.take("<HHI")
        self.take("<I")
        for _ in range(self.take("<H")):
            self.take("<IiH")
        for _ in range(self.take("<H")):
            self.take("<II")
            for _ in range(self.take("<H")):
                self.take("<i")
        rows: dict[int, Any] = {}
        for _ in range(self.take("<H")):
            self.take("<I")
            cells: dict[int, Any] = {}
            for _ in range(self.take("<H")):
                self.take("<IH")
                column = self.take("<i")
                cells[column] = self.value()
            if isinstance(cells.get(NUMBER), int) and VALUE in cells:
                rows[cells[NUMBER]] = cells[VALUE]
        self.depth -= 1
        return rows

    def value(self) -> Any:
        kind, flags, one = self.take("<BBB")
        if one != 1 or not flags & 0x80:
            raise LayoutError("a value is not marked as one")
        if flags & IS_ARRAY:
            if kind not in ARRAYS:
                raise LayoutError(f"it holds an array of an unknown type ({kind})")
            count = self.take("<I")
            return np.frombuffer(self.bytes(count * np.dtype(ARRAYS[kind]).itemsize), ARRAYS[kind])
        if kind == TABLE:
            return self.object()
        if kind == TEXT:
            return self.text()
        if kind not in SCALARS:
            raise LayoutError(f"it holds a value of an unknown type ({kind})")
        return self.take(SCALARS[kind])

    def object(self) -> dict[int, Any] | None:
        mark = self.take("<H")
        if mark == 0:
            return None
        if mark == 0xFFFF:
            self.take("<H")
            self.bytes(self.take("<H"))
        elif not mark & 0x8000:
            raise LayoutError("a table is not marked as one")
        return self.table()

    def text(self) -> str:
        """A text with its length before it: one byte, or more behind 0xFF; UTF-16 behind FF FE FF."""
        size, wide = self.take("<B"), False
        if size == 0xFF and self.data[self.at : self.at + 2] == b"\xfe\xff":
            self.at += 2
            size, wide = self.take("<B"), True
        if size == 0xFF:
            size = self.take("<H")
        if size == 0xFFFF:
            size = self.take("<I")
        raw = self.bytes(size * 2 if wide else size)
        return raw.decode("utf-16-le" if wide else "latin-1", errors="replace")


def section(data: bytes) -> dict[int, Any]:
    """The first section of a stream as a tree of tables.

    Raises:
        LayoutError: it is laid out otherwise.
    """
    if MAGIC not in data[:DIRECTORY] or len(data) < DIRECTORY + 14:
        raise LayoutError("it does not begin as a NETZSCH stream")
    mark, _, offset, size = struct.unpack_from("<HHII", data, DIRECTORY)
    if mark != 0xFFFF or offset + size > len(data):
        raise LayoutError("its directory leads outside")
    return Stream(data, offset, offset + size).table()


def signals(head: FileHead) -> frozenset[str]:
    if not head.is_zip or ABOUT not in head.members:
        return frozenset()
    try:
        channels = _channels(section(archive.members(head.path, head.name, {RECORDS}.__contains__, LIMITS)[RECORDS]))
    except (ReaderError, LayoutError, KeyError):
        return frozenset({HEAT, MASS})  # damaged; reading it says how
    found = {HEAT} if "heat_flow_microvolt" in channels else set()
    return frozenset(found | ({MASS} if "mass_change_mg" in channels else set())) or frozenset({HEAT, MASS})


def _channels(tree: dict[int, Any]) -> dict[str, np.ndarray]:
    """The records of all segments, one after another, by our name of the channel.

    Raises:
        LayoutError: there is no measurement, or several; or channels of different lengths.
    """
    measurements = _below(tree, MEASUREMENTS, MEASURED)
    if len(measurements) != 1:
        raise LayoutError(f"it holds {len(measurements)} measurements, not one")
    (channels,) = measurements.values()
    found = {}
    for number, name in CHANNELS.items():
        segments = _below(channels, number)
        parts = []
        for segment in sorted(segments):
            values = segments[segment]
            array = next((values[key] for key in VALUES if isinstance(values, dict) and key in values), None)
            if not isinstance(array, np.ndarray):
                raise LayoutError("a segment has no records")
            parts.append(array.astype(float))
        if parts:
            found[name] = np.concatenate(parts)
    if not {"time", "temperature_celsius"} <= set(found) or len({len(values) for values in found.values()}) != 1:
        raise LayoutError("its channels have different numbers of records")
    return found


def _below(tree: Any, *path: int) -> dict[int, Any]:
    """The table at the end of a path; empty where there is none."""
    for number in path:
        tree = tree.get(number) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def read(path: Path, name: str) -> Reading:
    streams = archive.members(path, name, {ABOUT, RECORDS}.__contains__, LIMITS)
    if RECORDS not in streams:
        raise ReaderError(f"{name}: holds no records (stream 2 is missing); {EXPORT}.")
    try:
        about, channels = section(streams[ABOUT]), _channels(section(streams[RECORDS]))
    except LayoutError as error:
        raise ReaderError(f"{name}: is laid out as no NETZSCH file that labdb knows ({error}); {EXPORT}.") from error
    samples = [each for _, each in sorted(_below(about, SAMPLES).items()) if isinstance(each, dict) and 2112 in each]
    sample = samples[0] if samples else {}
    mass = sample.get(3230)
    mass = float(mass) if isinstance(mass, float) and mass > 0 else None
    table = {"time_second": channels["time"] * 60, "temperature_celsius": channels["temperature_celsius"]}
    warnings = []
    if "heat_flow_microvolt" in channels:
        table["heat_flow_microvolt"] = channels["heat_flow_microvolt"]
        warnings.append(
            f"neither the sensor's sensitivity nor a correction run was applied to the DSC signal; for mW, {EXPORT}"
        )
    if "mass_change_mg" in channels:
        if mass is None:
            raise ReaderError(f"{name}: states no sample mass, from which the change of the mass counts; {EXPORT}.")
        table["mass_milligram"] = channels["mass_change_mg"] + mass
    if len(table) == 2:
        raise ReaderError(f"{name}: holds neither a DSC signal nor a mass; {EXPORT}.")
    return recording(table, name, sample_mass_mg=mass, metadata=_metadata(about, sample), warnings=warnings)


def _metadata(about: dict[int, Any], sample: dict[int, Any]) -> dict[str, Any]:
    performed, instrument = _below(about, PERFORMED), _below(about, INSTRUMENT)
    second = performed.get(2110)
    begun = None
    if isinstance(second, int) and 0 < second < 2**32:
        begun = datetime.fromtimestamp(second, UTC).isoformat()
    crucible = _below(sample, 6014)
    words = {
        "material": sample.get(2402),
        "sample_id": sample.get(2200),
        "crucible": crucible.get(2112),
        "crucible_mass_mg": crucible.get(3230),
        "laboratory": performed.get(2100),
        "project": performed.get(2108),
        "correction": _below(about, FILES).get(2115),
    }
    return {
        "sample": sample.get(2112),
        "operator": performed.get(2101),
        "device": instrument.get(4185),
        "software": instrument.get(4205),
        "comment": performed.get(2109),
        "start_time_utc": begun,
        "instrument": {key: value for key, value in words.items() if isinstance(value, str | float) and value != ""},
    }


FORMAT = Format("netzsch-binary", 1, "NETZSCH Proteus measurement (.ngb)", signals, read)
