"""Lots that want somebody: expired, about to expire, nearly empty."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.services import researches
from labdb.accounts.views import person
from labdb.worklist.section import LONGEST, Section
from synthesis.chemical.models import Lot


def lots(request: HttpRequest) -> Section:
    """For who may do something about it."""
    rows = Lot.objects.needing_care(timezone.localdate()) if researches(person(request)) else Lot.objects.none()
    lines = list(rows.select_related("chemical").order_by("expires_on", "pk")[:LONGEST])
    count = len(lines) if len(lines) < LONGEST else rows.count()
    return Section("lots", "Lots to renew", lines, count, "synthesis/chemical/_lot_line.html", reverse("lot-list"))
