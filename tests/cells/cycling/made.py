"""Finished runs of made-up tests: a straight voltage line, and a capacity that fades by a known amount."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from django.utils import timezone

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.cycling.services import store_cycles
from cells.cycling.table import CYCLING
from cells.cycling.technique import CYCLING as TECHNIQUE
from labdb.accounts.models import User
from labdb.files import store
from labdb.files.models import RawFile
from labdb.ingest.services import attach, current_parameters
from labdb.provenance.models import AnalysisRun, Result, Table
from labdb.tables import parquet

RECORDS = 20  # of each half cycle


def made_table(
    cycles: int, first_mah: float = 2.0, fade_mah: float = 0.01, check_ups: tuple[int, ...] = (), formation: int = 2
) -> pl.DataFrame:
    """Charge from 3 to 4 V and back. Formation and check-ups run at 0.1 C and give 0.1 mAh more; 1 C is 2 mA.

    Args:
        first_mah: capacity of the first cycle after formation.
        fade_mah: what each cycle gives less than the one before.
    """
    columns: dict[str, list[np.ndarray]] = {name: [] for name in CYCLING.required}
    time, step = 0.0, 0
    along = np.linspace(0, 1, RECORDS)
    for number in range(1, cycles + 1):
        slow = number <= formation or number in check_ups
        ampere = 0.0002 if slow else 0.002
        capacity = first_mah - fade_mah * max(number - formation - 1, 0) + (0.1 if slow else 0.0)
        for sign in (1, -1):
            step += 1
            seconds = capacity / (ampere * 1000) * 3600 * (1.0 if sign < 0 else 1.005)
            columns["test_time_second"].append(time + along * seconds)
            columns["voltage_volt"].append(3 + along if sign > 0 else 4 - along)
            columns["current_ampere"].append(np.full(RECORDS, sign * ampere))
            columns["cycle_count"].append(np.full(RECORDS, number))
            columns["step_count"].append(np.full(RECORDS, step))
            time += seconds + 1
    return CYCLING.conform(pl.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()}))


def made_run(cell: Cell, user: User, table: pl.DataFrame | None = None, test: CyclingTest | None = None) -> AnalysisRun:
    """A test of the cell with a finished run, stored as a worker stores it; of a test that is given, one more run."""
    table = made_table(12) if table is None else table
    if test is None:
        name = f"{cell.code}-{cell.pk}-{CyclingTest.objects.filter(cell=cell).count() + 1}.csv"
        test = CyclingTest.objects.create(
            project=cell.project, technique="cycling", name=name, cell=cell, created_by=user
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(f"made up for {name}")
            raw_file = RawFile.objects.create(
                project=cell.project,
                name=name,
                size=path.stat().st_size,
                sha256=store.sha256_of(path),
                uploaded_by=user,
                technique="cycling",
                reader="bdf-csv",
                state=RawFile.State.FILED,
            )
            store.put(path, raw_file.key)
        attach(test, raw_file)
    run = AnalysisRun.objects.create(
        measurement=test,
        technique="cycling",
        inputs=[{"file": file.pk, "name": file.name, "sha256": file.sha256} for file in test.raw_files],
        parameters=current_parameters(test),
        requested_by=user,
        state=AnalysisRun.State.SUCCEEDED,
        progress=1.0,
        readers=[{"name": "bdf-csv", "version": 1}],
        analysis_version=TECHNIQUE.version,
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    analysis = TECHNIQUE.analysed([], table, run.parameters, lambda fraction, doing: None)
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in {"time_series": table, **analysis.tables}.items():
            path = Path(folder) / f"{name}.parquet"
            parquet.write(frame, path)
            stored = Table(
                run=run,
                name=name,
                sha256=store.sha256_of(path),
                size=path.stat().st_size,
                rows=frame.height,
                columns=frame.columns,
            )
            store.put(path, stored.key)
            stored.save()
    Result.objects.bulk_create(
        Result(run=run, project=cell.project, quantity=s.quantity, value=s.value, sd=s.sd, n=s.n)
        for s in analysis.scalars
    )
    store_cycles(run, analysis)
    test.current_run = run
    test.save(update_fields=["current_run"])
    return run
