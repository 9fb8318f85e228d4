"""A cross-section as a browser shows it: scaled, stretched, with its pores over it. Pure.

What is measured is the picture itself; this is only how it looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from characterization.micrograph.circles import shrunk
from characterization.micrograph.picture import png
from characterization.sem.pores import Measured

LONGEST = 1600
ENDS_PERCENT = (0.5, 99.5)
# Okabe and Ito's vermilion, seen on grey by everybody.
PORE_COLOUR = (213, 94, 0)
PORE_ALPHA = 170


@dataclass(frozen=True)
class View:
    """
    Attributes:
        factor: pixels of the picture in one of the view.
        black, white: grey levels of the picture that are drawn black and white.
        width, height: of the view.
    """

    factor: int
    black: float
    white: float
    width: int
    height: int


def view_of(levels: np.ndarray, measured: np.ndarray) -> tuple[View, bytes]:
    """The picture at most 1600 pixels wide and high, as PNG.

    Args:
        levels: the whole picture. measured: the part of it without data bar, which sets the contrast.
    """
    factor = max(1, math.ceil(max(levels.shape) / LONGEST))
    small = shrunk(levels, factor)
    black, white = (float(end) for end in np.percentile(shrunk(measured, factor), ENDS_PERCENT))
    if white <= black:
        black, white = float(levels.min()), max(float(levels.max()), float(levels.min()) + 1)
    drawn = np.clip((small - black) * (255 / (white - black)), 0, 255)
    return View(factor, black, white, small.shape[1], small.shape[0]), png(np.rint(drawn).astype(np.uint8))


def overlay_of(view: View, circles: Sequence[Measured]) -> bytes:
    """The pores as a transparent PNG of the size of the view."""
    mask = np.zeros((view.height * view.factor, view.width * view.factor), np.uint8)
    for found in circles:
        rows, columns = found.box
        here = (
            slice(rows.start, min(rows.stop, mask.shape[0])),
            slice(columns.start, min(columns.stop, mask.shape[1])),
        )
        part = found.pores[: here[0].stop - rows.start, : here[1].stop - columns.start]
        np.maximum(mask[here], part, out=mask[here])
    coloured = np.empty((view.height, view.width, 4), np.uint8)
    coloured[..., :3] = PORE_COLOUR
    coloured[..., 3] = np.rint(shrunk(mask, view.factor) * PORE_ALPHA)
    return png(coloured)
