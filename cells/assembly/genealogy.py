"""The cells in the lineage of a batch: below their electrode where they have one, else below the batch itself."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from django.db.models import Q

from cells.assembly.models import Cell
from cells.electrode.genealogy import key_of_sheet
from labdb.accounts.models import User
from synthesis.batch.models import Batch
from synthesis.lineage.genealogy import Branch, key_of
from synthesis.lineage.layout import Edge, Node


def cells(batches: Sequence[Batch], user: User) -> Branch:
    """Cells of which an electrode is made of one of these batches; one query."""
    rows = (
        Cell.objects.visible_to(user)
        .filter(Q(batch__in=batches) | Q(negative_electrode__sheet__batch__in=batches))
        .select_related("positive_electrode__sheet", "negative_electrode__sheet")
        .order_by("code", "pk")
    )
    shown = {batch.pk for batch in batches}
    nodes, edges = [], []
    for cell in rows:
        key = ("cell", cell.pk)
        nodes.append(Node(key, "cell", cell.code, cell.get_absolute_url(), cell.get_format_display()))
        edges += [Edge(source, key) for source in _sources(cell, shown)]
    return Branch(nodes, edges)


def _sources(cell: Cell, shown: set[int]) -> list[Hashable]:
    """What the cell hangs on, each once."""
    discs = (cell.positive_electrode, cell.negative_electrode)
    found: list[Hashable] = [key_of_sheet(disc.sheet_id) for disc in discs if disc and disc.sheet.batch_id in shown]
    below_electrode = cell.positive_electrode is not None and cell.positive_electrode.sheet.batch_id in shown
    if cell.batch_id in shown and not below_electrode:
        found.append(key_of(cell.batch_id))
    return list(dict.fromkeys(found))
