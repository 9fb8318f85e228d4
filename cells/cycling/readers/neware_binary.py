"""Neware .nda and .ndax, the files that BTS writes by itself.

.nda (BTS 5 to 9): records of fixed length behind a header whose layout has a version in byte 14. .ndax (BTS 8): a zip
of .ndc members in pages of 4096 bytes (`data.ndc` voltage and current of every record; `data_runInfo.ndc` time and
counters of some records, those between are counted on from the sampling interval and the current; `data_step.ndc`
cycle and type of each step; `data_AUX_*.ndc` or `*_1.ndc` auxiliary channels, described in `TestInfo.xml`).
The records are decoded by fastnda; here they are put together and given our names.

Units: V, mA, mAh, mWh, °C as fastnda gives them. Current is positive when it charges. Cycles are counted as BTSDA does.
Time stamps of the records are UTC, those of the headers the clock of the cycler's computer. The active mass (`SCQ`, µg)
is often what BTS fills in.
Seen from: BTS 5 to BTS 8.0.1, BTSDA, BTS 9.
"""

from __future__ import annotations

import logging
import re
import struct
import warnings as python_warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from fastnda._ndc import read_ndc
from fastnda.dicts import AUX_CHL_MAP, CHARGE_DISCHARGE_MAP, STEP_TYPE_MAP
from fastnda.nda import read_nda
from fastnda.nda_meta import read_nda_metadata
from fastnda.utils import UnverifiedFormatWarning

from cells.cycling.readers.finish import finish, utc
from cells.cycling.readers.neware_about import describe, metadata_of_nda, metadata_of_ndax, xml
from cells.cycling.readers.steps import step_type_of, time_over_steps
from labdb.ingest import archive
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

# What is uncertain is said by the reading, to the owner of the file.
logging.getLogger("fastnda").setLevel(logging.CRITICAL + 1)

DATA, RUN_INFO, STEPS = "data.ndc", "data_runInfo.ndc", "data_step.ndc"
COUNTERS = ("charge_capacity_mAh", "discharge_capacity_mAh", "charge_energy_mWh", "discharge_energy_mWh")
AUXILIARY = (re.compile(r"data_AUX_(\d+)_(\d+)_(\d+)\.ndc$"), re.compile(r".*_(\d+)\.ndc$"))
AUXILIARY_TEMPERATURE = re.compile(r"aux\d*_temperature_degC")
TEMPERATURES = ("temperature_t1_celsius", "temperature_t2_celsius", "temperature_t3_celsius")
# Steps whose direction changes within: cycles cannot be counted from them.
PULSE, SIMULATION, RAMP = 16, 17, 25
# .nda versions whose records hold no clock: fastnda counts on from the local start time.
WITHOUT_CLOCK = (1, 2, 3, 4)
DAMAGED = (
    EOFError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    AttributeError,
    AssertionError,
    struct.error,
    UnicodeError,
    pl.exceptions.PolarsError,
    OSError,
)


def recognises_nda(head: FileHead) -> bool:
    return head.data.startswith(b"NEWARE")


def recognises_ndax(head: FileHead) -> bool:
    return any(member == DATA or (member.endswith(".ndc") and member.startswith("data")) for member in head.members)


def read_ndax(path: Path, name: str) -> Reading:
    members = archive.members(path, name, wanted=lambda member: member.endswith((".ndc", ".xml")))
    if DATA not in members:
        raise ReaderError(f"{name}: the archive has no {DATA}, the records; copy it again from the cycler's computer")
    about = describe(members)
    said: list[str] = []
    records = decoded(lambda: assemble(members, said), name, said)
    return finish_records(records, name, metadata_of_ndax(about), said, clock=True)


def read_nda_file(path: Path, name: str) -> Reading:
    with open(path, "rb") as file:
        head = file.read(256)
    if not head.startswith(b"NEWARE"):
        raise ReaderError(f"{name}: is no Neware .nda file; choose the original file")
    version = head[14] if len(head) > 14 else 0
    said: list[str] = []
    missing = bytes_missing(head, version, path.stat().st_size)
    records = decoded(lambda: read_nda(path), name, said, cut=missing)
    if missing:
        said.append(f"the file is cut off: {missing} bytes of its records are missing at the end")
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # fields that are not sure are not taken
            about = read_nda_metadata(path)
    except DAMAGED:
        about = {}
        said.append("the header (start, operator, mass) could not be read")
    return finish_records(records, name, metadata_of_nda(about), said, clock=version not in WITHOUT_CLOCK)


def bytes_missing(head: bytes, version: int, size: int) -> int:
    """How many bytes of the record block, as the header announces it, are behind the end of the file."""
    at, width = (82, 8) if version > 100 else (64, 4)
    begin, length = (int.from_bytes(head[start : start + width], "little") for start in (at, at + width))
    return max(begin + length - size, 0) if begin and length else 0


