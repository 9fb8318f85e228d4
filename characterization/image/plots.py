"""Values measured on pictures as figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from characterization.image.values import MEASURED
from characterization.measurement.replicate_points import replicates_figure
from labdb.figures import Figure
from labdb.ingest.presentation import Shown


def values(runs: Sequence[Shown]) -> Figure:
    """Every value a point, beside them mean ± SD; quantities side by side."""
    found = [name for name in MEASURED if any(_has(run, name) for run in runs)] or [MEASURED[0]]
    return replicates_figure(runs, found, along=found[0] if len(found) == 1 else "measured_length_nm")


def _has(run: Shown, name: str) -> bool:
    table = run.table("replicates")
    return table is not None and name in table.columns
