"""A picture as a browser shows it: scaled, and stretched to its contrast. Pure.

What is measured is the picture itself; this is only how it looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from characterization.micrograph.circles import shrunk
from characterization.micrograph.picture import png

LONGEST = 1600
ENDS_PERCENT = (0.5, 99.5)


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
    """A grey picture at most 1600 pixels wide and high, as PNG.

    Args:
        levels: the whole picture. measured: the part of it without data bar, which sets the contrast.
    """
    factor = _factor(levels)
    small = shrunk(levels, factor)
    black, white = (float(end) for end in np.percentile(shrunk(measured, factor), ENDS_PERCENT))
    if white <= black:
        black, white = float(levels.min()), max(float(levels.max()), float(levels.min()) + 1)
    drawn = np.clip((small - black) * (255 / (white - black)), 0, 255)
    return View(factor, black, white, small.shape[1], small.shape[0]), png(np.rint(drawn).astype(np.uint8))


def coloured_view_of(colours: np.ndarray) -> tuple[View, bytes]:
    """A picture in colours, as they are.

    Args:
        colours: 8 bit, shape (height, width, 3).
    """
    factor = _factor(colours)
    small = np.stack([shrunk(colours[..., channel], factor) for channel in range(3)], axis=2)
    return View(factor, 0.0, 255.0, small.shape[1], small.shape[0]), png(np.rint(small).astype(np.uint8))


def _factor(picture: np.ndarray) -> int:
    return max(1, math.ceil(max(picture.shape[:2]) / LONGEST))
