"""Sections through a stack as PNG: greys, the pores laid over, what is outside of the region dimmed. Pure."""

from __future__ import annotations

import io
import math

import numpy as np

MOST_PIXELS = 1000
LEAST_PIXELS = 360  # a small section is enlarged, each pixel to a square
PORE_COLOUR = (213, 94, 0)  # vermillion of the colour-blind-safe cycle
PORE_OPACITY = 0.75
DIMMED = 0.45


def section(
    greys: np.ndarray, pores: np.ndarray, region: np.ndarray | None, ends: tuple[float, float], aspect: float
) -> bytes:
    """One section.

    Args:
        greys: shape (rows, columns).
        pores: bool, of the same shape.
        region: bool, of the same shape; None where it is everything.
        ends: the greys that are black and white.
        aspect: height / width of a voxel in this section.

    Returns:
        A PNG of 1000 pixels a side at most, in the proportions of the sample.
    """
    from PIL import Image

    low, high = ends
    light = np.clip((greys.astype(np.float32) - low) / max(high - low, 1e-9), 0, 1) * 255
    if region is not None:
        light = np.where(region, light, light * DIMMED)
    picture = np.repeat(light[:, :, None], 3, axis=2)
    picture[pores] = (1 - PORE_OPACITY) * picture[pores] + PORE_OPACITY * np.array(PORE_COLOUR, np.float32)
    rows, columns = greys.shape
    height = rows * aspect
    scale = min(1.0, MOST_PIXELS / max(height, columns))
    if max(height, columns) < LEAST_PIXELS:
        scale = float(math.ceil(LEAST_PIXELS / max(height, columns)))
    size = (
        min(max(1, round(columns * scale)), MOST_PIXELS),
        min(max(1, round(height * scale)), MOST_PIXELS),
    )
    drawn = Image.fromarray(np.round(picture).astype(np.uint8), "RGB")
    smaller = size[0] <= columns and size[1] <= rows
    drawn = drawn.resize(size, Image.Resampling.BOX if smaller else Image.Resampling.NEAREST)
    png = io.BytesIO()
    drawn.save(png, "PNG", optimize=False)
    return png.getvalue()
