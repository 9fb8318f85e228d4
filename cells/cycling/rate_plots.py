"""Rate capability and specific energy at C-rates as figures, of one test or of several. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from polars import col

from cells.cycling.c_rates import called, of_name
from labdb.figures import Figure, Trace, axis, faded, figure, hover, panel_axis, shown, typed, whole_numbers
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity
from labdb.replicates import Replicates

LINE, MARK = 1.4, 6  # pixels
SPREAD = 0.5  # of a bar's width, over which its replicates stand
BARS = 0.8  # of the distance of two rates, that the bars of one take up
PER_GRAM, PER_CELL = "discharge_capacity_mah_per_g", "discharge_capacity_mah"
ENERGY = "specific_energy_wh_per_kg"
NO_RATE = "There is no rate test to draw."


def capacity_by_cycle(runs: Sequence[Shown]) -> Figure:
    """Discharge capacity of every cycle of the first rate test and of the formation before it, its C-rates below."""
    found = [(run, cycles) for run in runs if (cycles := _cycles(run)) is not None]
    name = _unit([cycles for _, cycles in found], PER_GRAM, PER_CELL)
    traces: list[Trace] = []
    told = []
    for run, cycles in found:
        values = cycles[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                **_named(run, runs),
                **whole_numbers(cycles["cycle_count"].to_numpy().astype(np.int32)),
                "y": typed(values, "float64"),
                "text": cycles["rate"].to_list(),
                "marker": {"size": MARK, "symbol": _symbol(run), "color": run.colour},
                "hovertemplate": f"cycle %{{x}}, %{{text}}<br>{hover(name)}<extra>{run.name}</extra>",
                **({"meta": {"history": run.cycle_history}} if run.history else {}),
            }
        )
        told.append(f"{run.name}: {cycles['rate'].n_unique()} rates over {cycles.height} cycles")
    layout = {
        "xaxis": axis("cycle_count"),
        "yaxis": axis(name, **_room_below([cycles[name] for _, cycles in found])),
        "annotations": _rates_below([cycles for _, cycles in found]),
    }
    return figure(traces, layout, f"Rate capability. {'; '.join(told)}.", empty=NO_RATE)


def capacity_against_rate(runs: Sequence[Shown]) -> Figure:
    """Capacity against the C-rate, and below it the share of the capacity at 0.2 C; a line for each test."""
    found = [(run, table) for run in runs if (table := _blocks(run)) is not None]
    name = _unit([table for _, table in found], "rate_capacity_mah_per_g", "rate_capacity_mah")
    traces: list[Trace] = []
    told = []
    ratios = any(table["rate_ratio"].is_not_null().any() for _, table in found)
    for run, table in found:
        for column, place in ((name, "y"), ("rate_ratio", "y2")):
            if place == "y2" and not table[column].is_not_null().any():
                continue
            sd = table[name.replace("capacity", "capacity_sd")].fill_null(0.0).to_numpy() if place == "y" else None
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    **_named(run, runs),
                    **({"showlegend": False} if place == "y2" else {}),
                    "yaxis": place,
                    "x": typed(table["telling_c_rate"].to_numpy(), "float64"),
                    "y": typed(shown(_floats(table, column), column), "float64"),
                    **({"error_y": _bars_of(sd, run.colour)} if sd is not None else {}),
                    "line": {"width": LINE, "color": run.colour, **({"dash": "dash"} if run.dashed else {})},
                    "marker": {"size": MARK, "symbol": _symbol(run), "color": run.colour},
                    "hovertemplate": f"%{{x:.3~g}} C<br>{hover(column)}<extra>{run.name}</extra>",
                    **_history(run),
                }
            )
        fastest = table.row(int(table["telling_c_rate"].arg_max() or 0), named=True)
        about = quantity(name)
        told.append(
            f"{run.name}: {about.text(fastest[name])} {about.unit} at {called(fastest['telling_c_rate'])}"
            + (f", {quantity('rate_ratio').text(fastest['rate_ratio'])} % of 0.2C" if fastest["rate_ratio"] else "")
        )
    layout = {
        "xaxis": axis("c_rate", type="log", anchor="y2" if ratios else "y", **_ticks([table for _, table in found])),
        "yaxis": panel_axis(name, domain=[0.42, 1]) if ratios else axis(name),
        **({"yaxis2": panel_axis("rate_ratio", domain=[0, 0.34], side="right")} if ratios else {}),
    }
    empty = "The blocks of this rate test have no C-rates: say what 1 C is."
    return figure(traces, layout, f"Capacity against C-rate. {'; '.join(told)}.", empty=empty if runs else NO_RATE)


def energy_at_rates(runs: Sequence[Shown]) -> Figure:
    """Specific energy at each C-rate: a bar a group with its mean ± SD, and a point for each of its cells."""
    found = [(run, table) for run in runs if (table := run.table("energies")) is not None and table.height]
    rates = sorted({rate for _, table in found for rate in table["c_rate"]})
    groups = list(dict.fromkeys(run.group or run.name for run, _ in found))
    width = BARS / max(len(groups), 1)
    traces: list[Trace] = []
    told = []
    for number, group in enumerate(groups):
        own = [(run, dict(table.select("c_rate", ENERGY).iter_rows())) for run, table in found if _group(run) == group]
        counting = [(run, values) for run, values in own if not run.excluded]
        first = counting[0][0] if counting else own[0][0]
        at = [(place, rate) for place, rate in enumerate(rates) if any(rate in values for _, values in own)]
        left = f", {len(own) - len(counting)} excluded" if len(counting) < len(own) else ""
        centres = [place + (number - (len(groups) - 1) / 2) * width for place, _ in at]
        means = [Replicates.of(values[rate] for _, values in counting if rate in values) for _, rate in at]
        title = f"{group}, simulated" if all(run.simulated for run, _ in own) else group
        traces.append(
            {
                "type": "bar",
                "name": title,
                "legendgroup": group,
                "x": typed([x for x, mean in zip(centres, means, strict=True) if mean], "float64"),
                "y": typed([mean.mean for mean in means if mean], "float64"),
                "width": 0.9 * width,
                "error_y": _bars_of(np.array([mean.sd or 0.0 for mean in means if mean]), first.colour),
                "text": [f"{rate:g}C, n = {mean.n}{left}" for (_, rate), mean in zip(at, means, strict=True) if mean],
                "textposition": "none",
                "marker": {"color": faded(first.colour, 0.35), "line": {"color": first.colour, "width": 1}},
                "hovertemplate": f"%{{text}}<br>mean {hover(ENERGY)}<extra>{title}</extra>",
            }
        )
        traces += _cells(own, at, centres, width, group)
        said = [f"{quantity(ENERGY).text(m.mean)} at {r:g}C" for (_, r), m in zip(at, means, strict=True) if m]
        told.append(f"{title}: {', '.join(said)}")
    layout = {
        "xaxis": axis(
            "c_rate", tickvals=list(range(len(rates))), ticktext=[f"{rate:g}" for rate in rates], zeroline=False
        ),
        "yaxis": axis(ENERGY, **_from_below([table[ENERGY] for _, table in found])),
    }
    return figure(
        traces,
        layout,
        f"Specific energy at C-rates, Wh/kg. {'; '.join(told)}.",
        empty="There is no energy per gram at a known C-rate.",
    )


def _cells(
    own: Sequence[tuple[Shown, dict[float, float]]],
    at: Sequence[tuple[int, float]],
    centres: Sequence[float],
    width: float,
    group: str,
) -> list[Trace]:
    """The replicates over the bars of their group."""
    traces: list[Trace] = []
    for number, (run, values) in enumerate(own):
        beside = SPREAD * width * (number / (len(own) - 1) - 0.5) if len(own) > 1 else 0.0
        points = [(x + beside, values[rate]) for x, (_, rate) in zip(centres, at, strict=True) if rate in values]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": run.name,
                "legendgroup": group,
                "showlegend": False,
                "x": typed([x for x, _ in points], "float64"),
                "y": typed([y for _, y in points], "float64"),
                "marker": {"size": MARK, "symbol": _symbol(run), "color": run.colour},
                "hovertemplate": f"{hover(ENERGY)}<extra>{run.name}</extra>",
                **_history(run),
            }
        )
    return traces


def _cycles(run: Shown) -> pl.DataFrame | None:
    """The complete cycles of the first rate test and the formation before it, with the name of the rate of each."""
    blocks, cycles = run.table("protocol"), run.table("cycles")
    if blocks is None or cycles is None or run.table("rate") is None:
        return None
    kinds = blocks["kind"].cast(pl.String).to_list()
    first = kinds.index("rate")
    last = next((number for number in range(first, len(kinds)) if kinds[number] not in ("rate", "rest")), len(kinds))
    while first and kinds[first - 1] in ("formation", "rest"):
        first -= 1
    begin, end = blocks["first_cycle"][first], blocks["last_cycle"][last - 1]
    kind = col("kind").cast(pl.String)
    chosen = cycles.filter("complete", col("cycle_count").is_between(begin, end), kind.is_in(["formation", "rate"]))
    rates = [called(rate) if rate else "" for rate in _telling(chosen)]
    return chosen.with_columns(rate=pl.Series(rates, dtype=pl.String))


def _blocks(run: Shown) -> pl.DataFrame | None:
    """The blocks whose C-rate is known, each rate once, the slowest first."""
    table = run.table("rate")
    if table is None:
        return None
    table = table.with_columns(telling_c_rate=pl.Series(_telling(table), dtype=pl.Float64))
    table = table.filter(col("telling_c_rate") > 0)
    names = pl.Series("name", [called(rate) for rate in table["telling_c_rate"]], dtype=pl.String)
    table = table.with_columns(names).unique("name", keep="first", maintain_order=True).sort("telling_c_rate")
    return table if table.height else None


def _telling(table: pl.DataFrame) -> list[float | None]:
    """The rate that a test varies: that of the discharge, but where only the charge is varied."""
    discharges = {called(rate) for rate in table["discharge_c_rate"].drop_nulls()}
    charges = {called(rate) for rate in table["charge_c_rate"].drop_nulls()}
    return table["charge_c_rate" if len(discharges) == 1 < len(charges) else "discharge_c_rate"].to_list()


def _rates_below(tables: Sequence[pl.DataFrame]) -> list[dict[str, Any]]:
    """The names of the rates of the longest test, each below its cycles."""
    if not tables:
        return []
    longest = max(tables, key=lambda table: table.height)
    parts = longest.group_by(col("rate").rle_id().alias("part"), maintain_order=True).agg(
        col("rate").first(), middle=(col("cycle_count").min() + col("cycle_count").max()) / 2
    )
    return [
        {
            "x": middle,
            "y": 0.0,
            "yref": "paper",
            "yanchor": "bottom",
            "text": name,
            "showarrow": False,
            "font": {"size": 11},
        }
        for name, middle in parts.select("rate", "middle").iter_rows()
    ]


def _room_below(values: Sequence[pl.Series]) -> dict[str, Any]:
    """A range that leaves the names of the rates a place below all points."""
    joined = np.concatenate([series.drop_nulls().to_numpy() for series in values]) if values else np.array([])
    if not joined.size:
        return {}
    low, high = float(joined.min()), float(joined.max())
    span = (high - low) or high
    return {"range": [max(low - 0.3 * span, 0.0), high + 0.08 * span]}


def _ticks(tables: Sequence[pl.DataFrame]) -> dict[str, Any]:
    names = {called(rate) for table in tables for rate in table["telling_c_rate"]}
    rates = sorted(of_name(name) for name in names)
    return {"tickvals": rates, "ticktext": [f"{rate:g}" for rate in rates]}


def _from_below(values: Sequence[pl.Series]) -> dict[str, Any]:
    """Where the axis of bars begins: at 0, but for values so alike that bars from 0 would hide how they differ."""
    joined = np.concatenate([series.to_numpy() for series in values]) if values else np.array([])
    if joined.size and joined.min() > 0.5 * joined.max():
        low = joined.min() - 0.5 * (joined.max() - joined.min()) - 0.01 * joined.max()
        return {"range": [float(np.floor(low / 10) * 10), float(joined.max() * 1.02)]}
    return {"rangemode": "tozero"}


def _unit(tables: Sequence[pl.DataFrame], per_gram: str, per_cell: str) -> str:
    """Per gram, where every test knows its mass."""
    return per_gram if tables and all(table[per_gram].is_not_null().any() for table in tables) else per_cell


def _floats(table: pl.DataFrame, name: str) -> np.ndarray:
    return table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _bars_of(sd: np.ndarray, colour: str) -> dict[str, Any]:
    return {"type": "data", "array": typed(sd, "float64"), "thickness": 1.2, "width": 4, "color": colour}


def _named(run: Shown, runs: Sequence[Shown]) -> dict[str, Any]:
    """A group is told once in the legend; a single run by its own name."""
    if len(runs) == 1 or not run.group:
        return {"name": run.name, "legendgroup": run.name}
    first = next(other for other in runs if other.group == run.group)
    group = f"{run.group}, simulated" if run.simulated else run.group
    return {"name": group, "legendgroup": run.group, "showlegend": run is first}


def _group(run: Shown) -> str:
    return run.group or run.name


def _symbol(run: Shown) -> str:
    return "circle-open" if run.dashed else "circle"


def _history(run: Shown) -> dict[str, Any]:
    return {"meta": {"history": run.history}} if run.history else {}
