"""Home, and the search over all rooms."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from labdb.accounts.current import in_view
from labdb.accounts.models import Project
from labdb.accounts.views import person
from labdb.files.models import RawFile
from labdb.worklist.section import found, sections

# Differs from answer to answer, and says nothing.
CSRF_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The worklist; a person without projects or files is told the first step instead."""
    user = person(request)
    shown = _worklist(request)
    return render(
        request,
        "labdb/worklist/home.html",
        {
            **shown,
            "no_project": not Project.objects.visible_to(user).exists(),
            "no_file": not shown["sections"] and not in_view(request, RawFile.objects.all()).exists(),
            "may_upload": Project.objects.editable_by(user).exists(),
        },
    )


@never_cache
def worklist(request: HttpRequest) -> HttpResponse:
    """The worklist alone, for a page that is open; nothing where it shows the newest already."""
    shown = _worklist(request)
    if request.GET.get("have") == shown["version"]:
        return HttpResponse(status=204)
    return render(request, "labdb/worklist/_worklist.html", shown)


def _worklist(request: HttpRequest) -> dict[str, object]:
    context = {"sections": sections(request)}
    lines = render_to_string("labdb/worklist/_sections.html", context, request)
    version = hashlib.sha256(CSRF_FIELD.sub("", lines).encode()).hexdigest()[:16]
    live = any(section.live for section in context["sections"])
    return {**context, "lines": lines, "version": version, "live": live}


def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    groups = found(request, text) if len(text) >= 2 else []
    return render(request, "labdb/worklist/search.html", {"q": text, "groups": groups})
