"""Cells that a search finds: by code, product or batch."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from cells.assembly.models import Cell
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Hit, Hits


def cells(request: HttpRequest, text: str) -> Hits:
    named = Q(code__icontains=text) | Q(product__icontains=text) | Q(batch__code__icontains=text)
    rows = in_view(request, Cell.objects.all()).filter(named).select_related("project", "batch")
    hits = [
        Hit(row.code, row.get_absolute_url(), ", ".join(filter(None, (str(row.project), row.product, row.batch_code))))
        for row in rows[: LONGEST + 1]
    ]
    more = f"{reverse('cell-list')}?{urlencode({'q': text})}" if len(hits) > LONGEST else ""
    return Hits("Cells", hits[:LONGEST], more)
