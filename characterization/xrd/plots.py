"""Patterns, fits and reference sticks as figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from characterization.xrd.radiation import Radiation, d_spacing, momentum_transfer, two_theta_of, used_radiation
from characterization.xrd.table import intensity_column
from labdb.figures import Figure, Trace, axis, faded, figure, hover, typed
from labdb.ingest.presentation import Shown
from labdb.tables.overview import downsample

POINTS = 4_000
# In an overlay every pattern is drawn on its own largest intensity, and the next one so much higher.
APART = 1.1
AXES = ("two_theta_degree", "d_spacing_angstrom", "momentum_transfer_per_angstrom")
GREY = "#8a94a3"
STICKS = 0.25  # of a pattern's height
STICK_ROOM = 0.32


def pattern(shown: Sequence[Shown]) -> Figure:
    """Patterns over 2θ, with reference sticks below them."""
    return _patterns(shown, "two_theta_degree")


def pattern_over_d(shown: Sequence[Shown]) -> Figure:
    """The same over the lattice spacing, small angles at the left as on the other axes."""
    return _patterns(shown, "d_spacing_angstrom")


def pattern_over_q(shown: Sequence[Shown]) -> Figure:
    """The same over Q = 2π/d, on which patterns of different wavelengths lie over each other."""
    return _patterns(shown, "momentum_transfer_per_angstrom")


def _patterns(shown: Sequence[Shown], along: str) -> Figure:
    measured = [(of, table) for of in shown if (table := of.table("pattern")) is not None and table.height]
    references = [(of, table) for of in shown if (table := of.table("reflections")) is not None and table.height]
    radiations = {id(of): used_radiation(table, of.parameters)[0] for of, table in measured}
    left_out = [of.name for of, _ in measured if along != AXES[0] and radiations[id(of)].wavelength_angstrom is None]
    drawn = [(of, table) for of, table in measured if of.name not in left_out]
    single = len(drawn) == 1 and not references
    traces: list[Trace | None] = [
        _curve(of, table, radiations[id(of)], along, place, len(drawn), single, _differ(radiations.values()))
        for place, (of, table) in enumerate(drawn)
    ]
    wavelength = next((r.wavelength_angstrom for r in radiations.values() if r.wavelength_angstrom), None)
    seen = [_along(_ends(table), radiations[id(of)], along) for of, table in drawn]
    span = (float(np.nanmin(seen)), float(np.nanmax(seen))) if seen else None
    traces += [_sticks(of, table, along, wavelength, place, span) for place, (of, table) in enumerate(references)]
    unit = intensity_column(drawn[0][1]) if single else "normalised_intensity"
    layout = {
        "xaxis": axis(along, **({"autorange": "reversed", "type": "log"} if along == "d_spacing_angstrom" else {})),
        "yaxis": axis(unit, **({} if single else {"showticklabels": False})),
    }
    told = _told(drawn, references, single)
    if left_out:
        told += f" Not drawn for want of a wavelength: {', '.join(left_out)}."
    return figure(
        [trace for trace in traces if trace is not None],
        layout,
        told,
        empty=f"The wavelength of {', '.join(left_out)} is not known; enter it among the parameters."
        if left_out
        else "No pattern yet.",
    )


def _differ(radiations: Any) -> bool:
    known = [radiation.wavelength_angstrom for radiation in radiations]
    return len({round(one, 3) if one else None for one in known}) > 1


def _curve(
    of: Shown,
    table: pl.DataFrame,
    radiation: Radiation,
    along: str,
    place: int,
    number: int,
    single: bool,
    say_wavelength: bool,
) -> Trace:
    column = intensity_column(table)
    table = table.filter(pl.col("two_theta_degree") > 0)
    seen = downsample(table.select("two_theta_degree", column), POINTS, x="two_theta_degree", profiles=[column])
    x = _along(seen["two_theta_degree"].to_numpy(), radiation, along)
    y = seen[column].to_numpy()
    if not single:
        top = float(np.nanmax(y)) if len(y) else 1.0
        y = y / (top or 1.0) + APART * (number - 1 - place)  # the first of the legend on top
    name = of.name
    if say_wavelength:
        name += f" ({radiation.words})"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": typed(x),
        "y": typed(y),
        "line": {"width": 1, "color": of.colour, "dash": "dash" if of.dashed else "solid"},
        "hovertemplate": f"{_hover_x(along)}<extra>{name}</extra>",
        **_history(of),
    }


def _history(of: Shown) -> Trace:
    """Where the history of a trace's points is told, if anywhere."""
    return {"meta": {"history": of.history}} if of.history else {}


def _along(two_theta: np.ndarray, radiation: Radiation, along: str) -> np.ndarray:
    if along == "two_theta_degree":
        return two_theta
    wavelength = float(radiation.wavelength_angstrom or np.nan)
    return np.asarray(
        d_spacing(two_theta, wavelength) if along == "d_spacing_angstrom" else momentum_transfer(two_theta, wavelength)
    )


def _hover_x(along: str) -> str:
    return {
        "two_theta_degree": "%{x:.3f}° 2θ",
        "d_spacing_angstrom": "%{x:.4f} Å",
        "momentum_transfer_per_angstrom": "%{x:.4f} 1/Å",
    }[along]


