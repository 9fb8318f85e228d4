"""People whom a search finds: those who share a project with the one who searches."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import in_view
from labdb.accounts.models import Membership, Project
from labdb.worklist.section import LONGEST, Hit, Hits


def people(request: HttpRequest, text: str) -> Hits:
    named = Q()
    for word in text.split():
        named &= (
            Q(user__username__icontains=word) | Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
        )
    projects = in_view(request, Project.objects.all())
    rows = Membership.objects.filter(named, project__in=projects).select_related("user", "project")
    hits = [
        Hit(str(row.user), reverse("project", args=[row.project_id]), f"{row.get_role_display()} in {row.project}")
        for row in rows[:LONGEST]
    ]
    return Hits("People", hits)


def projects(request: HttpRequest, text: str) -> Hits:
    rows = Project.objects.visible_to(request.user).filter(name__icontains=text)
    return Hits("Projects", [Hit(row.name, row.get_absolute_url(), row.description[:120]) for row in rows[:LONGEST]])
