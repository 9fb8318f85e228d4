"""Cells with tests on them, whose numbers can be computed by hand."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from cells.cycling.technique import CYCLING
from labdb.ingest.installed import techniques
from labdb.ingest.reader import Reader, Reading
from labdb.ingest.services import ingest
from tests.cells.cycling.tables import charge, cycling_table, discharge

STORED = replace(
    CYCLING,
    readers=[
        Reader(
            "stored",
            1,
            "a stored table",
            lambda head: head.data.startswith(b"PAR1"),
            lambda path, name: Reading(pl.read_parquet(path), {"device": "by hand"}),
        )
    ],
)


@pytest.fixture
def stored_tables(settings):
    """Cycling, whose files are Parquet tables."""
    settings.TECHNIQUES = ["tests.cells.conftest.STORED"]
    techniques.cache_clear()
    yield
    techniques.cache_clear()


def fading_file(path, cycles: int = 10):
    """One formation cycle of 2.0 mAh; then ageing at 1 mA: 1.00, 0.99, 0.98 … mAh out of 1.00 mAh in."""
    formation = [[charge(0.1, 25), discharge(0.1, 20)]]
    ageing = [[charge(1.0, 1.0), discharge(1.0, 1.0 - 0.01 * n)] for n in range(cycles)]
    cycling_table(formation + ageing).write_parquet(path)
    return path


@pytest.fixture
def cycled(stored_tables, project, ada, calls, tmp_path, django_capture_on_commit_callbacks):
    """Makes an analysed test on a cell: 100 mAh/g in the first ageing cycle of 10 mg."""

    def cycled(cell, cycles: int = 10, name: str = "fading.parquet"):
        path = fading_file(tmp_path / name, cycles)
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, name, cell.project, ada, subject=cell)
        calls.run_all()
        assert done.measurement is not None
        return type(cell).objects.get(pk=cell.pk).cycling_tests.get(pk=done.measurement.pk)

    return cycled
