"""Results as a page lists them: those of one quantity at several cycles, rates or days are one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from labdb.provenance.models import Result
from labdb.quantities import QUANTITIES, Quantity, base_of


@dataclass(frozen=True)
class Line:
    """
    Attributes:
        about: the quantity, without where it was taken.
        alone: the value of a quantity that has one; None of one that was taken in several places.
        values: where, in words ("at cycle 100"), and the value there.
    """

    about: Quantity
    alone: Result | None = None
    values: list[tuple[str, Result]] = field(default_factory=list)


def folded(results: Iterable[Result]) -> list[Line]:
    """A line a quantity, in the order in which they come."""
    lines: list[Line] = []
    series: dict[str, Line] = {}
    for result in results:
        try:
            base, where = base_of(result.quantity)
        except KeyError:  # a name that labdb no longer knows
            base, where = "", ""
        if not where:
            lines.append(Line(result.about, result))
            continue
        if base not in series:
            series[base] = Line(QUANTITIES[base])
            lines.append(series[base])
        series[base].values.append((where, result))
    return lines
