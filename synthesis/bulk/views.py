"""Many batches at once: the template, the dry run of a list, and its saving."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from labdb.accounts.current import current_project
from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.files.models import RawFile
from labdb.files.uploads import HashedUpload, TooLargeError
from synthesis.bulk import columns
from synthesis.bulk.dry_run import MOST_ROWS, Row, dry_run
from synthesis.bulk.models import BatchList
from synthesis.bulk.reading import ListError
from synthesis.bulk.services import ChangedError, keep_list, save_list
from synthesis.chemical.models import Chemical

IN_RECIPES = (Chemical.Role.PRECURSOR, Chemical.Role.LITHIUM, Chemical.Role.FLUX)
ROWS_SHOWN = 200


class ListForm(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), empty_label=None)
    file = forms.FileField(label="List", help_text="CSV or xlsx, with the columns of the template.")

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through
        cast(forms.ModelChoiceField, self.fields["project"]).queryset = Project.objects.editable_by(user)
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.txt,.tsv"


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [("Batches", reverse("batch-list")), (last, "")]


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a list; it is kept, and its dry run is shown."""
    user = person(request)
    posted = request.method == "POST"
    form = ListForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        user=user,
        initial={"project": current_project(request)},
    )
    if posted and (refused := getattr(request, "upload_refused", "")):
        form.add_error("file", refused)
    elif posted and form.is_valid():
        file = cast(HashedUpload, form.cleaned_data["file"])
        try:
            kept = keep_list(
                Path(file.temporary_file_path()),
                str(file.name),
                form.cleaned_data["project"],
                user,
                sha256=file.sha256,
                move=True,
            )
        except TooLargeError as error:
            form.add_error("file", str(error))
        else:
            return redirect("batch-list-dry-run", kept.pk)
    context = {
        "form": form,
        "columns": columns.COLUMNS,
        "lot_help": columns.LOT_HELP,
        "mass_help": columns.MASS_HELP,
        "most": MOST_ROWS,
        "may_write": Project.objects.editable_by(user).exists(),
        "crumbs": _crumbs("From a list"),
    }
    return render(request, "synthesis/bulk/upload.html", context)


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty list with columns for the chemicals that recipes are made of."""
    chemicals = list(Chemical.objects.filter(role__in=IN_RECIPES).order_by("role", "name"))
    if kind == "xlsx":
        data = columns.template_xlsx(chemicals)
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        data, content_type = columns.template_csv(chemicals), "text/csv; charset=utf-8"
    return HttpResponse(
        data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="batches.{kind}"'}
    )


def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row with its verdict; nothing is saved by looking."""
    user = person(request)
    rows = RawFile.objects.visible_to(user).select_related("project", "uploaded_by")
    raw_file = get_object_or_404(rows, pk=pk)
    require_role(user, raw_file.project)
    context = {
        "file": raw_file,
        "crumbs": [*_crumbs("")[:1], ("From a list", reverse("batch-import")), (raw_file.name, "")],
    }
    try:
        found = dry_run(raw_file, user)
    except ListError as error:
        return render(request, "synthesis/bulk/dry_run.html", {**context, "refused": str(error)})
    only = request.GET.get("rows", "")
    chosen = {"bad": found.bad, "warned": found.warned, "good": found.good}.get(only, list(found.rows))
    shown = [_line(row, found.headers) for row in chosen[:ROWS_SHOWN]]
    saved = BatchList.objects.filter(raw_file=raw_file).select_related("created_by").prefetch_related("rows")
    context |= {
        "run": found,
        "rows": shown,
        "only": only,
        "more": max(len(chosen) - ROWS_SHOWN, 0),
        "saved": saved,
        "weighings": sum(len(row.weighings) for row in found.good),
    }
    return render(request, "synthesis/bulk/dry_run.html", context)


def _line(row: Row, headers: tuple[str, ...]) -> tuple[Row, list[tuple[str, str, str]], list[str], list[str]]:
    """A row as drawn: its cells (header, text, error), the headers with errors, and errors that have no cell."""
    cells = [(header, row.values.get(header, ""), row.errors.get(header, "")) for header in headers]
    wrong = [header for header in headers if header in row.errors]
    beside = [f"{header}: {said}" if header else said for header, said in row.errors.items() if header not in headers]
    return row, cells, wrong, beside


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    raw_file = get_object_or_404(RawFile.objects.visible_to(user).select_related("project"), pk=pk)
    try:
        saved = save_list(raw_file, user, request.POST.get("digest", ""), only_good=request.POST.get("which") == "good")
    except (ListError, ChangedError) as error:
        messages.error(request, str(error))
        return redirect("batch-list-dry-run", pk)
    made = saved.rows.count()
    messages.success(request, f"{made} {'batch is' if made == 1 else 'batches are'} saved from {raw_file.name}.")
    return redirect("batch-list")
