"""Stacks of slices as figures: volumes of pores, their classes, where they lie, porosity slice by slice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from labdb.figures import Figure, Trace, axis, faded, figure, hover, shown, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity

VOLUME, VOXELS = "pore_volume_cubic_micrometre", "pore_voxel"
BINS_A_DECADE = 10
MOST_POINTS = 5_000  # a run; of more pores the largest
MARKED = 2  # of the largest pores; of several runs, the largest of each
NO_PORES = "No pores were found."


def volumes(runs: Sequence[Shown]) -> Figure:
    """How the pores spread over volumes, on a logarithmic axis; one run filled, and with its class shares."""
    name, found = _sizes(runs)
    if not found:
        return figure([], {}, "", empty=NO_PORES)
    lowest = min(float(sizes.min()) for _, sizes in found)
    highest = max(float(sizes.max()) for _, sizes in found)
    first = np.floor(np.log10(lowest) * BINS_A_DECADE + 1e-6)
    last = np.floor(np.log10(highest) * BINS_A_DECADE + 1e-6) + 1
    edges = 10 ** (np.arange(first, last + 1) / BINS_A_DECADE)
    traces = []
    for run, sizes in found:
        numbers = np.histogram(np.log10(sizes), np.log10(edges) - 1e-7)[0]
        share = numbers / len(sizes) * 100
        traces.append(
            {
                **_line(run),
                "line": {"shape": "hv", "width": 1.6, "color": run.colour, "dash": "dash" if run.dashed else "solid"},
                "x": typed(edges, "float64"),
                "y": typed(np.append(share, share[-1])),
                "customdata": typed(np.append(numbers, numbers[-1]), "int32"),
                "fill": "tozeroy" if len(found) == 1 else "none",
                "fillcolor": faded(run.colour, 0.2),
                "hovertemplate": f"from %{{x:.3g}} {quantity(name).unit}: %{{y:.3g}} %, %{{customdata}} pores",
            }
        )
    layout: dict[str, Any] = {"xaxis": axis(name, type="log"), "yaxis": axis("pore_share", rangemode="tozero")}
    if len(found) == 1 and name == VOLUME:
        layout |= _classes_marked(found[0][0])
        layout["yaxis"] = axis("pore_share", range=[0, 1.15 * float(share.max())])  # room for the shares of the classes
    told = "; ".join(
        f"{run.name}: {len(sizes)} pores, the largest {quantity(name).text(float(sizes.max()))} {quantity(name).unit}"
        for run, sizes in found
    )
    return figure(traces, layout, f"{told}.")


def classes(runs: Sequence[Shown]) -> Figure:
    """The share of each class by number: the mean of each group as a bar with ± SD, its replicates as points."""
    groups: dict[str, list[tuple[Shown, pl.DataFrame]]] = {}
    for run in runs:
        table = run.table("classes")
        if table is not None and table["share_by_number"].null_count() == 0:
            groups.setdefault(run.group or run.name, []).append((run, table))
    if not groups:
        return figure([], {}, "", empty=NO_PORES)
    first = next(iter(groups.values()))[0][1]
    names = [
        _range(row["lower_cubic_micrometre"], row["upper_cubic_micrometre"]) for row in first.iter_rows(named=True)
    ]
    traces: list[Trace] = []
    told = []
    for group, members in groups.items():
        run = members[0][0]
        shares = np.array([table["share_by_number"].to_numpy() for _, table in members]) * 100
        several = len(members) > 1
        label = f"{group}, simulated" if run.simulated and group == run.group else group
        label = label if several else run.name
        bar: Trace = {
            "type": "bar",
            "name": f"{label}, mean of {len(members)}" if several else label,
            "x": names,
            "y": typed(shares.mean(axis=0)),
            "offsetgroup": group,
            "marker": {"color": faded(run.colour, 0.55), "pattern": {"shape": "/" if run.dashed else ""}},
            "hovertemplate": "%{x}: %{y:.3g} %",
        }
        if several:
            bar["error_y"] = {"type": "data", "array": typed(shares.std(axis=0, ddof=1)), "thickness": 1.2}
        if run.history and not several:
            bar["meta"] = {"history": run.history}
        traces.append(bar)
        if several:
            traces += [
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": member.name,
                    "showlegend": False,
                    "x": names,
                    "y": typed(share),
                    "offsetgroup": group,
                    "marker": {
                        "color": member.colour,
                        "size": 7,
                        "symbol": "circle-open" if member.dashed else "circle",
                    },
                    "hovertemplate": "%{x}: %{y:.3g} %",
                    **_meta(member),
                }
                for (member, _), share in zip(members, shares, strict=True)
            ]
        told.append(f"{label}: " + ", ".join(f"{share:.3g} %" for share in shares.mean(axis=0)))
    layout = {
        "xaxis": {"title": {"text": quantity(VOLUME).axis}, "type": "category"},
        "yaxis": axis("pore_share", rangemode="tozero"),
        "barmode": "group",
        "scattermode": "group",
    }
    return figure(traces, layout, f"Shares of the classes {'; '.join(names)} by number. {'; '.join(told)}.")


def radial(runs: Sequence[Shown]) -> Figure:
    """Volume of each pore against its distance from the particle's centre; the largest are named."""
    name, found = _sizes(runs, placed=True)
    traces: list[Trace] = []
    annotations = []
    told = []
    for run, sizes in found:
        table = _pores(run)
        assert table is not None  # noqa: S101 - `_sizes` found it
        places = table["radial_position"].to_numpy()
        traces.append(
            {
                **_line(run),
                "mode": "markers",
                "x": typed(places[:MOST_POINTS]),
                "y": typed(sizes[:MOST_POINTS], "float64"),
                "marker": {
                    "size": 5,
                    "opacity": 0.6,
                    "color": run.colour,
                    "symbol": "circle-open" if run.dashed else "circle",
                },
                "hovertemplate": f"at %{{x:.2f}} of the radius: {hover(name)}",
            }
        )
        marked = MARKED if len(found) == 1 else 1
        for size, place in zip(sizes[:marked].tolist(), places[:marked].tolist(), strict=True):
            text = f"{quantity(name).text(size)} {quantity(name).unit}"
            annotations.append(
                {
                    "x": place,
                    "y": float(np.log10(size)),
                    "text": text,
                    "showarrow": True,
                    "arrowhead": 0,
                    "ax": 34,
                    "ay": -14,
                    "font": {"color": run.colour},
                }
            )
            told.append(f"{run.name}: {text} at {place:.2f} of the radius")
    layout = {
        "xaxis": axis("pore_radial_position", rangemode="tozero"),
        "yaxis": axis(name, type="log"),
        "annotations": annotations,
    }
    return figure(
        traces,
        layout,
        f"Largest pores: {'; '.join(told)}.",
        empty="No pore has a place in a particle: choose the particle or a sphere as the region.",
    )


