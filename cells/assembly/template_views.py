"""Templates of cells: the list, making one (from a cell too), changing and removing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cells.assembly.form_views import SHOW
from cells.assembly.forms import TemplateForm, start_of
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.templates import remove_template, save_template
from cells.assembly.told import build_facts
from labdb.accounts.current import current_project, in_view
from labdb.accounts.models import Project
from labdb.accounts.views import person


def templates(request: HttpRequest) -> HttpResponse:
    rows = in_view(request, CellTemplate.objects.all()).select_related("project", "created_by")
    editable = set(Project.objects.editable_by(request.user).values_list("pk", flat=True))
    context = {
        "rows": [(one, list(build_facts(one)), one.project_id in editable) for one in rows],
        "may_write": bool(editable),
        "crumbs": [("Cells", reverse("cell-list")), ("Templates", "")],
    }
    return render(request, "cells/assembly/templates.html", context)


def new_template(request: HttpRequest) -> HttpResponse:
    """A form that begins empty, or with the build of the cell named by `?like=`."""
    start: dict[str, Any] = {}
    if project := current_project(request):
        start["project"] = project
    like = request.GET.get("like", "")
    cells = Cell.objects.visible_to(request.user).select_related("project")
    if like.isdecimal() and len(like) < 19 and (model := cells.filter(pk=like).first()):
        start |= start_of(model) | {"project": model.project}
    posted = None if SHOW in request.POST else request.POST or None
    form = TemplateForm(posted, user=person(request), initial=start)
    return _page(request, form, "New template")


def change_template(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CellTemplate.objects.editable_by(request.user).select_related("project"), pk=pk)
    posted = None if SHOW in request.POST else request.POST or None
    form = TemplateForm(posted, user=person(request), instance=found)
    return _page(request, form, f"Change {found.name}")


def _page(request: HttpRequest, form: TemplateForm, title: str) -> HttpResponse:
    form.begun_with(request.POST)
    if form.is_bound and form.is_valid():
        saved = form.save(commit=False)
        save_template(saved, person(request))
        messages.success(request, f"The template {saved} is saved; new cells can begin with it.")
        return redirect("cell-templates")
    context = {
        "form": form,
        "title": title,
        "back": reverse("cell-templates"),
        "crumbs": [("Cells", reverse("cell-list")), ("Templates", reverse("cell-templates")), (title, "")],
    }
    return render(request, "cells/assembly/cell_form.html", context)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CellTemplate.objects.visible_to(request.user).select_related("project"), pk=pk)
    remove_template(found, person(request))
    messages.success(request, f"The template {found} is removed; cells that began with it stay as they are.")
    return redirect("cell-templates")
