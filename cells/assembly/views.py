"""Pages of cells: the list, and one cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from cells.assembly.listing import Listing
from cells.assembly.models import Cell
from cells.assembly.told import build_facts, cell_changes, electrode_facts
from cells.cycling.models import CyclingTest
from cells.cycling.stored import curves_of, figure_choices
from cells.exclusion.left_out import left_out_of
from labdb.accounts.models import Project
from labdb.provenance.models import AnalysisRun
from labdb.sections import sections
from labdb.tables.comma_separated import Echo, safe_cell

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
            "rows": [(cell, listing.values(cell), listing.words(cell)) for cell in page],
            "sort": listing.sort,
            "may_write": Project.objects.editable_by(request.user).exists(),
        },
    )


def _list_as_csv(listing: Listing) -> StreamingHttpResponse:
    """The list as shown, in stored units: what the name of a column says."""
    about = ("project", "code", "product", "batch_code", "format", "simulated", "excluded", *listing.texts)

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
        Cell.objects.visible_to(request.user).with_electrodes().select_related("project", "created_by", "batch"), pk=pk
    )
    sheet = found.positive_electrode.sheet if found.positive_electrode else None
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
            "build": [group for group in (electrode_facts(found), *build_facts(found)) if group.facts],
            "balance": found.balance,
            "changes": cell_changes(found),
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
                *([(sheet.code, sheet.get_absolute_url())] if sheet else []),
                (found.code, ""),
            ],
        },
    )
