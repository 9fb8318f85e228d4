"""Fracture censuses as figures: counts, shares with their intervals, and whether they differ. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from characterization.fracture.analysis import CONFIDENCE, Difference, difference
from characterization.fracture.table import CLASSES
from labdb.figures import Figure, Trace, axis, faded, figure, hover, typed
from labdb.ingest.presentation import Shown
from labdb.ingest.text import unique
from labdb.quantities import quantity

# Of what is intact, cracked and broken, in Okabe and Ito's cycle.
COLOURS = {"intact": "#009e73", "mildly_damaged": "#e69f00", "broken": "#d55e00"}
WORDS = {"intact": "intact", "mildly_damaged": "mildly damaged", "broken": "broken"}
NEUTRAL = "#8a94a3"  # seen on bars and on both grounds
EMPTY = "No particle was counted."


@dataclass(frozen=True)
class Census:
    """One cycle number of a run.

    Attributes:
        name: by which it is told from the others of its cycle number.
        row: of its `SHARES` table.
    """

    run: Shown
    name: str
    row: dict[str, Any]

    @property
    def cycle(self) -> int:
        return int(self.row["cycle_count"])

    @property
    def counts(self) -> list[int]:
        return [int(self.row[name]) for name in CLASSES]

    @property
    def particles(self) -> int:
        return int(self.row["particles_counted"])


def censuses(runs: Sequence[Shown]) -> list[Census]:
    """All of them, by rising cycle number, within it in the order of the runs."""
    found = []
    for run in runs:
        table = run.table("shares")
        if table is not None:
            found += [Census(run, "", row) for row in table.iter_rows(named=True)]
    found = [replace(census, name=name) for census, name in zip(found, _names(found), strict=True)]
    return sorted(found, key=lambda census: census.cycle)


def _names(found: Sequence[Census]) -> list[str]:
    """What each census is called where its cycle number stands beside it.

    The product, where no two censuses of a cycle number are of one; else what was measured.
    """
    by_product = [f"{of.run.group}, simulated" if of.run.simulated else of.run.group for of in found]
    by_label = [of.run.name.replace(f" after {_cycles(of.cycle)}", "") for of in found]
    for names in (by_product, by_label):
        apart = {(of.cycle, name) for of, name in zip(found, names, strict=True)}
        several = len({id(of.run) for of in found}) > 1 or names is by_label
        if several and all(names) and len(apart) == len(found):
            return names
    return unique([of.run.name for of in found])


def counts_figure(runs: Sequence[Shown]) -> Figure:
    """Stacked bars of how many particles were counted, a bar a census."""
    found = censuses(runs)
    x = _places(found)
    traces: list[Trace] = [
        {
            "type": "bar",
            "name": WORDS[name],
            "x": x,
            "y": [census.row[name] for census in found],
            "marker": {"color": COLOURS[name]},
            "customdata": [census.run.history for census in found],
            "meta": {"histories": True},
            "text": [quantity(f"{name}_share").text(census.row[f"{name}_share"]) + " %" for census in found],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "hovertemplate": f"%{{x}}<br>{WORDS[name]}: %{{y}} (%{{text}})<extra></extra>",
        }
        for name in CLASSES
    ]
    layout = {
        "barmode": "stack",
        "xaxis": {"type": "multicategory"},
        "yaxis": axis("particles_counted", rangemode="tozero"),
        "uniformtext": {"minsize": 9, "mode": "hide"},
    }
    told = "; ".join(f"{_named(census)}: {_told(census)} of {census.particles}" for census in found)
    return figure(traces if found else [], layout, f"Particles counted. {told}.", empty=EMPTY)


def shares_figure(runs: Sequence[Shown]) -> Figure:
    """Bars of the shares with their confidence intervals: cycle numbers, within them classes, within them the runs."""
    found = censuses(runs)
    traces: list[Trace] = []
    for name in dict.fromkeys(census.name for census in found):
        own = [census for census in found if census.name == name]
        run = own[0].run
        cells = [(census, of) for census in own for of in CLASSES]
        value = [100 * census.row[f"{of}_share"] for census, of in cells]
        low = [100 * census.row[f"{of}_share_low"] for census, of in cells]
        high = [100 * census.row[f"{of}_share_high"] for census, of in cells]
        trace: Trace = {
            "type": "bar",
            "name": name,
            "x": [[_cycles(census.cycle) for census, _ in cells], [WORDS[of] for _, of in cells]],
            "y": typed(value),
            "error_y": {
                "type": "data",
                "array": typed([top - at for top, at in zip(high, value, strict=True)]),
                "arrayminus": typed([at - bottom for bottom, at in zip(low, value, strict=True)]),
                "symmetric": False,
                "color": NEUTRAL,
                "thickness": 1.2,
                "width": 4,
            },
            "marker": {
                "color": faded(run.colour, 0.25) if run.dashed else run.colour,
                "line": {"color": run.colour, "width": 1.5},
            },
            "text": [
                f"{census.row[of]} of {census.particles}, {bottom:.1f} to {top:.1f} %"
                for (census, of), bottom, top in zip(cells, low, high, strict=True)
            ],
            "textposition": "none",
            "customdata": [census.run.history for census, _ in cells],
            "meta": {"histories": True},
            "hovertemplate": f"{name}<br>%{{x}}: {hover('intact_share')} (%{{text}})<extra></extra>",
        }
        traces.append(trace)
    layout = {
        "barmode": "group",
        "xaxis": {"type": "multicategory"},
        "yaxis": axis("particle_share", rangemode="tozero"),
        "showlegend": len(traces) > 1 or any(run.simulated for run in runs),
    }
    confidence = _confidence(runs)
    told = "; ".join(f"{_named(census)}: {_told(census, shares=True)}" for census in found)
    return figure(traces, layout, f"Shares with {confidence:.0%} confidence intervals. {told}.", empty=EMPTY)


def difference_figure(runs: Sequence[Shown]) -> Figure:
    """Whether measurements differ after the same number of cycles, or one measurement from one such number to the next.

    Stacked shares, a bar a census; above each group of bars the outcome of the test in words.
    """
    found = censuses(runs)
    cycles = sorted({census.cycle for census in found})
    by_cycle = len({id(census.run) for census in found}) > 1
    if by_cycle:
        groups = [(_cycles(cycle), [census for census in found if census.cycle == cycle]) for cycle in cycles]
    else:
        groups = [("between the cycle numbers", found)]
    groups = [(title, own) for title, own in groups if len(own) > 1]
    if not groups:
        return figure(
            [], {}, "", empty="A test needs two measurements after the same number of cycles, or two such numbers."
        )
    places: list[tuple[float, Census]] = []
    annotations, told, top = [], [], 0.0
    for title, own in groups:
        outcome = tested(own)
        sentence = f"{title}: {outcome.words(_confidence(runs))}"
        told.append(sentence)
        annotations.append(
            {
                "text": sentence.replace(" (", "<br>(", 1),
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "yanchor": "middle",
                "y": -top,
                "yref": "y",
                "showarrow": False,
                "align": "left",
            }
        )
        places += [(top + 0.8 + number, census) for number, census in enumerate(own)]
        top += len(own) + 1.2
    traces: list[Trace] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": WORDS[name],
            "y": [-at for at, _ in places],
            "x": typed([100 * census.row[f"{name}_share"] for _, census in places]),
            "marker": {"color": COLOURS[name]},
            "text": [f"{census.row[name]} of {census.particles}" for _, census in places],
            "textposition": "none",
            "customdata": [census.run.history for _, census in places],
            "meta": {"histories": True},
            "hovertemplate": f"{WORDS[name]}: %{{x:.3~r}} % (%{{text}})<extra></extra>",
        }
        for name in CLASSES
    ]
    layout = {
        "barmode": "stack",
        "xaxis": axis("particle_share", range=[0, 100]),
        "yaxis": {
            "tickvals": [-at for at, _ in places],
            "ticktext": [census.name if by_cycle else _cycles(census.cycle) for _, census in places],
            "range": [-(top - 0.4), 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        "annotations": annotations,
    }
    return figure(traces, layout, ". ".join(f"{one[0].upper()}{one[1:]}" for one in told) + ".")


def tested(found: Sequence[Census]) -> Difference:
    """The test of difference between censuses."""
    return difference([census.counts for census in found])


def _confidence(runs: Sequence[Shown]) -> float:
    return float(next((run.parameters["confidence"] for run in runs if run.parameters.get("confidence")), CONFIDENCE))


def _places(found: Sequence[Census]) -> list[list[str]]:
    """Two lines of the axis: the number of cycles, and what was measured."""
    return [[_cycles(census.cycle) for census in found], [census.name for census in found]]


def _cycles(number: int) -> str:
    return f"{number} cycle" if number == 1 else f"{number} cycles"


def _named(census: Census) -> str:
    return f"{census.name}, {_cycles(census.cycle)}"


def _told(census: Census, shares: bool = False) -> str:
    if shares:
        values = (f"{quantity(f'{name}_share').text(census.row[f'{name}_share'])} % {WORDS[name]}" for name in CLASSES)
    else:
        values = (f"{census.row[name]} {WORDS[name]}" for name in CLASSES)
    return ", ".join(values)
