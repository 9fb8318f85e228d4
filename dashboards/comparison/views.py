"""The comparison page, its figures as JSON, and its numbers as files. The query string says what is compared."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import orjson
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cells.assembly.listing import Listing
from cells.cycling.curve import CAPACITIES, EFFICIENCY
from dashboards.comparison import drawn, numbers, plots, services
from dashboards.comparison.compared import Compared, compare
from dashboards.comparison.results import GroupRow, results_table
from dashboards.comparison.selection import AGAINST, ALONG, BY, MOST_CELLS, OVER, SHOW, Selection, drawn_quantity
from dashboards.comparison.series import Series
from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.figures import Figure
from labdb.ingest.presentation import Drawing
from labdb.quantities import quantity
from labdb.tables.comma_separated import Echo, safe_cell

ROWS_A_PAGE = 50
OF_CYCLES = ("cycles", "profiles", "dq-dv")
AGAINST_CYCLE = (
    CAPACITIES[0],
    "capacity_retention",
    EFFICIENCY,
    "mean_discharge_voltage_volt",
    "specific_energy_wh_per_kg",
)


def comparison(request: HttpRequest) -> HttpResponse:
    """The figures and results of the chosen cells; without any, or with `?add=`, the list to choose them from."""
    selection = Selection.of(request.GET)
    if "id" in request.GET:  # ticked rows: from here on the address is the permanent link
        return redirect(f"{reverse('comparison')}?{selection.query}")
    if "add" in request.GET or not (selection.cells or selection.tests):
        return _choose(request, selection)
    compared = _compared(request, selection)
    table = results_table(compared, selection)
    series = services.series_of(compared, selection)
    found = {one.cell.pk for one in compared}
    ageing = any(one.curve.ageing.any() for one in series)
    parts = drawn.parts_of(compared)
    drawings = [one for one in drawn.drawings_of(parts) if ageing or one.table != "cycles"]
    purposes, others = drawn.purposes_and_rest(compared, parts, drawings)
    quantities = [name for name in AGAINST_CYCLE if any(one.curve.has(name) for one in series)]
    if CAPACITIES[0] not in quantities:
        quantities.insert(0, CAPACITIES[1])
    if selection.show == "mean" and series and not ageing:
        quantities = []
    return render(
        request,
        "dashboards/comparison/comparison.html",
        {
            "selection": selection,
            "compared": compared,
            "hidden": len([pk for pk in selection.cells if pk not in found]),
            "waiting": [one for one in compared if one.run_id is None],
            "without_mass": [one for one in compared if one.run_id and one.cell.active_mass_mg is None],
            "mixed": selection.show == "mean" and mixed_formats(compared),
            "of_batches": of_several_batches(table.groups) if selection.over == "cells" else [],
            "exclusions": list(dict.fromkeys(one for each in compared for one in each.exclusions)),
            "table": table,
            "drawings": [(drawing, selection.numbers_of(drawing.name)) for drawing in drawings],
            "drawn": [(purposes, "purpose", "What they were tested for"), (others, "parts", "Found in their tests")],
            "may_write": Project.objects.editable_by(request.user).filter(cells__in=found).exists(),
            "figures": [(quantity(name), [name]) for name in quantities],
            "products": sorted({one.cell.product for one in compared if one.cell.product}),
            "options": {"by": BY, "show": SHOW, "over": OVER, "along": ALONG, "against": AGAINST},
            "other_references": selection.against or any(one.potential_volt for one in series),
            "query": selection.query,
            "link": request.build_absolute_uri(f"{reverse('comparison')}?{selection.query}"),
            "removable": [(one, selection.without(one.cell.pk).query) for one in compared],
            "crumbs": [("Compare", reverse("comparison")), (_cells(len(compared)), "")],
        },
    )


def mixed_formats(compared: list[Compared]) -> list[str]:
    """The groups whose mean is of cells of several formats, which end at different cycles and say different things."""
    formats: dict[str, set[str]] = {}
    for one in compared:
        formats.setdefault(one.group, set()).add(one.cell.format)
    return sorted(group for group, found in formats.items() if len(found) > 1)


def of_several_batches(groups: list[GroupRow]) -> list[GroupRow]:
    """The groups whose n counts cells of more than one batch: batches scatter more than the cells of one."""
    return [group for group in groups if group.batches > 1]


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"


def _choose(request: HttpRequest, selection: Selection) -> HttpResponse:
    listing = Listing(request)
    page = Paginator(listing.rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    keep = [("add", "1"), ("cells", ",".join(map(str, selection.cells)))] if selection.cells else []
    return render(
        request,
        "dashboards/comparison/choose.html",
        {
            "listing": listing,
            "page": page,
            "rows": [(cell, listing.values(cell), listing.words(cell)) for cell in page],
            "sort": listing.sort,
            "selection": selection,
            "keep": keep,
            "most": MOST_CELLS,
            "may_write": Project.objects.editable_by(request.user).exists(),
        },
    )


def _compared(request: HttpRequest, selection: Selection) -> list[Compared]:
    compared = compare(person(request), selection)
    if not compared:
        raise Http404("none of these cells is here")
    return compared


def _series(request: HttpRequest, selection: Selection) -> list[Series]:
    return services.series_of(_compared(request, selection), selection)


def figure(request: HttpRequest, name: str) -> HttpResponse:
    """A figure as JSON: `cycles` (with `?y=`), `profiles`, `dq-dv`, or a drawing of what the parts of tests found."""
    return HttpResponse(orjson.dumps(_figure(request, name)), content_type="application/json")


def _figure(request: HttpRequest, name: str) -> Figure:
    selection = Selection.of(request.GET)
    if name not in OF_CYCLES:
        return drawn.draw(_drawing(name), _compared(request, selection), selection)
    series = _series(request, selection)
    if name == "cycles":
        quantity_name = drawn_quantity(request.GET)
        if selection.show == "mean":
            group = f"{reverse('comparison-group')}?{selection.query}&y={quantity_name}"
            return plots.mean_figure(series, quantity_name, selection.along, selection.over, group)
        return plots.each_figure(series, quantity_name, selection.along)
    return plots.at_cycles_figure(services.lines_of(series, selection, name), name, series, selection.against)


def _drawing(name: str) -> Drawing:
    found = drawn.drawing_of(name)
    if found is None:
        raise Http404("there is no such figure")
    return found


def group(request: HttpRequest) -> HttpResponse:
    """What a mean is of: each cell's value at one cycle, for the drawer."""
    selection = Selection.of(request.GET)
    about = quantity(drawn_quantity(request.GET))
    at, name = request.GET.get("at", ""), request.GET.get("group", "")
    members = [one for one in _series(request, selection) if one.group == name]
    if not members or not at.isdecimal() or len(at) > 15:
        raise Http404("no such group or cycle")
    values = services.values_at(members, about.name, selection.along, int(at))
    replicates = services.replicates_of(values, selection.over)
    return render(
        request,
        "dashboards/comparison/_group.html",
        {
            "group": name,
            "at": int(at),
            "along": quantity(selection.along),
            "about": about,
            "values": values,
            "text": replicates.text(about) if replicates else "",
            "over": selection.over,
            "batches": len({value.series.batch for value in values if value.series.batch and not value.excluded}),
            "excluded": sum(value.excluded for value in values),
        },
    )


