"""Checks of stored cells that are late, or due within two days."""

from __future__ import annotations

from django.db.models import Case, CharField, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cells.storage.models import StorageCheck
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Section


def late_checks(request: HttpRequest) -> Section:
    now = timezone.now()
    rows = in_view(request, StorageCheck.objects.all()).awaited(now).select_related("plan__cell", "plan__project")
    state = Case(When(due_at__lt=now, then=Value("late")), default=Value("due-soon"), output_field=CharField())
    shown = list(rows.annotate(state=state).order_by("due_at", "pk")[:LONGEST])
    count = len(shown) if len(shown) < LONGEST else rows.count()
    title, template = "Late checks of stored cells", "cells/storage/_late_check.html"
    return Section("late-checks", title, shown, count, template, reverse("storage-plan-list"))
