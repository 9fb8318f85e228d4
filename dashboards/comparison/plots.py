"""Figures of a comparison: every cell a line, or mean ± SD by group. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cells.cycling.curve import EFFICIENCY, SYMBOLS, Along, Curve
from cells.cycling.plots import LINE, Line, dq_dv_figure, efficiency_range, profile_figure
from cells.cycling.scale import Scale, scale_of
from dashboards.comparison.bands import Band, band
from dashboards.comparison.series import Over, Series, batches, cells, colours, group_names, per_gram_of
from labdb import figures
from labdb.figures import EXCLUDED, Figure, Trace, axis, faded, hover, typed, whole_numbers
from labdb.quantities import quantity

POINTS = 50_000  # of all lines of a figure together: 270 kB, and more than a screen has room for
FEWEST = 100  # points that a line keeps
MARKED_LINES = 12  # more lines are drawn without the markers of formation cycles


def _along(along: Along) -> dict[str, object]:
    return axis(along, rangemode="tozero")


def _layout(name: str, along: Along, curves: Sequence[Curve]) -> dict[str, object]:
    yaxis = axis(name, range=efficiency_range(curves)) if name == EFFICIENCY else axis(name)
    return {"xaxis": _along(along), "yaxis": yaxis}


def _ranked(ends: Mapping[str, float]) -> dict[str, int]:
    """Legend ranks that put the entries in the order in which the curves end, from the top."""
    order = sorted(ends, key=lambda group: -ends[group] if np.isfinite(ends[group]) else np.inf)
    return {group: 1000 + position for position, group in enumerate(order)}


def each_figure(series: Sequence[Series], name: str, along: Along = "cycle_count") -> Figure:
    """One line a test, of its ageing cycles; other kinds are marked (`SYMBOLS`), grey does not count.

    Args:
        name: the quantity on the y axis.
    """
    about = quantity(name)
    drawn = [one for one in series if one.curve.has(name)]
    total = sum(len(one.curve) for one in drawn)
    most = 0 if total <= POINTS else max(FEWEST, POINTS // len(drawn))
    of_group = colours(series)
    counting = [one for one in drawn if not one.excluded]
    pieces = {one.run_id: one.curve.pieces(name, along, most, one.without) for one in counting}
    ends: dict[str, float] = {}
    for one in counting:
        ends.setdefault(one.group, pieces[one.run_id].last)
    ranks, names = _ranked(ends), group_names(series)
    traces = _greyed(drawn, name, along, most)
    named: set[str] = set()
    hovered = _hovered(name, along)
    for one in counting:
        parts, paint = pieces[one.run_id], of_group[one.group]
        common = {"meta": {"history": one.history}, "legendgroup": one.group}
        if parts.points:
            line: dict[str, object] = {"color": paint}
            if one.control:
                line["dash"] = "dash"
            trace: Trace = {**common, **parts.line, "line": line, "hovertemplate": f"{one.name}<br>{hovered}"}
            if parts.points == 1:
                trace |= {"mode": "markers", "marker": {"color": paint, "size": 6}}
            if one.group in named:
                trace["showlegend"] = False
            else:
                trace |= {"name": names[one.group], "legendrank": ranks[one.group]}
                named.add(one.group)
            traces.append(trace)
        for kind, points in parts.marked.items():
            symbol = "diamond-open" if kind == "formation" and one.control else SYMBOLS[kind]
            if kind != "formation" or len(drawn) <= MARKED_LINES or not parts.points:
                trace = {
                    **common,
                    **points,
                    "mode": "markers",
                    "marker": {"symbol": symbol, "size": 6, "color": paint},
                    "hovertemplate": f"{one.name}, {kind}<br>{hovered}",
                }
                if one.group in named:
                    trace["showlegend"] = False
                else:
                    trace |= {"name": names[one.group], "legendrank": ranks[one.group]}
                    named.add(one.group)
                traces.append(trace)
    layout = _layout(name, along, [one.curve for one in drawn])
    # What all lines have in common is said once.
    layout["template"] = {
        "data": {
            "scatter": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "connectgaps": True,
                    "line": {"width": LINE},
                    "hoverlabel": {"namelength": 0},
                }
            ]
        }
    }
    return figures.figure(
        traces,
        layout,
        _summary(about.label, along, drawn, series, "one line a cell"),
        empty=f"None of these cells has a {about.label.lower()}; cells without active mass have nothing per gram.",
    )


def _hovered(name: str, along: Along) -> str:
    return f"{quantity(along).label.lower()} %{{x}}: {hover(name)}"


def _greyed(series: Sequence[Series], name: str, along: Along, most: int = 0) -> list[Trace]:
    """What a person left out: whole tests as thin lines, cycles as points; together one entry of the legend."""
    traces: list[Trace] = []
    for one in series:
        if not one.without:
            continue
        pieces = one.curve.pieces(name, along, most, () if one.excluded else one.without)
        points = pieces.line if one.excluded else pieces.excluded
        if points is None or (one.excluded and not pieces.points):
            continue
        lines = one.excluded and pieces.points > 1
        traces.append(
            {
                "type": "scatter",
                **points,
                "connectgaps": True,
                "mode": "lines" if lines else "markers",
                "name": "excluded",
                "legendgroup": "excluded",
                "legendrank": 3000,
                "showlegend": not traces,
                "line": {"color": EXCLUDED, "width": 1},
                "marker": {"color": EXCLUDED, "size": 4},
                "meta": {"history": one.history},
                "hovertemplate": f"{one.name}, excluded<br>{_hovered(name, along)}<extra></extra>",
            }
        )
    return traces


def _summary(what: str, along: Along, drawn: Sequence[Series], series: Sequence[Series], how: str) -> str:
    groups = sorted({one.group for one in drawn})
    missing, excluded = len(series) - len(drawn), sum(one.excluded for one in drawn)
    text = f"{what} against {quantity(along).label.lower()} of {cells(len(drawn))}, {how}: {', '.join(groups[:8])}"
    text += " …" if len(groups) > 8 else ""
    text += f"; {excluded} excluded" if excluded else ""
    return f"{text}; {cells(missing)} without it." if missing else f"{text}."


def mean_figure(
    series: Sequence[Series], name: str, along: Along = "cycle_count", over: Over = "cells", history: str = ""
) -> Figure:
    """Mean ± SD of each group against the cycle; how many cells (or batches) are left is in the hover.

    Args:
        history: the address that tells which cells a mean is of; the group and "&at=" are appended.
    """
    about = quantity(name)
    drawn = [one for one in series if one.curve.has(name)]
    of_group = colours(series)
    bands = [
        band([one for one in drawn if one.group == group], name, along, over)
        for group in sorted({one.group for one in drawn})
    ]
    bands = [found for found in bands if found.x.size]
    ranks = _ranked({found.group: float(found.mean[-1]) for found in bands})
    controls = {one.group for one in series if one.control}
    digits = about.digits
    traces = _greyed(drawn, name, along, FEWEST)
    for found in bands:
        paint = of_group[found.group]
        scattered = found.n > 1
        if scattered.any():
            x, low, high = found.x[scattered], *(found.mean[scattered] + sign * found.sd[scattered] for sign in (-1, 1))
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": typed(np.concatenate([x, x[::-1]]), "int32"),
                    "y": typed(np.concatenate([high, low[::-1]])),
                    "fill": "toself",
                    "fillcolor": faded(paint, 0.18),
                    "line": {"width": 0, "color": paint},
                    "hoverinfo": "skip",
                    "showlegend": False,
                    "legendgroup": found.group,
                }
            )
    for found in bands:
        dash = {"dash": "dash"} if found.group in controls else {}
        sd = f" ± %{{customdata[0]:.{max(digits - 2, 2)}~r}}" if int(found.n.max()) > 1 else ""
        left = ", %{customdata[2]:d} excluded" if found.excluded.any() else ""
        traces.append(
            {
                "type": "scatter",
                "mode": "lines" if found.x.size > 1 else "markers",
                "name": _counted(found, [one for one in series if one.group == found.group], over),
                "legendgroup": found.group,
                "legendrank": ranks[found.group],
                **whole_numbers(found.x),
                "y": typed(found.mean),
                "customdata": typed(np.column_stack([found.sd, found.n, found.excluded])),
                "line": {"color": of_group[found.group], "width": LINE + 0.4, **dash},
                "marker": {"color": of_group[found.group]},
                "meta": {"history": f"{history}&group={figures.in_address(found.group)}&at="},
                "hovertemplate": f"{found.group}<br>{quantity(along).label.lower()} %{{x}}: {hover(name)}{sd}"
                f" (n = %{{customdata[1]:d}} {over}{left})<extra></extra>",
            }
        )
    counted = "mean ± SD of the cells" if over == "cells" else "mean ± SD of the batch means"
    return figures.figure(
        traces,
        _layout(name, along, [one.curve for one in drawn]),
        _summary(about.label, along, drawn, series, counted),
        empty=f"None of these cells has a {about.label.lower()}; cells without active mass have nothing per gram.",
    )


def _counted(found: Band, members: Sequence[Series], over: Over) -> str:
    """The entry of a mean in the legend: what n counts, and of how many batches the cells are."""
    most = int(found.n.max())
    said = f"{found.group}, n = {cells(most) if over == 'cells' else batches(most)}"
    of = {one.batch for one in members if one.batch and not one.excluded}
    if over == "cells" and len(of) > 1:
        said += f" of {batches(len(of))}"
    if excluded := sum(one.excluded for one in members):
        said += f", {excluded} excluded"
    simulated = sum(one.simulated for one in members)
    return said + (f" ({'' if simulated == len(members) else f'{simulated} '}simulated)" if simulated else "")


def at_cycles_figure(lines: Sequence[Line], name: str, series: Sequence[Series], against: str = "") -> Figure:
    """Voltage profiles ("profiles") or dQ/dV ("dq-dv") of the chosen cycles; per gram where a test has a mass.

    Args:
        against: what the voltages of the lines are against, as in `Selection`.
    """
    per_gram = per_gram_of(series)
    without = sum(not one.mass_mg for one in series) if per_gram else 0
    drawn = _at_cycles(lines, name, per_gram, scale_of(against, 0.0))
    if without and lines:
        drawn["summary"] += f" {cells(without)} without active mass left out."
    full = sum(one.potential_volt is None for one in series) if against else 0
    if full and lines:
        drawn["summary"] += f" {cells(full)} without a reference electrode left out."
    return drawn


def _at_cycles(lines: Sequence[Line], name: str, per_gram: bool, scale: Scale) -> Figure:
    empty = "None of these cells has a charge or a discharge in the chosen cycles."
    if name == "profiles":
        return profile_figure(lines, "capacity_mah_per_g" if per_gram else "capacity_mah", empty, scale)
    return dq_dv_figure(lines, "dq_dv_mah_per_g_volt" if per_gram else "dq_dv_mah_per_volt", empty, scale)
