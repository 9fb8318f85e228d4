"""Making and changing a cell, and what follows from it while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cells.assembly import discs
from cells.assembly.forms import CellForm, start_of
from cells.assembly.masses import follow
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import save_cell
from cells.assembly.told import computed
from cells.cycling.models import CyclingTest
from cells.electrode.arithmetic import ElectrodeError
from labdb.accounts.current import current_project, in_view
from labdb.accounts.views import person
from synthesis.batch.models import Batch

SHOW = "show"  # without a script: draw the form again with the fields of the chosen format


def new_cell(request: HttpRequest) -> HttpResponse:
    """A form that begins empty, as a copy of the cell named by `?like=`, or with the template named by `?template=`."""
    start: dict[str, Any] = {}
    cell = Cell()
    if project := current_project(request):
        start["project"] = project
    like, template = (_number(request.GET.get(name, "")) for name in ("like", "template"))
    cells, templates = Cell.objects.visible_to(request.user), CellTemplate.objects.visible_to(request.user)
    if like is not None and (model := cells.select_related("project", "batch").filter(pk=like).first()):
        cell = Cell(**start_of(model))
        start |= {"project": model.project, "product": model.product, "batch_code": model.batch_code}
    elif template is not None and (taken := templates.select_related("project").filter(pk=template).first()):
        cell = Cell(**start_of(taken))
        start |= {"project": taken.project}
    posted = None if SHOW in request.POST else request.POST or None
    form = CellForm(posted, user=person(request), instance=cell, initial=start)
    form.begun_with(request.POST)
    return _page(request, form, "New cell", [("Cells", reverse("cell-list")), ("New cell", "")])


def change_cell(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Cell.objects.editable_by(request.user).with_electrodes().select_related("project", "batch")
    found = get_object_or_404(rows, pk=pk)
    posted = None if SHOW in request.POST else request.POST or None
    form = CellForm(posted, user=person(request), instance=found)
    form.begun_with(request.POST)
    crumbs = [("Cells", reverse("cell-list")), (found.code, found.get_absolute_url()), ("Change", "")]
    return _page(request, form, f"Change {found.code}", crumbs)


@require_POST
def preview(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """What follows from the fields of the form that are right so far; nothing is stored."""
    found = None
    if pk is not None:
        rows = Cell.objects.editable_by(request.user).with_electrodes().select_related("project", "batch")
        found = get_object_or_404(rows, pk=pk)
    form = CellForm(request.POST, user=person(request), instance=found)
    form.is_valid()
    lines, said = computed(_typed(form))
    return render(request, "cells/assembly/_computed.html", {"computed": lines, "said": said})


def _typed(form: CellForm) -> Cell:
    """The cell as the form has it, as far as its fields are right."""
    follow(form.instance)
    return form.instance


def _page(request: HttpRequest, form: CellForm, title: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            return _saved(request, form)
        except ElectrodeError as error:
            form.add_error(None, str(error))
    known = in_view(request, Cell.objects.all())
    changed = form.instance.pk is not None
    products = known.exclude(product="").order_by("product").values_list("product", flat=True).distinct()
    lines, said = computed(_typed(form))
    return render(
        request,
        "cells/assembly/cell_form.html",
        {
            "form": form,
            "title": title,
            "crumbs": crumbs,
            "computed": lines,
            "said": said,
            "preview": reverse("cell-preview", args=[form.instance.pk] if changed else []),
            "templates": [] if changed else in_view(request, CellTemplate.objects.all()),
            "begun_with": _number(request.GET.get("template", "")),
            "back": form.instance.get_absolute_url() if changed else reverse("cell-list"),
            "known": {
                "product": products,
                "batch_code": in_view(request, Batch.objects.all()).order_by("code").values_list("code", flat=True),
                "positive_electrode": discs.offered(request, "positive"),
                "negative_electrode": discs.offered(request, "negative"),
            },
            "tests": CyclingTest.objects.filter(cell=form.instance).count() if changed else 0,
        },
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _saved(request: HttpRequest, form: CellForm) -> HttpResponse:
    saved = form.save(commit=False)
    runs = save_cell(saved, person(request))
    sentence = f"{saved} is saved."
    if runs:
        tests = "its test is" if len(runs) == 1 else f"its {len(runs)} tests are"
        sentence += f" Its numbers depend on what changed, so {tests} being analysed again; the earlier runs stay."
    messages.success(request, sentence)
    return redirect(saved)
