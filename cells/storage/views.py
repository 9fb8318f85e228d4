"""Pages of planned storage: the list, planning it for one cell or several, changing, ending and removing a plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_POST

from cells.assembly.models import Cell
from cells.assembly.ticked import ticked_cells
from cells.storage import services
from cells.storage.forms import StoragePlanForm
from cells.storage.listing import StoragePlanListing
from cells.storage.models import StorageCheck, StoragePlan
from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.history import Change, changes_in, changes_of
from labdb.provenance.models import AnalysisRun

CELLS, LIST = ("Cells", reverse_lazy("cell-list")), "Stored cells"


def plan_list(request: HttpRequest) -> HttpResponseBase:
    listing = StoragePlanListing(request)
    if listing.wants_csv:
        return listing.csv()
    may_write = Project.objects.editable_by(request.user).exists()
    context = {"listing": listing, "may_write": may_write, "crumbs": [CELLS, (LIST, "")]}
    return render(request, "cells/storage/plan_list.html", context)


def new_plan(request: HttpRequest) -> HttpResponse:
    """A plan for each of the cells of `?id=`, which are put away together."""
    cells = ticked_cells(request)
    form = StoragePlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["check_days"]
        try:
            services.plan_for_cells(cells, form.save(commit=False), days, person(request))
        except services.StorageError as error:
            form.blame(error.field, str(error))
        else:
            what = f"{cells[0]} is" if len(cells) == 1 else f"{len(cells)} cells are"
            messages.success(request, f"{what} stored. Checks that come due stand in the worklist.")
            return redirect(f"{cells[0].get_absolute_url()}#storage" if len(cells) == 1 else "storage-plan-list")
    title = f"Plan storage of {cells[0]}" if len(cells) == 1 else f"Plan storage of {len(cells)} cells"
    cancel = cells[0].get_absolute_url() if len(cells) == 1 else reverse("cell-list")
    return _form(request, form, title, cancel, cells)


def change_plan(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    form = StoragePlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            runs = services.save_plan(form.save(commit=False), said["check_days"], person(request), said["reason"])
        except services.StorageError as error:
            form.blame(error.field, str(error))
        else:
            _tell(request, "The plan is saved.", runs)
            return redirect(plan)
    return _form(request, form, "Change the storage plan", plan.get_absolute_url(), [plan.cell], plan)


def _plan(request: HttpRequest, pk: int) -> StoragePlan:
    return get_object_or_404(StoragePlan.objects.editable_by(request.user).select_related("cell", "project"), pk=pk)


def _form(
    request: HttpRequest,
    form: StoragePlanForm,
    title: str,
    cancel: str,
    cells: list[Cell],
    plan: StoragePlan | None = None,
) -> HttpResponse:
    one = [(cells[0].code, cells[0].get_absolute_url())] if len(cells) == 1 else []
    context = {
        "form": form,
        "title": title,
        "cancel": cancel,
        "cells": cells if len(cells) > 1 else [],
        "plan": plan,
        "changes": _changes(plan) if plan else [],
        "crumbs": [CELLS, *one, (title, "")],
    }
    return render(request, "cells/storage/plan_form.html", context)


def _changes(plan: StoragePlan) -> list[Change]:
    """The history of a plan and of its checks, newest first."""
    checks = StorageCheck.history.model.objects.filter(plan_id=plan.pk)
    of_checks = changes_in(checks, leave_out=("plan", "counts_from"), name="check after {row.day:g} days")
    return sorted([*changes_of(plan, leave_out=("cell", "project")), *of_checks], key=lambda one: one.at, reverse=True)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    try:
        services.end_plan(plan, person(request))
    except services.StorageError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{plan.cell} is stored no more; its checks are no longer waited for.")
    return redirect(plan)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    runs = services.remove_plan(plan, person(request))
    _tell(request, "The plan is removed.", runs)
    return redirect(plan.cell)


def _tell(request: HttpRequest, sentence: str, runs: list[AnalysisRun]) -> None:
    """Say what was done, and that tests are analysed again where they are."""
    if runs:
        tests = "A test of the cell is" if len(runs) == 1 else f"{len(runs)} tests of the cell are"
        sentence = f"{sentence} {tests} being analysed again; the earlier runs stay."
    messages.success(request, sentence)
