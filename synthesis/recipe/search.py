"""Recipes that a search finds."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Hit, Hits
from synthesis.recipe.models import Recipe


def recipes(request: HttpRequest, text: str) -> Hits:
    named = Q(code__icontains=text) | Q(versions__composition__icontains=text) | Q(description__icontains=text)
    rows = in_view(request, Recipe.objects.all()).filter(named).distinct().select_related("project")
    found = list(rows[: LONGEST + 1])
    hits = [Hit(row.code, row.get_absolute_url(), f"{row.project}") for row in found[:LONGEST]]
    more = f"{reverse('recipe-list')}?{urlencode({'q': text})}" if len(found) > LONGEST else ""
    return Hits("Recipes", hits, more)
