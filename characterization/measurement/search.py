"""Measurements that a search finds: by their name, operator, or note."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from characterization.measurement.models import SampleMeasurement
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Hit, Hits


def measurements(request: HttpRequest, text: str) -> Hits:
    named = Q(name__icontains=text) | Q(operator__icontains=text) | Q(note__icontains=text)
    found = in_view(request, SampleMeasurement.objects.all()).filter(named)
    rows = list(found.with_subject()[: LONGEST + 1])
    hits = [Hit(one.name, one.get_absolute_url(), f"{one.technique_label} of {one.subject_words}") for one in rows]
    more = f"{reverse('measurement-list')}?{urlencode({'q': text})}" if len(rows) > LONGEST else ""
    return Hits("Measurements", hits[:LONGEST], more)
