"""The cells that a person ticked in a list, to do something with all of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from cells.assembly.models import Cell

MOST_AT_ONCE = 200


def ticked_cells(request: HttpRequest) -> list[Cell]:
    """Those of `?id=` that the user may write to, at most 200.

    Raises:
        Http404: there is none.
    """
    ids = [text for text in request.GET.getlist("id") if text.isdecimal() and len(text) < 19][:MOST_AT_ONCE]
    found = list(Cell.objects.editable_by(request.user).filter(pk__in=ids).select_related("project"))
    if not found:
        raise Http404("none of these cells is here for you to write to")
    return found
