"""Pfeiffer Quadera .asc: the partial pressures that a mass spectrometer saw behind a thermobalance.

    Start Time<tab>28/11/2022 13:51:12
    <tab><tab>14<tab><tab><tab>16 …
    Time<tab>Time Relative [s]<tab>Partial Pressure [mbar]<tab>Time …
    28/11/2022 13:51:12<tab>0.000<tab>1.083137e-011 …

Tab separated triplets, one for each channel (a mass-to-charge ratio or the name of a gas): clock, seconds since the
start, pressure. The channels are read one after another, so that each has its own times; they are brought to those of
the first channel, linearly between two of their own and nowhere beyond. Neither temperature nor sample mass is in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from characterization.thermal.recording import IONS, LEAST_ROWS, Format, load, started
from characterization.thermal.table import CHANNELS
from labdb.ingest.reader import FileHead, ReaderError, Reading

HEADS = ("Time", "Time Relative [s]", "Partial Pressure [mbar]")


def signals(head: FileHead) -> frozenset[str]:
    return frozenset({IONS}) if _heads_at(head.lines[:60]) is not None else frozenset()


def _heads_at(lines: list[str]) -> int | None:
    """The line of heads, below a line that names the channels."""
    begin = "\t".join(HEADS)
    return next((at for at, line in enumerate(lines) if at and line.startswith(begin)), None)


def read(path: Path, name: str) -> Reading:
    loaded = load(path, name)
    whole = loaded.data.endswith((b"\n", b"\r"))
    lines = [line.decode("utf-8", errors="ignore") for line in loaded.data.splitlines()]
    at = _heads_at(lines[:60])
    if at is None:
        raise ReaderError(f"{name}: the heads of the columns are missing; export it from Quadera again.")
    count = lines[at].split("\t").count(HEADS[2])
    names = [words.strip() for words in lines[at - 1].split("\t")[2::3]][:count]
    if not 0 < count <= CHANNELS or len(names) < count or not all(names):
        raise ReaderError(f"{name}: the names of its {count} channels are damaged; export it from Quadera again.")
    seconds: list[list[float]] = [[] for _ in names]
    pressures: list[list[float]] = [[] for _ in names]
    widths = [0] * count
    warnings = list(loaded.warnings)
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        last = not whole and number == len(lines)
        fields = line.split("\t")
        for channel in range(count):
            triplet = [field.strip() for field in fields[3 * channel : 3 * channel + 3]]
            if not any(triplet):
                continue
            # The last line seldom has all channels; a pressure that was cut is shorter than the one before it.
            if last and (len(triplet) < 3 or len(triplet[2].lstrip("-")) < widths[channel]):
                warnings.append("the last line is cut off: the file may be incomplete")
                break
            widths[channel] = len(triplet[-1].lstrip("-"))
            seconds[channel].append(_float(triplet, 1, name, number))
            pressures[channel].append(_float(triplet, 2, name, number))
    if len(seconds[0]) < LEAST_ROWS:
        raise ReaderError(f"{name}: has {len(seconds[0])} rows below its header, too few for a measurement.")
    time = np.array(seconds[0])
    if (np.diff(time) < 0).any():
        raise ReaderError(f"{name}: the time runs backwards; these are several measurements in one file.")
    table = pl.DataFrame({"time_second": time}).with_columns(temperature_celsius=pl.lit(None, pl.Float64))
    for channel, (second, pressure) in enumerate(zip(seconds, pressures, strict=True), start=1):
        there = np.interp(time, second, pressure, left=np.nan, right=np.nan) if second else np.full(len(time), np.nan)
        table = table.with_columns(pl.Series(f"ion_{channel}_mbar", there).fill_nan(None))
    header = dict(line.split("\t", 1) for line in lines[: at - 1] if "\t" in line)
    metadata = {
        "ions": names,
        "start_time_local": started(header.get("Start Time", "").strip()),
        "instrument": {key.strip(): words.strip() for key, words in header.items() if key.strip()},
    }
    return Reading(table, {key: value for key, value in metadata.items() if value}, tuple(warnings))


def _float(triplet: list[str], at: int, name: str, line: int) -> float:
    try:
        value = float(triplet[at])
    except (ValueError, IndexError):
        value = float("nan")
    if not np.isfinite(value):
        raise ReaderError(f"{name}: line {line} has no number where {HEADS[at]} stands; export it from Quadera again.")
    return value


FORMAT = Format("pfeiffer-asc", 1, "Pfeiffer Quadera .asc", signals, read, ("tga",))
