"""Ada's batch, a sample of it after the second wash, a control product, and the technique of a pair of scales."""

from __future__ import annotations

import pytest

from characterization.measurement.models import SampleMeasurement
from labdb.ingest import installed
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample
from tests.characterization.measurement.scale import FILE


@pytest.fixture(autouse=True)
def scale(settings):
    """The technique of the tests, beside those of the installation."""
    settings.TECHNIQUES = [*settings.TECHNIQUES, "tests.characterization.measurement.scale.SCALE"]
    installed.techniques.cache_clear()
    yield
    installed.techniques.cache_clear()


@pytest.fixture
def batch(project, ada):
    return Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)


@pytest.fixture
def sample(batch, ada):
    return Sample.objects.create(batch=batch, code="GP-NCM-B1-W2", stage="washed", stage_number=2, created_by=ada)


@pytest.fixture
def measure(project, ada, calls, tmp_path, django_capture_on_commit_callbacks):
    """Ingests bytes on a subject as Ada, and analyses them."""

    def measured(subject, content: bytes = FILE, name: str = "weighed.txt", user=ada) -> SampleMeasurement:
        path = tmp_path / "upload"
        path.write_bytes(content)
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, name, project, user, subject=subject)
        calls.run_all()
        assert done.measurement is not None, done.sentence
        return SampleMeasurement.objects.with_subject().get(pk=done.measurement.pk)

    return measured
