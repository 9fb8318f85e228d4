"""(c) the comparison of 50 cells of 1,000 cycles, request to last byte, against `go.Figure` and bare SQL."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import orjson
import polars as pl

from benchmarks.application import FailedError, measure_apart, server, set_up
from benchmarks.measure import Line, best, not_measured, seconds, side_by_side, text

CELLS, CYCLES = 50, 1_000
SERVER_SECONDS, MOST_BYTES = 0.015, 300_000
WHAT = f"comparison of {CELLS} cells × {CYCLES:,} cycles"
QUANTITY = "discharge_capacity_mah_per_g"


def run(folder: Path) -> list[Line]:
    database = f"sqlite:///{folder / 'comparison.sqlite3'}"
    try:
        found = measure_apart("benchmarks.comparison", database=database, folder=folder / "comparison")
    except FailedError as failure:
        return [not_measured("c", WHAT, str(failure))]
    warm, size = found["warm"], found["bytes"]
    peers = f"{text(found['plotly'])} and {found['plotly_bytes'] / 1000:.0f} kB (go.Figure), {text(found['sql'])} (SQL)"
    return [
        Line("c", f"{WHAT}, warm, the whole request", f"{text(warm)}; {peers}", "≤ 15 ms", warm <= SERVER_SECONDS),
        Line("c", "the same, mean ± SD by product", text(found["mean"]), "≤ 15 ms", found["mean"] <= SERVER_SECONDS),
        Line("c", "the same, read for the first time", text(found["cold"])),
        Line("c", "bytes before compression", f"{size / 1000:.0f} kB", "≤ 300 kB", size <= MOST_BYTES),
        Line("c", "queries of it, warm, for 5 and for 50 cells", f"{found['queries_5']:.0f}, {found['queries']:.0f}"),
    ]


def cycles_of(number: int) -> pl.DataFrame:
    """A fading test with formation and a check-up every 200 cycles."""
    from cells.cycling.table import CYCLES as TABLE

    index = np.arange(1, CYCLES + 1)
    kind = np.where(index <= 3, "formation", np.where(index % 200 == 0, "check-up", "ageing"))
    ageing = kind == "ageing"
    noise = np.random.default_rng(number).normal(0, 0.2, CYCLES)
    capacity = (200 + number % 7) * np.exp(-index / (3000 + 20 * number)) + noise
    table = pl.DataFrame({name: np.full(CYCLES, np.nan) for name in TABLE.required}).with_columns(
        cycle_count=index,
        kind=pl.Series(kind),
        ageing_index=pl.Series([int(n) if yes else None for n, yes in zip(np.cumsum(ageing), ageing, strict=True)]),
        complete=pl.lit(True),
        start_time_second=pl.Series(index * 7200.0),
        duration_second=pl.lit(7200.0),
        discharge_capacity_mah_per_g=pl.Series(capacity),
        capacity_retention=pl.Series(np.where(ageing, capacity / capacity[3], np.nan)),
        coulombic_efficiency=pl.Series(0.998 + noise / 1000),
    )
    return TABLE.conform(table.fill_nan(None))


def fill() -> tuple[str, list[int], list[int]]:
    """The cells with a finished run each; gives the cookie of who compares them, the cells and the runs."""
    from django.conf import settings
    from django.test import Client

    from cells.assembly.models import Cell
    from cells.cycling.models import CycleRow, CyclingTest
    from labdb.accounts.models import User
    from labdb.accounts.services import create_project
    from labdb.files import store
    from labdb.provenance.models import AnalysisRun, Table
    from labdb.tables import parquet
    from synthesis.batch.models import Batch

    user = User.objects.create_user("bench")
    project = create_project(user, "Benchmark")
    batches = [Batch.objects.create(project=project, code=f"batch {n}", created_by=user) for n in range(8)]
    cells, runs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(CELLS):
            product = f"product {number % 4}"
            cell = Cell.objects.create(
                project=project,
                code=f"B-{number:03}",
                product=product,
                batch=batches[number % 8],
                created_by=user,
            )
            test = CyclingTest.objects.create(
                project=project, technique="cycling", name=cell.code, cell=cell, created_by=user
            )
            done = AnalysisRun.objects.create(
                measurement=test, technique="cycling", inputs=[], parameters={}, requested_by=user, state="succeeded"
            )
            CyclingTest.objects.filter(pk=test.pk).update(current_run=done)
            cycles, path = cycles_of(number), Path(folder) / "cycles.parquet"
            parquet.write(cycles, path)
            table = Table(
                run=done,
                name="cycles",
                sha256=store.sha256_of(path),
                size=path.stat().st_size,
                rows=cycles.height,
                columns=cycles.columns,
            )
            store.put(path, table.key)
            table.save()
            rows = [CycleRow(project=project, run=done, **row) for row in cycles.iter_rows(named=True)]
            CycleRow.objects.bulk_create(rows, batch_size=500)
            cells.append(cell.pk)
            runs.append(done.pk)
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}", cells, runs


def compare() -> dict[str, float]:
    set_up()
    import plotly.graph_objects as go
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cookie, cells, runs = fill()
    from cells.cycling.models import CycleRow
    from cells.cycling.stored import curves_of

    page = server(cookie=cookie)

    def get(address: str) -> bytes:
        return page(*address.split("?"))

    address = f"/compare/figures/cycles.json?cells={','.join(map(str, cells))}&y={QUANTITY}"
    get("/compare/figures/cycles.json?cells=" + str(cells[0]))  # the application itself is warm
    cold = seconds(lambda: get(address))
    content = get(address)
    lines = [curve.line(QUANTITY, "cycle_count") for curve in curves_of(runs).values()]
    columns, of_runs = f"run_id, cycle_count, {QUANTITY}", ",".join(map(str, runs))
    sql = f"SELECT {columns} FROM {CycleRow._meta.db_table} WHERE run_id IN ({of_runs})"

    def with_plotly() -> str:
        figure = go.Figure()
        for x, y in lines:
            figure.add_trace(go.Scatter(x=x.tolist(), y=y.tolist(), mode="lines"))
        return str(figure.to_json())

    def bare() -> bytes:
        with connection.cursor() as cursor:
            return orjson.dumps(cursor.execute(sql).fetchall())

    warm, peer = side_by_side(lambda: get(address), with_plotly, repeats=20)
    counts = {}
    for name, chosen in (("queries", cells), ("queries_5", cells[:5])):
        with CaptureQueriesContext(connection) as queries:
            get(f"/compare/figures/cycles.json?cells={','.join(map(str, chosen))}&y={QUANTITY}")
        counts[name] = float(len(queries))
    return {
        "warm": warm,
        "mean": best(lambda: get(f"{address}&show=mean"), 20),
        "cold": cold,
        "bytes": float(len(content)),
        "plotly": peer,
        "plotly_bytes": float(len(with_plotly())),
        "sql": best(bare),
        **counts,
    }


if __name__ == "__main__":
    print(orjson.dumps(compare()).decode())
