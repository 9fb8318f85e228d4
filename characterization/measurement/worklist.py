"""Batches in the worklist: made, and their composition not measured."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from characterization.measurement.models import SampleMeasurement
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Section
from synthesis.batch.models import Batch

COMPOSITION = "icp"


def without_composition(request: HttpRequest) -> Section:
    """Batches that are out of the furnace and have no ICP: their Li/TM is what was weighed, not what is there."""
    measured = SampleMeasurement.objects.filter(technique=COMPOSITION, batch=OuterRef("pk"))
    sintered = Q(mass_after_sintering_g__isnull=False)
    rows = in_view(request, Batch.objects.all()).filter(sintered, ~Exists(measured)).select_related("project")
    lines = list(rows.order_by("-pk")[:LONGEST])
    count = len(lines) if len(lines) < LONGEST else rows.count()
    template = "characterization/measurement/_without_composition.html"
    return Section("without-icp", "Batches without ICP", lines, count, template)
