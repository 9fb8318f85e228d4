"""What is left out of a cell, on its page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from cells.assembly.models import Cell
from cells.exclusion.models import Exclusion
from labdb.sections import RecordSection


def of_cell(request: HttpRequest, cell: Cell) -> RecordSection | None:
    """Nothing where nothing was ever left out."""
    rows = Exclusion.objects.filter(cell=cell).select_related("test", "created_by", "withdrawn_by")
    found = list(rows.order_by("withdrawn_at", "-pk"))
    if not found:
        return None
    return RecordSection(
        "exclusions",
        "Exclusions",
        "cells/exclusion/_of_cell.html",
        {"exclusions": found},
        sum(one.current for one in found),
        (("All in the list", reverse("exclusion-list")),),
    )
