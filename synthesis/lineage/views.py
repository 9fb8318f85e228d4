"""The lineage page of a batch, and the links between batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project
from labdb.accounts.views import person
from synthesis.batch.models import Batch, BatchLink
from synthesis.batch.services import BatchError, link, unlink
from synthesis.lineage.forms import LinkForm
from synthesis.lineage.genealogy import MOST_BATCHES, Genealogy, genealogy
from synthesis.lineage.layout import Node, lay_out
from synthesis.lineage.picture import BOX_HEIGHT, BOX_WIDTH, draw


def lineage(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; a POST adds a link."""
    user = person(request)
    batch = get_object_or_404(Batch.objects.visible_to(user).select_related("project"), pk=pk)
    may_write = Project.objects.editable_by(user).filter(pk=batch.project_id).exists()
    form = LinkForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        child, parent, kind = form.ends()
        try:
            made = link(child, parent, kind, user, form.cleaned_data["mass_g"])
        except BatchError as error:
            form.add_error("other", str(error))
        else:
            messages.success(request, f"{made}.")
            return redirect("batch-lineage", pk)
    found = genealogy(batch, user)
    links = BatchLink.objects.visible_to(user).filter(Q(child=batch) | Q(parent=batch))
    return render(
        request,
        "synthesis/lineage/lineage.html",
        {
            "batch": batch,
            "drawing": draw(lay_out(found.nodes, found.edges), found.root),
            "box": {"width": BOX_WIDTH, "height": BOX_HEIGHT},
            "lines": _in_words(found),
            "cut": MOST_BATCHES if found.cut else 0,
            "links": links.select_related("child", "parent", "created_by"),
            "form": form,
            "may_write": may_write,
            "crumbs": [
                ("Batches", reverse("batch-list")),
                (batch.code, batch.get_absolute_url()),
                ("Lineage", ""),
            ],
        },
    )


def _in_words(found: Genealogy) -> list[tuple[Node, list[tuple[str, Node]]]]:
    """The graph as a list: each record with what it comes from or is compared with."""
    known = {node.key: node for node in found.nodes}
    into: dict[Hashable, list[tuple[str, Node]]] = defaultdict(list)
    for edge in found.edges:
        if edge.source in known and edge.target in known:
            into[edge.target].append((edge.label, known[edge.source]))
    order = {"lot": 0, "batch": 1, "sample": 2}
    return [(node, into[node.key]) for node in sorted(found.nodes, key=lambda node: order.get(node.kind, 3))]


@require_POST
def remove_link(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    user = person(request)
    batch = get_object_or_404(Batch.objects.visible_to(user), pk=pk)
    of_batch: Any = BatchLink.objects.visible_to(user).filter(Q(child=batch) | Q(parent=batch))
    found = get_object_or_404(of_batch.select_related("child__project", "parent"), pk=link_pk)
    said = str(found)
    try:
        unlink(found, user, request.POST.get("reason", ""))
    except BatchError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Removed: {said}.")
    return redirect("batch-lineage", pk)
