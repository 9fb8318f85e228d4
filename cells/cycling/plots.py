"""Figures of cycling: capacity against cycle, voltage profiles, dQ/dV, the records against time. Pure.

What a run found never changes, so a `Curve` keeps the pieces that it has encoded once for the next figure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from tsdownsample import MinMaxLTTBDownsampler

from cells.cycling.protocol_plots import STRIP, bands, step_bands
from cells.cycling.scale import MEASURED, Scale
from cells.exclusion.ranges import Ranges, covered
from labdb import figures
from labdb.figures import EXCLUDED, Figure, Trace, axis, colour, hover, shown, typed, whole_numbers
from labdb.quantities import quantity

Along = Literal["cycle_count", "ageing_index"]

CAPACITIES = ("discharge_capacity_mah_per_g", "discharge_capacity_mah")
EFFICIENCY = "coulombic_efficiency"
MARKED = 60  # cycles; a longer line is drawn without markers
LINE = 1.4  # pixels

# How the cycles that do not age the cell are marked.
SYMBOLS = {
    "formation": "diamond",
    "check-up": "circle-open",
    "rate": "triangle-up-open",
    "HPPC": "square-open",
    "storage": "cross-open",
    "CV hold": "star-open",
    "other": "x-open",
}

# The columns that can be drawn against the cycle, as on the pages.
DRAWN = (
    "discharge_capacity_mah_per_g",
    "capacity_retention",
    "coulombic_efficiency",
    "mean_discharge_voltage_volt",
    "specific_energy_wh_per_kg",
    "discharge_capacity_mah",
    "charge_capacity_mah_per_g",
    "charge_capacity_mah",
    "mean_charge_voltage_volt",
    "energy_efficiency",
)


@dataclass(frozen=True)
class Pieces:
    """One quantity of one run, encoded.

    Attributes:
        line: the ageing cycles; other cycles are gaps that plotly is told to connect.
        marked: the cycles of other kinds, in the order of `SYMBOLS`; a kind that is not there has no entry.
        excluded: the complete cycles that a person left out, of any kind, where there are any.
        last: the value that the line ends at, in the printed unit; nan without a line.
        points: how many ageing cycles have the quantity.
    """

    line: dict[str, Any]
    marked: dict[str, dict[str, Any]]
    excluded: dict[str, Any] | None
    last: float
    points: int


class Curve:
    """The cycles of one run as arrays."""

    def __init__(self, cycles: pl.DataFrame) -> None:
        """
        Args:
            cycles: a `CYCLES` table.
        """
        self.kind = cycles["kind"].cast(pl.String).to_list()
        kind = np.array(self.kind)
        complete = cycles["complete"].to_numpy()
        self.cycle_count = cycles["cycle_count"].to_numpy().astype(np.int32)
        self.ageing_index = cycles["ageing_index"].fill_null(0).to_numpy().astype(np.int32)
        self.ageing = (kind == "ageing") & complete
        self.marked = {name: (kind == name) & complete for name in SYMBOLS if (kind == name).any()}
        self._values = {
            name: cycles[name].cast(pl.Float32).fill_null(float("nan")).to_numpy()
            for name in DRAWN
            if name in cycles.columns
        }
        self._lines: dict[tuple[str, Along, Ranges], tuple[np.ndarray, np.ndarray]] = {}
        self._pieces: dict[tuple[str, Along, int, Ranges], Pieces] = {}
        self._efficiencies: tuple[float, float] | None = None

    def __len__(self) -> int:
        return len(self.cycle_count)

    def values(self, name: str) -> np.ndarray:
        """One value a cycle, in the printed unit; nan where there is none."""
        return shown(self._values[name], name)

    def has(self, name: str) -> bool:
        return bool(np.isfinite(self._values[name]).any())

    def capacity(self) -> str:
        """The discharge capacity that this run can show: per gram where the mass was known."""
        return CAPACITIES[0] if self.has(CAPACITIES[0]) else CAPACITIES[1]

    @property
    def told(self) -> np.ndarray:
        """Which cycles are complete and were for something."""
        found = self.ageing
        for which in self.marked.values():
            found = found | which
        return found

    def telling(self) -> list[int]:
        """The cycles whose voltage profiles say most of a test: the first, and some of the ageing ones to the last."""
        complete = self.cycle_count[self.told]
        ageing = self.cycle_count[self.ageing]
        chosen = complete[:1].tolist()
        if ageing.size:
            steps = [1, *(number for number in (100, 200, 300, 500, 1000) if number < 0.95 * ageing.size), ageing.size]
            if ageing.size < 100:
                steps = [1, (ageing.size + 1) // 2, ageing.size]
            chosen += [int(ageing[number - 1]) for number in steps]
        elif complete.size:
            chosen += complete[np.linspace(0, complete.size - 1, 4).astype(int)].tolist()
        return list(dict.fromkeys(chosen))[:6]

    def excluded(self, name: str, without: Ranges) -> np.ndarray:
        """Which cycles do not count for a quantity; no retention does where its reference does not.

        Args:
            without: the cycles that a person left out.
        """
        found = covered(self.cycle_count, without)
        if name == "capacity_retention" and (found & (self.ageing_index == 1)).any():
            return np.ones_like(found)
        return found

    def line(self, name: str, along: Along, without: Ranges = ()) -> tuple[np.ndarray, np.ndarray]:
        """x and y of the ageing cycles that have the quantity.

        Args:
            without: the cycles that a person left out.
        """
        key = (name, along, without)
        if key not in self._lines:
            y = self.values(name)
            chosen = self.ageing & np.isfinite(y) & ~self.excluded(name, without)
            self._lines[key] = (getattr(self, along)[chosen], y[chosen])
        return self._lines[key]

    def efficiencies(self) -> tuple[float, float]:
        """Between which Coulombic efficiencies all but 1 % of the cycles lie at either end; nan without any."""
        if self._efficiencies is None:
            values = self.values(EFFICIENCY)
            values = values[np.isfinite(values)]
            low, high = np.percentile(values, [1, 99]) if values.size else (np.nan, np.nan)
            self._efficiencies = (float(low), float(high))
        return self._efficiencies

    def pieces(self, name: str, along: Along = "cycle_count", points: int = 0, without: Ranges = ()) -> Pieces:
        """What a figure needs of one quantity, with at most so many points on the line (0: all of them).

        Args:
            without: the cycles that a person left out.
        """
        key = (name, along, points, without)
        if key not in self._pieces:
            self._pieces[key] = self._encode(name, along, points, without)
        return self._pieces[key]

    def _encode(self, name: str, along: Along, points: int, without: Ranges) -> Pieces:
        x, y = self.line(name, along, without)
        excluded = self.excluded(name, without)
        if points and x.size > points:
            chosen = MinMaxLTTBDownsampler().downsample(x, y, n_out=points)
            line = whole_numbers(x[chosen]) | {"y": typed(y[chosen])}
        elif x.size and np.all(np.diff(self.cycle_count) == 1) and along == "cycle_count":
            # Gaps at the few other cycles cost less than saying every x.
            drawn = self.ageing & ~excluded
            first, last = np.flatnonzero(drawn)[[0, -1]]
            gapped = np.where(drawn, self.values(name), np.nan)[first : last + 1]
            line = {"x0": int(self.cycle_count[first]), "dx": 1, "y": typed(gapped)}
        else:
            line = whole_numbers(x) | {"y": typed(y)}
        others = self.marked if along == "cycle_count" else {}
        return Pieces(
            line=line,
            marked={kind: found for kind, which in others.items() if (found := self._marked(name, which & ~excluded))},
            excluded=self._excluded(name, along, excluded) if excluded.any() else None,
            last=float(y[-1]) if y.size else float("nan"),
            points=int(y.size),
        )

    def _excluded(self, name: str, along: Along, excluded: np.ndarray) -> dict[str, Any] | None:
        """Against the ageing cycle only ageing cycles have a place."""
        complete = self.ageing if along == "ageing_index" else self.told
        return self._marked(name, complete & excluded, along)

    def _marked(self, name: str, which: np.ndarray, along: Along = "cycle_count") -> dict[str, Any] | None:
        y = self.values(name)
        which = which & np.isfinite(y)
        x: np.ndarray = getattr(self, along)
        return whole_numbers(x[which]) | {"y": typed(y[which])} if which.any() else None


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
        layout["yaxis2"] = axis(EFFICIENCY, domain=[0.76, 1], anchor="x", side="right", range=efficiency_range([curve]))
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
