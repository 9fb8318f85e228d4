"""Storage as figures: shares against days, and their means by group. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from labdb.figures import Figure, Trace, axis, faded, figure, hover, shown, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity
from labdb.replicates import Replicates

LINE, MARK = 1.4, 8  # pixels
BAR = 0.8  # width, where bars stand 1 apart
BETWEEN = 0.8  # further apart are the bars of two checks
SPREAD = 0.2  # of the replicates around the middle of their bar
# The column, what it is called in a legend, and how strongly its bars are filled.
SHARES = (("retained_capacity_share", "retained", 0.35), ("recovered_capacity_share", "recovered", 0.8))
NOTHING = "No storage has ended in a discharge that can be compared with one before it."


def shares_against_days(runs: Sequence[Shown]) -> Figure:
    """Recovered and retained capacity at every check, from 100 % before the storage on."""
    traces: list[Trace] = []
    told = []
    for run in runs:
        for name, words, _ in SHARES:
            checks = _checks(run, name)
            if checks.is_empty():
                continue
            recovered = words == "recovered"
            days = np.concatenate([[0.0], checks["storage_day"].to_numpy()])
            shares = shown(np.concatenate([[1.0], checks[name].to_numpy()]), name)
            title = words if len(runs) == 1 else f"{run.name}, {words}"
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": f"{title}, simulated" if len(runs) == 1 and run.simulated else title,
                    "legendgroup": run.name,
                    "x": typed(days, "float64"),
                    "y": typed(shares, "float64"),
                    "marker": {
                        "size": MARK,
                        "symbol": ("circle" if recovered else "triangle-down") + ("-open" if run.dashed else ""),
                        "color": run.colour,
                    },
                    "line": {"width": LINE, "color": run.colour, "dash": "solid" if recovered else "dot"},
                    "hovertemplate": f"%{{x:.3~r}} days: {hover(name)}<extra>{title}</extra>",
                    **({"meta": {"history": run.history}} if run.history else {}),
                }
            )
            about = quantity(name)
            values = ", ".join(f"{about.text(row[name])} % after {row['check_day']} days" for row in checks.to_dicts())
            told.append(f"{run.name}, {words}: {values}")
    layout = {"xaxis": axis("storage_day", rangemode="tozero"), "yaxis": axis("capacity_share")}
    return figure(traces, layout, "; ".join(told), empty=NOTHING)


@dataclass(frozen=True)
class Bar:
    """The replicates of one group at one check."""

    group: str
    day: int
    name: str
    words: str
    strength: float
    values: tuple[tuple[Shown, float], ...]

    @property
    def mean(self) -> Replicates | None:
        """Of those that a person did not leave out."""
        return Replicates.of(value for run, value in self.values if not run.excluded)

    @property
    def counted(self) -> str:
        """ "n = 3, 1 excluded"."""
        excluded = sum(run.excluded for run, _ in self.values)
        return f"n = {len(self.values) - excluded}" + (f", {excluded} excluded" if excluded else "")

    @property
    def first(self) -> Shown:
        """Whose colour the bar has."""
        return next((run for run, _ in self.values if not run.excluded), self.values[0][0])


def means_by_group(runs: Sequence[Shown]) -> Figure:
    """A bar of the mean ± sample SD for each group, check, and kind of capacity, with a point for every cell."""
    traces: list[Trace] = []
    ticks: list[tuple[float, str]] = []
    told = []
    place, seen = 0.0, set[str]()
    bars = list(_bars(runs))
    for position, bar in enumerate(bars):
        before = bars[position - 1] if position else bar
        if (bar.day, bar.name) != (before.day, before.name):
            place += BETWEEN
        first = bar.first
        title = f"{bar.group}, simulated" if first.simulated else bar.group
        own = sum((one.day, one.name) == (bar.day, bar.name) for one in bars)
        if not ticks or (bar.day, bar.name) != (before.day, before.name):
            ticks.append((place + (own - 1) / 2, f"{bar.words}<br>{bar.day} days"))
        traces += _bar(bar, place, title, first_of_group=title not in seen)
        seen.add(title)
        mean = bar.mean
        words = f"{quantity(bar.name).text_with_sd(mean.mean, mean.sd)} %" if mean else "no mean"
        told.append(f"{title}, {bar.words} after {bar.day} days: {words} ({bar.counted})")
        place += 1
    layout = {
        "barmode": "overlay",
        "xaxis": {
            "tickvals": [at for at, _ in ticks],
            "ticktext": [words for _, words in ticks],
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": axis("capacity_share", **_from_below(bars)),
    }
    return figure(traces, layout, "; ".join(told), empty=NOTHING)


def _from_below(bars: Sequence[Bar]) -> dict[str, Any]:
    """Where the axis begins: at 0, but for shares so alike that bars from 0 would hide how they differ."""
    shares = [100 * value for bar in bars for _, value in bar.values]
    if not shares or min(shares) <= 50:
        return {"rangemode": "tozero"}
    low = min(shares) - 0.5 * (max(shares) - min(shares)) - 1
    return {"range": [10 * (low // 10), max(100.0, max(shares)) + 1]}


def _checks(run: Shown, name: str) -> pl.DataFrame:
    """The checks of the last storage of a run that have a share."""
    table = run.table("storage")
    if table is None:
        return pl.DataFrame(schema={"storage_day": pl.Float64, "check_day": pl.Int32, name: pl.Float64})
    return table.filter(pl.col("storage_count") == pl.col("storage_count").max(), pl.col(name).is_not_null())


def _bars(runs: Sequence[Shown]) -> Iterator[Bar]:
    """In the order in which they stand: by day, retained before recovered, the groups in the order of the runs."""
    groups = list(dict.fromkeys(run.group or run.label for run in runs))
    found: dict[tuple[int, str, str], list[tuple[Shown, float]]] = {}
    for run in runs:
        for name, *_ in SHARES:
            for row in _checks(run, name).iter_rows(named=True):
                found.setdefault((row["check_day"], name, run.group or run.label), []).append((run, row[name]))
    for day in sorted({day for day, *_ in found}):
        for name, words, strength in SHARES:
            for group in groups:
                if values := found.get((day, name, group)):
                    yield Bar(group, day, name, words, strength, tuple(values))


def _bar(bar: Bar, place: float, title: str, *, first_of_group: bool) -> list[Trace]:
    first, mean = bar.first, bar.mean
    about = quantity(bar.name)
    values = shown(np.array([value for _, value in bar.values]), bar.name)
    spread = np.linspace(-SPREAD, SPREAD, len(values)) if len(values) > 1 else np.zeros(1)
    histories = [run.history for run, _ in bar.values]
    points: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": title,
        "legendgroup": title,
        "showlegend": False,
        "x": typed(place + spread, "float64"),
        "y": typed(values, "float64"),
        "text": [run.name if run.excluded else run.label for run, _ in bar.values],
        "marker": {"size": MARK - 2, "symbol": "circle-open", "color": [run.colour for run, _ in bar.values]},
        "hovertemplate": f"%{{text}}<br>{hover(bar.name)}<extra></extra>",
        **({"customdata": histories, "meta": {"histories": True}} if all(histories) else {}),
    }
    if mean is None:
        return [points]
    words = about.text_with_sd(mean.mean, mean.sd)
    height, sd = shown(np.array([mean.mean, mean.sd or 0.0]), bar.name).tolist()
    return [
        {
            "type": "bar",
            "name": title,
            "legendgroup": title,
            "showlegend": first_of_group,
            "x": [place],
            "width": BAR,
            "y": [height],
            "error_y": {"type": "data", "array": [sd], "thickness": 1.5, "width": 5, "visible": mean.n > 1},
            "marker": {
                "color": faded(first.colour, bar.strength / 2 if first.dashed else bar.strength),
                "line": {"color": first.colour, "width": 1.5},
            },
            "hovertemplate": f"{title}<br>{bar.words} after {bar.day} days: {words} % ({bar.counted})<extra></extra>",
        },
        points,
    ]
