"""The project that a person has chosen to look at; all of theirs where none is chosen."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest

from labdb.accounts.models import Project, ProjectQuerySet

SESSION_KEY = "project"
Rows = TypeVar("Rows", bound=ProjectQuerySet)


def current_project(request: HttpRequest) -> Project | None:
    """The chosen project, as long as its member still is one."""
    if not hasattr(request, "_current_project"):
        chosen = request.session.get(SESSION_KEY)
        project = Project.objects.visible_to(request.user).filter(pk=chosen).first() if chosen else None
        request._current_project = project  # type: ignore[attr-defined]  # kept for the length of the request
    return request._current_project  # type: ignore[attr-defined]


def in_view(request: HttpRequest, rows: Rows) -> Rows:
    """The rows that lists show: visible to the person, and of the chosen project if there is one."""
    rows = rows.visible_to(request.user)
    project = current_project(request)
    return rows.filter(**{rows.project_path: project.pk}) if project else rows
