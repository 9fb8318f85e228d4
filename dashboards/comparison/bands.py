"""Mean and scatter of groups, cycle by cycle. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cells.cycling.curve import Along
from dashboards.comparison.series import Over, Series


@dataclass(frozen=True)
class Band:
    """Mean and scatter of a group, cycle by cycle, in the printed unit; sd is nan where n is 1.

    Attributes:
        excluded: how many cells have a value there that does not count.
    """

    group: str
    x: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    n: np.ndarray
    excluded: np.ndarray


def band(members: Sequence[Series], name: str, along: Along, over: Over = "cells") -> Band:
    """Mean, sample SD and n of a group at each cycle that any of it has; what is left out counts in none.

    Args:
        over: what n counts. "cells": every cell once. "batches": the cells of a batch are averaged first, and
            every batch counts once.
    """
    lines = [(one, *one.curve.line(name, along)) for one in members]
    start = min((int(at.min()) for _, at, _ in lines if at.size), default=0)
    stop = max((int(at.max()) for _, at, _ in lines if at.size), default=-1) + 1
    values = np.full((len(lines), stop - start), np.nan)
    excluded = np.zeros(stop - start, dtype=int)
    for row, (one, at, y) in enumerate(lines):
        if not one.without:
            values[row, at - start] = y
            continue
        counting, counted = one.curve.line(name, along, one.without)
        values[row, counting - start] = counted
        excluded[np.setdiff1d(at, counting) - start] += 1
    if over == "batches" and lines:
        of_line = np.array([one.batch or one.name for one, _, _ in lines])
        values = np.stack([statistics(values[of_line == batch])[0] for batch in dict.fromkeys(of_line.tolist())])
    mean, sd, n = statistics(values)
    there = n > 0
    x = np.arange(start, stop, dtype=np.int32)
    group = members[0].group if members else ""
    return Band(group, x[there], mean[there], sd[there], n[there], excluded[there])


def statistics(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, sample SD and n of each column; nan where there are too few."""
    there = np.isfinite(values)
    n = there.sum(axis=0)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, filled.sum(axis=0) / n, np.nan)
        sd = np.where(n > 1, np.sqrt(np.where(there, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1)), np.nan)
    return mean, sd, n
