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

from dashboards.demo.simulate.model import open_circuit_volt, pristine
from dashboards.demo.simulate.neware_csv import Recorder, write
from dashboards.demo.simulate.products import Specimen
from dashboards.demo.simulate.protocol import AGEING_C_RATE, run_protocol
from labdb.runner.leash import die_with

FIRST_DAY = datetime(2025, 9, 1, 8, 0)  # on the simulated cycler's clock
# A power cut: the cell's test goes on in a second file, after the cycle and the pause named here.
RESTARTED = {"GP-Ni96-P1": (346, timedelta(hours=2, minutes=40))}


@dataclass(frozen=True)
class CellFiles:
    """A cell and the files of its one test, in order."""

    specimen: Specimen
    paths: tuple[Path, ...]


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
    first = f"{specimen.code} simulated.csv"
    return (first, f"{specimen.code} simulated, restarted.csv") if specimen.code in RESTARTED else (first,)


def write_files(specimen: Specimen, folder: Path) -> CellFiles:
    """Run one cell through its protocol and write what the cycler would have."""
    recorder = Recorder(specimen.cell.active_mass_mg, specimen.seed)
    steps = [recorder.rest(open_circuit_volt(specimen.cell, pristine(specimen.cell)))]
    for number, (c_rate, cycle) in enumerate(run_protocol(specimen.cell, specimen.protocol, specimen.seed), 1):
        steps += recorder.cycle(number, cycle, slow=c_rate < AGEING_C_RATE)
    parts = [steps]
    begin, pause = FIRST_DAY + timedelta(minutes=5 * specimen.channel), timedelta()
    if specimen.code in RESTARTED:
        last_cycle, pause = RESTARTED[specimen.code]
        parts = [
            [step for step in steps if step.cycle <= last_cycle],
            [step for step in steps if step.cycle > last_cycle],
        ]
    paths = tuple(folder / name for name in names(specimen))
    for path, part in zip(paths, parts, strict=True):
        begin = write(path, part, begin, specimen.code) + pause
    return CellFiles(specimen, paths)
