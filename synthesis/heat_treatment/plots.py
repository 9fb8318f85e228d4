"""Heat programmes and furnace logs as figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from labdb.figures import Figure, Trace, axis, colour, figure, hover, typed
from labdb.tables.overview import downsample
from synthesis.heat_treatment.programme import Kind, Stretch, curve, peak_celsius
from synthesis.heat_treatment.table import CHANNELS

LAYOUT = {
    "xaxis": axis("programme_time_hour", rangemode="tozero"),
    "yaxis": axis("temperature_celsius", rangemode="tozero"),
}
# Where a log is laid on its programme: the share of the first ramp at which both are at the same time.
MEET = 0.1


def programme(stretches: Sequence[Stretch]) -> Figure:
    """A heat programme over its hours; natural cooling, which nobody programs, is dashed."""
    return figure(_lines(stretches, colour(0)), LAYOUT, _summary(stretches), empty="No programme yet.")


def programme_and_trace(stretches: Sequence[Stretch], log: pl.DataFrame, simulated: bool = False) -> Figure:
    """A programme, and over it what the thermocouples logged.

    The log is laid on the programme where the first thermocouple passes a tenth of the first ramp, for a logger is
    seldom started with the furnace.

    Args:
        stretches: none where the programme is not known; the log then begins at 0.
        log: a `FURNACE` table, or its overview.
    """
    channels = [name for n in range(1, CHANNELS + 1) if (name := f"temperature_t{n}_celsius") in log.columns]
    begin = start_hour(stretches, log)
    seen = downsample(log, profiles=channels)
    hours = seen["test_time_second"].to_numpy() / 3600 - begin
    traces = _lines(stretches, "#8a94a3")
    for number, name in enumerate(channels):
        label = f"thermocouple {number + 1}" if len(channels) > 1 else "logged"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{label}, simulated" if simulated else label,
                "x": typed(hours),
                "y": typed(seen[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()),
                "line": {"width": 1.5, "color": colour(number + 1)},
                "hovertemplate": f"%{{x:.2f}} h, {hover('temperature_celsius')}<extra></extra>",
            }
        )
    highest = max((float(value) for name in channels if isinstance(value := log[name].max(), int | float)), default=0.0)
    told = f"Logged over {hours[-1] - hours[0]:.3g} h, at most {highest:.4g} °C." if len(hours) else ""
    planned = f"{_summary(stretches)} " if stretches else ""
    return figure(traces, LAYOUT, f"{planned}{told}", empty="Nothing was logged.")


def start_hour(stretches: Sequence[Stretch], log: pl.DataFrame) -> float:
    """Hours into the log at which the programme began; 0 where the two cannot be laid on each other."""
    ramp = next((s for s in stretches if s.segment.kind == Kind.RAMP), None)
    rows = log.select("test_time_second", "temperature_t1_celsius").drop_nulls()
    if ramp is None or not rows.height:
        return 0.0
    meet = ramp.from_celsius + MEET * (ramp.to_celsius - ramp.from_celsius)
    hot = np.flatnonzero(rows["temperature_t1_celsius"].to_numpy() >= meet)
    if not len(hot) or hot[0] == 0:
        return 0.0
    programmed = ramp.start_hour + MEET * (ramp.end_hour - ramp.start_hour)
    return float(rows["test_time_second"][int(hot[0])]) / 3600 - programmed


def _lines(stretches: Sequence[Stretch], line_colour: str) -> list[Trace]:
    if not stretches:
        return []
    points = curve(stretches)
    time, celsius = points["time_hour"].to_numpy(), points["temperature_celsius"].to_numpy()
    programmed = points["programmed"].to_numpy()
    # A sketched point hangs on the one before it, so that the dashed line begins where the solid one ends.
    sketched = ~programmed
    gap = float("nan")
    lines = [("programme", np.where(programmed | np.append(programmed[1:], False), celsius, gap), "solid")]
    if sketched.any():
        begins = np.append(sketched[1:], False)
        lines.append(("natural cooling", np.where(sketched | begins, celsius, gap), "dash"))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": typed(time),
            "y": typed(values),
            "line": {"width": 2, "color": line_colour, "dash": dash},
            "hovertemplate": f"%{{x:.2f}} h, {hover('temperature_celsius')}<extra></extra>",
        }
        for name, values, dash in lines
    ]


def _summary(stretches: Sequence[Stretch]) -> str:
    if not stretches:
        return ""
    words = ", ".join(stretch.segment.words() for stretch in stretches)
    programmed = [s for s in stretches if s.segment.kind != Kind.NATURAL]
    hours = sum(s.end_hour - s.start_hour for s in programmed)
    return f"{words[0].upper()}{words[1:]}: peak {peak_celsius(stretches):g} °C, {hours:.3g} h programmed."