def decoded(decode: Callable[[], pl.DataFrame], name: str, said: list[str], cut: int = 0) -> pl.DataFrame:
    """Run a decoder; what is wrong with the file becomes a `ReaderError`, what is uncertain a warning."""
    with python_warnings.catch_warnings(record=True) as caught:
        python_warnings.simplefilter("always", UnverifiedFormatWarning)
        try:
            records = decode()
        except NotImplementedError as error:
            raise ReaderError(
                f"{name}: a version of the Neware format that is not known yet ({archive.reason(error)});"
                " export it as .csv or .xlsx from BTSDA"
            ) from error
        except DAMAGED as error:
            state = "cut off" if cut else "damaged or incomplete"
            raise ReaderError(
                f"{name}: the file is {state} ({archive.reason(error)}); copy it again from the cycler's computer"
            ) from error
    if any(issubclass(warning.category, UnverifiedFormatWarning) for warning in caught):
        said.append("this version of the Neware format is not verified; compare a few values with BTSDA")
    return records


def assemble(members: Mapping[str, bytes], said: list[str]) -> pl.DataFrame:
    """Put the members of an .ndax together: one row a record."""
    records = read_ndc(members[DATA])
    if RUN_INFO in members:
        records = with_run_info(records, read_ndc(members[RUN_INFO]), said)
        if STEPS in members:
            records = records.join(
                read_ndc(members[STEPS]).with_columns(pl.col("step_count").cast(pl.Int64)),
                on="step_count",
                how="left",
                maintain_order="left",
            )
    return with_auxiliary(records, members, said)


def with_run_info(records: pl.DataFrame, info: pl.DataFrame, said: list[str]) -> pl.DataFrame:
    """Times and counters for every record, from those that have them.

    Between two of them, time goes on by the sampling interval and the counters by current × interval.
    """
    info = info.sort("index").with_columns(pl.col("step_count").cast(pl.Int64))
    index = records["index"].to_numpy().astype(np.int64)
    known_index = info["index"].to_numpy().astype(np.int64)
    if not len(index) or not len(known_index):
        return records.clear().join(info.clear(), on="index", how="left", maintain_order="left").drop("dt")
    place = np.searchsorted(known_index, index, side="right") - 1
    first = int(np.argmax(place >= 0)) if (place >= 0).any() else len(index)
    if first:
        said.append(f"{first} records before the first time stamp were left out")
        records, index, place = records[first:], index[first:], place[first:]
    known = known_index[place] == index
    column = {
        name: info[name].to_numpy().astype(np.float64)[place]
        for name in ("dt", "step_time_s", "unix_time_s", *COUNTERS)
    }
    current = records["current_mA"].to_numpy().astype(np.float64)
    voltage = records["voltage_V"].to_numpy().astype(np.float64)
    interval = np.where(known, 0.0, column["dt"])
    since = growth_since_known(interval, known)
    capacity = growth_since_known(interval * current / 3600, known)
    energy = growth_since_known(interval * current * voltage / 3600, known)
    return records.with_columns(
        pl.Series("step_count", info["step_count"].to_numpy()[place]),
        pl.Series("step_time_s", column["step_time_s"] + since),
        pl.Series("unix_time_s", column["unix_time_s"] + since),
        pl.Series("charge_capacity_mAh", np.abs(column["charge_capacity_mAh"]) + np.maximum(capacity, 0)),
        pl.Series("discharge_capacity_mAh", np.abs(column["discharge_capacity_mAh"]) - np.minimum(capacity, 0)),
        pl.Series("charge_energy_mWh", np.abs(column["charge_energy_mWh"]) + np.maximum(energy, 0)),
        pl.Series("discharge_energy_mWh", np.abs(column["discharge_energy_mWh"]) - np.minimum(energy, 0)),
    ).with_columns(pl.col(COUNTERS).cast(pl.Float32))  # as fine as the counters of the file, and no finer


