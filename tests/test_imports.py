"""Imports run one way, and the science needs no web framework; `make lint` says the same, with the chain of imports."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ["labdb", "synthesis", "cells", "characterization", "dashboards"]  # each may import those before it
WIRING = {"labdb.settings", "labdb.urls"}
PURE_NAMES = {"analysis", "plots", "readers", "simulate", "table"}
PURE_MODULES = {"labdb.ingest.reader", "labdb.ingest.registry", "labdb.ingest.technique", "labdb.quantities"}
WEB = ["celery", "django", "django_filters", "rest_framework"]


def modules_of(floor: str) -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / floor).rglob("*.py"))
        if "migrations" not in path.parts
    }


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def pure_modules() -> list[str]:
    return [
        module
        for floor in FLOORS
        for module in modules_of(floor)
        if module in PURE_MODULES or PURE_NAMES & set(module.split(".")) or module.startswith("labdb.tables")
    ]


@pytest.mark.parametrize("floor", FLOORS)
def test_an_app_imports_only_apps_below_it(floor):
    above = set(FLOORS[FLOORS.index(floor) + 1 :])

    upward = {
        f"{module} imports {name}"
        for module, path in modules_of(floor).items()
        if module not in WIRING
        for name in imported_by(path)
        if name.partition(".")[0] in above
    }

    assert upward == set()


def test_the_science_is_imported_where_there_is_no_django_and_no_celery():
    modules = pure_modules()
    code = (
        "import importlib, json, sys\n"
        f"sys.modules.update(dict.fromkeys({WEB}))\n"
        f"[importlib.import_module(module) for module in {modules}]\n"
        "print(json.dumps(sorted(name for name in sys.modules if sys.modules[name])))\n"
    )

    imported = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert imported.stderr == ""
    assert set(modules) <= set(json.loads(imported.stdout))


def test_init_files_are_empty_but_for_the_lists_of_readers():
    filled = {
        str(path.relative_to(ROOT))
        for floor in FLOORS
        for path in (ROOT / floor).rglob("__init__.py")
        if path.read_text(encoding="utf-8").strip() and path.parent.name != "readers"
    }

    assert filled == set()
