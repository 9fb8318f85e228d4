"""Pages about files: the list, one file, its original bytes, upload, inbox."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from labdb.accounts.current import current_project, in_view
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.files.download import stored_bytes
from labdb.files.forms import ReaderForm
from labdb.files.listing import RawFileFilter, listed, with_newest_run
from labdb.files.models import RawFile
from labdb.files.services import parted
from labdb.files.subject import SubjectForm, subject_form_class
from labdb.files.uploads import HashedUpload, TooLargeError, size_limit
from labdb.ingest.folder import LEFT_BY_SYSTEMS
from labdb.ingest.services import Ingested, choose, ingest
from labdb.provenance.models import AnalysisRun
from labdb.tables.comma_separated import Echo, safe_cell

ROWS_A_PAGE = 50


def file_list(request: HttpRequest) -> HttpResponseBase:
    rows = listed(in_view(request, RawFile.objects.all()), request.GET.get("sort", ""))
    chosen = RawFileFilter(request.GET, rows)
    if request.GET.get("format") == "csv":
        return _list_as_csv(chosen.qs)
    page = Paginator(chosen.qs, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "labdb/files/file_list.html",
        {
            "in_inbox": in_view(request, RawFile.objects.all()).in_inbox().count(),
            "filter": chosen,
            "page": page,
            "sort": request.GET.get("sort", "-uploaded"),
            "filtered": chosen.form.has_changed(),
        },
    )


COLUMNS = ("name", "technique", "state", "size_byte", "sha256", "project", "uploaded_by", "uploaded_at", "simulated")


def _list_as_csv(rows: QuerySet[RawFile]) -> StreamingHttpResponse:
    def lines() -> Iterator[list[Any]]:
        yield list(COLUMNS)
        for row in rows.iterator(chunk_size=2000):
            state = row.run_state if row.state == RawFile.State.FILED else row.state  # type: ignore[attr-defined]
            at = row.uploaded_at.isoformat()
            texts = (
                row.name,
                row.technique,
                state,
                row.size,
                row.sha256,
                row.project,
                row.uploaded_by,
                at,
                row.simulated,
            )
            yield [safe_cell(text) for text in texts]

    writer = csv.writer(Echo())
    response = StreamingHttpResponse(
        (writer.writerow(line) for line in lines()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="files.csv"'
    return response


def raw_file(request: HttpRequest, pk: int) -> HttpResponse:
    rows = RawFile.objects.visible_to(request.user).select_related("project", "uploaded_by")
    found = get_object_or_404(rows, pk=pk)
    runs = AnalysisRun.objects.filter(measurement__measurement_files__raw_file=found)
    return render(
        request,
        "labdb/files/raw_file.html",
        {
            "file": found,
            "newest": with_newest_run(RawFile.objects.filter(pk=pk)).get(),
            "runs": runs.select_related("measurement", "requested_by").defer("metadata", "traceback"),
            "measurements": found.measurement_files.select_related("measurement"),
            "elsewhere": rows.filter(sha256=found.sha256).exclude(pk=pk),
            "may_change": Project.objects.editable_by(request.user).filter(pk=found.project_id).exists(),
            "crumbs": [("Files", "/files/"), (found.name, "")],
        },
    )


def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The exact bytes that were uploaded, under the name they were uploaded under."""
    found = get_object_or_404(RawFile.objects.visible_to(request.user), pk=pk)
    return stored_bytes(request, found.key, sha256=found.sha256, size=found.size, name=found.name)


@dataclass(frozen=True)
class Uploaded:
    """What became of one file of an upload, for the person who waits for it; nothing was ingested if it was refused.

    Attributes:
        name, folder: as they came now; the same bytes may be kept under others.
    """

    sentence: str
    ingested: Ingested | None = None
    name: str = ""
    folder: str = ""

    @property
    def words(self) -> str:
        """The sentence without the name of the file, where that stands above it."""
        return self.sentence.removeprefix(f"{self.name}: ")

    @property
    def verdict(self) -> str:
        """What became of it in one word, for the script that counts."""
        if self.ingested is None:
            return "refused"
        if self.ingested.run:
            return "filed"
        return "known" if self.ingested.measurement else "inbox"


