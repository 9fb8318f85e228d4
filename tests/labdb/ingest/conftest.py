"""The spine with a technique of two columns."""

from __future__ import annotations

import pytest

from labdb.ingest.installed import techniques
from labdb.ingest.services import ingest
from tests.labdb.ingest.plain import FILE


@pytest.fixture(autouse=True)
def plain_techniques(settings):
    settings.TECHNIQUES = ["tests.labdb.ingest.plain.PLAIN", "tests.labdb.ingest.plain.TWIN"]
    techniques.cache_clear()
    yield
    techniques.cache_clear()


@pytest.fixture
def bring(project, ada, calls, tmp_path):
    """Ingest bytes into Ada's project, as Ada, measured on "P"."""

    def bring(data: bytes = FILE, name: str = "p.csv", subject="P", user=None, into=None):
        path = tmp_path / "upload"
        path.write_bytes(data)
        return ingest(path, name, into or project, user or ada, subject=subject)

    return bring
