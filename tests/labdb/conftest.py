"""The ground floor with a technique of two columns, so that no real one is needed."""

from __future__ import annotations

from importlib import import_module

import pytest

from labdb.ingest.installed import techniques
from labdb.ingest.services import ingest
from tests.labdb.ingest.plain import FILE


@pytest.fixture
def plain_techniques(settings):
    import_module("labdb.urls")  # takes what the API tells of results from the real techniques, once
    settings.TECHNIQUES = ["tests.labdb.ingest.plain.PLAIN", "tests.labdb.ingest.plain.TWIN"]
    techniques.cache_clear()
    yield
    techniques.cache_clear()


@pytest.fixture
def bring(plain_techniques, project, ada, calls, tmp_path):
    """Ingest bytes into Ada's project, as Ada, measured on "P"."""

    def bring(data: bytes = FILE, name: str = "p.csv", subject="P", user=None, into=None):
        path = tmp_path / "upload"
        path.write_bytes(data)
        return ingest(path, name, into or project, user or ada, subject=subject)

    return bring


@pytest.fixture
def finished_run(bring, calls, django_capture_on_commit_callbacks):
    """A run of Ada's that succeeded: the mean of 10, 20 and 60."""
    with django_capture_on_commit_callbacks(execute=True):
        done = bring()
    calls.run_all()
    done.run.refresh_from_db()
    return done.run
