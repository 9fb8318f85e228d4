"""Thermograms as figures: one with its baselines, areas and onset, several laid over each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from characterization.dsc.analysis import ENDOTHERMIC, EXOTHERMIC, UNITS
from characterization.thermal.plots import GREY, floats, line, record_figure
from labdb.figures import Figure, Trace, axis, faded, figure, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity

SIGNALS = tuple(f"heat_flow_{unit}" for unit in UNITS)


def unit_of(curve: pl.DataFrame) -> str:
    return next(unit for unit in UNITS if f"heat_flow_{unit}" in curve.columns)


def thermogram(runs: Sequence[Shown]) -> Figure:
    """Heat flow against temperature.

    Of one run with the baseline, the area and the onset tangent of each peak; of several their curves, in W/g, without
    those that have none.
    """
    return _one(runs[0]) if len(runs) == 1 else _several(runs)


def _several(runs: Sequence[Shown]) -> Figure:
    curves = [(run, curve) for run in runs if (curve := run.table("curve")) is not None and curve.height]
    units = {unit_of(curve) for _, curve in curves}
    unit = next((each for each in UNITS if each in units), UNITS[0])
    left_out = [run.name for run, curve in curves if unit_of(curve) != unit]
    traces = [
        line(
            run, run.name, floats(curve, "temperature_celsius"), floats(curve, f"heat_flow_{unit}"), f"heat_flow_{unit}"
        )
        for run, curve in curves
        if unit_of(curve) == unit
    ]
    said = [f"{run.name}: {_results(run)}" for run, curve in curves if unit_of(curve) == unit]
    if left_out:
        said.append(f"left out for want of a mass or a calibration: {', '.join(left_out)}")
    layout = {"xaxis": axis("temperature_celsius"), "yaxis": axis(f"heat_flow_{unit}")}
    return figure(traces, layout, "; ".join(said) + ".", empty="No heat flow was recorded.")


def _one(run: Shown) -> Figure:
    curve = run.table("curve")
    if curve is None or not curve.height:
        return figure([], {}, "", empty="No heat flow was recorded.")
    unit = unit_of(curve)
    of = f"heat_flow_{unit}"
    x, y = floats(curve, "temperature_celsius"), floats(curve, of)
    traces: list[Trace] = []
    annotations: list[dict[str, Any]] = []
    said = []
    peaks = run.table("peaks")
    for row in peaks.rows(named=True) if peaks is not None else []:
        inside = curve.filter(pl.col("peak") == row["peak"])
        if inside.height < 2:
            continue
        under, over = floats(inside, f"baseline_{unit}"), floats(inside, of)
        at = floats(inside, "temperature_celsius")
        traces += _area(run, row, at, under, over)
        traces += _tangent(run, row, at, under, over)
        words = _words(row)
        said.append(words)
        top = int(np.argmax(np.abs(over - under)))
        if not annotations:
            annotations.append(_exothermic_arrow(row["direction"], bool(over[top] > under[top])))
        annotations.append(
            {
                "x": float(at[top]),
                "y": float(over[top]),
                "text": words.replace(", ", "<br>"),
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1,
                "arrowcolor": GREY,
                "ax": 0,
                "ay": -40 if over[top] > under[top] else 40,
            }
        )
    traces.append(line(run, run.name, x, y, of))
    layout = {"xaxis": axis("temperature_celsius"), "yaxis": axis(of), "annotations": annotations}
    reference = run.results.get("dsc_reference_mass_mg")
    per = f" Per gram of {reference.value:.4g} mg." if reference and unit == UNITS[0] else ""
    return figure(traces, layout, f"{run.name}: {'; '.join(said) or 'no peaks'}.{per}")


def _exothermic_arrow(direction: str, points_up: bool) -> dict[str, Any]:
    """In a corner of the figure, which way is exothermic."""
    known = direction in (EXOTHERMIC, ENDOTHERMIC)
    text = f"exo {'↑' if (direction == EXOTHERMIC) == points_up else '↓'}" if known else "exo: not stated"
    return {"xref": "paper", "yref": "paper", "x": 0.01, "y": 0.99, "text": text, "showarrow": False, "xanchor": "left"}


def _area(run: Shown, row: dict[str, Any], x: np.ndarray, under: np.ndarray, over: np.ndarray) -> list[Trace]:
    base: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": "baseline",
        "legendgroup": "baseline",
        "showlegend": row["peak"] == 1,
        "x": typed(x),
        "y": typed(under),
        "line": {"width": 1, "color": GREY, "dash": "dash"},
        "hoverinfo": "skip",
    }
    area = {
        **base,
        "name": f"area of peak {row['peak']}",
        "showlegend": False,
        "legendgroup": "area",
        "y": typed(over),
        "line": {"width": 0},
        "fill": "tonexty",
        "fillcolor": faded(run.colour, 0.22 if row["main"] else 0.12),
    }
    return [base, area]


def _tangent(run: Shown, row: dict[str, Any], x: np.ndarray, under: np.ndarray, over: np.ndarray) -> list[Trace]:
    """The tangent from the onset on the baseline through the steepest point, as far as the height of the peak."""
    if row["onset_celsius"] is None or row["inflection_celsius"] is None:
        return []
    top = int(np.argmax(np.abs(over - under)))
    flank = slice(0, max(top, 1) + 1)
    order = np.argsort(x[flank], kind="stable")
    touch = float(np.interp(row["inflection_celsius"], x[flank][order], over[flank][order]))
    everywhere = np.argsort(x, kind="stable")
    foot = float(np.interp(row["onset_celsius"], x[everywhere], under[everywhere]))
    if row["inflection_celsius"] == row["onset_celsius"] or touch == foot:
        return []
    share = (over[top] - foot) / (touch - foot)
    end = float(row["onset_celsius"] + share * (row["inflection_celsius"] - row["onset_celsius"]))
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "onset tangent",
            "legendgroup": "tangent",
            "showlegend": row["peak"] == 1,
            "x": [row["onset_celsius"], end],
            "y": [foot, float(over[top])],
            "line": {"width": 1, "color": run.colour, "dash": "dot"},
            "marker": {"size": [8, 0], "symbol": "x-thin-open", "color": run.colour},
            "hovertemplate": "onset %{x:.4~r} °C<extra></extra>",
        }
    ]


def _words(row: dict[str, Any]) -> str:
    onset = (
        "" if row["onset_celsius"] is None else f"onset {quantity('dsc_onset_celsius').text(row['onset_celsius'])} °C, "
    )
    if row["enthalpy_joule_per_gram"] is not None:
        heat = f", {quantity('dsc_enthalpy_joule_per_gram').text(row['enthalpy_joule_per_gram'])} J/g"
    elif row["heat_millijoule"] is not None:
        heat = f", {quantity('dsc_heat_millijoule').text(row['heat_millijoule'])} mJ"
    else:
        heat = ""
    return f"{row['direction']}, {onset}peak {quantity('dsc_peak_celsius').text(row['peak_celsius'])} °C{heat}"


def _results(run: Shown) -> str:
    words = []
    for name, unit in (("dsc_onset_celsius", "°C"), ("dsc_peak_celsius", "°C"), ("dsc_enthalpy_joule_per_gram", "J/g")):
        if name in run.results:
            about = quantity(name)
            words.append(f"{about.label.lower()} {about.text(run.results[name].value)} {unit}")
    return ", ".join(words) or "no peaks"


def record(runs: Sequence[Shown]) -> Figure:
    return record_figure(runs, "record", SIGNALS)
