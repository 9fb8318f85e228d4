"""Instruments that want a calibration: late, failed, or late within a month."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.services import researches
from labdb.accounts.views import person
from labdb.instruments.models import Instrument
from labdb.worklist.section import LONGEST, Section


def calibrations(request: HttpRequest) -> Section:
    """For who may do something about it."""
    wanting = Instrument.objects.needing_calibration(timezone.localdate())
    rows = wanting if researches(person(request)) else wanting.none()
    lines = list(rows.order_by(F("due_on").asc(nulls_first=True), "name")[:LONGEST])
    count = len(lines) if len(lines) < LONGEST else rows.count()
    template = "labdb/instruments/_instrument_line.html"
    return Section("calibrations", "Calibrations due", lines, count, template, reverse("instrument-list"))
