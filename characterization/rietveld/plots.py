"""Refined cells and mixing as figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labdb.figures import Figure, axis, figure, hover, shown, typed
from labdb.ingest.presentation import Shown


def mixing(runs: Sequence[Shown]) -> Figure:
    """Nickel on the lithium site, each refinement a point with its standard uncertainty."""
    return _points(runs, "li_ni_mixing", "No refinement here tells of Li/Ni mixing.")


def cell(runs: Sequence[Shown]) -> Figure:
    """c against a, each refinement a point with its standard uncertainties."""
    traces = []
    for of in runs:
        a, c = of.results.get("rietveld_a_angstrom"), of.results.get("rietveld_c_angstrom")
        if a is None or c is None:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": of.name,
                "x": typed([a.value], "float64"),
                "y": typed([c.value], "float64"),
                "error_x": {"type": "data", "array": [a.sd or 0.0], "visible": a.sd is not None},
                "error_y": {"type": "data", "array": [c.sd or 0.0], "visible": c.sd is not None},
                "marker": {"color": of.colour, "size": 9, "symbol": "circle-open" if of.dashed else "circle"},
                "hovertemplate": f"a %{{x:.5f}} Å, c %{{y:.4f}} Å<extra>{of.name}</extra>",
                **({"meta": {"history": of.history}} if of.history else {}),
            }
        )
    layout = {"xaxis": axis("rietveld_a_angstrom"), "yaxis": axis("rietveld_c_angstrom")}
    told = f"Refined cells of {len(traces)} measurements."
    return figure(traces, layout, told, empty="No refined cell with a and c.")


def _points(runs: Sequence[Shown], name: str, empty: str) -> Figure:
    traces = []
    for of in runs:
        scalar = of.results.get(name)
        if scalar is None:
            continue
        sd = None if scalar.sd is None else float(shown(np.array([scalar.sd]), name)[0])
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": of.name,
                "x": [of.group or of.label],
                "y": typed(shown(np.array([scalar.value]), name)),
                "error_y": {"type": "data", "array": [sd or 0.0], "visible": sd is not None},
                "marker": {"color": of.colour, "size": 9, "symbol": "circle-open" if of.dashed else "circle"},
                "hovertemplate": f"{hover(name)}<extra>{of.name}</extra>",
                **({"meta": {"history": of.history}} if of.history else {}),
            }
        )
    layout = {"xaxis": {"type": "category"}, "yaxis": axis(name, rangemode="tozero")}
    return figure(traces, layout, f"Refined values of {len(traces)} measurements.", empty=empty)
