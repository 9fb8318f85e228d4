"""Results of one quantity across batches or products: every measurement a point, mean ± SD with n beside them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labdb.figures import Figure, Trace, axis, colour, figure, typed
from labdb.figures import shown as in_printed_unit
from labdb.quantities import Quantity, quantity
from labdb.replicates import Replicates

SPREAD = 0.16  # half the width, in groups, over which the points of a group lie side by side


@dataclass(frozen=True)
class Point:
    """One value of one measurement, or the mean of a batch.

    Attributes:
        value: as stored.
        sd, n: of the measurement's own replicates, where it has some.
        upper_bound: too little to be measured, at most this much.
        name: of what was measured.
        history: address of its history; empty for a mean.
    """

    group: str
    value: float
    name: str
    sd: float | None = None
    n: int | None = None
    history: str = ""
    simulated: bool = False
    upper_bound: bool = False


def points(name: str, found: Sequence[Point], of_what: str, hollow: frozenset[str] = frozenset()) -> Figure:
    """A quantity by group.

    Args:
        found: in any order; groups keep the order in which they are first met.
        of_what: what n counts, "measurements" or "batches"; said in the hover.
        hollow: groups that are controls, drawn hollow.

    An upper bound points downwards, and the mean of a group that holds one is an upper bound itself, without SD.
    A group of one value has no SD: its mean is the point itself. The bar of a single point is the SD of its own
    replicates.
    """
    about = quantity(name)
    groups = list(dict.fromkeys(point.group for point in found))
    scale = 100 if about.percent else 1
    traces: list[Trace] = []
    told = []
    for number, group in enumerate(groups):
        own = [point for point in found if point.group == group]
        values = in_printed_unit(np.array([point.value for point in own]), name)
        places = number + (np.linspace(-SPREAD, SPREAD, len(own)) if len(own) > 1 else np.zeros(1))
        simulated = all(point.simulated for point in own)
        mine = colour(number)
        hovers = [f"{point.name}: {_value(about, point)}{_count(point.n)}" for point in own]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{group}, simulated" if simulated else group,
                "x": typed(places),
                "y": typed(values),
                "text": hovers,
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"color": mine, "size": 8, "symbol": [_symbol(point, group in hollow) for point in own]},
                "error_y": {
                    "type": "data",
                    "array": typed([scale * (point.sd or 0.0) for point in own]),
                    "thickness": 1,
                    "width": 0,
                    "color": mine,
                },
                "customdata": [point.history for point in own],
                "meta": {"histories": True},
            }
        )
        summed = Replicates.of(point.value for point in own)
        if summed is None:
            continue
        bound = any(point.upper_bound for point in own)
        mean = f"at most {about.text(summed.mean)}" if bound else about.text_with_sd(summed.mean, summed.sd)
        told.append(f"{group} {mean} (n = {summed.n} {of_what})")
        if summed.sd is not None and not bound:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "showlegend": False,
                    "x": [number + 0.3],
                    "y": [summed.mean * scale],
                    "error_y": {
                        "type": "data",
                        "array": [summed.sd * scale],
                        "thickness": 2,
                        "width": 6,
                        "color": mine,
                    },
                    "marker": {
                        "color": mine,
                        "symbol": "line-ew-open",
                        "size": 16,
                        "line": {"width": 2, "color": mine},
                    },
                    "hovertemplate": f"{told[-1]}<extra></extra>",
                    "meta": {},
                }
            )
    layout = {
        "xaxis": {
            "tickmode": "array",
            "tickvals": list(range(len(groups))),
            "ticktext": groups,
            "range": [-0.6, max(len(groups) - 0.3, 0.7)],
            "title": {"text": ""},
        },
        "yaxis": axis(name),
        "showlegend": any(point.simulated for point in found) and len(groups) > 1,
    }
    return figure(traces, layout, f"{about.label}: {'; '.join(told)}.", empty=f"No {about.label.lower()} yet.")


def _value(about: Quantity, point: Point) -> str:
    text = about.text_with_sd(point.value, point.sd)
    return f"less than {text}" if point.upper_bound else text


def _symbol(point: Point, hollow: bool) -> str:
    shape = "triangle-down" if point.upper_bound else "circle"
    return f"{shape}-open" if hollow else shape


def _count(n: int | None) -> str:
    return f" (n = {n})" if n is not None else ""


def means_of(found: Sequence[Point], parts: Sequence[str]) -> list[Point]:
    """One point a part of a group: the mean of a batch's measurements, so that batches are counted, not measurements.

    Args:
        parts: of which part each point is, the batch's code, in the order of the points.
    """
    sorted_out: dict[tuple[str, str], list[Point]] = {}
    for point, part in zip(found, parts, strict=True):
        sorted_out.setdefault((point.group, part), []).append(point)
    means = []
    for (group, part), own in sorted_out.items():
        summed = Replicates.of(point.value for point in own)
        if summed is not None:
            simulated = all(point.simulated for point in own)
            history = own[0].history if len(own) == 1 else ""
            bound = any(point.upper_bound for point in own)
            sd = None if bound else summed.sd
            means.append(Point(group, summed.mean, part, sd, summed.n, history, simulated, bound))
    return means
