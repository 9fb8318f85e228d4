"""Batches that a search finds: by code, product or recipe."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Hit, Hits
from synthesis.batch.models import Batch


def batches(request: HttpRequest, text: str) -> Hits:
    named = Q(code__icontains=text) | Q(product__icontains=text) | Q(recipe_version__recipe__code__icontains=text)
    rows = in_view(request, Batch.objects.all()).filter(named).select_related("project")
    hits = [
        Hit(row.code, row.get_absolute_url(), ", ".join(filter(None, (str(row.project), row.product, row.operator))))
        for row in rows[: LONGEST + 1]
    ]
    more = f"{reverse('batch-list')}?{urlencode({'q': text})}" if len(hits) > LONGEST else ""
    return Hits("Batches", hits[:LONGEST], more)