def porosity(runs: Sequence[Shown]) -> Figure:
    """Share of pore voxels in each slice of the region."""
    traces: list[Trace] = []
    told = []
    for run in runs:
        table = run.table("slice_porosity")
        if table is None or not table["region_voxels"].sum():
            continue
        table = table.filter(pl.col("region_voxels") > 0)
        traces.append(
            {
                **_line(run),
                "mode": "lines",
                "x": typed(table["slice"].to_numpy(), "int32"),
                "y": typed(shown(table["stack_porosity"].to_numpy(), "stack_porosity")),
                "line": {"width": 1.4, "color": run.colour, "dash": "dash" if run.dashed else "solid"},
                "hovertemplate": f"slice %{{x}}: {hover('stack_porosity')}",
            }
        )
        whole = int(table["pore_voxels"].sum()) / int(table["region_voxels"].sum())
        told.append(f"{run.name}: {quantity('stack_porosity').text(whole)} % over {table.height} slices")
    layout = {"xaxis": axis("slice"), "yaxis": axis("stack_porosity", rangemode="tozero")}
    return figure(traces, layout, f"{'; '.join(told)}.", empty="No slice has a voxel in the region.")


def _pores(run: Shown) -> pl.DataFrame | None:
    table = run.table("pores")
    return table if table is not None and table.height else None


def _sizes(runs: Sequence[Shown], placed: bool = False) -> tuple[str, list[tuple[Shown, np.ndarray]]]:
    """Volumes of the pores of each run; voxels where no run has volumes. Runs without what is drawn are left out.

    Args:
        placed: only runs whose pores have a place in a particle.
    """
    tables = [(run, table) for run in runs if (table := _pores(run)) is not None]
    if placed:
        tables = [(run, table) for run, table in tables if table["radial_position"].null_count() == 0]
    measured = [(run, table) for run, table in tables if table["volume_cubic_micrometre"].null_count() == 0]
    if measured or not tables:
        return VOLUME, [(run, table["volume_cubic_micrometre"].to_numpy()) for run, table in measured]
    return VOXELS, [(run, table["voxels"].to_numpy().astype(float)) for run, table in tables]


def _line(run: Shown) -> Trace:
    return {"type": "scatter", "mode": "lines", "name": run.name, **_meta(run)}


def _meta(run: Shown) -> Trace:
    return {"meta": {"history": run.history}} if run.history else {}


def _range(lower: float, upper: float | None) -> str:
    return f"> {lower:g}" if upper is None else f"{lower:g}–{upper:g}"


def _classes_marked(run: Shown) -> dict[str, Any]:
    """Lines at the limits of the classes, and their shares over them."""
    table = run.table("classes")
    if table is None or table["share_by_number"].null_count():
        return {}
    rows = list(table.iter_rows(named=True))
    end = max(float(size) for size in _sizes([run])[1][0][1][:1])
    shapes, annotations = [], []
    for row in rows:
        lower, upper = row["lower_cubic_micrometre"], row["upper_cubic_micrometre"]
        upper = max(end, lower * 2) if upper is None else upper
        if lower > 0:
            shapes.append(
                {
                    "type": "line", "x0": lower, "x1": lower, "yref": "paper", "y0": 0, "y1": 1,
                    "line": {"width": 1, "dash": "dot", "color": "#8a94a3"},
                }
            )  # fmt: skip
        middle = (np.log10(lower) if lower > 0 else np.log10(upper) - 1) / 2 + np.log10(upper) / 2
        annotations.append(
            {
                "x": float(middle), "yref": "paper", "y": 1.0, "yanchor": "top", "showarrow": False,
                "text": f"{row['share_by_number'] * 100:.3g} %",
            }
        )  # fmt: skip
    return {"shapes": shapes, "annotations": annotations}
