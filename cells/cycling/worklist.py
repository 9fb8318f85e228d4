"""Cycling tests in the worklist: those of which labdb could not tell what they were for."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from cells.cycling.models import CyclingTest
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Section


def without_protocol(request: HttpRequest) -> Section:
    rows = in_view(request, CyclingTest.objects.all()).without_protocol()
    shown = list(rows.select_related("project", "cell").order_by("-pk")[:LONGEST])
    count = len(shown) if len(shown) < LONGEST else rows.count()
    more = f"{reverse('cycling-test-list')}?without_protocol=on" if count > len(shown) else ""
    title, template = "Tests without protocol", "cells/cycling/_without_protocol.html"
    return Section("without-protocol", title, shown, count, template, more)
