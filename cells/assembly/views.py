"""Pages of cells: the list, one cell, making and changing one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from cells.assembly.forms import CellForm
from cells.assembly.listing import Listing
from cells.assembly.models import Cell
from cells.assembly.services import save_cell
from cells.cycling.models import CyclingTest
from cells.cycling.stored import curves_of, figure_choices
from cells.exclusion.left_out import left_out_of
from labdb.accounts.current import current_project, in_view
from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.provenance.models import AnalysisRun
from labdb.sections import sections
from labdb.tables.comma_separated import Echo, safe_cell
from synthesis.batch.models import Batch

ROWS_A_PAGE = 50


def cell_list(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(request)
    if request.GET.get("as") == "csv":
        return _list_as_csv(listing)
    page = Paginator(listing.rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "cells/assembly/cell_list.html",
        {
            "listing": listing,
            "page": page,
            "rows": [(cell, listing.values(cell)) for cell in page],
            "sort": listing.sort,
            "may_write": Project.objects.editable_by(request.user).exists(),
        },
    )


def _list_as_csv(listing: Listing) -> StreamingHttpResponse:
    """The list as shown, in stored units: what the name of a column says."""
    about = ("project", "code", "product", "batch_code", "format", "simulated", "excluded")

    def lines() -> Iterator[list[Any]]:
        yield [*about, *listing.columns]
        for cell in listing.rows.iterator(chunk_size=2000):
            texts: list[Any] = [getattr(cell, name) for name in (*about, *listing.columns)]
            yield [safe_cell("" if text is None else text) for text in texts]

    writer = csv.writer(Echo())
    response = StreamingHttpResponse(
        (writer.writerow(line) for line in lines()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="cells.csv"'
    return response


def cell(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Cell.objects.visible_to(request.user).select_related("project", "created_by", "batch"), pk=pk
    )
    tests = list(CyclingTest.objects.filter(cell=found).select_related("current_run").order_by("-pk"))
    runs = list(
        AnalysisRun.objects.filter(measurement__in=tests)
        .select_related("measurement", "requested_by")
        .defer("metadata", "traceback")
    )
    shown = next((test for test in tests if test.current_run_id), None)
    curves = curves_of([shown.current_run_id]) if shown and shown.current_run_id else {}
    newest = {run.measurement_id: run for run in reversed(runs)}
    return render(
        request,
        "cells/assembly/cell.html",
        {
            "cell": found,
            "excluded": left_out_of([found.pk]).whole(found.pk),
            "tests": [(test, newest.get(test.pk)) for test in tests],
            "shown": shown,
            "link": request.build_absolute_uri(found.get_absolute_url()),
            **figure_choices(next(iter(curves.values()), None)),
            "results": [(test, list(test.current_run.results.all())) for test in tests if test.current_run is not None],
            "runs": runs,
            "sections": sections("cell", request, found),
            "may_write": Project.objects.editable_by(request.user).filter(pk=found.project_id).exists(),
            "crumbs": [
                ("Cells", reverse("cell-list")),
                *([(found.batch_code, found.batch.get_absolute_url())] if found.batch else []),
                (found.code, ""),
            ],
        },
    )


def new_cell(request: HttpRequest) -> HttpResponse:
    """An empty form, or one that starts as a copy of the cell named by `?like=`."""
    start: dict[str, Any] = {}
    if project := current_project(request):
        start["project"] = project
    like = request.GET.get("like", "")
    if like.isdecimal() and (
        model := Cell.objects.visible_to(request.user).select_related("batch").filter(pk=like).first()
    ):
        copied = (
            "project",
            "format",
            "product",
            "batch_code",
            "nominal_specific_capacity_mah_per_g",
            "reference_electrode",
        )
        start |= {name: getattr(model, name) for name in copied}
    form = CellForm(request.POST or None, user=person(request), initial=start)
    return _form_page(request, form, "New cell", [("Cells", reverse("cell-list")), ("New cell", "")])


def change_cell(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Cell.objects.editable_by(request.user).select_related("project", "batch"), pk=pk)
    form = CellForm(request.POST or None, user=person(request), instance=found)
    crumbs = [("Cells", reverse("cell-list")), (found.code, found.get_absolute_url()), ("Change", "")]
    return _form_page(request, form, f"Change {found.code}", crumbs)


def _form_page(request: HttpRequest, form: CellForm, title: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        runs = save_cell(saved, person(request))
        sentence = f"{saved} is saved."
        if runs:
            tests = "its test is" if len(runs) == 1 else f"its {len(runs)} tests are"
            sentence += f" Its numbers depend on what changed, so {tests} being analysed again; the earlier runs stay."
        messages.success(request, sentence)
        return redirect(saved)
    known = in_view(request, Cell.objects.all())
    return render(
        request,
        "cells/assembly/cell_form.html",
        {
            "form": form,
            "title": title,
            "crumbs": crumbs,
            "products": known.exclude(product="").order_by("product").values_list("product", flat=True).distinct(),
            "batches": in_view(request, Batch.objects.all()).order_by("code").values_list("code", flat=True),
            "tests": CyclingTest.objects.filter(cell=form.instance).count() if form.instance.pk else 0,
        },
    )
