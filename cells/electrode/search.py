"""Electrodes that a search finds: sheets and discs, by code, batch or material."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Hit, Hits


def sheets(request: HttpRequest, text: str) -> Hits:
    named = Q(code__icontains=text) | Q(active_material__icontains=text) | Q(batch__code__icontains=text)
    rows = list(
        in_view(request, ElectrodeSheet.objects.all()).filter(named).select_related("batch", "project")[: LONGEST + 1]
    )
    hits = [
        Hit(row.code, row.get_absolute_url(), ", ".join(filter(None, (str(row.project), row.material, row.ratio))))
        for row in rows[:LONGEST]
    ]
    more = f"{reverse('electrode-list')}?{urlencode({'q': text})}" if len(rows) > LONGEST else ""
    return Hits("Electrodes", hits, more)


def discs(request: HttpRequest, text: str) -> Hits:
    rows = in_view(request, ElectrodeDisc.objects.all()).filter(code__icontains=text).select_related("sheet")
    return Hits(
        "Electrode discs",
        [Hit(row.code, row.get_absolute_url(), f"{row.size} of {row.sheet}") for row in rows[:LONGEST]],
    )
