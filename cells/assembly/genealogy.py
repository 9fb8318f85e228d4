"""The cells in the lineage of a batch."""

from __future__ import annotations

from collections.abc import Sequence

from cells.assembly.models import Cell
from labdb.accounts.models import User
from synthesis.batch.models import Batch
from synthesis.lineage.genealogy import Branch, key_of
from synthesis.lineage.layout import Edge, Node


def cells(batches: Sequence[Batch], user: User) -> Branch:
    """Cells whose cathode is made of one of these batches."""
    rows = Cell.objects.visible_to(user).filter(batch__in=batches).order_by("code", "pk")
    nodes, edges = [], []
    for cell in rows:
        if cell.batch_id is not None:
            key = ("cell", cell.pk)
            nodes.append(Node(key, "cell", cell.code, cell.get_absolute_url(), cell.get_format_display()))
            edges.append(Edge(key_of(cell.batch_id), key))
    return Branch(nodes, edges)
