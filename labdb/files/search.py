"""Files that a search finds: by their name, or the beginning of their SHA-256."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import in_view
from labdb.files.models import RawFile
from labdb.worklist.section import LONGEST, Hit, Hits


def files(request: HttpRequest, text: str) -> Hits:
    named = Q(name__icontains=text) | Q(sha256__startswith=text.lower())
    rows = in_view(request, RawFile.objects.all()).filter(named).select_related("project", "uploaded_by")
    hits = [
        Hit(row.name, row.get_absolute_url(), f"{row.project}, {row.uploaded_by}, {row.uploaded_at:%Y-%m-%d}")
        for row in rows[: LONGEST + 1]
    ]
    more = f"{reverse('file-list')}?{urlencode({'q': text})}" if len(hits) > LONGEST else ""
    return Hits("Files", hits[:LONGEST], more)
