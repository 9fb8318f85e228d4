"""The samples of a batch, on its page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.models import Project
from labdb.sections import RecordSection
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample


def samples(request: HttpRequest, batch: Batch) -> RecordSection:
    """Two queries; the whole series of a pilot batch is shown."""
    rows = list(Sample.objects.visible_to(request.user).filter(batch=batch).order_by("pk"))
    take = (("Take samples", reverse("sample-new", args=[batch.pk])),)
    may_write = Project.objects.editable_by(request.user).filter(pk=batch.project_id).exists()
    return RecordSection(
        "samples", "Samples", "synthesis/sample/_of_batch.html", {"samples": rows}, len(rows), take if may_write else ()
    )
