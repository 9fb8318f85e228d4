"""Figures of cycling: capacity against cycle, voltage profiles, dQ/dV, the records against time. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cells.cycling.curve import EFFICIENCY, SYMBOLS, Curve
from cells.cycling.protocol_plots import STRIP, bands, step_bands
from cells.cycling.scale import MEASURED, Scale
from cells.exclusion.ranges import Ranges
from labdb import figures
from labdb.figures import EXCLUDED, Figure, Trace, axis, colour, hover, panel_axis, typed
from labdb.quantities import quantity

MARKED = 60  # cycles; a longer line is drawn without markers
LINE = 1.4  # pixels


def label(name: str, simulated: bool) -> str:
    """A legend says what was not measured."""
    return f"{name} (simulated)" if simulated else name


def cycles_figure(
    curve: Curve, name: str, history: str, *, shows: str = "", simulated: bool = False, without: Ranges = ()
) -> Figure:
    """Discharge capacity, or retention, against the cycle, with the Coulombic efficiency on an axis of its own.

    Check-up cycles are hollow markers, formation stands apart: the line is of ageing cycles alone. What a person left
    out is grey.

    Args:
        name: of the test.
        history: the address of a cycle's history, ending with "/at/".
        shows: the quantity; the discharge capacity where none is named.
        without: the cycles that a person left out.
    """
    shows = shows or curve.capacity()
    traces: list[Trace] = []
    for quantity_name, number, extra in ((shows, 0, {}), (EFFICIENCY, 1, {"yaxis": "y2"})):
        about = quantity(quantity_name)
        pieces = curve.pieces(quantity_name, without=without)
        common = {
            "type": "scatter",
            "meta": {"history": history},
            "hovertemplate": f"cycle %{{x}}<br>{about.label} {hover(quantity_name)}",
            **extra,
        }
        if pieces.points:
            mode = "lines+markers" if pieces.points <= MARKED else "lines"
            traces.append(
                {
                    **common,
                    **pieces.line,
                    "name": label(about.label, simulated),
                    "mode": mode,
                    "connectgaps": True,
                    "line": {"color": colour(number), "width": LINE},
                    "marker": {"size": 5},
                }
            )
        for kind, points, symbol, paint in (
            *((kind, points, SYMBOLS[kind], colour(number)) for kind, points in pieces.marked.items()),
            ("excluded", pieces.excluded, "circle", EXCLUDED),
        ):
            if points:
                traces.append(
                    {
                        **common,
                        **points,
                        "name": kind,
                        "legendgroup": kind,
                        "showlegend": quantity_name == shows,
                        "mode": "markers",
                        "marker": {"symbol": symbol, "size": 5 if kind == "excluded" else 7, "color": paint},
                        "hovertemplate": f"{kind} {common['hovertemplate']}",
                    }
                )
    counted = curve.pieces(shows, without=without)
    first, last = curve.line(shows, "cycle_count", without)[1][[0, -1]] if counted.points else (None, None)
    about = quantity(shows)
    unit = "%" if about.percent else about.unit
    summary = f"{about.label} of {name} against cycle."
    if first is not None:
        summary = f"{summary[:-1]}: from {first:.4g} to {last:.4g} {unit} over {counted.points} ageing cycles."
    efficiency = any(trace.get("yaxis") == "y2" for trace in traces)
    layout = {
        "xaxis": axis("cycle_count", anchor="y", rangemode="tozero"),
        "yaxis": axis(shows, domain=[0, 0.7] if efficiency else [0, 1]),
    }
    if efficiency:
        layout["yaxis2"] = panel_axis(
            EFFICIENCY, domain=[0.76, 1], anchor="x", side="right", range=efficiency_range([curve])
        )
    return figures.figure(
        traces,
        layout,
        summary,
        empty=f"{name} has no complete cycle yet, so there is nothing to draw against the cycle.",
    )


def efficiency_range(curves: Sequence[Curve]) -> list[float]:
    """Where nearly all efficiencies lie; a cycle that was cut in two must not flatten the rest."""
    ends = [ends for curve in curves if np.isfinite((ends := curve.efficiencies())[0])]
    if not ends:
        return [0.0, 102.0]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return [math.floor(min(low, 99) - 0.5), math.ceil(min(max(high, 100) + 0.5, 120))]


@dataclass(frozen=True)
class Line:
    """One drawn line of a figure that is not against the cycle.

    Attributes:
        name: as in the legend.
        x, y: in the printed unit; nan is a gap.
        history: the address of the history of all its points.
        colour: hexadecimal.
        dash: a control is "dash".
        group: lines of one group are one entry of the legend.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    history: str
    colour: str
    dash: str = "solid"
    group: str = ""
    opacity: float = 1.0


