"""Who and what the tests share: Ada owns, Ben shares her project, Cleo may see nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# Tests that start processes and browsers wait more than they compute: they come first, and the others fill the time.
PATIENT = ("tests/ops", "tests/browser")
# Whoever asks for one of these meets the database, the broker or a server.
OF_THE_STACK = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        action="store_true",
        help="only tests that meet the database, the broker or a process: the others are the same on every stack",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--stack"):
        kept = [item for item in items if _meets_the_stack(item)]
        chosen = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = kept
    items.sort(key=lambda item: not item.nodeid.startswith(PATIENT))


def _meets_the_stack(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return (
        bool(OF_THE_STACK & fixtures)
        or item.get_closest_marker("django_db") is not None
        or item.nodeid.startswith(PATIENT)
    )


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real instrument files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("LABDB_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "EXPECTED.json").exists():
        pytest.skip(f"the real instrument files are not at {folder}; set LABDB_REAL_DATA")
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine, as pytest-playwright is to start it; none is ever downloaded."""
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if executable is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    return {
        **browser_type_launch_args,
        "executable_path": executable,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
    }


@pytest.fixture
def ada(db):
    from labdb.accounts.models import User

    return User.objects.create_user("ada", password="analytical-engine", first_name="Ada", last_name="Owner")


@pytest.fixture
def ben(db):
    from labdb.accounts.models import User

    return User.objects.create_user("ben", password="analytical-engine", first_name="Ben", last_name="Colleague")


@pytest.fixture
def cleo(db):
    from labdb.accounts.models import User

    return User.objects.create_user("cleo", password="analytical-engine", first_name="Cleo", last_name="Outsider")


@pytest.fixture
def project(ada, ben):
    """Ada's project: she manages it, Ben may look at it."""
    from labdb.accounts.models import Role
    from labdb.accounts.services import create_project, set_member

    project = create_project(ada, "Porous cathodes")
    set_member(ada, project, ben, Role.VIEWER)
    return project


def batch_of(project, code: str):
    """The project's batch of a code, made where there is none; no batch for an empty code."""
    from synthesis.batch.models import Batch

    if not code:
        return None
    maker = project.memberships.get(manages=True).user
    return Batch.objects.get_or_create(project=project, code=code, defaults={"created_by": maker})[0]


@pytest.fixture
def cell(project, ada):
    """A half cell of 10 mg active material, 1 C = 190 mA/g."""
    from cells.assembly.models import Cell

    return Cell.objects.create(
        project=project,
        code="C-001",
        product="GP-NCM",
        batch=batch_of(project, "GP-NCM-01"),
        active_mass_mg=10.0,
        nominal_specific_capacity_mah_per_g=190.0,
        created_by=ada,
    )


@pytest.fixture(autouse=True)
def scratch_store(settings, tmp_path_factory):
    """Files of a test go to a folder of its own, and no worker is called."""
    folder = tmp_path_factory.mktemp("data")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": folder / "files"}},
    }
    settings.FILE_UPLOAD_TEMP_DIR = folder


@pytest.fixture
def calls(monkeypatch):
    """The runs that a worker was called for, in order; `run_all` computes them here and now."""
    from labdb.ingest import jobs, tasks

    class Calls(list):
        def run_all(self) -> None:
            while self:
                tasks.work(self.pop(0))

    called = Calls()
    monkeypatch.setattr(jobs, "call_worker", called.append)
    return called


@pytest.fixture
def api(db):
    """Makes a client that sends a token of its user: `api(ada)`; `api(ada, read_only=True)`."""
    from datetime import timedelta

    from django.utils import timezone
    from rest_framework.test import APIClient

    from labdb.accounts.models import ApiToken

    def client(user, **limits) -> APIClient:
        made = {"read_only": False, "expires_at": timezone.now() + timedelta(days=1), **limits}
        _, secret = ApiToken.create(user, "script", **made)
        found = APIClient()
        found.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return found

    return client


@pytest.fixture(autouse=True)
def nothing_remembered():
    """A process keeps what it read of runs by their id, which every test begins anew."""
    from cells.cycling import stored

    for kept in (stored.CURVES, stored.PROFILES, stored.DQ_DV):
        kept.clear()
