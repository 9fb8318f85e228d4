"""Pulses as figures: resistance and power over the state of charge, growth by cycles, voltage traces. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from polars import col

from cells.hppc.analysis import at_state_of_charge
from labdb.figures import Figure, Trace, axis, faded, figure, hover, shown, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity

LINE, MARK = 1.4, 7  # pixels
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
PALEST = 0.45  # of the first sequence of a run, where it has several
FULLEST, EMPTIEST = 1.0, 0.25  # how strongly the trace of a pulse is drawn, by its state of charge
NOTHING = "There is no pulse with a state of charge to draw; the warnings say why."
NO_TRACE = "There is no pulse with a rest before it."
MOST_SEQUENCES = 8


@dataclass(frozen=True)
class Series:
    """The compared pulses of one direction in one sequence of a run."""

    run: Shown
    pulses: pl.DataFrame
    direction: str
    name: str
    place: int  # of the sequence among those of its run that are drawn
    of: int
    several: bool  # runs in the figure

    @property
    def legend(self) -> str:
        """Of several runs each has one entry, which shows and hides all its sequences."""
        return self.run.name if self.several else self.name

    @property
    def in_legend(self) -> bool:
        return not self.several or self.place == self.of - 1

    @property
    def colour(self) -> str:
        if self.of < 2:
            return self.run.colour
        return faded(self.run.colour, round(PALEST + (1 - PALEST) * self.place / (self.of - 1), 2))

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.place % len(SYMBOLS)] + ("-open" if self.direction == "charge" else "")


def resistance_over_charge(runs: Sequence[Shown]) -> Figure:
    """Resistance of the pulses over the state of charge, a line for each sequence.

    One run shows its charge pulses too, hollow; several show their discharge pulses. The fewer cycles before a
    sequence, the paler it is.
    """
    return _over_charge(runs, "pulse_resistance_ohm")


def power_over_charge(runs: Sequence[Shown]) -> Figure:
    """Power at the end of the pulses: per active mass where that of every run is known, else per cell."""
    return _over_charge(runs, _per_mass_or_cell(runs, "pulse_power"))


def capability_over_charge(runs: Sequence[Shown]) -> Figure:
    """Power at the voltage limit: per active mass where that of every run is known, else per cell."""
    return _over_charge(runs, _per_mass_or_cell(runs, "power_capability"))


def _per_mass_or_cell(runs: Sequence[Shown], name: str) -> str:
    tables = [table for run in runs if (table := run.table("pulses")) is not None]
    per_mass = bool(tables) and all(table["pulse_power_w_per_kg"].is_not_null().any() for table in tables)
    return f"{name}_w_per_kg" if per_mass else f"{name}_watt"


def _over_charge(runs: Sequence[Shown], name: str) -> Figure:
    traces: list[Trace] = []
    told = []
    for series in _series(runs):
        known = series.pulses.filter(col("state_of_charge").is_not_null() & col(name).is_not_null())
        if known.is_empty():
            continue
        known = known.sort("state_of_charge")
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": series.legend,
                "legendgroup": series.legend,
                "showlegend": series.in_legend,
                "x": typed(shown(known["state_of_charge"].to_numpy(), "state_of_charge"), "float64"),
                "y": typed(shown(known[name].to_numpy(), name), "float64"),
                "marker": {"size": MARK, "symbol": series.symbol, "color": series.colour},
                "line": {"width": LINE, "color": series.colour, "dash": _dash(series)},
                "hovertemplate": f"%{{x:.3~r}} %: {hover(name)}<extra>{series.name}</extra>",
                **({"meta": {"history": series.run.history}} if series.run.history else {}),
            }
        )
        value = at_state_of_charge(known, name)
        if value is not None:
            about = quantity(name)
            told.append(f"{series.name}: {about.text(value)} {about.unit} at 50 %")
    layout = {"xaxis": axis("state_of_charge", autorange="reversed"), "yaxis": axis(name)}
    return figure(traces, layout, "; ".join(told), empty=NOTHING)


def resistance_against_cycles(runs: Sequence[Shown]) -> Figure:
    """Discharge resistance at 50 % against the ageing cycles before it, a line for each run."""
    name = "hppc_discharge_resistance_ohm"
    traces: list[Trace] = []
    told = []
    for run in runs:
        points = []
        for pulses in _sequences(run, []):
            value = at_state_of_charge(_compared(pulses, "discharge"), "pulse_resistance_ohm")
            if value is not None:
                points.append((pulses["after_ageing_cycle"][0], value))
        if not points:
            continue
        cycles, values = zip(*points, strict=True)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": run.name,
                "x": typed(cycles, "float64"),
                "y": typed(values, "float64"),
                "marker": {"size": MARK, "symbol": "circle-open" if run.dashed else "circle", "color": run.colour},
                "line": {"width": LINE, "color": run.colour, "dash": "dash" if run.dashed else "solid"},
                "hovertemplate": f"after %{{x:d}} cycles: {hover(name)}<extra>{run.name}</extra>",
                **({"meta": {"history": run.history}} if run.history else {}),
            }
        )
        about = quantity(name)
        told.append(f"{run.name}: " + ", ".join(f"{about.text(value)} ohm after {cycle}" for cycle, value in points))
    layout = {"xaxis": axis("after_ageing_cycle", rangemode="tozero"), "yaxis": axis(name, rangemode="tozero")}
    return figure(traces, layout, "; ".join(told), empty=NOTHING)


def voltage_traces(runs: Sequence[Shown]) -> Figure:
    """The voltage of the pulses of one sequence from their rest on; the fuller the cell, the stronger the line.

    The first sequence of the ageing cycles that a person chose, else the first of all.
    """
    (run,) = runs
    traces: list[Trace] = []
    records, all_pulses = run.table("pulse_traces"), run.table("pulses")
    layout = {"xaxis": axis("pulse_time_second"), "yaxis": axis("voltage_change_volt")}
    if records is None or all_pulses is None:
        return figure((), layout, "", empty=NO_TRACE)
    pulses = next(iter(_sequences(run, run.chosen)), all_pulses.clear())
    for row in pulses.iter_rows(named=True):
        trace = records.filter((col("sequence") == row["sequence"]) & (col("pulse") == row["pulse"]))
        if trace.is_empty():
            continue
        state = row["state_of_charge"]
        strength = FULLEST if state is None else EMPTIEST + (FULLEST - EMPTIEST) * state
        where = f"step {row['step_count']}" if state is None else f"{100 * state:.0f} %"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{where}, {row['direction']}",
                "x": typed(trace["pulse_time_second"].to_numpy(), "float64"),
                "y": typed(trace["voltage_change_volt"].to_numpy(), "float64"),
                "line": {
                    "width": LINE,
                    "color": faded(run.colour, round(strength, 2)),
                    "dash": "solid" if row["direction"] == "discharge" else "dot",
                },
                "hovertemplate": f"%{{x:.3~r}} s: {hover('voltage_change_volt')}<extra>{where}</extra>",
                **({"meta": {"history": run.history}} if run.history else {}),
            }
        )
    summary = f"{run.name}, {_said(pulses)}: {len(traces)} pulses" if traces else ""
    return figure(traces, layout, summary, empty=NO_TRACE)


def _series(runs: Sequence[Shown]) -> Iterator[Series]:
    for run in runs:
        sequences = _sequences(run, run.chosen)
        for place, pulses in enumerate(sequences):
            for direction in ("discharge", "charge") if len(runs) == 1 else ("discharge",):
                own = _compared(pulses, direction)
                if own.is_empty():
                    continue
                if len(runs) == 1:
                    words = [_said(pulses), direction, *(["simulated"] if run.simulated else [])]
                else:
                    words = [run.name, *([_said(pulses)] if len(sequences) > 1 else [])]
                name = ", ".join(words)
                yield Series(run, own, direction, name, place, len(sequences), several=len(runs) > 1)


def _sequences(run: Shown, chosen: Sequence[int]) -> list[pl.DataFrame]:
    """The sequences of a run, of those ageing cycles that were chosen; evenly a few of many."""
    table = run.table("pulses")
    if table is None:
        return []
    if chosen:
        table = table.filter(col("after_ageing_cycle").is_in(list(chosen)))
        return table.partition_by("sequence", maintain_order=True)
    sequences = table.partition_by("sequence", maintain_order=True)
    if len(sequences) > MOST_SEQUENCES:
        kept = np.unique(np.linspace(0, len(sequences) - 1, MOST_SEQUENCES).astype(int))
        return [sequences[place] for place in kept]
    return sequences


def _compared(pulses: pl.DataFrame, direction: str) -> pl.DataFrame:
    return pulses.filter(col("compared") & (col("direction").cast(pl.String) == direction))


def _said(pulses: pl.DataFrame) -> str:
    after = pulses["after_ageing_cycle"][0]
    if not after:
        return f"sequence {pulses['sequence'][0]}"
    return f"after {after} cycle{'' if after == 1 else 's'}"


def _dash(series: Series) -> str:
    if series.direction == "charge":
        return "dot"
    return "dash" if series.run.dashed else "solid"
