"""What a batch came from and what came of it, collected as a graph that `layout` places.

Upwards: the batches that it was made from, and the lots that it and they were weighed from. Downwards: the batches
made from it, their samples, and what the rooms above made of them. Beside it: what it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from labdb.accounts.models import User
from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.lineage.layout import Edge, Node
from synthesis.sample.models import Sample

MOST_BATCHES = 1000  # what a picture can still show; beyond, the lineage says that it is cut


@dataclass(frozen=True)
class Branch:
    """What one kind of record adds to a lineage."""

    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()


# What a room above adds below some batches; `settings.LINEAGE` lists these functions. Each asks once for all batches.
Contributor = Callable[[Sequence[Batch], User], Branch]


@dataclass(frozen=True)
class Genealogy:
    """The lineage of one batch.

    Attributes:
        root: key of its node.
        cut: more batches belong to it than are shown.
    """

    root: Hashable
    nodes: list[Node]
    edges: list[Edge]
    cut: bool = False


def key_of(batch: Batch | int) -> tuple[str, int]:
    """The key of a batch's node, to which rooms above tie theirs."""
    return "batch", batch if isinstance(batch, int) else batch.pk


def genealogy(batch: Batch, user: User) -> Genealogy:
    """The lineage of a batch, as far as the user may see it.

    One query a generation upwards and one downwards, one for each further kind of record.
    """
    links = BatchLink.objects.visible_to(user).exclude(kind=BatchLink.Kind.CONTROL)
    room = MOST_BATCHES
    above, links_above = _generations(batch, links, "child", "parent", room)
    below, links_below = _generations(batch, links, "parent", "child", room - len(above))
    cut = len(above) + len(below) >= room
    comparisons = (
        BatchLink.objects.visible_to(user).filter(kind=BatchLink.Kind.CONTROL).select_related("parent", "child")
    )
    beside = list(comparisons.filter(child=batch) | comparisons.filter(parent=batch))
    batches = {batch.pk: batch, **above, **below}
    for pair in beside:
        batches.setdefault(pair.parent_id, pair.parent)
        batches.setdefault(pair.child_id, pair.child)
    branches = [
        Branch(
            [batch_node(other) for other in batches.values()],
            [_edge(found) for found in {found.pk: found for found in [*links_above, *links_below, *beside]}.values()],
        ),
        _lots([batch, *above.values()]),
        _samples([batch, *below.values()], user),
    ]
    contributors: list[Contributor] = [import_string(path) for path in settings.LINEAGE]
    branches += [contribute([batch, *below.values()], user) for contribute in contributors]
    nodes = {node.key: node for branch in branches for node in branch.nodes}
    return Genealogy(key_of(batch), list(nodes.values()), [edge for branch in branches for edge in branch.edges], cut)


def _generations(
    batch: Batch, links: QuerySet[BatchLink], near: str, far: str, room: int
) -> tuple[dict[int, Batch], list[BatchLink]]:
    """All batches reached from one over links whose `near` end leads to their `far` end, and those links."""
    found: dict[int, Batch] = {}
    between: list[BatchLink] = []
    generation = {batch.pk}
    while generation and len(found) < room:
        reached: dict[int, Batch] = {}
        for link in links.filter(**{f"{near}__in": generation}).select_related(far):
            between.append(link)
            other: Batch = getattr(link, far)
            if other.pk not in found and len(found) + len(reached) < room:
                reached[other.pk] = other
        generation = set(reached)
        found |= reached
    return found, between


def batch_node(batch: Batch) -> Node:
    said = (batch.product if batch.product != batch.code else "", batch.scale if batch.scale == "pilot" else "")
    day = f"{batch.started_on:%Y-%m-%d}" if batch.started_on else ""
    return Node(
        key_of(batch), "batch", batch.code, batch.get_absolute_url(), ", ".join(part for part in (*said, day) if part)
    )


def _edge(link: BatchLink) -> Edge:
    mass = f", {link.mass_g:g} g" if link.mass_g else ""
    return Edge(
        key_of(link.parent_id),
        key_of(link.child_id),
        f"{link.get_kind_display().removesuffix(' of')}{mass}",
        comparison=link.kind == BatchLink.Kind.CONTROL,
    )


def _lots(batches: Sequence[Batch]) -> Branch:
    """Lots belong to the whole lab: whoever sees the batch sees what it was weighed from."""
    weighings = Weighing.objects.filter(batch__in=batches).select_related("lot", "chemical").order_by("pk")
    nodes: dict[int, Node] = {}
    masses: dict[tuple[int, int], float] = {}
    for weighing in weighings:
        lot = weighing.lot
        nodes[lot.pk] = Node(("lot", lot.pk), "lot", lot.number, lot.get_absolute_url(), weighing.chemical.name)
        pair = (lot.pk, weighing.batch_id)
        masses[pair] = masses.get(pair, 0.0) + weighing.mass_g
    edges = [Edge(("lot", lot), key_of(batch), f"{mass:.6g} g") for (lot, batch), mass in masses.items()]
    return Branch(list(nodes.values()), edges)


def _samples(batches: Sequence[Batch], user: User) -> Branch:
    samples = list(Sample.objects.visible_to(user).filter(batch__in=batches).order_by("batch", "pk"))
    nodes = [
        Node(("sample", sample.pk), "sample", sample.code, sample.get_absolute_url(), sample.where_from)
        for sample in samples
    ]
    return Branch(nodes, [Edge(key_of(sample.batch_id), ("sample", sample.pk)) for sample in samples])
