"""The electrodes in the lineage of a batch; cells hang on them (`cells/assembly/genealogy.py`)."""

from __future__ import annotations

from collections.abc import Sequence

from cells.electrode.models import ElectrodeSheet
from labdb.accounts.models import User
from synthesis.batch.models import Batch
from synthesis.lineage.genealogy import Branch, key_of
from synthesis.lineage.layout import Edge, Node


def key_of_sheet(key: int) -> tuple[str, int]:
    return "electrode", key


def sheets(batches: Sequence[Batch], user: User) -> Branch:
    """Sheets whose active material is of one of these batches; one query."""
    nodes, edges = [], []
    for sheet in ElectrodeSheet.objects.visible_to(user).filter(batch__in=batches).order_by("code", "pk"):
        key = key_of_sheet(sheet.pk)
        nodes.append(Node(key, "electrode", sheet.code, sheet.get_absolute_url(), sheet.ratio))
        edges.append(Edge(key_of(sheet.batch_id), key))  # type: ignore[arg-type]  # filtered by it
    return Branch(nodes, edges)
