"""The saved views of the list that a page shows."""

from __future__ import annotations

from typing import Any

from django import template

from labdb.accounts.models import Project
from labdb.saved_views.models import SavedView
from labdb.saved_views.services import MOMENTARY

register = template.Library()


@register.inclusion_tag("includes/saved_views.html", takes_context=True)
def saved_views(context: dict[str, Any]) -> dict[str, Any]:
    """A menu of the views that were saved for this list, and a form that saves the one that is shown."""
    request = context["request"]
    page = request.resolver_match.view_name
    query = request.GET.copy()
    for name in MOMENTARY:
        query.pop(name, None)
    views = list(SavedView.objects.visible_to(request.user).filter(page=page).select_related("owner", "project"))
    return {
        "request": request,
        "csrf_token": context.get("csrf_token", ""),
        "page": page,
        "query": query.urlencode(),
        "views": views,
        "projects": Project.objects.editable_by(request.user),
    }
