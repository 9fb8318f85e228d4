"""Reference structures as sticks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from characterization.reference.analysis import WAVELENGTH_ANGSTROM
from characterization.xrd.radiation import two_theta_of
from labdb.figures import Figure, axis, figure, typed
from labdb.ingest.presentation import Shown


def sticks(shown: Sequence[Shown]) -> Figure:
    """The reflections over 2θ at the wavelength that they were computed for, each file in a colour."""
    traces = []
    said = []
    for of in shown:
        table = of.table("reflections")
        if table is None or not table.height:
            continue
        wavelength = float(of.parameters.get("wavelength_angstrom") or WAVELENGTH_ANGSTROM)
        x = two_theta_of(table["d_spacing_angstrom"].to_numpy(), wavelength)
        inside = np.isfinite(x)
        height = table["relative_intensity"].to_numpy()[inside] * 100
        gap = np.full(int(inside.sum()), np.nan)
        named = table["hkl"].filter(pl.Series(inside)).to_list()
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": of.name,
                "x": typed(np.column_stack([x[inside], x[inside], gap]).ravel()),
                "y": typed(np.column_stack([np.zeros_like(height), height, gap]).ravel()),
                "text": [word for name in named for word in (name, name, "")],
                "line": {"width": 1.5, "color": of.colour},
                "hovertemplate": f"%{{text}}, %{{x:.3f}}° 2θ, %{{y:.1f}} %<extra>{of.name}</extra>",
            }
        )
        said.append(f"{of.name} at {wavelength:.6g} Å")
    layout = {"xaxis": axis("two_theta_degree"), "yaxis": axis("relative_intensity", rangemode="tozero")}
    return figure(traces, layout, f"Computed reflections of {', '.join(said)}.", empty="No reflections are known.")
