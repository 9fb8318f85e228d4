"""Thermogravimetric curves as figures: the record against time, the gases of a mass spectrometer. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from characterization.thermal.plots import floats, line, record_figure
from labdb.figures import Figure, axis, colour, figure
from labdb.ingest.presentation import Shown

# Below the pressures of a turbo pump a reading is noise, and may be negative: it has no place on a logarithmic axis.
LEAST_MBAR = 1e-15


def record(runs: Sequence[Shown]) -> Figure:
    return record_figure(runs, "mass_curve", ("mass_percent",))


def ions(runs: Sequence[Shown]) -> Figure:
    """Partial pressure of each channel against time, on a logarithmic axis."""
    run = runs[0]
    table = run.table("ions")
    if table is None:
        return figure([], {}, "", empty="No mass spectrometer was recorded.")
    names = [str(name) for name in run.metadata.get("ions", [])]
    minute = floats(table, "time_second") / 60
    traces, said = [], []
    for number, column in enumerate(name for name in table.columns if name.startswith("ion_")):
        words = names[number] if number < len(names) else f"channel {number + 1}"
        words = f"m/z {words}" if words.isdecimal() else words
        mbar = floats(table, column)
        mbar = np.where(mbar >= LEAST_MBAR, mbar, np.nan)
        trace = line(run, words, minute, mbar, "ion_pressure_mbar")
        trace["line"] = {"width": 1.2, "color": colour(number), "dash": "solid" if number < 6 else "dash"}
        trace["hovertemplate"] = f"{words}<br>%{{x:.4~r}} min, %{{y:.3~e}} mbar<extra></extra>"
        traces.append(trace)
        said.append(words)
    layout = {
        "xaxis": axis("time_minute"),
        "yaxis": axis("ion_pressure_mbar", type="log", exponentformat="power"),
    }
    return figure(traces, layout, f"{run.name}: partial pressures of {', '.join(said)}.")
