"""Pages of a cycling test: what it is made of, its figures, its cycles, and what a person decides about it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cells.cycling import plots, services, stored
from cells.cycling.curve import DRAWN, Curve
from cells.cycling.drawings import drawing, drawings_of, purposes_and_rest
from cells.cycling.forms import CycleKindsForm, NextFileForm, NominalCapacityForm, StepKindsForm
from cells.cycling.listing import TestListing
from cells.cycling.models import CycleRow, CyclingTest
from cells.cycling.part_tables import printed
from cells.cycling.protocol_page import protocol_section, said_kinds
from cells.cycling.scale import Scale, scale_of
from cells.cycling.shown import shown
from cells.cycling.table import CYCLES
from cells.exclusion.left_out import cycle_is_left_out, left_out_of
from cells.exclusion.ranges import Ranges, leaves_out
from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.figures import EXCLUDED, Figure, colour
from labdb.files.uploads import HashedUpload
from labdb.ingest.services import current_parameters, ingest, request_run
from labdb.provenance.models import AnalysisRun
from labdb.provenance.stored import found_in
from labdb.quantities import quantity
from labdb.tables.comma_separated import Echo, safe_cell

CYCLES_A_PAGE = 100
MOST_CYCLES = 12

# The columns of the table of cycles on the page; the download has them all.
COLUMNS = (
    "charge_c_rate",
    "discharge_c_rate",
    "charge_capacity_mah",
    "discharge_capacity_mah",
    "charge_capacity_mah_per_g",
    "discharge_capacity_mah_per_g",
    "coulombic_efficiency",
    "capacity_retention",
    "specific_energy_wh_per_kg",
    "mean_discharge_voltage_volt",
)


def test_list(request: HttpRequest) -> HttpResponseBase:
    listing = TestListing(request)
    if listing.wants_csv:
        return listing.csv()
    return render(request, "cells/cycling/test_list.html", {"listing": listing})


def _test(request: HttpRequest, pk: int) -> CyclingTest:
    rows = CyclingTest.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("cell", "project", "current_run", "created_by"), pk=pk)


def _run_of(request: HttpRequest, test: CyclingTest) -> AnalysisRun | None:
    """The run that a figure is drawn from: the one that the address cites, else the newest that succeeded."""
    cited = request.GET.get("run", "")
    if cited.isdecimal():
        return get_object_or_404(test.runs.filter(state=AnalysisRun.State.SUCCEEDED), pk=cited)
    return test.current_run


@never_cache
def cycling_test(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _test(request, pk))


def _page(request: HttpRequest, test: CyclingTest, **forms: Form) -> HttpResponse:
    runs = list(test.runs.select_related("requested_by").defer("traceback"))
    latest, run = (runs[0] if runs else None), test.current_run
    curve = stored.curves_of([run.pk]).get(run.pk) if run else None
    found = found_in([run.pk])[run.pk] if run else None
    ageing = curve is not None and bool(curve.ageing.any())
    drawings = [one for one in (drawings_of(found.names) if found else ()) if ageing or one.table != "cycles"]
    purposes, others = purposes_and_rest(drawings, found.names if found else ())
    of_run = CycleRow.objects.filter(run=run).annotate(excluded=cycle_is_left_out())
    cycles = Paginator(of_run.order_by("cycle_count"), CYCLES_A_PAGE)
    page = cycles.get_page(request.GET.get("page"))
    columns = [name for name in COLUMNS if any(getattr(row, name) is not None for row in page)]
    files = list(test.measurement_files.select_related("raw_file", "raw_file__uploaded_by"))
    return render(
        request,
        "cells/cycling/cycling_test.html",
        {
            "test": test,
            "cell": test.cell,
            "exclusions": left_out_of([test.cell_id]).of_test(test.cell_id, test.pk),
            "files": files,
            "read_from": sum(not part.superseded and not part.evidence for part in files),
            "run": run,
            "latest": latest,
            "runs": runs,
            "results": list(run.results.all()) if run else [],
            "stale": bool(latest and latest.finished and latest.parameters != current_parameters(test)),
            "page": page,
            "columns": [quantity(name) for name in columns],
            "rows": [(row, [(quantity(name), getattr(row, name)) for name in columns]) for row in page],
            "kinds": said_kinds(test.parameters),
            **protocol_section(found.table("protocol") if found else None),
            **stored.figure_choices(curve),
            "purposes": purposes,
            "drawings": others,
            "part_tables": list(printed(found.table)) if found else [],
            "link": request.build_absolute_uri(test.get_absolute_url()),
            "may_write": Project.objects.editable_by(request.user).filter(pk=test.project_id).exists(),
            "kinds_form": CycleKindsForm(),
            "steps_form": StepKindsForm(),
            "capacity_form": NominalCapacityForm(initial=test.parameters),
            "file_form": NextFileForm(),
            "crumbs": [
                ("Cells", reverse("cell-list")),
                (test.cell.code, test.cell.get_absolute_url()),
                (test.name, ""),
            ],
            **forms,
        },
    )


@never_cache
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the newest run is; once it is finished the page takes up what it found."""
    test = _test(request, pk)
    return render(request, "cells/cycling/_status.html", {"test": test, "latest": test.latest_run, "asked": True})


