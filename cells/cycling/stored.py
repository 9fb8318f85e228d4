"""What the runs of cycling tests stored, read back for figures.

A run never changes, so what was read of one is right for ever and is kept in the memory of this process.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import polars as pl

from cells.cycling.curve import DRAWN, EFFICIENCY, Curve
from cells.cycling.dq_dv import differentiate
from cells.cycling.profiles import voltage_profiles
from labdb.files import store
from labdb.provenance.models import Table
from labdb.quantities import quantity
from labdb.tables import parquet
from labdb.tables.overview import window as window_of

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The values that were used last, up to a sum of their sizes."""

    def __init__(self, room: int, size: Callable[[Value], int]) -> None:
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._room, self._size, self._used = room, size, 0
        self._lock = Lock()

    def get(self, keys: Iterable[Key]) -> dict[Key, Value]:
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
            return found

    def add(self, values: dict[Key, Value]) -> None:
        with self._lock:
            for key, value in values.items():
                if key not in self._values:
                    self._used += self._size(value)
                self._values[key] = value
            while self._used > self._room and len(self._values) > 1:
                self._used -= self._size(self._values.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._used = 0


@dataclass(frozen=True)
class Points:
    """Both half cycles of one cycle as one line with a gap between them; per cell, not per gram."""

    x: np.ndarray
    y: np.ndarray


Cycle = tuple[int, int]  # of a run: its id and the number of the cycle

CURVES: Kept[int, Curve] = Kept(500_000, len)  # cycles, about 50 bytes each
PROFILES: Kept[Cycle, Points] = Kept(4_000_000, lambda points: points.x.size)  # points, 8 bytes each
DQ_DV: Kept[Cycle, Points] = Kept(4_000_000, lambda points: points.x.size)


def curves_of(run_ids: Iterable[int]) -> dict[int, Curve]:
    """The cycles of runs, by run id; a run without cycles is left out. One query at most."""
    wanted = list(dict.fromkeys(run_ids))
    found = CURVES.get(wanted)
    if missing := [run_id for run_id in wanted if run_id not in found]:
        read = {}
        for table in Table.objects.filter(run__in=missing, name="cycles"):
            with store.local_path(table.key) as path:
                read[table.run_id] = Curve(parquet.read(path))
        CURVES.add(read)
        found |= read
    return found


def figure_choices(curve: Curve | None) -> dict[str, Any]:
    """What a page lets a person choose in the figures of a test: the quantities, and which cycles at first."""
    if curve is None:
        return {"drawn": [], "capacity": "", "telling": ""}
    return {
        "drawn": [(name, quantity(name).axis) for name in DRAWN if name != EFFICIENCY and curve.has(name)],
        "capacity": curve.capacity(),
        "telling": ", ".join(map(str, curve.telling())),
    }


def profiles_of(cycles: Iterable[Cycle]) -> dict[Cycle, Points]:
    """Voltage against capacity of cycles; one that is not there is left out. One query at most."""

    def read(records: pl.LazyFrame, steps: pl.DataFrame, numbers: list[int]) -> dict[int, Points]:
        return _lines(voltage_profiles(records, steps, numbers), "capacity_mah", "voltage_volt", signed=False)

    return _read(cycles, PROFILES, read)


def dq_dv_of(cycles: Iterable[Cycle]) -> dict[Cycle, Points]:
    """dQ/dV against voltage of cycles, the discharge below zero; one not there is left out. One query at most."""

    def read(records: pl.LazyFrame, steps: pl.DataFrame, numbers: list[int]) -> dict[int, Points]:
        return _lines(differentiate(records, steps, numbers), "voltage_volt", "dq_dv_mah_per_volt", signed=True)

    return _read(cycles, DQ_DV, read)


def _read(
    cycles: Iterable[Cycle],
    kept: Kept[Cycle, Points],
    read: Callable[[pl.LazyFrame, pl.DataFrame, list[int]], dict[int, Points]],
) -> dict[Cycle, Points]:
    wanted = list(dict.fromkeys(cycles))
    found = kept.get(wanted)
    missing: dict[int, list[int]] = {}
    for run_id, number in wanted:
        if (run_id, number) not in found:
            missing.setdefault(run_id, []).append(number)
    if missing:
        new: dict[Cycle, Points] = {}
        for run_id, tables in _tables(missing, "time_series", "steps").items():
            with ExitStack() as opened:
                records, steps = (
                    opened.enter_context(store.local_path(tables[name].key)) for name in ("time_series", "steps")
                )
                lines = read(parquet.scan(records), parquet.read(steps), missing[run_id])
            new |= {(run_id, number): points for number, points in lines.items()}
        kept.add(new)
        found |= new
    return {cycle: found[cycle] for cycle in wanted if cycle in found}


def _tables(run_ids: Iterable[int], *names: str) -> dict[int, dict[str, Table]]:
    """The tables of runs that have all of them."""
    found: dict[int, dict[str, Table]] = {}
    for table in Table.objects.filter(run__in=list(run_ids), name__in=names):
        found.setdefault(table.run_id, {})[table.name] = table
    return {run_id: tables for run_id, tables in found.items() if len(tables) == len(names)}


def _lines(halves: pl.DataFrame, x: str, y: str, *, signed: bool) -> dict[int, Points]:
    gap = np.array([np.nan], dtype=np.float32)
    lines = {}
    for (number,), of_cycle in halves.group_by("cycle_count", maintain_order=True):
        xs: list[np.ndarray] = []
        ys: list[np.ndarray] = []
        for (half,), points in of_cycle.group_by("half", maintain_order=True):
            sign = -1 if signed and half == "discharge" else 1
            xs += [gap, points[x].cast(pl.Float32).to_numpy()]
            ys += [gap, sign * points[y].cast(pl.Float32).to_numpy()]
        lines[int(str(number))] = Points(np.concatenate(xs[1:]), np.concatenate(ys[1:]))
    return lines


def records_of(run_id: int, window: tuple[float, float] | None = None) -> pl.DataFrame | None:
    """What a screen shows of the records of a run, all of it or a window in seconds; None without records."""
    tables = _tables([run_id], "time_series", "overview").get(run_id)
    if tables is None:
        return None
    start, end = window or (None, None)
    with store.local_path(tables["time_series"].key) as records, store.local_path(tables["overview"].key) as overview:
        return window_of(records, overview, start, end)
