"""Cross-sections as figures: porosity by product, its radial profile, pore sizes, grey levels. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from characterization.measurement.points import Point, points
from labdb.figures import Figure, Trace, axis, faded, figure, hover, shown, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity

TICKS = [digit * 10.0**power for power in range(5) for digit in (1, 2, 5)]
DRAWN_FROM = 0.2  # of the radius: smaller circles have too few pixels for a share of them
NO_CIRCLE = "No particle is marked on the picture yet."


def porosity(runs: Sequence[Shown]) -> Figure:
    """Every particle a point, by product with mean ± SD: a picture with several circles has as many."""
    found = []
    for run in runs:
        circles = run.table("circles")
        if circles is None:
            continue
        for number, value in circles.select("circle", "porosity").iter_rows():
            name = f"{run.label}, circle {number}" if circles.height > 1 else run.label
            found.append(Point(run.group or run.label, value, name, history=run.history, simulated=run.simulated))
    hollow = frozenset(run.group or run.label for run in runs if run.dashed)
    return points("porosity", found, "particle" if len(found) == 1 else "particles", hollow)


def radial(runs: Sequence[Shown]) -> Figure:
    """Porosity inside circles of a share of the radius; several cross-sections of a product as mean ± SD.

    One cross-section has its shells beside it: what lies between a circle and the one before.
    """
    members: dict[str, list[tuple[Shown, pl.DataFrame]]] = {}
    for run in runs:
        table = run.table("radial")
        if table is not None and table.height:
            members.setdefault(run.group or run.label, []).append((run, table))
    traces: list[Trace] = []
    said: list[str] = []
    for group, own in members.items():
        rows = pl.concat(table.with_columns(run=pl.lit(number)) for number, (_, table) in enumerate(own))
        first = own[0][0]
        name = first.label if len(own) == 1 else group
        count = rows.select("run", "circle").n_unique()
        profile = _profile(rows, "porosity")
        traces += _band(name, first, profile, count)
        if len(runs) == 1:
            traces.append(_shells(first, _profile(rows, "shell_porosity")))
        said.append(_summary(name, profile, count))
    layout = {
        "xaxis": axis("radius_fraction", range=[100 * DRAWN_FROM, 102]),
        "yaxis": axis("porosity", rangemode="tozero"),
    }
    return figure(traces, layout, " ".join(said), empty=NO_CIRCLE)


def _profile(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """`radius_fraction`, `mean`, `sd` (null for one circle) over circles and runs, from `DRAWN_FROM` on."""
    return (
        rows.filter(pl.col("radius_fraction") >= DRAWN_FROM)
        .group_by("radius_fraction")
        .agg(mean=pl.col(column).mean(), sd=pl.col(column).std(ddof=1))
        .sort("radius_fraction")
    )


def _numbers(profile: pl.DataFrame, column: str) -> np.ndarray:
    return shown(profile[column].fill_null(float("nan")).to_numpy(), "porosity")


def _band(name: str, run: Shown, profile: pl.DataFrame, count: int) -> list[Trace]:
    x = shown(profile["radius_fraction"].to_numpy(), "radius_fraction")
    mean, sd = _numbers(profile, "mean"), _numbers(profile, "sd")
    printed = f"{name}, simulated" if run.simulated else name
    line: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": printed,
        "legendgroup": name,
        "x": typed(x),
        "y": typed(mean),
        "line": {"width": 2, "color": run.colour, "dash": "dash" if run.dashed else "solid"},
        "marker": {"size": 6, "color": run.colour, "symbol": "circle-open" if run.dashed else "circle"},
        "hovertemplate": f"{name}, inside %{{x:.0f}} % of the radius: {hover('porosity')}"
        + (f" (mean of {count})" if count > 1 else "")
        + "<extra></extra>",
    }
    if run.history and count == 1:
        line["meta"] = {"history": run.history}
    if count < 2 or not np.isfinite(sd).all():
        return [line]
    band: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": f"{printed}, ± SD",
        "legendgroup": name,
        "showlegend": False,
        "x": typed(np.concatenate([x, x[::-1]])),
        "y": typed(np.concatenate([mean + sd, (mean - sd)[::-1]])),
        "fill": "toself",
        "fillcolor": faded(run.colour, 0.18),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return [band, line]


def _shells(run: Shown, profile: pl.DataFrame) -> Trace:
    """Of one cross-section, drawn in the middle of each shell."""
    outer = shown(profile["radius_fraction"].to_numpy(), "radius_fraction")
    step = outer[1] - outer[0] if len(outer) > 1 else 0.0
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "in shells",
        "x": typed(outer - step / 2),
        "y": typed(_numbers(profile, "mean")),
        "line": {"width": 1.5, "color": run.colour, "dash": "dot"},
        "hovertemplate": f"shell around %{{x:.1f}} % of the radius: {hover('porosity')}<extra></extra>",
    }


def _summary(name: str, profile: pl.DataFrame, count: int) -> str:
    about = quantity("porosity")
    half = profile.filter(pl.col("radius_fraction") == 0.5)["mean"]
    whole = profile["mean"][-1]
    middle = f"{about.text(half[0])} % inside half the radius and " if len(half) else ""
    of = f" (mean of {count})" if count > 1 else ""
    return f"{name}: {middle}{about.text(whole)} % in the whole circle{of}."


def pore_sizes(runs: Sequence[Shown]) -> Figure:
    """Share of the pore area by diameter, in classes that widen with the diameter; the pores of a product together."""
    members: dict[str, list[tuple[Shown, pl.DataFrame]]] = {}
    for run in runs:
        table = run.table("pores")
        if table is not None and table.height:
            members.setdefault(run.group or run.label, []).append((run, table))
    tables = [table for own in members.values() for _, table in own]
    scaled = bool(tables) and all(table["equivalent_diameter_nm"].null_count() == 0 for table in tables)
    column = "equivalent_diameter_nm" if scaled else "equivalent_diameter_pixel"
    traces, said = [], []
    if tables:
        every = np.concatenate([table[column].to_numpy() for table in tables])
        edges = np.geomspace(every.min() * 0.98, every.max() * 1.02, 31)
        for group, own in members.items():
            run, rows = own[0][0], pl.concat(table for _, table in own)
            name = run.label if len(own) == 1 else group
            diameter, area = rows[column].to_numpy(), rows["area_pixel"].to_numpy()
            share, _ = np.histogram(diameter, edges, weights=area / area.sum())
            line = {"shape": "hvh", "width": 2, "color": run.colour, "dash": "dash" if run.dashed else "solid"}
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{name}, simulated" if run.simulated else name,
                    "x": typed(np.sqrt(edges[:-1] * edges[1:])),
                    "y": typed(100 * share),
                    "line": line,
                    "fill": "tozeroy",
                    "fillcolor": faded(run.colour, 0.18),
                    "hovertemplate": f"{name}, around {hover_x(column)}: %{{y:.2~f}} % of the pore area<extra></extra>",
                }
            )
            about = quantity(column)
            of = f" of {len(own)} pictures" if len(own) > 1 else ""
            pores = "pore" if rows.height == 1 else "pores"
            said.append(
                f"{name}: {rows.height} {pores}{of}, median {about.text(float(np.median(diameter)))} {about.unit}."
            )
    layout = {
        "xaxis": axis(column, type="log", tickmode="array", tickvals=TICKS, ticktext=[f"{tick:g}" for tick in TICKS]),
        "yaxis": axis("pore_area_share", rangemode="tozero"),
        "showlegend": len(members) > 1,
    }
    return figure(traces, layout, " ".join(said), empty="No pore was found." if runs else NO_CIRCLE)


def hover_x(name: str) -> str:
    return hover(name).replace("%{y", "%{x")


def grey_levels(runs: Sequence[Shown]) -> Figure:
    """How often each grey level is met in the circle, and the threshold between pores and solid."""
    traces, said, shapes = [], [], []
    for run in runs:
        table, view = run.table("histogram"), run.table("view")
        if table is None or view is None:
            continue
        level = float(view["grey_threshold"][0])
        share = table["share"].to_numpy()
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": run.name,
                "x": typed(table["grey_level"].to_numpy()),
                "y": typed(100 * share),
                "line": {"shape": "hvh", "width": 1.5, "color": run.colour},
                "fill": "tozeroy",
                "fillcolor": faded(run.colour, 0.18),
                "hovertemplate": "grey level %{x:.4~g}: %{y:.3~f} % of the pixels<extra></extra>",
            }
        )
        shapes.append(
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": level,
                "x1": level,
                "y0": 0,
                "y1": 1,
                "line": {"color": "#d55e00", "width": 2, "dash": "dash"},
            }
        )
        below = float(share[table["grey_level"].to_numpy() <= level].sum())
        said.append(
            f"Threshold at grey level {level:.4g} ({view['threshold_method'][0]}); {below:.1%} of the pixels are at or"
            " below it."
        )
    layout = {
        "xaxis": axis("grey_level"),
        "yaxis": axis("pixel_share", rangemode="tozero"),
        "showlegend": False,
        "shapes": shapes,
        "annotations": [
            {
                "x": shape["x0"],
                "y": 1,
                "yref": "paper",
                "text": "threshold",
                "showarrow": False,
                "xanchor": "left",
                "xshift": 4,
                "font": {"size": 12},
            }
            for shape in shapes
        ],
    }
    return figure(traces, layout, " ".join(said), empty=NO_CIRCLE)
