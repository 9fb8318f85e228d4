"""(c) the comparison of 50 cells of 1,000 cycles, request to last byte, against `go.Figure` and bare SQL."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from benchmarks.measure import ROOT, Line, best, not_measured, seconds, side_by_side, text

CELLS, CYCLES = 50, 1_000
SERVER_SECONDS, MOST_BYTES = 0.015, 300_000
WHAT = f"comparison of {CELLS} cells × {CYCLES:,} cycles"
QUANTITY = "discharge_capacity_mah_per_g"


def run(folder: Path) -> list[Line]:
    environment = {
        **os.environ,
        "LABDB_DATA": str(folder / "comparison"),
        "LABDB_DATABASE_URL": f"sqlite:///{folder / 'comparison.sqlite3'}",
        "LABDB_BROKER_URL": "filesystem://",
        "LABDB_LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.comparison"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return [not_measured("c", WHAT, (done.stderr.strip().splitlines() or ["it failed"])[-1][:120])]
    found: dict[str, float] = orjson.loads(done.stdout.splitlines()[-1])
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
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
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
    return client.cookies[settings.SESSION_COOKIE_NAME].value, cells, runs


def page(cookie: str) -> Callable[[str], bytes]:
    """The application as its server calls it, from the request's line to the last byte of the answer."""
    from django.conf import settings

    from labdb.wsgi import application

    def get(address: str) -> bytes:
        path, _, query = address.partition("?")
        said: list[str] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], error: Any = None, /
        ) -> Callable[[bytes], object]:
            said.append(status)
            return lambda data: None

        answer = application(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={cookie}",
                "wsgi.url_scheme": "http",
                "wsgi.input": BytesIO(),
                "wsgi.errors": sys.stderr,
            },
            start_response,
        )
        content = b"".join(answer)
        answer.close()
        if said != ["200 OK"]:
            raise RuntimeError(f"{address} answered {said}")
        return content

    return get


def compare() -> dict[str, float]:
    import django
    import plotly.graph_objects as go
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    django.setup()
    cookie, cells, runs = fill()
    from cells.cycling.models import CycleRow
    from cells.cycling.stored import curves_of

    get = page(cookie)
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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labdb.settings")
    print(orjson.dumps(compare()).decode())
