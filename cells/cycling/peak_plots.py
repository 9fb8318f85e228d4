"""Figures of what dQ/dV and the mean voltages say of an ageing cell, of one test or of several. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from polars import col

from cells.cycling.mean_voltage import mean_voltages
from cells.cycling.peak_tracks import H2_H3
from cells.cycling.peaks import polarisation
from cells.cycling.scale import Scale
from labdb.figures import Figure, Trace, axis, colour, faded, figure, hover, typed
from labdb.ingest.presentation import Shown

LINE, MARK = 1.4, 6  # pixels
CYCLES = (10, 100, 200, 300)  # ageing cycles that are drawn where none are typed
MANY_RUNS = 2  # with more of them only the first and the last of these cycles are drawn
PALEST = 0.45  # of the first cycle, where the cycles of several tests have the colour of their test
SYMBOLS = {"charge": "triangle-up", "discharge": "triangle-down"}
POLARISATION = "dq_dv_polarisation_millivolt"
NO_AGEING = "No ageing cycle is complete yet."
CHANGE = "mean_discharge_voltage_change_millivolt"


def dq_dv_at_cycles(runs: Sequence[Shown]) -> Figure:
    """dQ/dV against voltage at some ageing cycles, the discharge below zero, the followed peaks marked.

    A typed cycle is drawn by the stored one that is nearest to it, and named as what it is.
    """
    per_gram = all(run.parameters.get("active_mass_mg") for run in runs)
    slope = "dq_dv_mah_per_g_volt" if per_gram else "dq_dv_mah_per_volt"
    traces: list[Trace] = []
    told = []
    for run in runs:
        curves, peaks = run.table("dq_dv"), run.table("dq_dv_peaks")
        if curves is None:
            continue
        cycles = _chosen(run, curves, len(runs))
        told.append(f"{run.name} at {_counted(cycles)}")
        for place, (number, words) in enumerate(cycles.items()):
            strength = 1.0 if len(cycles) < 2 else PALEST + (1 - PALEST) * place / (len(cycles) - 1)
            shade = colour(place) if len(runs) == 1 else faded(run.colour, round(strength, 2))
            name = words if len(runs) == 1 else f"{run.name}, {words}"
            legend = name.replace(" ageing", "")
            common: Trace = {"type": "scatter", "legendgroup": legend, "name": legend, **_history(run)}
            x, y = _line(curves.filter(col("cycle_count") == number), slope)
            traces.append(
                {
                    **common,
                    "mode": "lines",
                    "x": typed(x),
                    "y": typed(y),
                    "line": {"color": shade, "width": LINE, **_dash(run)},
                    "hovertemplate": f"{name}<br>%{{x:.4~r}} V, {hover(slope)}<extra></extra>",
                }
            )
            marks = None if peaks is None else peaks.filter(col("cycle_count") == number)
            if marks is not None and marks.height:
                marks = marks.with_columns(sign=pl.when(_half("discharge")).then(-1.0).otherwise(1.0))
                traces.append(
                    {
                        **common,
                        "mode": "markers",
                        "showlegend": False,
                        "x": typed(marks["voltage_volt"]),
                        "y": typed(marks["sign"] * marks[slope]),
                        "text": [_peak_name(row) for row in marks.iter_rows(named=True)],
                        "marker": {"size": MARK, "color": shade, "symbol": "circle-open"},
                        "hovertemplate": f"{name}<br>%{{text}} at %{{x:.4f}} V<extra></extra>",
                    }
                )
    return figure(
        traces,
        {"xaxis": _voltages(runs), "yaxis": axis(slope, zeroline=True)},
        f"dQ/dV against voltage, discharge below zero, peaks marked: {'; '.join(told)}.",
        empty="No cycle has a dQ/dV: none is complete, or the voltage does not change.",
    )


def peak_positions(runs: Sequence[Shown]) -> Figure:
    """The voltage of each followed peak against the cycle: charge as triangles up, discharge as triangles down.

    Several runs show one transition each: H2-H3 where it is named, else the highest one.
    """
    traces: list[Trace] = []
    told = []
    for run in runs:
        peaks = run.table("dq_dv_peaks")
        if peaks is None:
            continue
        if len(runs) > 1:
            peaks = peaks.filter(col("peak") == _telling_peak(peaks))
        for place, (_, of_peak) in enumerate(peaks.sort("peak").group_by("peak", maintain_order=True)):
            words = _peak_name(of_peak.row(0, named=True))
            name = words if len(runs) == 1 else f"{run.name}, {words}"
            for half, symbol in SYMBOLS.items():
                own = of_peak.filter(_half(half))
                if own.is_empty():
                    continue
                traces.append(
                    {
                        "type": "scatter",
                        "mode": "lines+markers",
                        "name": name,
                        "legendgroup": name,
                        "showlegend": half == _first_half(of_peak),
                        "x": typed(own["cycle_count"], "int32"),
                        "y": typed(own["voltage_volt"], "float64"),
                        "line": {"color": _colour(runs, run, place), "width": 1, **_dash(run)},
                        "marker": {"size": MARK, "symbol": f"{symbol}-open" if run.dashed else symbol},
                        "hovertemplate": f"{name}, {half}<br>cycle %{{x}}: %{{y:.4f}} V<extra></extra>",
                        **_of_cycle(run),
                    }
                )
                first, last = own.row(0, named=True), own.row(-1, named=True)
                told.append(
                    f"{name} {half} {first['voltage_volt']:.3f} V at cycle {first['cycle_count']},"
                    f" {last['voltage_volt']:.3f} V at cycle {last['cycle_count']}"
                )
    return figure(
        traces,
        {"xaxis": axis("cycle_count", rangemode="tozero"), "yaxis": _voltages(runs)},
        f"Peaks of dQ/dV against the cycle: {'; '.join(told[:6])}{' and others' if len(told) > 6 else ''}.",
        empty="No peak of dQ/dV was found in more than a cycle.",
    )


def polarisations(runs: Sequence[Shown]) -> Figure:
    """Charge peak − discharge peak by cycle; of one run each transition, of several the one that tells most."""
    traces: list[Trace] = []
    told = []
    for run in runs:
        peaks = run.table("dq_dv_peaks")
        if peaks is None:
            continue
        both = polarisation(peaks)
        if len(runs) > 1:
            both = both.filter(col("peak") == _telling_peak(peaks))
        for place, (_, of_peak) in enumerate(both.sort("peak").group_by("peak", maintain_order=True)):
            words = _peak_name(of_peak.row(0, named=True))
            name = words if len(runs) == 1 else f"{run.name}, {words}"
            values = of_peak[POLARISATION]
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": name,
                    "x": typed(of_peak["cycle_count"], "int32"),
                    "y": typed(values, "float64"),
                    "line": {"color": _colour(runs, run, place), "width": LINE, **_dash(run)},
                    "marker": {"size": MARK - 1, "symbol": "circle-open" if run.dashed else "circle"},
                    "hovertemplate": f"{name}<br>cycle %{{x}}: {hover(POLARISATION)}<extra></extra>",
                    **_of_cycle(run),
                }
            )
            told.append(f"{name} from {values[0]:.0f} to {values[-1]:.0f} mV")
    return figure(
        traces,
        {"xaxis": axis("cycle_count", rangemode="tozero"), "yaxis": axis(POLARISATION, rangemode="tozero")},
        f"Polarisation between the peaks of charge and discharge: {'; '.join(told[:6])}.",
        empty="No transition shows a peak in both charge and discharge.",
    )


def mean_voltages_by_cycle(runs: Sequence[Shown]) -> Figure:
    """The mean voltages of charge (dotted) and discharge by cycle, of the ageing cycles."""
    traces: list[Trace] = []
    told = []
    for run, ageing in _ageing(runs):
        for half, look in (("charge", {"dash": "dot"}), ("discharge", _dash(run))):
            name = half if len(runs) == 1 else run.name
            values = ageing[f"mean_{half}_voltage_volt"]
            traces.append(
                _by_cycle(run, ageing, values, "mean_voltage_volt", f"{run.name}, {half}")
                | {"name": name, "legendgroup": name, "showlegend": len(runs) == 1 or half == "discharge"}
                | {"line": {"color": run.colour, "width": LINE, **look}}
            )
            told.append(f"{run.name} {half} from {values[0]:.3f} to {values[-1]:.3f} V")
    return figure(
        traces,
        {"xaxis": axis("cycle_count", rangemode="tozero"), "yaxis": axis("mean_voltage_volt")},
        f"Mean voltages by cycle, charge dotted: {'; '.join(told[:6])}.",
        empty=NO_AGEING,
    )


def mean_voltage_decay(runs: Sequence[Shown]) -> Figure:
    """What the mean discharge voltage changed by since the first ageing cycle."""
    traces: list[Trace] = []
    told = []
    for run, ageing in _ageing(runs):
        values = ageing[CHANGE]
        traces.append(
            _by_cycle(run, ageing, values, CHANGE, run.name)
            | {"name": run.name, "line": {"color": run.colour, "width": LINE, **_dash(run)}}
        )
        told.append(f"{run.name} {values[-1]:.3g} mV over {ageing.height} ageing cycles")
    return figure(
        traces,
        {"xaxis": axis("cycle_count", rangemode="tozero"), "yaxis": axis(CHANGE)},
        f"Change of the mean discharge voltage: {'; '.join(told[:6])}.",
        empty=NO_AGEING,
    )


def _ageing(runs: Sequence[Shown]) -> list[tuple[Shown, pl.DataFrame]]:
    """The runs that have ageing cycles with both mean voltages, and these cycles."""
    found = []
    for run in runs:
        cycles = run.table("cycles")
        if cycles is not None:
            ageing = mean_voltages(cycles).drop_nulls(["mean_charge_voltage_volt", CHANGE])
            if ageing.height:
                found.append((run, ageing))
    return found


def _by_cycle(run: Shown, cycles: pl.DataFrame, values: pl.Series, name: str, words: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed(cycles["cycle_count"], "int32"),
        "y": typed(values, "float64"),
        "hovertemplate": f"{words}<br>cycle %{{x}}: {hover(name)}<extra></extra>",
        **_of_cycle(run),
    }


def _voltages(runs: Sequence[Shown]) -> dict[str, Any]:
    """The axis of voltages as measured, which says so where a cell has another reference than Li/Li⁺."""
    if any(run.parameters.get("reference_potential_volt") for run in runs):
        return {"title": {"text": Scale(reference="the cell's reference").title}}
    return axis("voltage_volt")


def _chosen(run: Shown, curves: pl.DataFrame, runs: int) -> dict[int, str]:
    """The stored cycles that are drawn, each with the words for it."""
    stored = curves["cycle_count"].unique(maintain_order=True).to_list()
    cycles = run.table("cycles")
    ages: dict[int, int] = {}
    if cycles is not None:
        own = cycles.filter(col("cycle_count").is_in(stored) & col("ageing_index").is_not_null())
        ages = dict(own.select("ageing_index", "cycle_count").iter_rows())
    words = {number: f"cycle {number}" for number in stored} | {
        number: f"{_ordinal(age)} ageing cycle" for age, number in ages.items()
    }
    if run.chosen and ages:
        wanted = [ages[min(ages, key=lambda age: abs(age - number))] for number in run.chosen]
    elif run.chosen:
        wanted = [min(stored, key=lambda cycle: abs(cycle - number)) for number in run.chosen]
    else:
        wanted = [ages[age] for age in CYCLES if age in ages]
        if len(wanted) < 2:
            wanted = stored if len(stored) < 3 else [stored[0], stored[-1]]
        if runs > MANY_RUNS:
            wanted = [wanted[0], wanted[-1]]
    return {number: words[number] for number in sorted(set(wanted))}


def _ordinal(number: int) -> str:
    end = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{end}"


def _counted(cycles: dict[int, str]) -> str:
    return ", ".join(cycles.values())


def _line(curve: pl.DataFrame, slope: str) -> tuple[np.ndarray, np.ndarray]:
    """Charge and discharge of one cycle as one line with a gap, the discharge below zero."""
    charge, discharge = (curve.filter(_half(half)) for half in ("charge", "discharge"))
    gap = np.array([np.nan])
    x = np.concatenate([charge["voltage_volt"].to_numpy(), gap, discharge["voltage_volt"].to_numpy()])
    return x, np.concatenate([charge[slope].to_numpy(), gap, -discharge[slope].to_numpy()])


def _half(half: str) -> pl.Expr:
    return col("half").cast(pl.String) == half


def _first_half(peaks: pl.DataFrame) -> str:
    return next(half for half in SYMBOLS if not peaks.filter(_half(half)).is_empty())


def _telling_peak(peaks: pl.DataFrame) -> int | None:
    """The number of H2-H3 where it is named; else of the highest transition of both halves; else of the highest."""
    named = peaks.filter(col("transition").cast(pl.String) == H2_H3)["peak"]
    both = polarisation(peaks)["peak"]
    for numbers in (named, both, peaks["peak"]):
        if numbers.len():
            return int(max(numbers.to_list()))
    return None


def _peak_name(row: dict[str, object]) -> str:
    return str(row["transition"]) if row["transition"] else f"peak {row['peak']}"


def _dash(run: Shown) -> dict[str, str]:
    return {"dash": "dash"} if run.dashed else {}


def _colour(runs: Sequence[Shown], run: Shown, place: int) -> str:
    """Of one run each peak has its colour; of several each run has that of its product."""
    return colour(place) if len(runs) == 1 else run.colour


def _history(run: Shown) -> dict[str, object]:
    return {"meta": {"history": run.history}} if run.history else {}


def _of_cycle(run: Shown) -> dict[str, object]:
    """Where x is the cycle, a point tells its own history."""
    return {"meta": {"history": run.cycle_history}} if run.history else {}
