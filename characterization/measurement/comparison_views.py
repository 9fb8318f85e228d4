"""One technique across batches: overlay, points with mean ± SD, table."""

from __future__ import annotations

import csv
from dataclasses import replace

import orjson
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from characterization.measurement.calibration import doubts_of
from characterization.measurement.comparison import (
    BY,
    COUNT,
    MOST_DRAWN,
    Selection,
    compare,
    offered_beside,
    selected,
)
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import (
    of_samples,
)
from characterization.measurement.views import visible
from labdb.accounts.current import in_view
from labdb.accounts.views import person
from labdb.ingest.installed import technique
from labdb.tables.comma_separated import safe_cell
from synthesis.sample.models import Sample


def _selection(request: HttpRequest) -> Selection:
    """What is compared; where the address names measurements but no technique, theirs."""
    try:
        selection = Selection.of(request.GET)
    except ValueError as error:
        raise Http404(str(error)) from error
    if not selection.technique and selection.ids:
        first = visible(request).filter(pk__in=selection.ids).first()
        if first:
            selection = replace(selection, technique=first.technique)
    return selection


def compare_page(request: HttpRequest) -> HttpResponse:
    """Overlay, points with mean ± SD, and table of one technique."""
    selection = _selection(request)
    user = person(request)
    offered = of_samples()
    if not selection.technique:
        counted = in_view(request, SampleMeasurement.objects.filter(current_run__isnull=False))
        counts = dict(counted.order_by().values_list("technique").annotate(Count("pk")))
        context = {"offered": [(of, counts.get(of.name, 0)) for of in offered]}
        return render(request, "characterization/measurement/compare_choose.html", context)
    try:
        found = compare(user, selection)
    except ValueError as error:
        raise Http404(str(error)) from error
    of = technique(selection.technique)
    mixed = selection.ids and visible(request).filter(pk__in=selection.ids).exclude(technique=of.name).count()
    query = request.GET.copy()
    query["technique"] = of.name
    everything = replace(selection, ids=(), products=(), batches=())
    products = selected(user, everything).exclude(product_name=None).exclude(product_name="")
    return render(
        request,
        "characterization/measurement/compare.html",
        {
            "found": found,
            "technique": of,
            "offered": offered,
            "query": query.urlencode(),
            "drawings": [drawing for drawing in found.how.drawings if not drawing.single],
            "by": BY,
            "count": COUNT,
            "stages": Sample.Stage.choices,
            "products": list(products.order_by("product_name").values_list("product_name", flat=True).distinct()[:60]),
            "selection": found.selection,
            "beside": list(offered_beside(user, found.how)[:100]) if found.how.beside else [],
            "mixed": mixed,
            "most_drawn": MOST_DRAWN,
            "doubts": doubts_of([row.measurement for row in found.rows]),
            "crumbs": [("Measurements", reverse("measurement-list")), (f"Compare {of.label}", "")],
        },
    )


def compare_figure(request: HttpRequest, name: str) -> HttpResponse:
    """A figure of the comparison, by the query of its page."""
    try:
        drawn = compare(person(request), _selection(request)).figure(name)
    except ValueError as error:
        raise Http404(str(error)) from error
    return HttpResponse(orjson.dumps(drawn), content_type="application/json")


def compare_csv(request: HttpRequest) -> HttpResponse:
    """The table of the comparison."""
    try:
        found = compare(person(request), _selection(request))
    except ValueError as error:
        raise Http404(str(error)) from error
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.selection.technique}.csv"'
    writer = csv.writer(response)
    heads = [head for about in found.columns for head in (about.name, f"{about.name}_sd", f"{about.name}_n")]
    writer.writerow(["measurement", "name", "of", "batch", "group", "run", "simulated", *heads])
    for row in found.rows:
        one = row.measurement
        values = [v for _, r in row.values for v in ((r.value, r.sd, r.n) if r else (None, None, None))]
        cells = [one.pk, one.name, one.subject_words, one.batch_code, row.group, one.current_run_id, one.simulated]
        writer.writerow([safe_cell(value) for value in [*cells, *values]])
    return response
