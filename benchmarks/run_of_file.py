"""(a) once more, as labdb does it: a run with its lease, its tables in the store and its rows in the database."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import orjson

from benchmarks import plain
from benchmarks.application import FailedError, measure_apart, set_up
from benchmarks.measure import Line, not_measured, ratio, side_by_side


def run(path: Path, folder: Path) -> Line:
    what = f"the same as a run, with its rows in the database, {path.name}"
    data = folder / "run"
    data.mkdir()
    database = f"sqlite:///{data / 'labdb.sqlite3'}"
    try:
        ours, floor = measure_apart("benchmarks.run_of_file", str(path), str(data), database=database, folder=data)
    except FailedError as failure:
        return not_measured("a", what, str(failure))
    return ratio("a", what, ours, floor, "fastnda, plainly", 1.3)


def compare(path: Path, data: Path) -> tuple[float, float]:
    set_up()
    from django.core.files.storage import default_storage

    from cells.assembly.models import Cell
    from labdb.accounts.models import User
    from labdb.accounts.services import create_project
    from labdb.ingest import jobs, tasks
    from labdb.ingest.services import ingest, request_run
    from labdb.provenance.models import AnalysisRun

    jobs.call_worker = lambda run_id: None  # it is called here instead
    user = User.objects.create_user("bench")
    project = create_project(user, "Benchmark")
    cell = Cell.objects.create(project=project, code="B-1", active_mass_mg=3.04, created_by=user)
    measurement = ingest(path, path.name, project, user, subject=cell).measurement
    if measurement is None:
        raise FailedError(f"{path.name} was not recognised")
    tables = Path(default_storage.path("tables"))

    def analysed() -> None:
        run = request_run(measurement, user)
        tasks.work(run.pk)
        run.refresh_from_db()
        if run.state != AnalysisRun.State.SUCCEEDED:
            raise FailedError(run.error)
        shutil.rmtree(tables)  # or the next run would find its tables there

    return side_by_side(analysed, lambda: plain.file_to_parquet(path, data))


if __name__ == "__main__":
    print(orjson.dumps(compare(Path(sys.argv[1]), Path(sys.argv[2]))).decode())
