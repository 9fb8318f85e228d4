"""A person at the keyboard of a labdb under test: JSON lines in, JSON lines out, with the settings of its processes."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import django


def bring(orders: list[str]) -> list[int]:
    """Upload one file an order; returns the runs that were asked for."""
    from labdb.accounts.models import Project, User
    from labdb.accounts.services import create_project
    from labdb.ingest.services import ingest

    ada, _ = User.objects.get_or_create(username="ada")
    project = Project.objects.first() or create_project(ada, "Orders")
    runs = []
    for order in orders:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "order.txt"
            path.write_text(f"{order}\nnumber {project.measurements.count()}\n")
            run = ingest(path, path.name, project, ada, subject="worker").run
        assert run is not None
        runs.append(run.pk)
    return runs


def runs(ids: list[int]) -> list[dict[str, Any]]:
    from labdb.provenance.models import AnalysisRun

    return [
        {
            "state": run.state,
            "attempts": run.attempts,
            "doing": run.doing,
            "process": int(run.owner.split(":")[1]) if run.owner else None,
            "error": run.error,
            "results": run.results.count(),
            "tables": run.tables.count(),
        }
        for run in AnalysisRun.objects.filter(pk__in=ids).order_by("pk")
    ]


def main() -> None:
    django.setup()
    for line in sys.stdin:
        verb, argument = json.loads(line)
        print(json.dumps(bring(argument) if verb == "bring" else runs(argument)), flush=True)


if __name__ == "__main__":
    main()
