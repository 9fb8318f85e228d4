"""Particle size distributions as figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from characterization.particle_size.table import PERCENTILES
from labdb.figures import Figure, Trace, axis, faded, figure, hover, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity

SIZE, DENSITY, BELOW = "size_micrometre", "volume_density_percent_per_decade", "cumulative_volume_share"

SEEN = 1e-4  # of the volume; where no class has more, nothing is seen


def distribution_figure(runs: Sequence[Shown]) -> Figure:
    """Volume density and, on an axis of its own, the cumulative curve, over the size; every replicate a line.

    Of one measurement, D10, D50 and D90 stand on the cumulative curve.
    """
    drawn = [(run, table) for run in runs if (table := run.table("distribution")) is not None and table.height]
    traces: list[Trace] = []
    for run, table in drawn:
        for at, ((number,), own) in enumerate(table.group_by("replicate", maintain_order=True)):
            traces += _curves(run, int(number), own, first=at == 0)
    if len(drawn) == 1:
        traces += _percentiles(drawn[0][0])
    low, high = _range([table for _, table in drawn]) if drawn else (0.0, 1.0)
    layout = {
        "xaxis": axis("particle_size_micrometre", type="log", range=[low, high]),
        "yaxis": axis(DENSITY, rangemode="tozero"),
        "yaxis2": axis(BELOW, overlaying="y", side="right", range=[0, 101], dtick=25, showgrid=False),
        "showlegend": True,
    }
    told = "; ".join(_told(run) for run, _ in drawn)
    return figure(
        traces,
        layout,
        f"Volume density and cumulative volume over the particle size. {told}.",
        empty="Only D10, D50 and D90 are known, so there is no curve.",
    )


def _curves(run: Shown, number: int, table: pl.DataFrame, first: bool) -> list[Trace]:
    middle = np.sqrt(table["lower_size_micrometre"].to_numpy() * table[SIZE].to_numpy())
    common: Trace = {"type": "scatter", "mode": "lines", "legendgroup": run.label, "name": run.name}
    if run.history:
        common["meta"] = {"history": run.history}
    dash = {"dash": "dash"} if run.dashed else {}
    density = {
        **common,
        "showlegend": first,
        "x": typed(middle),
        "y": typed(table[DENSITY].to_numpy()),
        "line": {"color": run.colour, "width": 1.8, **dash},
        "hovertemplate": f"{run.name}, replicate {number}<br>%{{x:.3~r}} µm: {hover(DENSITY)}<extra></extra>",
    }
    below = {
        **common,
        "showlegend": False,
        "yaxis": "y2",
        "x": typed(table[SIZE].to_numpy()),
        "y": typed(100 * table[BELOW].to_numpy()),
        "line": {"color": faded(run.colour, 0.6), "width": 1, "dash": "dot"},
        "hovertemplate": f"{run.name}, replicate {number}<br>{hover(BELOW)} below %{{x:.3~r}} µm<extra></extra>",
    }
    return [density, below]


def _percentiles(run: Shown) -> list[Trace]:
    known = {name: run.results[name] for name in PERCENTILES if name in run.results}
    if not known:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "D10, D50, D90",
            "yaxis": "y2",
            "x": [scalar.value for scalar in known.values()],
            "y": [100 * PERCENTILES[name] for name in known],
            "error_x": {"type": "data", "array": [scalar.sd or 0.0 for scalar in known.values()], "thickness": 1.2},
            "text": [quantity(name).label for name in known],
            "textposition": "middle right",
            "marker": {"color": run.colour, "size": 8, "symbol": "diamond"},
            "hovertemplate": "%{text}: %{x:.4~r} µm<extra></extra>",
        }
    ]


def _range(tables: Sequence[pl.DataFrame]) -> tuple[float, float]:
    """Where there are particles, as powers of ten."""
    filled = [table.filter(pl.col("volume_share") > SEEN) for table in tables]
    filled = [own if own.height else table for own, table in zip(filled, tables, strict=True)]
    low = min(float(own["lower_size_micrometre"].to_numpy().min()) for own in filled)
    high = max(float(own[SIZE].to_numpy().max()) for own in filled)
    return float(np.log10(low)) - 0.1, float(np.log10(high)) + 0.1


def _told(run: Shown) -> str:
    known = [name for name in (*PERCENTILES, "particle_size_span") if name in run.results]
    values = ", ".join(
        f"{quantity(name).label} {quantity(name).text_with_sd(run.results[name].value, run.results[name].sd)}"
        f" {quantity(name).unit}".rstrip()
        for name in known
    )
    return f"{run.name}: {values}" if values else run.name
