"""(f) a REST page of 100 out of 10⁶ cycles, at any depth, against a plain keyset query on PostgreSQL, as JSON."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import orjson
import psycopg
from psycopg.rows import dict_row

from benchmarks.application import FailedError, measure_apart, server, set_up
from benchmarks.measure import Line, not_measured, side_by_side, text

SERVER = "LABDB_BENCH_POSTGRES"
DEFAULT_SERVER = "postgresql://127.0.0.1:5432/postgres"
TESTS, CYCLES_A_TEST, PAGE = 200, 5_000, 100
REPEATS = 60
AT_MOST = 3.0
WHAT = "REST page of 100 out of 10⁶ cycles"


def run(folder: Path) -> list[Line]:
    server = os.environ.get(SERVER, DEFAULT_SERVER)
    name = f"labdb_bench_{os.getpid()}"
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        return [not_measured("f", WHAT, f"no PostgreSQL to make a database in ({reason}); set {SERVER}")]
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    try:
        measured = measure_apart("benchmarks.rest", url, database=url, folder=folder / "rest")
    except FailedError as failure:
        return [not_measured("f", WHAT, str(failure))]
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    lines = []
    for depth, (ours, floor) in measured.items():
        value = f"{text(ours)} / {text(floor)} (keyset query, as JSON) = {ours / floor:.1f}×"
        lines.append(Line("f", f"{WHAT}, {depth}", value, f"≤ {AT_MOST:g}×", ours / floor <= AT_MOST))
    return lines


def fill() -> tuple[str, int]:
    """A project of 200 tests with 5,000 cycles each; gives the secret of a token and the project."""
    from django.db import connection
    from django.utils import timezone

    from cells.assembly.models import Cell
    from cells.cycling.models import CycleRow, CyclingTest
    from labdb.accounts.models import ApiToken, User
    from labdb.accounts.services import create_project
    from labdb.provenance.models import AnalysisRun

    user = User.objects.create_user("bench")
    project = create_project(user, "Benchmark")
    _, secret = ApiToken.create(user, "benchmark", timezone.now() + timedelta(days=1))
    runs = []
    for number in range(TESTS):
        cell = Cell.objects.create(project=project, code=f"B-{number:03}", created_by=user)
        test = CyclingTest.objects.create(
            project=project, technique="cycling", name=cell.code, cell=cell, created_by=user
        )
        done = AnalysisRun.objects.create(
            measurement=test, technique="cycling", inputs=[], parameters={}, requested_by=user, state="succeeded"
        )
        CyclingTest.objects.filter(pk=test.pk).update(current_run=done)
        runs.append(done.pk)
    numbers = [str(f.column) for f in CycleRow._meta.fields if f.get_internal_type() == "FloatField"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {CycleRow._meta.db_table}"
            f" (project_id, run_id, cycle_count, kind, ageing_index, complete, {', '.join(numbers)})"
            f" SELECT %s, run, cycle, 'ageing', cycle, true, {', '.join(['3.7 - cycle * 1e-5'] * len(numbers))}"
            " FROM unnest(%s::bigint[]) AS run, generate_series(1, %s) AS cycle ORDER BY run, cycle",
            [project.pk, runs, CYCLES_A_TEST],
        )
        cursor.execute("ANALYZE")
    return secret, project.pk


def compare(url: str) -> dict[str, list[float]]:
    set_up()
    secret, project = fill()
    from cells.cycling.models import CycleRow
    from labdb.api.pagination import Order, encode

    page = server(authorization=f"Bearer {secret}", accept="application/json")
    columns = ", ".join(f'"{field.column}"' for field in CycleRow._meta.fields)
    query = (
        f"SELECT {columns} FROM {CycleRow._meta.db_table} WHERE id > %s AND project_id = %s ORDER BY id LIMIT {PAGE}"
    )
    first = CycleRow.objects.order_by("pk").values_list("pk", flat=True)[0]
    measured = {}
    # As a script would: planned at each call, rows by name, as JSON.
    with psycopg.connect(url, prepare_threshold=None, row_factory=dict_row) as connection:
        for depth, share in (("at its beginning", 0.0), ("in its middle", 0.5), ("near its end", 0.99)):
            after = first + int(share * TESTS * CYCLES_A_TEST)
            cursor = encode(Order("id", "pk"), {"id": after})

            def ours(cursor: str = cursor) -> bytes:
                return page("/api/v1/cycles/", f"cursor={cursor}")

            def floor(after: int = after) -> bytes:
                return orjson.dumps(connection.execute(query, (after, project)).fetchall())

            rows = orjson.loads(ours())["results"]
            assert [row["id"] for row in rows] == [row["id"] for row in orjson.loads(floor())]
            measured[depth] = list(side_by_side(ours, floor, REPEATS))
    return measured


if __name__ == "__main__":
    print(orjson.dumps(compare(sys.argv[1])).decode())