def numbers_csv(request: HttpRequest, name: str) -> HttpResponseBase:
    """What a figure shows, as numbers in stored units: every cycle, not only those that the screen has room for."""
    selection = Selection.of(request.GET)
    if name not in OF_CYCLES:
        return _csv(drawn.numbers(_drawing(name), _compared(request, selection)), f"comparison-{name}.csv")
    series = _series(request, selection)
    if name == "cycles":
        name = drawn_quantity(request.GET)
        if selection.show == "mean":
            lines = numbers.means(series, name, selection.along, selection.over)
        else:
            lines = numbers.cycles(series, name)
    else:
        lines = numbers.lines(services.lines_of(series, selection, name), name, selection.against)
    return _csv(lines, f"comparison-{name}.csv")


def _csv(lines: Iterator[list[Any]], filename: str) -> StreamingHttpResponse:
    writer = csv.writer(Echo())
    response = StreamingHttpResponse(
        (writer.writerow([safe_cell(value) for value in line]) for line in lines),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def data(request: HttpRequest, form: str) -> HttpResponse:
    """Every cycle of every compared test with every column, as Parquet, JSON or CSV."""
    selection = Selection.of(request.GET)
    compared = _compared(request, selection)
    table = services.all_cycles(compared, safe_cell if form == "csv" else str)
    if form == "parquet":
        file = BytesIO()
        table.write_parquet(file, compression="zstd")
        body, kind = file.getvalue(), "application/vnd.apache.parquet"
    elif form == "json":
        body, kind = orjson.dumps(table.to_dict(as_series=False)), "application/json"
    else:
        body, kind = table.write_csv().encode(), "text/csv; charset=utf-8"
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="comparison.{form}"'
    return response
