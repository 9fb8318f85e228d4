"""Saving and removing a view, from the list itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.saved_views.models import SavedView
from labdb.saved_views.services import remove_view, save_view


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    said = request.POST
    user = person(request)
    wanted = said.get("project", "")
    project = get_object_or_404(Project.objects.visible_to(user), pk=wanted) if wanted.isdecimal() else None
    try:
        view = save_view(user, said.get("page", ""), said.get("name", ""), said.get("query", ""), project)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(_back(said.get("page", ""), said.get("query", "")))
    messages.success(request, f"The view {view} is saved.")
    return redirect(view)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    remove_view(view, person(request))
    messages.success(request, f"The view {view} is removed.")
    return redirect(view.page)


def _back(page: str, query: str) -> str:
    try:
        return f"{reverse(page)}?{query}"
    except NoReverseMatch:
        return reverse("home")
