"""What a lab's server is started from, checked without a container engine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OURS = ("migrate", "web", "worker", "reaper")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return YAML(typ="safe").load(COMPOSE)["services"]


def test_docker_compose_keeps_to_the_compose_specification():
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_web_workers_reaper_and_migrations_run_from_one_image(services):
    assert {services[name]["image"] for name in OURS} == {"labdb:${LABDB_TAG:-latest}"}
    assert set(services) == {*OURS, "database", "queue"}


def test_every_service_that_stays_has_a_health_check_and_comes_back(services):
    staying = {name: service for name, service in services.items() if name != "migrate"}

    assert all(service["healthcheck"]["test"] for service in staying.values())
    assert {service["restart"] for service in staying.values()} == {"unless-stopped"}


def test_every_variable_is_explained_in_the_example_or_has_a_default(services):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE.read_text(encoding="utf-8")))

    assert needed == {"LABDB_SECRET_KEY", "POSTGRES_PASSWORD"}
    assert all(f"\n{name}=" in example for name in needed)


def test_the_image_runs_as_a_user_of_its_own():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert "USER labdb" in lines
    assert lines.index("USER labdb") < next(number for number, line in enumerate(lines) if line.startswith("CMD"))


def test_the_programs_that_compose_starts_exist(services):
    assert services["reaper"]["command"] == ["python", "manage.py", "reaper"]
    assert (ROOT / "labdb" / "management" / "commands" / "reaper.py").is_file()
    assert services["worker"]["command"][:4] == ["celery", "--app", "labdb.celery:app", "worker"]
