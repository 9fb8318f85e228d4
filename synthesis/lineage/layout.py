"""The lineage of a batch as a picture: layers from lots to cells, crossings kept few. Pure.

Method: layers by the longest way from a source, order within a layer by the mean place of the neighbours, swept to and
fro (K. Sugiyama, S. Tagawa and M. Toda, IEEE Trans. Syst. Man Cybern. 11 (1981) 109).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 4
LEAVES_DRAWN = 12  # of one kind below one parent; more become one node that counts them


@dataclass(frozen=True)
class Node:
    """A record in the picture.

    Attributes:
        key: unique in the graph.
        kind: "lot", "batch", "sample", "electrode", "cell".
        label: as printed, its code.
        url: of its page.
        detail: second line.
        stands_for: how many records this node draws.
        holds: their labels, where it draws several.
    """

    key: Hashable
    kind: str
    label: str
    url: str = ""
    detail: str = ""
    stands_for: int = 1
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """From what was used to what was made of it; a comparison points from control to product and orders nothing."""

    source: Hashable
    target: Hashable
    label: str = ""
    comparison: bool = False


@dataclass(frozen=True)
class Placed:
    """A node with its layer, from 0 on the left, and its place in it, from 0 on top."""

    node: Node
    layer: int
    place: int


@dataclass(frozen=True)
class Picture:
    """A graph laid out; `edges` joins places whose nodes are drawn."""

    placed: Mapping[Hashable, Placed]
    edges: Sequence[Edge]
    layers: int
    tallest: int


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge]) -> Picture:
    """Place every node; edges to nodes that are not there are left out.

    Raises:
        ValueError: something comes from itself.
    """
    nodes, edges = _gathered(nodes, edges)
    known = {node.key: node for node in nodes}
    edges = [edge for edge in edges if edge.source in known and edge.target in known]
    layer = _layers(list(known), edges)
    rows: dict[int, list[Hashable]] = defaultdict(list)
    for key in known:
        rows[layer[key]].append(key)
    _untangle(rows, edges)
    placed = {key: Placed(known[key], number, place) for number, row in rows.items() for place, key in enumerate(row)}
    tallest = max((len(row) for row in rows.values()), default=0)
    return Picture(placed, edges, max(rows, default=-1) + 1, tallest)


def _gathered(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[list[Node], list[Edge]]:
    """Draw many leaves of one kind below one parent as one node."""
    out: dict[Hashable, int] = defaultdict(int)
    into: dict[Hashable, list[Edge]] = defaultdict(list)
    for edge in edges:
        out[edge.source] += 1
        into[edge.target].append(edge)
    groups: dict[tuple[Hashable, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if not out[node.key] and len(into[node.key]) == 1 and node.kind != "batch":
            groups[into[node.key][0].source, node.kind].append(node)
    gone: set[Hashable] = set()
    added_nodes, added_edges = [], []
    for (parent, kind), leaves in groups.items():
        if len(leaves) <= LEAVES_DRAWN:
            continue
        gone |= {leaf.key for leaf in leaves}
        key = ("many", parent, kind)
        codes = f"{leaves[0].label} … {leaves[-1].label}"
        labels = tuple(leaf.label for leaf in leaves)
        added_nodes.append(Node(key, kind, f"{len(leaves)} {kind}s", "", codes, len(leaves), labels))
        added_edges.append(Edge(parent, key))
    kept = [node for node in nodes if node.key not in gone]
    return kept + added_nodes, [edge for edge in edges if edge.target not in gone] + added_edges


def _layers(keys: Sequence[Hashable], edges: Sequence[Edge]) -> dict[Hashable, int]:
    targets: dict[Hashable, list[Hashable]] = defaultdict(list)
    waiting: dict[Hashable, int] = dict.fromkeys(keys, 0)
    for edge in edges:
        if not edge.comparison:
            targets[edge.source].append(edge.target)
            waiting[edge.target] += 1
    layer: dict[Hashable, int] = {}
    ready = [key for key in keys if not waiting[key]]
    for key in ready:
        layer.setdefault(key, 0)
        for target in targets[key]:
            layer[target] = max(layer.get(target, 0), layer[key] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    if len(ready) < len(keys):
        raise ValueError("the lineage has a circle: something comes from itself")
    # A source stands beside what it first goes into, not at the far left.
    made = {target for ways in targets.values() for target in ways}
    for key in keys:
        if key not in made and targets[key]:
            layer[key] = min(layer[target] for target in targets[key]) - 1
    # What is only compared stands beside what it is compared with.
    ordered = made | {key for key in keys if targets[key]}
    for edge in edges:
        for key, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if edge.comparison and key not in ordered and other in ordered:
                layer[key] = layer[other]
    return layer


def _untangle(rows: dict[int, list[Hashable]], edges: Sequence[Edge]) -> None:
    beside: dict[Hashable, list[Hashable]] = defaultdict(list)
    for edge in edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    place = {key: float(number) for row in rows.values() for number, key in enumerate(row)}
    for sweep in range(SWEEPS):
        for number in sorted(rows, reverse=bool(sweep % 2)):
            row = rows[number]
            wish = {
                key: sum(place[other] for other in beside[key]) / len(beside[key]) if beside[key] else place[key]
                for key in row
            }
            row.sort(key=lambda key: wish[key])
            place.update({key: float(at) for at, key in enumerate(row)})
