"""Figures of a comparison: every cell a line, or mean ± SD by group. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cells.cycling.plots import EFFICIENCY, LINE, Along, Curve, Line, dq_dv_figure, efficiency_range, profile_figure
from labdb import figures
from labdb.figures import Figure, Trace, axis, colour, faded, hover, typed, whole_numbers
from labdb.quantities import quantity

POINTS = 50_000  # of all lines of a figure together: 270 kB, and more than a screen has room for
FEWEST = 100  # points that a line keeps
MARKED_LINES = 12  # more lines are drawn without the markers of formation cycles

Over = Literal["cells", "batches"]


@dataclass(frozen=True)
class Series:
    """One test in a comparison.

    Attributes:
        name: the cell's code, with the test's name where a cell has two.
        group: what its colour stands for.
        batch: replicates of one batch are counted apart from batches.
        history: the address of a cycle's history, ending with "at/".
        mass_mg: that the run was made with.
        control: drawn dashed.
    """

    name: str
    group: str
    batch: str
    run_id: int
    curve: Curve
    history: str
    mass_mg: float | None = None
    control: bool = False
    simulated: bool = False


def colours(series: Sequence[Series]) -> dict[str, str]:
    """A colour for each group: the same in every figure of these groups, in whatever order they were chosen."""
    return {group: colour(number) for number, group in enumerate(sorted({one.group for one in series}))}


def _along(along: Along) -> dict[str, object]:
    return axis(along, rangemode="tozero")


def _layout(name: str, along: Along, curves: Sequence[Curve]) -> dict[str, object]:
    yaxis = axis(name, range=efficiency_range(curves)) if name == EFFICIENCY else axis(name)
    return {"xaxis": _along(along), "yaxis": yaxis}


def _group_names(series: Sequence[Series], counted: bool = True) -> dict[str, str]:
    """Group → its entry in the legend, which says how many cells it has, and how many of them were simulated."""
    members: dict[str, list[Series]] = {}
    for one in series:
        members.setdefault(one.group, []).append(one)
    names = {}
    for group, found in members.items():
        alone = len(found) == 1 and found[0].name == group
        simulated = sum(one.simulated for one in found)
        said = group if alone or not counted else f"{group}, {_cells(len(found))}"
        if simulated:
            said += " (simulated)" if simulated == len(found) else f" ({simulated} simulated)"
        names[group] = said
    return names


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"


def _ranked(ends: Mapping[str, float]) -> dict[str, int]:
    """Legend ranks that put the entries in the order in which the curves end, from the top."""
    order = sorted(ends, key=lambda group: -ends[group] if np.isfinite(ends[group]) else np.inf)
    return {group: 1000 + position for position, group in enumerate(order)}


def each_figure(series: Sequence[Series], name: str, along: Along = "cycle_count") -> Figure:
    """One line a test, of its ageing cycles; formation is a diamond, a check-up a hollow circle.

    Args:
        name: the quantity on the y axis.
    """
    about = quantity(name)
    drawn = [one for one in series if one.curve.has(name)]
    total = sum(len(one.curve) for one in drawn)
    most = 0 if total <= POINTS else max(FEWEST, POINTS // len(drawn))
    of_group = colours(series)
    pieces = {one.run_id: one.curve.pieces(name, along, most) for one in drawn}
    ends: dict[str, float] = {}
    for one in drawn:
        ends.setdefault(one.group, pieces[one.run_id].last)
    ranks, names = _ranked(ends), _group_names(series)
    traces: list[Trace] = []
    named: set[str] = set()
    hovered = f"{quantity(along).label.lower()} %{{x}}: {hover(name)}"
    for one in drawn:
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
        marks = [("check-up", parts.check_up, "circle-open")]
        if len(drawn) <= MARKED_LINES or not parts.points:
            marks.append(("formation", parts.formation, "diamond-open" if one.control else "diamond"))
        for kind, points, symbol in marks:
            if points:
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


def _summary(what: str, along: Along, drawn: Sequence[Series], series: Sequence[Series], how: str) -> str:
    groups = sorted({one.group for one in drawn})
    missing = len(series) - len(drawn)
    text = f"{what} against {quantity(along).label.lower()} of {_cells(len(drawn))}, {how}: {', '.join(groups[:8])}"
    text += " …" if len(groups) > 8 else ""
    return f"{text}; {_cells(missing)} without it." if missing else f"{text}."


@dataclass(frozen=True)
class Band:
    """Mean and scatter of a group, cycle by cycle, in the printed unit; sd is nan where n is 1."""

    group: str
    x: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    n: np.ndarray


def band(members: Sequence[Series], name: str, along: Along, over: Over = "cells") -> Band:
    """Mean, sample SD and n of a group at each cycle that any of it has.

    Args:
        over: what n counts. "cells": every cell once. "batches": the cells of a batch are averaged first, and
            every batch counts once.
    """
    lines = [(one.batch or one.name, *one.curve.line(name, along)) for one in members]
    start = min((int(at.min()) for _, at, _ in lines if at.size), default=0)
    stop = max((int(at.max()) for _, at, _ in lines if at.size), default=-1) + 1
    values = np.full((len(lines), stop - start), np.nan)
    for row, (_, at, y) in enumerate(lines):
        values[row, at - start] = y
    if over == "batches" and lines:
        batches = np.array([line[0] for line in lines])
        values = np.stack([_statistics(values[batches == batch])[0] for batch in dict.fromkeys(batches.tolist())])
    mean, sd, n = _statistics(values)
    there = n > 0
    x = np.arange(start, stop, dtype=np.int32)
    return Band(members[0].group if members else "", x[there], mean[there], sd[there], n[there])


def _statistics(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, sample SD and n of each column; nan where there are too few."""
    there = np.isfinite(values)
    n = there.sum(axis=0)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, filled.sum(axis=0) / n, np.nan)
        sd = np.where(n > 1, np.sqrt(np.where(there, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1)), np.nan)
    return mean, sd, n