def upload(request: HttpRequest) -> HttpResponse:
    """The page, and its answer: a whole page without JavaScript, or one file's lines for the script that asks."""
    user = person(request)
    data = request.POST if request.method == "POST" else None
    current = current_project(request)
    form = subject_form_class()(data, user=user, initial={"project": current} if current else None)
    piece = request.headers.get("X-Labdb-Piece", "")
    results: list[Uploaded] = []
    if request.method == "POST":
        refused = getattr(request, "upload_refused", "")
        files = request.FILES.getlist("files")
        if form.is_valid():
            folder = request.POST.get("folder", "")
            results = [_ingest(form, cast(HashedUpload, file), folder) for file in files]
        if refused:
            results.append(Uploaded(refused))
        elif not files:
            form.add_error(None, "Choose at least one file.")
    if piece:
        many = piece == "many"
        return render(request, "labdb/files/_uploaded.html", {"results": results, "form": form, "many": many})
    return render(
        request,
        "labdb/files/upload.html",
        {
            "form": form,
            "results": results,
            "limit": settings.MAX_UPLOAD_BYTES,
            "limit_text": size_limit(),
            "left_by_systems": " ".join(LEFT_BY_SYSTEMS),
            "may_upload": Project.objects.editable_by(user).exists(),
        },
    )


def _ingest(form: SubjectForm, file: HashedUpload, folder: str) -> Uploaded:
    folder, name = parted(f"{folder}/{file.name}")
    try:
        done = ingest(
            Path(file.temporary_file_path()),
            f"{folder}/{name}",
            form.cleaned_data["project"],
            form.user,
            subject=form.subject(),
            said=form.said(),
            sha256=file.sha256,
            move=True,
        )
    except TooLargeError as error:
        return Uploaded(str(error))
    return Uploaded(done.sentence, done, name, folder)


def inbox(request: HttpRequest) -> HttpResponse:
    user = person(request)
    rows = in_view(request, RawFile.objects.all()).in_inbox().select_related("project", "uploaded_by")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    editable = set(Project.objects.editable_by(user).values_list("pk", flat=True))
    context = {"page": page, "editable": editable, "at_once": subject_form_class().at_once()}
    return render(request, "labdb/files/inbox.html", context)


def inbox_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's answer for one file of the inbox."""
    user = person(request)
    found = get_object_or_404(RawFile.objects.visible_to(user).in_inbox().select_related("project"), pk=pk)
    require_role(user, found.project)
    data = request.POST if request.method == "POST" else None
    reader = ReaderForm(data, raw_file=found)
    form = subject_form_class()
    about = form(data, user=user, project=found.project, initial=None if data else form.start_for(found))
    if data is not None and reader.is_valid() and about.is_valid():
        done = choose(found, user, *reader.chosen(), subject=about.subject())
        if done.measurement:
            messages.success(request, done.sentence)
            return redirect("inbox")
        messages.warning(request, done.sentence)
        return redirect("inbox-choose", pk)
    template = "labdb/files/_choose.html" if request.headers.get("HX-Request") else "labdb/files/choose.html"
    crumbs = [("Files", "/files/"), ("Inbox", "/files/inbox"), (found.name, "")]
    return render(request, template, {"file": found, "reader": reader, "about": about, "crumbs": crumbs})


@require_POST
def inbox_file_ticked(request: HttpRequest) -> HttpResponse:
    """One answer for all ticked files that are recognised: as labdb finds out, or each on a new cell."""
    user = person(request)
    wanted = [pk for pk in request.POST.getlist("id") if pk.isdecimal()]
    rows = RawFile.objects.editable_by(user).in_inbox().filter(pk__in=wanted).exclude(reader="")
    answer = {"onto": request.POST.get("onto", "")}
    filed = 0
    for found in rows.select_related("project"):
        about = subject_form_class()({**answer, "project": found.project_id}, user=user, project=found.project)
        if about.is_valid() and choose(found, user, found.technique, found.reader, about.subject()).measurement:
            filed += 1
    left = len(wanted) - filed
    if filed:
        messages.success(request, f"{filed} of {len(wanted)} filed.")
    if left:
        messages.warning(request, f"{left} stay in the inbox: what they are of is not clear, choose it one by one.")
    return redirect("inbox")
