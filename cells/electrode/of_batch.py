"""The electrodes of a batch, on its page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from cells.electrode.listing import listed
from cells.electrode.models import ElectrodeSheet
from labdb.accounts.models import Project
from labdb.sections import RecordSection
from synthesis.batch.models import Batch


def sheets(request: HttpRequest, batch: Batch) -> RecordSection:
    """Two queries, however many sheets there are."""
    rows = list(
        listed(ElectrodeSheet.objects.visible_to(request.user).filter(batch=batch))
        .select_related("batch")
        .order_by("pk")
    )
    coat = (("New electrode", f"{reverse('electrode-new')}?{urlencode({'batch': batch.pk})}"),)
    may_write = Project.objects.editable_by(request.user).filter(pk=batch.project_id).exists()
    return RecordSection(
        "electrodes",
        "Electrodes",
        "cells/electrode/_of_batch.html",
        {"sheets": rows},
        len(rows),
        coat if may_write else (),
    )
