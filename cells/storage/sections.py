"""The storage of a cell, on its page."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cells.assembly.models import Cell
from cells.storage.models import StorageCheck, StoragePlan
from labdb.accounts.models import Project
from labdb.sections import RecordSection


def of_cell(request: HttpRequest, cell: Cell) -> RecordSection | None:
    """A constant number of queries; who may plan is offered it where the cell is not stored."""
    now = timezone.now()
    checks = Prefetch("checks", StorageCheck.objects.with_done())
    plans = list(
        StoragePlan.objects.filter(cell=cell).with_state(now).select_related("created_by").prefetch_related(checks)
    )
    may_write = Project.objects.editable_by(request.user).filter(pk=cell.project_id).exists()
    if not plans and not may_write:
        return None
    stored = any(plan.ended_at is None for plan in plans)
    new = f"{reverse('storage-plan-new')}?id={cell.pk}"
    return RecordSection(
        "storage",
        "Planned storage",
        "cells/storage/_of_cell.html",
        {"plans": plans, "now": now},
        len(plans),
        (
            ("All stored cells", reverse("storage-plan-list")),
            *((("Plan storage", new),) if may_write and not stored else ()),
        ),
    )