@require_POST
def analyse(request: HttpRequest, pk: int) -> HttpResponse:
    test = _test(request, pk)
    run = request_run(test, person(request))
    messages.success(request, f"Asked for run {run.pk}. The earlier runs stay as they are.")
    return redirect(test)


@require_POST
def set_kinds(request: HttpRequest, pk: int) -> HttpResponse:
    test = _test(request, pk)
    form = CycleKindsForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        last = asked["first"] if asked["last"] is None else asked["last"]
        try:
            run = services.set_cycle_kinds(test, person(request), asked["first"], last, asked["kind"])
        except ValueError as error:
            form.add_error("first", str(error))
        else:
            return _changed(request, test, run)
    return _page(request, test, kinds_form=form)


@require_POST
def set_step_kinds(request: HttpRequest, pk: int) -> HttpResponse:
    test = _test(request, pk)
    form = StepKindsForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        last = asked["first_step"] if asked["last_step"] is None else asked["last_step"]
        try:
            run = services.set_step_kinds(test, person(request), asked["first_step"], last, asked["kind"])
        except ValueError as error:
            form.add_error("first_step", str(error))
        else:
            return _changed(request, test, run)
    return _page(request, test, steps_form=form)


def _changed(request: HttpRequest, test: CyclingTest, run: AnalysisRun | None) -> HttpResponse:
    if run:
        messages.success(request, "Changed; the test is being analysed again, and the earlier runs stay.")
    else:
        messages.info(request, "That is what the numbers depend on already: nothing changed.")
    return redirect(test)


@require_POST
def set_nominal_capacity(request: HttpRequest, pk: int) -> HttpResponse:
    test = _test(request, pk)
    form = NominalCapacityForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data["nominal_capacity_mah"]
        return _changed(request, test, services.set_nominal_capacity(test, person(request), asked))
    return _page(request, test, capacity_form=form)


@require_POST
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The next file of a test that was restarted."""
    test = _test(request, pk)
    form = NextFileForm(request.POST, request.FILES)
    refused = getattr(request, "upload_refused", "")
    if refused or not form.is_valid():
        if refused:
            form.errors.clear()
            form.add_error("file", refused)
        return _page(request, test, file_form=form)
    file: HashedUpload = form.cleaned_data["file"]
    path, name = Path(file.temporary_file_path()), str(file.name)
    done = ingest(path, name, test.project, person(request), subject=test, sha256=file.sha256, move=True)
    (messages.success if done.run else messages.warning)(request, done.sentence)
    return redirect(test)


@require_POST
def split(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A file of the test becomes a test of its own."""
    test = _test(request, pk)
    raw_file = get_object_or_404(test.raw_files, pk=file)
    try:
        own = services.split_off(test, raw_file, person(request))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(test)
    messages.success(request, f"{raw_file} is a test of its own now; both are being analysed, the earlier runs stay.")
    return redirect(own)


def _json(figure: Figure) -> HttpResponse:
    return HttpResponse(orjson.dumps(figure), content_type="application/json")


def _whole_numbers(request: HttpRequest, name: str) -> list[int]:
    texts = request.GET.get(name, "").replace(",", " ").split()
    return list(dict.fromkeys(int(text) for text in texts if text.isdecimal() and len(text) < 10))[:MOST_CYCLES]


