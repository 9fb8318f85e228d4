"""Pages of exclusions: the list, one with its history, and the form that leaves something out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cells.assembly.models import Cell
from cells.assembly.ticked import ticked_cells
from cells.cycling.models import CyclingTest
from cells.exclusion import services
from cells.exclusion.forms import CyclesForm, ReasonForm, WithdrawForm
from cells.exclusion.listing import ExclusionListing
from cells.exclusion.models import Exclusion
from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.history import changes_of

LIST = "Exclusions"


def exclusion_list(request: HttpRequest) -> HttpResponseBase:
    listing = ExclusionListing(request)
    if listing.wants_csv:
        return listing.csv()
    crumbs = [("Cells", reverse("cell-list")), (LIST, "")]
    return render(request, "cells/exclusion/exclusion_list.html", {"listing": listing, "crumbs": crumbs})


def exclusion(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _one(request, pk), WithdrawForm())


def _one(request: HttpRequest, pk: int) -> Exclusion:
    rows = Exclusion.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("cell", "test", "project", "created_by", "withdrawn_by"), pk=pk)


def _page(request: HttpRequest, found: Exclusion, form: Form) -> HttpResponse:
    return render(
        request,
        "cells/exclusion/exclusion.html",
        {
            "exclusion": found,
            "form": form,
            "changes": changes_of(found),
            "may_write": Project.objects.editable_by(request.user).filter(pk=found.project_id).exists(),
            "crumbs": [
                ("Cells", reverse("cell-list")),
                (found.cell.code, found.cell.get_absolute_url()),
                (LIST, reverse("exclusion-list")),
                (found.what, ""),
            ],
        },
    )


def new(request: HttpRequest) -> HttpResponse:
    """Leaves out the test of `?test=`, or cycles of it (`?first=`, `?last=`); or the cells of `?id=`."""
    test = _test(request)
    cells = [] if test else ticked_cells(request)
    if test:
        start = {"first_cycle": request.GET.get("first", ""), "last_cycle": request.GET.get("last", "")}
        form: Form = CyclesForm(request.POST or None, initial=start)
        title = f"Leave cycles of {test.cell} out"
        crumbs = [(test.cell.code, test.cell.get_absolute_url()), (test.name, test.get_absolute_url())]
    else:
        form = ReasonForm(request.POST or None)
        title = f"Leave {cells[0]} out" if len(cells) == 1 else f"Leave {len(cells)} cells out"
        crumbs = [(cells[0].code, cells[0].get_absolute_url())] if len(cells) == 1 else []
    back = _back(request) or (test.get_absolute_url() if test else cells[0].get_absolute_url())
    if request.method == "POST" and form.is_valid():
        try:
            _leave_out(request, test, cells, form.cleaned_data)
        except services.ExclusionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "Left out of means and comparisons. It stays visible, in grey, with the reason.")
            return redirect(back)
    return render(
        request,
        "cells/exclusion/new.html",
        {
            "form": form,
            "title": title,
            "cells": cells if len(cells) > 1 else [],
            "cancel": back,
            "crumbs": [("Cells", reverse("cell-list")), *crumbs, ("Leave out", "")],
        },
    )


def _test(request: HttpRequest) -> CyclingTest | None:
    asked = request.GET.get("test", "")
    if not asked:
        return None
    tests = CyclingTest.objects.editable_by(request.user).select_related("cell__project")
    return get_object_or_404(tests, pk=asked if asked.isdecimal() and len(asked) < 19 else None)


def _leave_out(request: HttpRequest, test: CyclingTest | None, cells: list[Cell], said: dict[str, Any]) -> None:
    if test:
        services.leave_out(test.cell, person(request), said.pop("reason"), test=test, **said)
    else:
        services.leave_out_cells(cells, person(request), said["reason"])


def _back(request: HttpRequest) -> str:
    """Where the person came from, if that is one of our pages."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}) else ""


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            services.withdraw(found, person(request), form.cleaned_data["reason"])
        except services.ExclusionError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, f"{found.cell} counts again: {found.what}.")
            return redirect(_back(request) or found.cell.get_absolute_url())
    return _page(request, found, form)
