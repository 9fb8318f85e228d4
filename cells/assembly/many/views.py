"""Many cells at once: a series in one form, a list as a file, and what was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cells.assembly.build import BUILD_FIELDS
from cells.assembly.many import columns, listed
from cells.assembly.many.forms import SeriesForm
from cells.assembly.many.judge import Row
from cells.assembly.many.series import (
    OWN,
    SeriesError,
    electrodes_named,
    judge_series,
    laid_out,
    make_series,
    surplus,
)
from cells.assembly.models import Cell
from cells.electrode.arithmetic import ElectrodeError
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.files.models import RawFile
from labdb.files.uploads import HashedUpload, TooLargeError
from synthesis.bulk.reading import ListError
from synthesis.bulk.services import ChangedError, keep_list
from synthesis.bulk.views import ListForm

ROWS_SHOWN = 200


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Cells", reverse("cell-list")), *more]


# A series in one form.


def series(request: HttpRequest) -> HttpResponse:
    """Lay out rows, judge them, make all of them or none: `do` is "lay out", "check" or "make"."""
    user = person(request)
    like = _like(request)
    start = {"template": request.GET.get("template", ""), "product": like.product if like else ""}
    form = SeriesForm(request.POST or None, user=user, like=like, initial=start)
    rows: list[Row] = []
    if form.is_bound and form.is_valid():
        texts = _rows_of(request.POST)
        if request.POST.get("do") == "lay out" or not texts:
            texts = _laid_out(request, form, texts)
        build = {name: getattr(form.source, name) for name in BUILD_FIELDS}
        rows = judge_series(texts, form.source, form.common, build)
        if request.POST.get("do") == "make":
            try:
                made = make_series(rows, user)
            except (SeriesError, ElectrodeError) as error:
                messages.error(request, str(error))
            else:
                return _to_made(request, made)
    context = {
        "form": form,
        "like": like,
        "own": [(name, WORDS[name]) for name in OWN],
        "rows": [_line(row) for row in rows],
        "bad": sum(1 for row in rows if row.errors),
        "crumbs": _crumbs(("A series", "")),
        "may_write": Project.objects.editable_by(user).exists(),
    }
    return render(request, "cells/assembly/many/series.html", context)


WORDS = {
    "code": "Code",
    "positive_electrode": "Positive electrode",
    "negative_electrode": "Negative electrode",
    "active_mass_mg": "Mass to enter / mg",
    "note": "Note",
}


def _like(request: HttpRequest) -> Cell | None:
    key = request.GET.get("like", "")
    if not key.isdecimal() or len(key) > 18:
        return None
    return get_object_or_404(Cell.objects.editable_by(request.user).select_related("project", "batch"), pk=key)


def _rows_of(posted: QueryDict) -> list[dict[str, str]]:
    """The rows as typed, without those that are empty."""
    lists = {name: posted.getlist(f"row-{name}") for name in OWN}
    count = min((len(of) for of in lists.values()), default=0)
    rows = [{name: lists[name][number].strip() for name in OWN} for number in range(count)]
    return [row for row in rows if any(row.values())]


def _laid_out(request: HttpRequest, form: SeriesForm, before: list[dict[str, str]]) -> list[dict[str, str]]:
    codes, project = form.cleaned_data["pattern"], form.source.project
    positives, negatives = (
        electrodes_named(project, form.cleaned_data[f"{which}_electrodes"], len(codes))
        for which in ("positive", "negative")
    )
    if said := surplus(codes, positives, negatives):
        messages.warning(request, said)
    return laid_out(codes, positives, negatives, before)


def _line(row: Row) -> tuple[Row, list[tuple[str, str, str]], list[str]]:
    """A row as drawn: its fields (name, text, error), and errors that have no field."""
    fields = [(name, row.values.get(name, ""), row.errors.get(name, "")) for name in OWN]
    return row, fields, [said for name, said in row.errors.items() if name not in OWN]


def _to_made(request: HttpRequest, made: list[Cell]) -> HttpResponse:
    count = f"{len(made)} cells are" if len(made) > 1 else "1 cell is"
    messages.success(request, f"{count} made.")
    return redirect(f"{reverse('cell-made')}?{urlencode({'cells': ','.join(str(cell.pk) for cell in made)}, safe=',')}")


def made(request: HttpRequest) -> HttpResponse:
    """Cells that were just made, to print their labels."""
    keys = [int(key) for key in request.GET.get("cells", "").split(",") if key.isdecimal() and len(key) < 19]
    cells = list(Cell.objects.visible_to(request.user).filter(pk__in=keys[:1000]).select_related("batch"))
    if not cells:
        raise Http404("none of these cells is here")
    chosen = ",".join(str(cell.pk) for cell in cells)
    context = {
        "cells": cells,
        "labels": f"{reverse('label-sheet')}?{urlencode({'cell': chosen}, safe=',')}",
        "crumbs": _crumbs(("Made together", "")),
    }
    return render(request, "cells/assembly/many/made.html", context)


# A list as a file.


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a list; it is kept, and its dry run is shown."""
    user = person(request)
    posted = request.method == "POST"
    form = ListForm(request.POST if posted else None, request.FILES if posted else None, user=user)
    if posted and (refused := getattr(request, "upload_refused", "")):
        form.add_error("file", refused)
    elif posted and form.is_valid():
        file = cast(HashedUpload, form.cleaned_data["file"])
        project = form.cleaned_data["project"]
        path, name = Path(file.temporary_file_path()), str(file.name)
        try:
            kept = keep_list(path, name, project, user, sha256=file.sha256, move=True, technique=listed.TECHNIQUE)
        except TooLargeError as error:
            form.add_error("file", str(error))
        else:
            return redirect("cell-list-dry-run", kept.pk)
    context = {
        "form": form,
        "columns": columns.COLUMNS,
        "most": listed.MOST_ROWS,
        "may_write": Project.objects.editable_by(user).exists(),
        "crumbs": _crumbs(("From a list", "")),
    }
    return render(request, "cells/assembly/many/upload.html", context)


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty list with every column."""
    if kind == "xlsx":
        data = columns.template_xlsx()
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        data, content_type = columns.template_csv(), "text/csv; charset=utf-8"
    named = {"Content-Disposition": f'attachment; filename="cells.{kind}"'}
    return HttpResponse(data, content_type=content_type, headers=named)


def _list(request: HttpRequest, pk: int) -> RawFile:
    found = get_object_or_404(RawFile.objects.visible_to(request.user).select_related("project"), pk=pk)
    require_role(person(request), found.project)
    return found


def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row with its verdict; nothing is saved by looking."""
    raw_file = _list(request, pk)
    context: dict[str, Any] = {
        "file": raw_file,
        "crumbs": _crumbs(("From a list", reverse("cell-import")), (raw_file.name, "")),
    }
    try:
        found = listed.dry_run(raw_file)
    except ListError as error:
        return render(request, "cells/assembly/many/dry_run.html", {**context, "refused": str(error)})
    only = request.GET.get("rows", "")
    chosen = {"bad": found.bad, "good": found.good}.get(only, list(found.rows))
    lines = [
        (
            row,
            [(name, row.values.get(name, ""), row.errors.get(name, "")) for name in found.columns],
            [said if not name else f"{name}: {said}" for name, said in row.errors.items() if name not in found.columns],
        )
        for row in chosen[:ROWS_SHOWN]
    ]
    context |= {"run": found, "rows": lines, "only": only, "more": max(len(chosen) - ROWS_SHOWN, 0)}
    return render(request, "cells/assembly/many/dry_run.html", context)


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    raw_file = _list(request, pk)
    only_good = request.POST.get("which") == "good"
    try:
        saved = listed.save_list(raw_file, person(request), request.POST.get("digest", ""), only_good=only_good)
    except (ListError, ChangedError, ElectrodeError) as error:
        messages.error(request, str(error))
        return redirect("cell-list-dry-run", pk)
    return _to_made(request, saved)
