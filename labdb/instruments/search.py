"""Instruments that a search finds."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.instruments.models import Instrument
from labdb.worklist.section import LONGEST, Hit, Hits


def instruments(request: HttpRequest, text: str) -> Hits:
    named = Q()
    for field in ("name", "maker", "model", "serial_number", "location"):
        named |= Q(**{f"{field}__icontains": text})
    rows = list(Instrument.objects.filter(named)[: LONGEST + 1])
    hits = [
        Hit(row.name, row.get_absolute_url(), ", ".join(filter(None, (row.maker, row.model, row.location))))
        for row in rows[:LONGEST]
    ]
    more = f"{reverse('instrument-list')}?{urlencode({'q': text})}" if len(rows) > LONGEST else ""
    return Hits("Instruments", hits, more)