def _ends(table: pl.DataFrame) -> np.ndarray:
    angles = table["two_theta_degree"].to_numpy()
    angles = angles[angles > 0]
    return angles[[0, -1]] if len(angles) else np.array([np.nan, np.nan])


def _sticks(
    of: Shown,
    table: pl.DataFrame,
    along: str,
    wavelength: float | None,
    place: int,
    span: tuple[float, float] | None,
) -> Trace | None:
    """The reflections of a reference structure as one line that goes up and down, below the patterns and not beyond."""
    d = table["d_spacing_angstrom"].to_numpy()
    if along == "d_spacing_angstrom":
        x = d
    elif along == "momentum_transfer_per_angstrom":
        x = 2 * np.pi / d
    elif wavelength is None:
        wavelength = float(of.parameters.get("wavelength_angstrom") or 0.0) or None
        if wavelength is None:
            return None
        x = two_theta_of(d, wavelength)
    else:
        x = two_theta_of(d, wavelength)
    foot = -STICK_ROOM * (place + 1)
    height = table["relative_intensity"].to_numpy() * STICKS
    inside = np.isfinite(x)
    if span is not None:
        inside &= (x >= span[0]) & (x <= span[1])
    x, height, hkl = x[inside], height[inside], table["hkl"].filter(pl.Series(inside)).to_list()
    gap = np.full(len(x), np.nan)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": of.name,
        "x": typed(np.column_stack([x, x, gap]).ravel()),
        "y": typed(np.column_stack([np.full(len(x), foot), foot + height, gap]).ravel()),
        "text": [word for name in hkl for word in (name, name, "")],
        "line": {"width": 1.2, "color": of.colour},
        "hovertemplate": f"%{{text}}, {_hover_x(along)}<extra>{of.name}</extra>",
    }


def _told(
    drawn: Sequence[tuple[Shown, pl.DataFrame]], references: Sequence[tuple[Shown, pl.DataFrame]], single: bool
) -> str:
    if not drawn:
        return f"Reflections of {', '.join(of.name for of, _ in references)}."
    if single:
        of, table = drawn[0]
        strongest = table.sort(intensity_column(table)).row(-1, named=True)
        ends = (table["two_theta_degree"][0], table["two_theta_degree"][-1])
        return (
            f"{of.name}: {table.height} points from {ends[0]:.4g}° to {ends[1]:.4g}° 2θ,"
            f" strongest at {strongest['two_theta_degree']:.2f}°."
        )
    told = f"{len(drawn)} patterns, each on its own largest intensity: {', '.join(of.name for of, _ in drawn)}."
    if references:
        told += f" Below them the reflections of {', '.join(of.name for of, _ in references)}."
    return told


def fit(shown: Sequence[Shown]) -> Figure:
    """Measured points, background, fit and what is left, with the named lines."""
    of = shown[0]
    table, peaks = of.table("fit"), of.table("peaks")
    if table is None or peaks is None or not table.height:
        return figure([], {}, "", empty="No fit yet.")
    columns = ["observed_intensity", "background_intensity", "fitted_intensity"]
    seen = downsample(table, POINTS, x="two_theta_degree", profiles=columns[:1] + columns[2:])
    x = typed(seen["two_theta_degree"].to_numpy())
    observed, background, fitted = (seen[name].to_numpy() for name in columns)
    left = observed - fitted
    low = float(min(background.min(), 0.0)) - 0.06 * float(np.ptp(observed))
    left_at = low - float(left.max())
    indexed = peaks.filter(pl.col("hkl").is_not_null())
    # Faint lines at high angles lie close together: they are in the table, and told under the pointer.
    named = indexed.filter(pl.col("calculated_two_theta_degree").is_not_null() | (pl.col("relative_area") > 0.1))
    angles = named["two_theta_degree"].to_numpy()
    heights = np.interp(angles, table["two_theta_degree"].to_numpy(), table["fitted_intensity"].to_numpy())
    traces: list[Trace] = [
        {**_line(of.name, x, observed, {"width": 1, "color": of.colour}, "observed_intensity"), **_history(of)},
        _line("fit", x, fitted, {"width": 1, "color": "#d55e00"}, "fitted_intensity"),
        _line("background", x, background, {"width": 1, "color": GREY, "dash": "dash"}, "background_intensity"),
        {
            **_line("measured − fit", x, left + left_at, {"width": 1, "color": faded(GREY, 0.9)}, "fitted_intensity"),
            "hoverinfo": "skip",
            "hovertemplate": None,
        },
    ]
    if named.height:
        traces.append(
            {
                "type": "scatter",
                "mode": "text",
                "name": "lines of R-3m",
                "x": typed(angles),
                "y": typed(heights),
                "text": named["hkl"].to_list(),
                "textposition": "top center",
                "textfont": {"size": 10},
                "hovertemplate": "%{text}, %{x:.3f}° 2θ<extra></extra>",
            }
        )
    told = (
        f"{peaks.height} peaks fitted above a background; {indexed.height} of them are lines of the layered structure."
    )
    layout = {"xaxis": axis("two_theta_degree"), "yaxis": axis("observed_intensity")}
    return figure(traces, layout, told)


def _line(name: str, x: Any, y: np.ndarray, line: dict[str, Any], quantity: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": typed(y),
        "line": line,
        "hovertemplate": f"%{{x:.3f}}° 2θ, {hover(quantity)}<extra>{name}</extra>",
    }
