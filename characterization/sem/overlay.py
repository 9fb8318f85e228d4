"""The pores of a cross-section as a browser lays them over the picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from characterization.micrograph.circles import shrunk
from characterization.micrograph.picture import png
from characterization.micrograph.view import View
from characterization.sem.pores import Measured

# Okabe and Ito's vermilion, seen on grey by everybody.
PORE_COLOUR = (213, 94, 0)
PORE_ALPHA = 170


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
