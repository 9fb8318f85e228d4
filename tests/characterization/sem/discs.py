"""A particle whose pores are known: a bright disc with dark discs in it, drawn without noise or blur."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from characterization.sem.technique import SEM
from labdb.ingest.technique import Analysis, SourceFile, no_progress

SIZE = 600
X, Y, RADIUS = 310.0, 290.0, 240.0
SOLID, PORE, GROUND = 170, 40, 20
ROW, COLUMN = np.mgrid[:SIZE, :SIZE] + 0.5


def away(x: float = X, y: float = Y) -> np.ndarray:
    """Distance of each pixel's middle from a point."""
    return np.hypot(COLUMN - x, ROW - y)


def particle(pores: np.ndarray, ground: int = GROUND) -> np.ndarray:
    levels = np.where(away() <= RADIUS, SOLID, ground).astype(np.uint8)
    levels[pores & (away() <= RADIUS)] = PORE
    return levels


def ring_of_pores() -> np.ndarray:
    """Twelve pores of radius 12 in a ring at 30 % of the radius, twenty-four of radius 6 at 80 %."""
    found = np.zeros((SIZE, SIZE), bool)
    for count, far, radius in ((12, 0.3, 12), (24, 0.8, 6)):
        for angle in 2 * np.pi * np.arange(count) / count:
            found |= away(X + far * RADIUS * np.cos(angle), Y + far * RADIUS * np.sin(angle)) <= radius
    return found


def analysed(path: Path, levels: np.ndarray, **parameters: Any) -> Analysis:
    """The analysis of a picture as it was written and read."""
    tifffile.imwrite(path, levels, metadata=None)
    table = SEM.schema.conform(SEM.readers[0].read(path, path.name).table)
    return SEM.analysed([SourceFile(path, path.name)], table, {**SEM.defaults, **parameters}, no_progress)


def values(analysis: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}
