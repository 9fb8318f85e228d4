"""Samples that a search finds: by their code, or where they are kept."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Hit, Hits
from synthesis.sample.models import Sample


def samples(request: HttpRequest, text: str) -> Hits:
    named = Q(code__icontains=text) | Q(location__icontains=text)
    rows = list(in_view(request, Sample.objects.all()).filter(named).select_related("batch")[: LONGEST + 1])
    hits = [Hit(row.code, row.get_absolute_url(), f"{row.where_from}, of {row.batch}") for row in rows[:LONGEST]]
    more = f"{reverse('sample-list')}?{urlencode({'q': text})}" if len(rows) > LONGEST else ""
    return Hits("Samples", hits, more)
