"""What the figures of thermal analysis share: the mass with its derivative, the record against time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from labdb.figures import Figure, Trace, axis, faded, figure, hover, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity

GREY = "#8a94a3"
SECOND_AXIS = {"overlaying": "y", "side": "right", "tickmode": "auto", "showgrid": False, "zeroline": False}


def line(run: Shown, name: str, x: np.ndarray, y: np.ndarray, of: str, **more: Any) -> Trace:
    """A curve over the temperature; of a control dashed."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": typed(x),
        "y": typed(y),
        "line": {"width": 1.5, "color": run.colour, "dash": "dash" if run.dashed else "solid"},
        "hovertemplate": f"{name}<br>%{{x:.4~r}} °C, {hover(of)}<extra></extra>",
        **({"meta": {"history": run.history}} if run.history else {}),
        **more,
    }


def floats(table: pl.DataFrame, name: str) -> np.ndarray:
    """A column as numbers, missing as not a number."""
    return table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def mass_figure(runs: Sequence[Shown]) -> Figure:
    """Mass against temperature; of one run with its rate and its steps, of several as an overlay."""
    traces: list[Trace] = []
    said: list[str] = []
    for run in runs:
        curve = run.table("mass_curve")
        if curve is None:
            continue
        x = floats(curve, "temperature_celsius")
        traces.append(line(run, run.name, x, floats(curve, "mass_percent"), "mass_percent"))
        if len(runs) == 1:
            rate = line(
                run,
                "rate of the mass",
                x,
                floats(curve, "mass_rate_percent_per_min"),
                "mass_rate_percent_per_min",
                yaxis="y2",
            )
            rate["line"] = {"width": 1.2, "color": GREY}
            traces += [rate, *_steps(run, curve)]
        said.append(f"{run.name}: {mass_words(run)}")
    layout: dict[str, Any] = {"xaxis": axis("temperature_celsius"), "yaxis": axis("mass_percent")}
    if len(runs) == 1:
        layout |= {"yaxis2": axis("mass_rate_percent_per_min", **SECOND_AXIS)}
    return figure(traces, layout, "; ".join(said) + ".", empty="No mass was recorded.")


def mass_words(run: Shown) -> str:
    """What became of the mass, in words."""
    words = []
    for name, text in (("mass_loss_percent", "{} lost"), ("residue_percent", "{} left")):
        if name in run.results:
            words.append(text.format(f"{quantity(name).text(run.results[name].value)} %"))
    steps = run.table("mass_steps")
    if steps is not None and steps.height:
        each = ", ".join(
            f"{row['mass_change_percent']:+.3g} % at {row['fastest_celsius']:.4g} °C" for row in steps.rows(named=True)
        )
        words.append(f"steps: {each}")
    return ", ".join(words) or "no mass"


def _steps(run: Shown, curve: pl.DataFrame) -> list[Trace]:
    steps = run.table("mass_steps")
    if steps is None or not steps.height:
        return []
    second, percent = floats(curve, "time_second"), floats(curve, "mass_percent")
    celsius = floats(curve, "temperature_celsius")
    x, y, words = [], [], []
    for row in steps.rows(named=True):
        for at in (row["start_time_second"], row["end_time_second"]):
            x.append(float(np.interp(at, second, celsius)))
            y.append(float(np.interp(at, second, percent)))
            words.append(f"step {row['step']}: {row['mass_change_percent']:+.4g} %")
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": "ends of the steps",
        "x": x,
        "y": y,
        "text": words,
        "marker": {"color": run.colour, "size": 9, "symbol": "line-ns-open"},
        "hovertemplate": "%{text}, %{x:.4~r} °C<extra></extra>",
    }
    onsets = [row for row in steps.rows(named=True) if row["onset_celsius"] is not None]
    if not onsets:
        return [marks]
    levels = [float(np.interp(row["start_time_second"], second, percent)) for row in onsets]
    onset = {
        "type": "scatter",
        "mode": "markers",
        "name": "extrapolated onset",
        "x": [row["onset_celsius"] for row in onsets],
        "y": levels,
        "marker": {"color": run.colour, "size": 9, "symbol": "x-thin-open"},
        "hovertemplate": "onset %{x:.4~r} °C<extra></extra>",
    }
    return [marks, onset]


def record_figure(runs: Sequence[Shown], record: str, signals: Sequence[str]) -> Figure:
    """The record of one run against time: the temperature, the first of the signals that it has, and its segments.

    Args:
        record: table of the run.
        signals: columns of the table, the first to be looked for first.
    """
    run = runs[0]
    table = run.table(record)
    signal = next((name for name in signals if table is not None and name in table.columns), None)
    if table is None or signal is None:
        return figure([], {}, "", empty="No record against time was kept.")
    minute = floats(table, "time_second") / 60
    traces = [
        line(run, quantity(signal).label, minute, floats(table, signal), signal),
        line(run, "temperature", minute, floats(table, "temperature_celsius"), "temperature_celsius", yaxis="y2"),
    ]
    traces[1]["line"] = {"width": 1.2, "color": GREY}
    for trace in traces:
        trace["hovertemplate"] = trace["hovertemplate"].replace("%{x:.4~r} °C", "%{x:.4~r} min")
    shapes, said = [], []
    segments = run.table("segments")
    for row in segments.rows(named=True) if segments is not None else []:
        begin = row["start_time_second"] / 60
        said.append(
            f"{row['kind']} {row['from_celsius']:.4g} to {row['to_celsius']:.4g} °C"
            + (f" at {row['rate_celsius_per_min']:.3g} °C/min" if row["kind"] != "isothermal" else "")
        )
        if row["kind"] == "isothermal":
            shapes.append(
                {
                    "type": "rect",
                    "xref": "x",
                    "yref": "paper",
                    "x0": begin,
                    "x1": begin + row["duration_second"] / 60,
                    "y0": 0,
                    "y1": 1,
                    "layer": "below",
                    "line": {"width": 0},
                    "fillcolor": faded(GREY, 0.12),
                }
            )
    layout = {
        "xaxis": axis("time_minute"),
        "yaxis": axis(signal),
        "yaxis2": axis("temperature_celsius", **SECOND_AXIS),
        "shapes": shapes,
    }
    return figure(traces, layout, f"{run.name}: {'; '.join(said) or 'no segments'}.")