def figure(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A figure as JSON: `cycles`, `profiles`, `dq-dv` or `time`; `?run=` cites a run."""
    test = _test(request, pk)
    run = _run_of(request, test)
    if run is None:
        raise Http404("nothing has been found in this test yet")
    label = test.cell.code
    if name == "time":
        return _json(_time_figure(request, run, label, _scale(request, test)))
    curve = stored.curves_of([run.pk]).get(run.pk)
    if curve is None:
        raise Http404("this run has no cycles")
    without = left_out_of([test.cell_id]).ranges(test.cell_id, test.pk)
    if name == "cycles":
        history = reverse("cycle-history", args=[run.pk, 0]).removesuffix("0")
        asked = request.GET.get("y", "")
        shows = asked if asked in DRAWN and curve.has(asked) else ""
        simulated = test.cell.simulated
        return _json(plots.cycles_figure(curve, label, history, shows=shows, simulated=simulated, without=without))
    scale = _scale(request, test)
    lines, x, y = _lines(request, run, curve, name, scale, without)
    empty = f"{label} has no charge or discharge in cycle {request.GET.get('cycles', '')}."
    if name == "profiles":
        return _json(plots.profile_figure(lines, x, empty, scale))
    return _json(plots.dq_dv_figure(lines, y, empty, scale))


def _scale(request: HttpRequest, test: CyclingTest) -> Scale:
    """`?against=lithium` shows the voltages of a cell with another reference against Li/Li⁺."""
    cell = test.cell
    potential = cell.potential_against_lithium_volt
    return scale_of(request.GET.get("against", ""), potential, cell.get_reference_electrode_display())


def draw(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """What a part of the analysis found, as JSON; `?run=` cites a run, `?numbers=` those that are typed for it."""
    test = _test(request, pk)
    run = _run_of(request, test)
    try:
        how = drawing(name)
    except KeyError:
        raise Http404("there is no such figure") from None
    if run is None or not run.tables.filter(name=how.table).exists():
        raise Http404("this run found nothing of the kind")
    return _json(how.draw(shown([(test, run)], _whole_numbers(request, "numbers"))))


def _lines(
    request: HttpRequest, run: AnalysisRun, curve: Curve, name: str, scale: Scale, without: Ranges = ()
) -> tuple[list[plots.Line], str, str]:
    """Voltage profiles or dQ/dV of the cycles that the address names, and the quantities of x and y."""
    cycles = _whole_numbers(request, "cycles") or curve.telling()
    mass_mg = run.parameters.get("active_mass_mg")
    gram = mass_mg / 1000 if mass_mg else 1.0
    profiles = name == "profiles"
    found = (stored.profiles_of if profiles else stored.dq_dv_of)((run.pk, number) for number in cycles)
    grey = {number: leaves_out(without, number) for number in cycles}
    lines = [
        plots.Line(
            name=f"cycle {number}, excluded" if grey[number] else f"cycle {number}",
            x=points.x / gram if profiles else points.x + scale.shift_volt,
            y=points.y + scale.shift_volt if profiles else points.y / gram,
            history=reverse("cycle-history", args=[run.pk, number]),
            colour=EXCLUDED if grey[number] else colour(position),
        )
        for position, ((_, number), points) in enumerate(found.items())
    ]
    if profiles:
        return lines, "capacity_mah_per_g" if mass_mg else "capacity_mah", scale.quantity
    return lines, scale.quantity, "dq_dv_mah_per_g_volt" if mass_mg else "dq_dv_mah_per_volt"


def numbers_csv(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The points of voltage profiles or dQ/dV as they are drawn; the records themselves are in the run's Parquet."""
    test = _test(request, pk)
    run = _run_of(request, test)
    curve = stored.curves_of([run.pk]).get(run.pk) if run else None
    if run is None or curve is None:
        raise Http404("nothing has been found in this test yet")
    lines, x, y = _lines(request, run, curve, name, _scale(request, test))
    rows = ([line.name, *point] for line in lines for point in zip(line.x.tolist(), line.y.tolist(), strict=True))
    drawn = ([safe_cell("" if value != value else value) for value in row] for row in rows)
    return _csv(chain([["line", x, y]], drawn), f"{name}-run-{run.pk}.csv")


def _time_figure(request: HttpRequest, run: AnalysisRun, label: str, scale: Scale) -> Figure:
    def second(name: str) -> float | None:
        try:
            return float(request.GET[name])
        except (KeyError, ValueError):
            return None

    start, end = second("from"), second("to")
    window = (start, end) if start is not None and end is not None and start < end else None
    records = stored.records_of(run.pk, window)
    if records is None:
        raise Http404("this run has no records")
    found = found_in([run.pk])[run.pk]
    steps = found.table("steps") if window else None
    return plots.time_figure(records, label, window, blocks=found.table("protocol"), steps=steps, scale=scale)


def cycles_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every cycle of a run with every column, in stored units."""
    test = _test(request, pk)
    run = _run_of(request, test)
    columns = [*CYCLES.required, "excluded"]
    found = CycleRow.objects.filter(run=run).annotate(excluded=cycle_is_left_out())
    rows = found.order_by("cycle_count").values_list(*columns)

    values = ([safe_cell(value) for value in row] for row in rows.iterator(chunk_size=2000))
    return _csv(chain([columns], values), f"cycles-run-{run.pk if run else 0}.csv")


def _csv(lines: Iterable[Sequence[Any]], filename: str) -> StreamingHttpResponse:
    writer = csv.writer(Echo())
    response = StreamingHttpResponse((writer.writerow(line) for line in lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
