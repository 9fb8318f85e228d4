"""Isotherms, BET plots and pore sizes as figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl

from characterization.physisorption.isotherm import Parameters, as_chosen, branch_of
from characterization.physisorption.table import ADSORPTION, DESORPTION
from labdb.figures import Figure, Trace, axis, faded, figure, hover, typed
from labdb.ingest.presentation import Shown

LINE, MARK = 1.2, 6  # pixels
ORDINATES = {"bet": "bet_ordinate_g_per_mmol", "rouquerol": "rouquerol_ordinate_mmol_per_g"}


def isotherm(runs: Sequence[Shown]) -> Figure:
    """Amount against relative pressure: adsorption with filled marks, desorption with hollow ones."""
    traces: list[Trace] = []
    told = []
    for number, run in enumerate(runs):
        table = run.table("isotherm")
        if table is None:
            continue
        table, _ = as_chosen(table, _parameters(run))
        for name, symbol in ((ADSORPTION, "circle"), (DESORPTION, "circle-open")):
            branch = branch_of(table, name)
            if not len(branch):
                continue
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": name if len(runs) == 1 else f"{run.name}, {name}",
                    "legendgroup": str(number),
                    "x": typed(branch.pressure, "float64"),
                    "y": typed(branch.loading, "float64"),
                    "line": {"width": LINE, "color": run.colour, **_dash(run)},
                    "marker": {"size": MARK, "symbol": symbol, "color": run.colour},
                    "hovertemplate": f"p/p0 %{{x:.4~g}}<br>{hover('loading_mmol_per_g')}<extra>{run.name}</extra>",
                }
            )
            if name == ADSORPTION:
                told.append(
                    f"{run.name}: {branch.loading.max():.4g} mmol/g at most, up to p/p0 {branch.pressure.max():.3g}"
                )
    layout = {
        "xaxis": axis("relative_pressure", rangemode="tozero"),
        "yaxis": axis("loading_mmol_per_g", rangemode="tozero"),
    }
    return figure(
        traces,
        layout,
        "; ".join(told),
        empty="No relative pressures and loadings per gram are known, so none is drawn.",
    )


def bet_plot(runs: Sequence[Shown]) -> Figure:
    """1/[n(p0/p − 1)] against p/p0: the points of the range filled, the line through them."""
    return _transformed(runs, "bet")


def rouquerol_plot(runs: Sequence[Shown]) -> Figure:
    """n(1 − p/p0) against p/p0, which has to rise throughout the BET range."""
    return _transformed(runs, "rouquerol")


def _transformed(runs: Sequence[Shown], which: str) -> Figure:
    run = runs[0]
    table = run.table("bet")
    ordinate = ORDINATES[which]
    layout: dict[str, Any] = {"xaxis": axis("relative_pressure", rangemode="tozero"), "yaxis": axis(ordinate)}
    if table is None:
        return figure([], layout, "", empty="There is no BET area, and so no BET plot; the warnings say why.")
    fitted = table.filter("fitted")
    pressures = fitted["relative_pressure"].to_numpy()
    low, high = float(pressures.min()), float(pressures.max())
    if which == "bet":  # points far above the range would flatten the line
        table = table.filter(pl.col("relative_pressure") <= 2 * high)
    traces: list[Trace] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": typed(points["relative_pressure"].to_numpy(), "float64"),
            "y": typed(points[ordinate].to_numpy(), "float64"),
            "marker": {"size": MARK, "symbol": symbol, "color": run.colour},
            "hovertemplate": f"p/p0 %{{x:.4~g}}<br>{hover(ordinate)}<extra></extra>",
        }
        for name, symbol, points in (
            ("BET range", "circle", fitted),
            ("other points", "circle-open", table.filter(~pl.col("fitted"))),
        )
        if points.height
    ]
    if which == "bet":
        traces.append(_line(run, fitted))
    else:
        layout["shapes"] = [
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": low,
                "x1": high,
                "y0": 0,
                "y1": 1,
                "line": {"width": 0},
                "fillcolor": faded(run.colour, 0.12),
                "layer": "below",
            }
        ]
    found = {name: run.results[name].value for name in ("bet_c", "bet_r_squared") if name in run.results}
    summary = f"{run.name}: {fitted.height} points from p/p0 {low:.3g} to {high:.3g}"
    if len(found) == 2:
        summary += f", C {found['bet_c']:.4g}, R² {found['bet_r_squared']:.5f}"
    return figure(traces, layout, summary)


def _line(run: Shown, fitted: pl.DataFrame) -> Trace:
    """The least-squares line, from p/p0 = 0 to a little beyond its last point."""
    x = fitted["relative_pressure"].to_numpy()
    slope, intercept = np.polyfit(x, fitted[ORDINATES["bet"]].to_numpy(), 1)
    ends = np.array([0.0, 1.1 * x.max()])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "BET line",
        "x": typed(ends, "float64"),
        "y": typed(intercept + slope * ends, "float64"),
        "line": {"width": LINE, "color": run.colour},
        "hoverinfo": "skip",
    }


def pore_size(runs: Sequence[Shown]) -> Figure:
    """dV/dlogD against the diameter, whose area on this axis is the pore volume."""
    traces: list[Trace] = []
    told = []
    for run in runs:
        table = run.table("pore_size")
        if table is None or not table.height:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": run.name,
                "x": typed(table["pore_diameter_nm"].to_numpy(), "float64"),
                "y": typed(table["dv_dlogd_cm3_per_g"].to_numpy(), "float64"),
                "line": {"width": LINE, "color": run.colour, **_dash(run)},
                "marker": {"size": MARK - 1, "color": run.colour},
                "hovertemplate": f"%{{x:.3~g}} nm<br>{hover('dv_dlogd_cm3_per_g')}<extra>{run.name}</extra>",
            }
        )
        mode = run.results.get("bjh_mode_diameter_nm")
        told.append(f"{run.name}: most frequent {mode.value:.3g} nm" if mode else run.name)
    layout = {"xaxis": axis("pore_diameter_nm", type="log"), "yaxis": axis("dv_dlogd_cm3_per_g")}
    return figure(
        traces, layout, "; ".join(told), empty="No pore size distribution was computed; the warnings say why."
    )


def _parameters(run: Shown) -> Parameters:
    """Those of the run; a later version may not know all of an old one's."""
    known = {field.name for field in fields(Parameters)}
    return Parameters.of({name: value for name, value in run.parameters.items() if name in known})


def _dash(run: Shown) -> dict[str, str]:
    return {"dash": "dash"} if run.dashed else {}
