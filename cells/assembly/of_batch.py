"""The cells of a batch and their curves, on its page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from cells.assembly.listing import with_results
from cells.assembly.models import Cell
from cells.exclusion.left_out import cell_is_left_out
from labdb.quantities import quantity
from labdb.sections import RecordSection
from synthesis.batch.models import Batch

SHOWN = 40
COLUMNS = (
    "active_mass_mg",
    "first_discharge_capacity_mah_per_g",
    "first_coulombic_efficiency",
    "capacity_retention_at_100",
    "cycle_life_80_percent",
)


def cells(request: HttpRequest, batch: Batch) -> RecordSection:
    """A constant number of queries, however many cells there are."""
    rows = Cell.objects.visible_to(request.user).filter(batch=batch).annotate(excluded=cell_is_left_out())
    shown = list(with_results(rows, COLUMNS[1:]).order_by("code", "pk")[:SHOWN])
    lines = [(cell, [(quantity(name), getattr(cell, name)) for name in COLUMNS]) for cell in shown]
    measured = [cell for cell in shown if any(getattr(cell, name) is not None for name in COLUMNS[1:])]
    query = urlencode({"cells": ",".join(str(cell.pk) for cell in measured), "by": "cell"}, safe=",")
    count = len(shown) if len(shown) < SHOWN else rows.count()
    all_of_it = f"{reverse('cell-list')}?{urlencode({'batch': batch.code})}"
    return RecordSection(
        "cells",
        "Cells",
        "cells/assembly/_of_batch.html",
        {"cells": lines, "columns": [quantity(name) for name in COLUMNS], "query": query if measured else ""},
        count,
        (("All in the list", all_of_it),) if count else (),
    )