def growth_since_known(growth: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Sum up what each record adds, from 0 at every record that is known by itself."""
    total = np.cumsum(growth)
    last_known = np.maximum.accumulate(np.where(known, np.arange(len(known)), 0))
    return total - total[last_known]


def with_auxiliary(records: pl.DataFrame, members: Mapping[str, bytes], said: list[str]) -> pl.DataFrame:
    """Add the auxiliary temperatures; a broken auxiliary channel is said and left out."""
    channels = auxiliary_members(members)
    if not channels:
        return records
    described = auxiliary_channels(members)
    if described is None or len(described) != len(channels):
        said.append("the auxiliary channels could not be read, as their description (TestInfo.xml) is damaged")
        return records
    for number, (member, channel) in enumerate(zip(channels, described, strict=True), start=1):
        try:
            found = read_ndc(members[member])
        except (NotImplementedError, *DAMAGED):
            said.append(f"auxiliary channel {number} could not be read")
            continue
        quantity = AUX_CHL_MAP.get(int(channel.get("ChlType", "0") or 0))
        source = "?" if "?" in found.columns and quantity == "temperature_degC" else "temperature_degC"
        if source in found.columns:
            found = found.select("index", pl.col(source).alias(f"aux{number}_temperature_degC"))
            records = records.join(found.unique(subset="index"), on="index", how="left", maintain_order="left")
    return records


def auxiliary_members(members: Mapping[str, bytes]) -> list[str]:
    """The members of auxiliary channels, in the order in which TestInfo.xml describes them."""
    found = []
    for member in members:
        for pattern in AUXILIARY:
            match = pattern.fullmatch(member)
            if match:
                found.append(([int(number) for number in match.groups()], member))
                break
    return [member for _, member in sorted(found)]


def auxiliary_channels(members: Mapping[str, bytes]) -> list[dict[str, str]] | None:
    """The attributes of the auxiliary channels; None where the description is damaged."""
    tree = xml(members.get("TestInfo.xml", b""))
    if tree is None:
        return None
    info = tree.find("config/TestInfo")
    return [child.attrib for child in info if child.tag.lower().startswith("aux")] if info is not None else []


def count_like_btsda(records: pl.DataFrame, said: list[str]) -> pl.DataFrame:
    """Count the cycles as BTSDA shows and exports them: a new one at each charge that follows a discharge.

    The number in the file counts the loops of the program; it is kept where pulses or simulations hide the direction.
    """
    if "step_type" not in records.columns:
        return records
    types = records["step_type"].cast(pl.Int64)
    if "cycle_count" in records.columns and types.is_in([PULSE, SIMULATION, RAMP]).any():
        return records
    charges = types.replace_strict(dict(CHARGE_DISCHARGE_MAP), default=None, return_dtype=pl.Int8).forward_fill()
    cycle = ((charges.diff() == 1).fill_null(value=False).cum_sum() + 1).cast(pl.Int64).rename("cycle_count")
    if "cycle_count" in records.columns:
        ours, theirs = cycle.item(-1), records.select(pl.col("cycle_count").max()).item()
        if ours != theirs:
            said.append(
                f"cycles are counted as BTSDA does, a new one at each charge after a discharge ({ours}); the program of"
                f" the test counts {theirs}"
            )
    return records.with_columns(cycle)


def finish_records(
    records: pl.DataFrame, name: str, metadata: dict[str, Any], said: list[str], *, clock: bool
) -> Reading:
    """Records as fastnda names them, in our names and units."""
    if records.is_empty():
        raise ReaderError(f"{name}: holds no records; the test was not started, or nothing was saved yet")
    if "step_time_s" not in records.columns or "step_count" not in records.columns:
        raise ReaderError(f"{name}: the records have no time; copy the file again from the cycler's computer")
    records = count_like_btsda(records, said)
    kinds = {code: step_type_of(words) for code, words in STEP_TYPE_MAP.items()}
    amounts = {}
    for ours, charge, discharge, net in (
        ("step_cumulative_capacity_ah", "charge_capacity_mAh", "discharge_capacity_mAh", "capacity_mAh"),
        ("step_cumulative_energy_wh", "charge_energy_mWh", "discharge_energy_mWh", "energy_mWh"),
    ):
        if charge in records.columns and discharge in records.columns:
            # The amount that went one way less the other: a step that only charges has nothing to subtract.
            amounts[ours] = (pl.col(charge).cast(pl.Float64) - pl.col(discharge).cast(pl.Float64)).abs() / 1000
        elif net in records.columns:
            amounts[ours] = pl.col(net).cast(pl.Float64).abs() / 1000
    step_time = records["step_time_s"].cast(pl.Float64)
    time = (
        records["total_time_s"].cast(pl.Float64)
        if "total_time_s" in records.columns
        else time_over_steps(records["step_count"], step_time)
    )
    table = records.select(
        time.round(6).alias("test_time_second"),
        voltage_volt=pl.col("voltage_V").cast(pl.Float64),
        current_ampere=pl.col("current_mA").cast(pl.Float64) / 1000,
        step_count=pl.col("step_count").cast(pl.Int32),
        step_time_second=step_time.round(6),
        **amounts,
        **{
            ours: pl.col(theirs)
            for ours, theirs in (("cycle_count", "cycle_count"), ("step_id", "step_index"))
            if theirs in records.columns
        },
        **(
            {"step_type": pl.col("step_type").replace_strict(kinds, default=None, return_dtype=pl.String)}
            if "step_type" in records.columns
            else {}
        ),
        **(
            {"unix_time_second": pl.col("unix_time_s").cast(pl.Float64).round(6)}
            if clock and "unix_time_s" in records.columns
            else {}
        ),
        **{
            ours: pl.col(theirs).cast(pl.Float64)
            for ours, theirs in zip(
                TEMPERATURES, filter(AUXILIARY_TEMPERATURE.fullmatch, records.columns), strict=False
            )
        },
    )
    if "unix_time_second" in table.columns:
        metadata["start_time_utc"] = utc(table["unix_time_second"][0])
        if (table["unix_time_second"].diff() < -1).any():
            said.append("the cycler's clock was set back during the test; the test time is counted from the steps")
    return finish(table, name, metadata, said)


READERS = [
    Reader("neware-nda", version=2, label="Neware .nda", recognises=recognises_nda, read=read_nda_file),
    Reader("neware-ndax", version=2, label="Neware .ndax", recognises=recognises_ndax, read=read_ndax),
]
