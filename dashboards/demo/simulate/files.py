"""The study's instrument files: every cell simulated and written, in parallel, the same bytes every time. Pure."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from dashboards.demo.simulate.neware_csv import write
from dashboards.demo.simulate.specimens import Specimen
from labdb.runner.leash import die_with

FIRST_DAY = datetime(2025, 9, 1, 8, 0)  # on the simulated cycler's clock


@dataclass(frozen=True)
class CellFiles:
    """A cell, the files of its one test, in order, and the cycler's clock at the last record of each."""

    specimen: Specimen
    paths: tuple[Path, ...]
    ends: tuple[datetime, ...]


def simulate(specimens: Sequence[Specimen], folder: Path, processes: int | None = None) -> Iterator[CellFiles]:
    """Simulate the cells and write their files, giving each as it is ready, in the order of the cells.

    Args:
        specimens: which cells.
        folder: an existing one.
        processes: how many at once; all processors where not said, this process alone for 1.
    """
    processes = min(processes or os.cpu_count() or 1, len(specimens))
    write_one = partial(write_files, folder=folder)
    if processes <= 1:
        yield from map(write_one, specimens)
        return
    # Polars does not survive a fork.
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=die_with, initargs=(os.getpid(),)
    ) as pool:
        yield from pool.map(write_one, specimens)


def names(specimen: Specimen) -> tuple[str, ...]:
    """The names of a cell's files, in order."""
    return tuple(f"{specimen.code} simulated{ending}.csv" for ending in specimen.program.endings)


def write_files(specimen: Specimen, folder: Path) -> CellFiles:
    """Run one cell through its program and write what the cycler would have."""
    paths = tuple(folder / name for name in names(specimen))
    clock, ends = FIRST_DAY + timedelta(minutes=5 * specimen.channel), []
    for path, part in zip(paths, specimen.program.run(specimen.cell, specimen.seed), strict=True):
        clock = write(path, part.steps, clock + part.pause, specimen.code)
        ends.append(clock)
    return CellFiles(specimen, paths, tuple(ends))