def _line_traces(lines: Sequence[Line], x: str, y: str) -> list[Trace]:
    traces: list[Trace] = []
    groups: set[str] = set()
    about = quantity(x)
    for line in lines:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": line.group or line.name,
                "legendgroup": line.group or line.name,
                "showlegend": (line.group or line.name) not in groups,
                "x": typed(line.x),
                "y": typed(line.y),
                "line": {"color": line.colour, "width": LINE, "dash": line.dash},
                "opacity": line.opacity,
                "meta": {"history": line.history},
                "hovertemplate": f"{line.name}<br>%{{x:.4~r}} {about.unit}, {hover(y)}<extra></extra>",
            }
        )
        groups.add(line.group or line.name)
    return traces


def _named(lines: Sequence[Line]) -> str:
    names = list(dict.fromkeys(line.group or line.name for line in lines))
    return f"{'; '.join(names[:6])}{' and others' if len(names) > 6 else ''}"


def profile_figure(
    lines: Sequence[Line], capacity: str, empty: str = "No cycle to draw.", scale: Scale = MEASURED
) -> Figure:
    """Voltage against capacity; a line is one half cycle, or both with a gap between them.

    Args:
        capacity: the quantity on the x axis, per gram or not.
        scale: that the voltages of the lines are on.
    """
    return figures.figure(
        _line_traces(lines, capacity, scale.quantity),
        {"xaxis": axis(capacity, rangemode="tozero"), "yaxis": _voltage_axis(scale)},
        f"Voltage against capacity, charge and discharge: {_named(lines)}.",
        empty=empty,
    )


def _voltage_axis(scale: Scale, **more: Any) -> dict[str, Any]:
    return axis(scale.quantity, **more) | {"title": {"text": scale.title}}


def dq_dv_figure(
    lines: Sequence[Line], slope: str, empty: str = "No cycle to draw.", scale: Scale = MEASURED
) -> Figure:
    """dQ/dV against voltage, the discharge below zero.

    Args:
        slope: the quantity on the y axis, per gram or not.
        scale: that the voltages of the lines are on.
    """
    return figures.figure(
        _line_traces(lines, scale.quantity, slope),
        {"xaxis": _voltage_axis(scale), "yaxis": axis(slope)},
        f"dQ/dV against voltage, discharge drawn below zero: {_named(lines)}.",
        empty=empty,
    )


def time_figure(
    records: pl.DataFrame,
    name: str,
    window: tuple[float, float] | None = None,
    blocks: pl.DataFrame | None = None,
    steps: pl.DataFrame | None = None,
    scale: Scale = MEASURED,
) -> Figure:
    """Voltage and current against time, from an overview or a window of the records, and the protocol above them.

    Args:
        records: `test_time_second`, `voltage_volt`, `current_ampere`.
        window: seconds that are shown where not all of the test is.
        blocks: a `BLOCKS` table; without it there is no strip.
        steps: a `STEPS` table, whose steps in a small window stand in a strip below that of the blocks.
        scale: on which the voltages are shown; the records are as measured.
    """
    hours = records["test_time_second"].to_numpy() / 3600
    if scale.shift_volt:
        records = records.with_columns(pl.col("voltage_volt") + scale.shift_volt)
    x = typed(hours, "float64")
    traces: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": quantity(column).label,
            "x": x,
            "y": typed(records[column].cast(pl.Float32).fill_null(float("nan")).to_numpy()),
            "line": {"color": colour(number), "width": 1, "shape": "linear"},
            "hovertemplate": f"%{{x:.4f}} h<br>{hover(column)}<extra></extra>",
            **({"yaxis": "y2"} if number else {}),
        }
        for number, column in enumerate(("voltage_volt", "current_ampere"))
    ]
    strip = bands(blocks, "y3", window) if blocks is not None else []
    fine = step_bands(steps, window, "y4") if window and steps is not None else []
    xaxis = axis("test_time_hour", anchor="y2")
    if window:
        xaxis["range"] = [window[0] / 3600, window[1] / 3600]
    summary = f"Voltage and current of {name} against time, {hours[-1] - hours[0]:.4g} h." if len(hours) else ""
    layout = {
        "xaxis": xaxis,
        "yaxis": _voltage_axis(scale, domain=[0.42, 0.79 if fine else 0.88 if strip else 1], fixedrange=True),
        "yaxis2": axis("current_ampere", domain=[0, 0.36], fixedrange=True),
        "dragmode": "zoom",
    }
    if strip:
        kinds = ", ".join(dict.fromkeys(trace["name"] for trace in strip))
        summary = f"{summary} Its protocol: {kinds}; the blocks are in the table below."
        layout |= {
            "yaxis3": {"domain": [0.92, 1], **STRIP},
            **({"yaxis4": {"domain": [0.82, 0.9], **STRIP}} if fine else {}),
            "barmode": "overlay",
            "uniformtext": {"minsize": 11, "mode": "hide"},
        }
    return figures.figure(
        [*traces, *strip, *fine] if len(hours) else [],
        layout,
        summary,
        empty=f"{name} has no records.",
    )
