"""The study's instrument files: every cell simulated and written, in parallel, the same bytes every time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from dashboards.demo.simulate.neware_csv import write
from dashboards.demo.simulate.processes import in_processes
from dashboards.demo.simulate.specimens import Specimen

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
    return in_processes(partial(write_files, folder=folder), specimens, processes)


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
