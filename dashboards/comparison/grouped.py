"""The drawings of several runs, told by group: one entry of the legend each, or mean ± SD in place of the cells. Pure.

A drawing knows runs, not groups; which trace is of which run it says by the address of the run's history.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboards.comparison.bands import statistics
from dashboards.comparison.series import Over, batches, cells
from labdb.figures import DTYPES, Figure, Trace, faded, typed
from labdb.ingest.presentation import Shown

FEW = 40  # points; more are drawn with a band in place of bars
MOST_ENTRIES = 6  # of a legend; where groups and parts are more, their parts are told by the pointer alone


@dataclass(frozen=True)
class Told:
    """A trace of a figure with the run that it is of, and what its name says beside the run."""

    trace: Trace
    run: Shown
    part: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.run.group, self.part, str(self.trace.get("yaxis", "y"))


def _told(trace: Trace, runs: Sequence[Shown]) -> Told | None:
    """None for a trace that is of no single run, as bars are."""
    address = (trace.get("meta") or {}).get("history")
    if not isinstance(address, str) or not address:
        return None
    run = next((run for run in runs if address in (run.history, run.cycle_history)), None)
    if run is None:
        return None
    name = str(trace.get("name", ""))
    simulated = f"{run.group}, simulated"
    spoken = next((said for said in (run.name, run.label, simulated, run.group) if name.startswith(said)), name)
    return Told(trace, run, name.removeprefix(spoken).removeprefix(", "))


def by_group(figure: Figure, runs: Sequence[Shown]) -> Figure:
    """The figure with one entry of the legend for each group and part, and one for all that is left out."""
    names = _names(runs)
    told_of = [_told(trace, runs) for trace in figure["data"]]
    parts = _parts_told(told_of)
    entries = [_entry(told, names, parts) for told in told_of]
    shown: dict[str, int] = {}  # of each entry the trace that it stands for; of parts untold the last, the strongest
    for place, (entry, told) in enumerate(zip(entries, told_of, strict=True)):
        if told and (told.run.excluded or told.trace.get("showlegend", True) is not False):
            shown[entry] = shown.get(entry, place) if parts else place
    traces = [
        trace if not entry else {**trace, "name": entry, "legendgroup": entry, "showlegend": shown.get(entry) == place}
        for place, (trace, entry) in enumerate(zip(figure["data"], entries, strict=True))
    ]
    return {**figure, "data": traces}


def _entry(told: Told | None, names: Mapping[str, str], parts: bool) -> str:
    """Empty for a trace that stays as the drawing made it."""
    if told is None:
        return ""
    return "excluded" if told.run.excluded else _joined(names[told.run.group], told.part if parts else "")


def _parts_told(told: Sequence[Told | None]) -> bool:
    """Whether a legend has room for the parts of every group."""
    return len({one.key[:2] for one in told if one and not one.run.excluded}) <= MOST_ENTRIES


def _names(runs: Sequence[Shown]) -> dict[str, str]:
    names = {}
    for group in dict.fromkeys(run.group for run in runs):
        own = [run for run in runs if run.group == group]
        excluded = sum(run.excluded for run in own)
        simulated = sum(run.simulated for run in own)
        said = f"{group}, {cells(len(own) - excluded)}" + (f", {excluded} excluded" if excluded else "")
        if simulated:
            said += f" ({'' if simulated == len(own) else f'{simulated} '}simulated)"
        names[group] = own[0].name if len(own) == 1 and own[0].label == group else said
    return names


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def means(figure: Figure, runs: Sequence[Shown], over: Over, batch_of: Mapping[str, str]) -> Figure:
    """Mean ± sample SD of the lines of each group, in place of the lines of the cells; excluded ones stay, in grey.

    A mean is taken at the x of the line with most points; the others are interpolated to it linearly, within their
    own range. Lines that run back and forth have no mean: such figures are told by group.

    Args:
        over: what n counts, cells or batches (the means of their cells).
        batch_of: by the history of a run, the batch of its cell.
    """
    told = [_told(trace, runs) for trace in figure["data"]]
    lines = [one for one in told if one is not None]
    if len(lines) < len(told) or any(np.any(np.diff(points_of(one.trace)[0]) <= 0) for one in lines):
        return by_group(figure, runs)
    together: dict[tuple[str, str, str, int], list[Told]] = {}
    place: dict[tuple[str, tuple[str, str, str]], int] = {}
    traces: list[Trace] = []
    for one in lines:
        if one.run.excluded:
            traces.append({**one.trace, "name": "excluded", "legendgroup": "excluded", "showlegend": not traces})
            continue
        seen = place.setdefault((one.run.history, one.key), 0)  # charge and discharge of a part have one name
        place[one.run.history, one.key] = seen + 1
        together.setdefault((*one.key, seen), []).append(one)
    entries: set[str] = set()
    parts = _parts_told(lines)
    for (group, part, _, _), members in together.items():
        excluded = sum(run.excluded for run in runs if run.group == group)
        found = _mean(members, over, batch_of)
        n = int(found.n.max(initial=0))
        name = f"{_joined(group, part if parts else '')}, n = {cells(n) if over == 'cells' else batches(n)}"
        name += f", {excluded} excluded" if excluded else ""
        name += " (simulated)" if any(one.run.simulated for one in members) else ""
        first = members[0]
        traces += _traces(found, first, name, over, show=name not in entries)
        entries.add(name)
    groups = ", ".join(dict.fromkeys(run.group for run in runs))
    of = "cells" if over == "cells" else "batch means"
    return {
        **figure,
        "data": traces,
        "summary": f"Mean ± SD of the {of} of {groups}; cells one by one: Show every cell.",
    }


@dataclass(frozen=True)
class Mean:
    x: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    n: np.ndarray


def _mean(members: Sequence[Told], over: Over, batch_of: Mapping[str, str]) -> Mean:
    points = [points_of(one.trace) for one in members]
    x = max((own for own, _ in points), key=len)
    values = np.stack([np.interp(x, own, y, left=np.nan, right=np.nan) for own, y in points])
    if over == "batches":
        of = np.array([batch_of.get(one.run.history) or one.run.label for one in members])
        values = np.stack([statistics(values[of == batch])[0] for batch in dict.fromkeys(of.tolist())])
    return Mean(x, *statistics(values))


def _traces(found: Mean, like: Told, name: str, over: Over, *, show: bool) -> list[Trace]:
    """Drawn as the first cell was, with its SD as bars, or as a band where points are many."""
    colour = like.run.colour
    place: Trace = {"yaxis": like.trace["yaxis"]} if "yaxis" in like.trace else {}
    sd = np.nan_to_num(found.sd)
    kept: Trace = {key: like.trace[key] for key in ("type", "mode", "line", "marker") if key in like.trace}
    hovered = str(like.trace.get("hovertemplate", "%{y}")).replace(like.run.name, like.run.group)
    scatter = f" ± %{{customdata[0]:.3~g}} (n = %{{customdata[1]:d}} {over})"
    template, _, beside = hovered.partition("<extra>")
    line: Trace = {
        **kept,
        **place,
        "name": name,
        "legendgroup": name,
        "showlegend": show,
        "x": typed(found.x, "float64"),
        "y": typed(found.mean, "float64"),
        "customdata": typed(np.column_stack([found.sd, found.n]), "float64"),
        "hovertemplate": f"{template}{scatter}<extra>{beside or '</extra>'}",
    }
    if not sd.any():
        return [line]
    if found.x.size <= FEW:
        return [{**line, "error_y": {"type": "data", "array": typed(sd, "float64"), "thickness": 1, "width": 3}}]
    band: Trace = {
        "type": "scatter",
        "mode": "lines",
        **place,
        "x": typed(np.concatenate([found.x, found.x[::-1]]), "float64"),
        "y": typed(np.concatenate([found.mean + sd, (found.mean - sd)[::-1]]), "float64"),
        "fill": "toself",
        "fillcolor": faded(colour, 0.18) if colour.startswith("#") else colour,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": name,
    }
    return [band, line]


def points_of(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """x and y of a trace, as numbers; points without a value are left out."""
    y = _decoded(trace.get("y", []))
    x = _decoded(trace["x"]) if "x" in trace else trace.get("x0", 0) + trace.get("dx", 1) * np.arange(len(y))
    there = np.isfinite(x) & np.isfinite(y)
    return x[there], y[there]


def _decoded(values: object) -> np.ndarray:
    if isinstance(values, dict):
        names = {short: name for name, short in DTYPES.items()}
        return np.frombuffer(base64.b64decode(values["bdata"]), names[values["dtype"]]).astype(float)
    return np.asarray(values, dtype=float)
