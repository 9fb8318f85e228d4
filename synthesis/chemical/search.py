"""Chemicals and lots that a search finds."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.worklist.section import LONGEST, Hit, Hits
from synthesis.chemical.models import Chemical, Lot


def inventory(request: HttpRequest, text: str) -> Hits:
    """Chemicals first: who searches a name wants the substance, who searches a number the lot."""
    named = Q(name__icontains=text) | Q(formula__icontains=text) | Q(cas_number__startswith=text)
    hits = [Hit(row.name, row.get_absolute_url(), row.formula) for row in Chemical.objects.filter(named)[:LONGEST]]
    room = LONGEST - len(hits)
    numbered = Q(number__icontains=text) | Q(supplier__icontains=text)
    lots = list(Lot.objects.filter(numbered).select_related("chemical")[: room + 1])
    hits += [
        Hit(row.number, row.get_absolute_url(), f"{row.chemical}, {row.supplier}".rstrip(", ")) for row in lots[:room]
    ]
    more = f"{reverse('lot-list')}?{urlencode({'q': text})}" if len(lots) > room else ""
    return Hits("Inventory", hits, more)
