"""The numbers behind a figure of a comparison, line by line, in stored units. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cells.cycling.curve import Along
from cells.cycling.plots import Line
from cells.cycling.scale import scale_of
from dashboards.comparison.bands import band
from dashboards.comparison.series import Over, Series
from labdb.quantities import quantity


def _number(value: float) -> float | str:
    return "" if np.isnan(value) else float(f"{value:.7g}")


def _stored(name: str) -> float:
    """What turns a shown value back into the stored one."""
    return 0.01 if quantity(name).percent else 1.0


def cycles(series: Sequence[Series], name: str) -> Iterator[list[Any]]:
    """Every cycle of every test."""
    yield ["group", "batch", "cell", "simulated", "run", "cycle_count", "kind", "ageing_index", "excluded", name]
    for one in series:
        curve, scale = one.curve, _stored(name)
        about = [one.group, one.batch, one.name, one.simulated, one.run_id]
        columns = (
            curve.cycle_count.tolist(),
            curve.kind,
            curve.ageing_index.tolist(),
            curve.excluded(name, one.without).tolist(),
            curve.values(name).tolist(),
        )
        for cycle, kind, ageing, excluded, value in zip(*columns, strict=True):
            yield [*about, cycle, kind, ageing or "", excluded, _number(value * scale)]


def means(series: Sequence[Series], name: str, along: Along, over: Over) -> Iterator[list[Any]]:
    """Mean, SD and n of every group at every cycle, and how many cells do not count; an SD of one value is empty."""
    yield ["group", along, name, "sd", "n", "n_counts", "excluded_cells"]
    scale = _stored(name)
    for group in sorted({one.group for one in series}):
        found = band([one for one in series if one.group == group and one.curve.has(name)], name, along, over)
        columns = (found.x, found.mean, found.sd, found.n, found.excluded)
        for x, mean, sd, n, excluded in zip(*(column.tolist() for column in columns), strict=True):
            yield [group, x, _number(mean * scale), _number(sd * scale), n, over, excluded]


def lines(drawn: Sequence[Line], figure: str, against: str = "") -> Iterator[list[Any]]:
    """The points of voltage profiles or of dQ/dV, as drawn; a gap is between charge and discharge."""
    voltage = scale_of(against, 0.0).quantity
    yield ["line", "capacity", voltage] if figure == "profiles" else ["line", voltage, "dq_dv"]
    for line in drawn:
        for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True):
            yield [line.name, _number(x), _number(y)]
