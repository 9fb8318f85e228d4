"""The bar of text at the lower edge of a micrograph, which is no specimen. Pure."""

from __future__ import annotations

import numpy as np

LEAST_ROWS, MOST_SHARE = 8, 0.2  # of a data bar: rows, share of the height
FLAT = 0.7  # of a row that has one grey level; text and scale bar are the rest
EVEN = 0.01  # of the grey range, within which a grey level is the same
BELOW = 4  # rows of the picture, or of a frame, that may follow the bar
FRAME, LINE = 2, 0.95  # rows of a line around the bar; share of such a row that has its grey level
JUMP = 0.15  # of the grey range, between the last row of the picture and the bar


def find_databar(levels: np.ndarray) -> int:
    """How many rows at the lower edge are a data bar, with what is below it; 0 where none is found.

    A bar is a band of rows that mostly have one grey level, from edge to edge, and that the picture does not fade into:
    a dark background below a particle is no bar.

    Args:
        levels: shape (height, width).
    """
    height, width = levels.shape
    most = int(height * MOST_SHARE)
    if most < LEAST_ROWS or width < 32:
        return 0
    lower = levels[height - most - 1 :].astype(np.float64)
    typical = np.median(lower, axis=1)
    span = float(levels.max()) - float(levels.min())
    if span <= 0:
        return 0
    flat = (np.abs(lower - typical[:, None]) <= EVEN * span).mean(axis=1) >= FLAT
    rows = np.flatnonzero(flat)
    if rows.size == 0 or len(flat) - 1 - rows[-1] > BELOW:
        return 0
    level = float(np.median(typical[rows[rows >= rows[-1] - LEAST_ROWS]]))
    bar = flat & (np.abs(typical - level) <= JUMP * span)
    if not bar.any():
        return 0
    top = int(np.flatnonzero(bar)[-1])
    # Lines of text fill a row here and there; two of them do not end the bar.
    while top > 0 and bar[max(0, top - 3) : top].any():
        top -= int(np.argmax(bar[max(0, top - 3) : top][::-1])) + 1
    for _ in range(FRAME):
        if top > 0 and (lower[top - 1] == typical[top - 1]).mean() > LINE:
            top -= 1
    if top == 0 or len(flat) - top < LEAST_ROWS:
        return 0
    differs = np.abs(lower[top - 1] - level) > JUMP * span
    return len(flat) - top if differs.mean() > 0.5 else 0
