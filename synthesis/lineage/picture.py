"""A lineage that is laid out, in pixels: boxes and curves of one drawing. Pure.

From left to right, layer by layer. A layer with very many nodes is folded into several columns, so that the drawing
keeps about the shape of a screen and stays readable without much scrolling.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil, sqrt

from synthesis.lineage.layout import Edge, Node, Picture

BOX_WIDTH, BOX_HEIGHT = 184, 42
ROW = 54
COLUMN_IN_LAYER = 200
BETWEEN_LAYERS = 84
MARGIN = 24
SCREEN_RATIO = 1.8
LEAST_ROWS = 12
LETTERS, SMALL_LETTERS = 21, 26  # that fit a box
LABELS_DRAWN = 40  # of more edges, the labels are told on hover alone


@dataclass(frozen=True)
class Box:
    """A node as drawn; x and y are its upper left corner."""

    node: Node
    number: int
    x: float
    y: float
    root: bool

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + BOX_WIDTH / 2, self.y + BOX_HEIGHT / 2

    @property
    def label(self) -> str:
        return shortened(self.node.label, LETTERS)

    @property
    def detail(self) -> str:
        return shortened(self.node.detail, SMALL_LETTERS)

    @property
    def words(self) -> str:
        """What a screen reader says, and what one sees on hover."""
        said = f"{self.node.kind} {self.node.label}" if self.node.stands_for == 1 else self.node.label
        return f"{said}: {self.node.detail}" if self.node.detail else said

    @property
    def codes(self) -> str:
        """What it is found by, lower case, a line a code."""
        return "\n".join((self.node.label, *self.node.holds)).lower()


@dataclass(frozen=True)
class Line:
    """An edge as drawn, between the boxes of these numbers."""

    source: int
    target: int
    path: str
    label: str
    comparison: bool
    middle_x: float
    middle_y: float


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]
    labels: bool

    @property
    def root(self) -> Box | None:
        return next((box for box in self.boxes if box.root), None)


def shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def draw(picture: Picture, root: Hashable) -> Drawing:
    """Give every node its place in pixels."""
    rows = max(LEAST_ROWS, ceil(sqrt(SCREEN_RATIO**-1 * len(picture.placed) * COLUMN_IN_LAYER / ROW)))
    by_layer: list[list[Hashable]] = [[] for _ in range(picture.layers)]
    first = min((placed.layer for placed in picture.placed.values()), default=0)
    for key, placed in sorted(picture.placed.items(), key=lambda item: item[1].place):
        by_layer[placed.layer - first].append(key)
    tallest = max((min(len(layer), rows) for layer in by_layer), default=0)
    height = tallest * ROW - (ROW - BOX_HEIGHT) + 2 * MARGIN
    boxes: dict[Hashable, Box] = {}
    left = float(MARGIN)
    for layer in by_layer:
        columns = ceil(len(layer) / rows) if layer else 1
        a_column = ceil(len(layer) / columns) if layer else 0
        for number, key in enumerate(layer):
            column, row = divmod(number, a_column)
            in_this = min(a_column, len(layer) - column * a_column)
            top = MARGIN + (tallest - in_this) * ROW / 2
            x, y = left + column * COLUMN_IN_LAYER, top + row * ROW
            boxes[key] = Box(picture.placed[key].node, len(boxes), x, y, root=key == root)
        left += columns * COLUMN_IN_LAYER + BETWEEN_LAYERS - (COLUMN_IN_LAYER - BOX_WIDTH)
    width = left - BETWEEN_LAYERS + MARGIN
    lines = [_line(edge, boxes[edge.source], boxes[edge.target]) for edge in picture.edges]
    return Drawing(width, height, list(boxes.values()), lines, len(lines) <= LABELS_DRAWN)


def _line(edge: Edge, source: Box, target: Box) -> Line:
    """A curve from the right side of what was used to the left side of what was made."""
    x1, y1 = source.x + BOX_WIDTH, source.y + BOX_HEIGHT / 2
    x2, y2 = target.x, target.y + BOX_HEIGHT / 2
    if x2 <= source.x:  # beside or behind it, as comparisons are: out and back on the right side
        x2 = target.x + BOX_WIDTH
        bend = max(x1, x2) + 48
        path = f"M{x1:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"
        return Line(source.number, target.number, path, edge.label, edge.comparison, bend - 10, (y1 + y2) / 2)
    half = max((x2 - x1) / 2, 24)
    path = f"M{x1:g} {y1:g}C{x1 + half:g} {y1:g} {x2 - half:g} {y2:g} {x2:g} {y2:g}"
    return Line(source.number, target.number, path, edge.label, edge.comparison, (x1 + x2) / 2, (y1 + y2) / 2)