def mean_figure(
    series: Sequence[Series], name: str, along: Along = "cycle_count", over: Over = "cells", history: str = ""
) -> Figure:
    """Mean ± SD of each group against the cycle; how many cells (or batches) are left is in the hover.

    Args:
        history: the address that tells which cells a mean is of; the group and "&at=" are appended.
    """
    about = quantity(name)
    drawn = [one for one in series if one.curve.has(name)]
    of_group, names = colours(series), _group_names(series, counted=False)
    bands = [
        band([one for one in drawn if one.group == group], name, along, over)
        for group in sorted({one.group for one in drawn})
    ]
    bands = [found for found in bands if found.x.size]
    ranks = _ranked({found.group: float(found.mean[-1]) for found in bands})
    controls = {one.group for one in series if one.control}
    digits = about.digits
    traces: list[Trace] = []
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
        most = int(found.n.max())
        counted = _cells(most) if over == "cells" else f"{most} batch{'' if most == 1 else 'es'}"
        sd = f" ± %{{customdata[0]:.{max(digits - 2, 2)}~r}}" if most > 1 else ""
        traces.append(
            {
                "type": "scatter",
                "mode": "lines" if found.x.size > 1 else "markers",
                "name": f"{names[found.group]}, n = {counted}",
                "legendgroup": found.group,
                "legendrank": ranks[found.group],
                **whole_numbers(found.x),
                "y": typed(found.mean),
                "customdata": typed(np.column_stack([found.sd, found.n])),
                "line": {"color": of_group[found.group], "width": LINE + 0.4, **dash},
                "marker": {"color": of_group[found.group]},
                "meta": {"history": f"{history}&group={figures.in_address(found.group)}&at="},
                "hovertemplate": f"{found.group}<br>{quantity(along).label.lower()} %{{x}}: {hover(name)}{sd}"
                f" (n = %{{customdata[1]:d}} {over})<extra></extra>",
            }
        )
    counted = "mean ± SD of the cells" if over == "cells" else "mean ± SD of the batch means"
    return figures.figure(
        traces,
        _layout(name, along, [one.curve for one in drawn]),
        _summary(about.label, along, drawn, series, counted),
        empty=f"None of these cells has a {about.label.lower()}; cells without active mass have nothing per gram.",
    )


def at_cycles_figure(lines: Sequence[Line], name: str, series: Sequence[Series]) -> Figure:
    """Voltage profiles ("profiles") or dQ/dV ("dq-dv") of the chosen cycles; per gram where a test has a mass."""
    per_gram = per_gram_of(series)
    without = sum(not one.mass_mg for one in series) if per_gram else 0
    drawn = _at_cycles(lines, name, per_gram)
    if without and lines:
        drawn["summary"] += f" {_cells(without)} without active mass left out."
    return drawn


def _at_cycles(lines: Sequence[Line], name: str, per_gram: bool) -> Figure:
    empty = "None of these cells has a charge or a discharge in the chosen cycles."
    if name == "profiles":
        return profile_figure(lines, "capacity_mah_per_g" if per_gram else "capacity_mah", empty)
    return dq_dv_figure(lines, "dq_dv_mah_per_g_volt" if per_gram else "dq_dv_mah_per_volt", empty)


def per_gram_of(series: Sequence[Series]) -> bool:
    """Whether capacities are drawn per gram: then tests without a mass are left out of such figures."""
    return any(one.mass_mg for one in series)


def line_names(series: Sequence[Series]) -> dict[str, str]:
    """Group → its entry in the legend of figures that draw every cell."""
    return _group_names(series)
