"""Replicates as figures: every one a point, beside it mean ± SD; of one measurement, or several side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labdb.figures import Figure, Trace, axis, figure, hover, shown, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity
from labdb.replicates import Replicates

SPREAD = 0.12  # of the points around the place of their measurement, whose neighbours are 1 apart
BETWEEN = 0.6  # further apart are the places of two quantities


def values_of(run: Shown, name: str, table: str = "replicates") -> np.ndarray:
    """The replicates of a run, in stored units; none where it has no such table."""
    found = run.table(table)
    if found is None or name not in found.columns:
        return np.array([])
    return found[name].drop_nulls().drop_nans().to_numpy()


def replicates_figure(
    runs: Sequence[Shown], quantities: Sequence[str], along: str = "", table: str = "replicates"
) -> Figure:
    """Points of every replicate and, where there are several, their mean ± sample SD.

    Args:
        quantities: beside each other, and within each all runs.
        along: the quantity that the axis is named by, where there are several of one unit.
        table: of a run, with a column for each quantity.
    """
    traces: list[Trace] = []
    places: list[tuple[float, str]] = []
    said: list[str] = []
    named = len(runs) > 1 and len(quantities) > 1
    place, seen = 0.0, set[str]()
    for name in quantities:
        first = place
        for run in runs:
            values = values_of(run, name, table)
            if not len(values):
                continue
            legend = {"legendgroup": run.label, "showlegend": named and run.label not in seen}
            traces += _points(run, name, values, place, legend)
            seen.add(run.label)
            if len(quantities) == 1:
                places.append((place, run.name))
            told = Replicates.of(values.tolist())
            if told is not None:
                what = f"{quantity(name).label} of " if len(quantities) > 1 or not said else ""
                said.append(f"{what}{run.name}: {told.text(quantity(name))}")
            place += 1
        if len(quantities) > 1 and place > first:
            places.append(((first + place - 1) / 2, quantity(name).label))
            place += BETWEEN
    layout = {
        "xaxis": {
            "tickvals": [at for at, _ in places],
            "ticktext": [words for _, words in places],
            "range": [-0.7, max((at for at, _ in places), default=0) + max(len(runs) / 2 if named else 0, 0) + 0.7],
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": axis(along or quantities[0]),
        "showlegend": named,
    }
    unit = quantity(along or quantities[0]).unit
    summary = "; ".join(said) + (f", in {unit}." if unit else ".")
    return figure(traces, layout, summary, empty="No replicate was measured.")


def _points(run: Shown, name: str, values: np.ndarray, place: float, legend: dict[str, object]) -> list[Trace]:
    about, y = quantity(name), shown(values, name)
    offsets = np.linspace(-SPREAD, SPREAD, len(y)) if len(y) > 1 else np.zeros(1)
    common: Trace = {"type": "scatter", "mode": "markers"}
    if run.history:
        common["meta"] = {"history": run.history}
    points = {
        **common,
        **legend,
        "name": run.name,
        "x": typed(place + offsets),
        "y": typed(y),
        "customdata": typed(np.arange(1, len(y) + 1), "int32"),
        "marker": {"color": run.colour, "size": 8, "symbol": "circle-open" if run.dashed else "circle"},
        "hovertemplate": f"{run.name}<br>{about.label}, replicate %{{customdata}}: {hover(name)}<extra></extra>",
    }
    told = Replicates.of(y.tolist())
    if told is None or told.sd is None:
        return [points]
    unit = "%" if about.percent else about.unit
    words = f"{about.text_with_sd(float(values.mean()), float(values.std(ddof=1)))} {unit}".rstrip()
    mean = {
        **common,
        "legendgroup": run.label,
        "showlegend": False,
        "name": f"{run.name}, mean ± SD",
        "x": [place + 2 * SPREAD],
        "y": [told.mean],
        "error_y": {"type": "data", "array": [told.sd], "thickness": 1.5, "width": 6, "color": run.colour},
        "marker": {"color": run.colour, "size": 9, "symbol": "diamond-open" if run.dashed else "diamond"},
        "hovertemplate": f"{run.name}<br>{about.label}: {words} (n = {told.n})<extra></extra>",
    }
    return [points, mean]
