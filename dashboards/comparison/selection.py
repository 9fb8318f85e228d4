"""What a comparison shows, as its address says it: the query string is the permanent link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode

from cells.cycling.curve import DRAWN, Along
from cells.cycling.drawings import DRAWINGS
from cells.cycling.scale import AGAINST_LITHIUM
from dashboards.comparison.grouping import GROUPINGS
from dashboards.comparison.series import Over

MOST_CELLS = 200
MOST_CYCLES = 8

MOST_NUMBERS = 12
LONGEST_NAME = 60

BY = {name: grouping.label for name, grouping in GROUPINGS.items()}
SHOW = {"each": "every cell", "mean": "mean ± SD"}
OVER = {"cells": "cells", "batches": "batches"}
ALONG = {"cycle_count": "cycle", "ageing_index": "ageing cycle"}
AGAINST = {"": "as measured", AGAINST_LITHIUM: "Li/Li⁺"}


@dataclass(frozen=True)
class Selection:
    """
    Attributes:
        cells: by primary key, in the order chosen.
        tests: cycling tests that are shown instead of the longest one of their cell.
        by: what a colour stands for.
        show: every cell, or the mean of each group.
        over: what the n of a mean counts.
        along: the x axis of the figures against the cycle.
        cycles: whose voltage profiles and dQ/dV are drawn, as the cycler counted.
        against: what voltages are shown against: as measured, or "lithium" for Li/Li⁺.
        control: the products that are drawn dashed.
        named: cells and the groups that a person puts them into, for `by` "own".
        numbers: the whole numbers that are typed for a drawing, by its name: after which cycles pulses are drawn, say.
        columns: results in the table; those most asked for where none is chosen.
    """

    cells: tuple[int, ...] = ()
    tests: tuple[int, ...] = ()
    by: str = "product"
    show: str = "each"
    over: Over = "cells"
    along: Along = "cycle_count"
    cycles: tuple[int, ...] = (1,)
    against: str = ""
    control: tuple[str, ...] = ()
    named: tuple[tuple[int, str], ...] = ()
    numbers: tuple[tuple[str, tuple[int, ...]], ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Any) -> Selection:
        """From the query of a request; what it does not say, or says wrongly, is as by default."""
        ids = [*query.getlist("id"), *query.get("cells", "").split(",")]
        return cls(
            cells=_numbers(ids)[:MOST_CELLS],
            tests=_numbers(",".join(query.getlist("tests")).split(","))[:MOST_CELLS],
            by=_one_of(query.get("by"), BY, "product"),
            show=_one_of(query.get("show"), SHOW, "each"),
            over="batches" if query.get("over") == "batches" else "cells",
            along="ageing_index" if query.get("along") in get_args(Along)[1:] else "cycle_count",
            cycles=_numbers(query.get("cycles", "").replace(" ", ",").split(","))[:MOST_CYCLES] or (1,),
            against=_one_of(query.get("against"), AGAINST, ""),
            control=tuple(dict.fromkeys(query.getlist("control"))),
            named=_named(query),
            numbers=tuple(
                (drawing.name, typed)
                for drawing in DRAWINGS
                if (typed := _numbers(query.get(f"numbers-{drawing.name}", "").replace(" ", ",").split(",")))
            ),
            columns=tuple(dict.fromkeys(query.getlist("columns"))),
        )

    @property
    def query(self) -> str:
        """The query string: only what is not as by default."""
        return urlencode(self.parts, safe=",:")

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The names and values of the query string."""
        default = Selection()
        parts: list[tuple[str, str]] = []
        for name in ("cells", "tests", "cycles"):
            if getattr(self, name) != getattr(default, name):
                parts.append((name, ",".join(map(str, getattr(self, name)))))
        parts += [
            (name, value)
            for name in ("by", "show", "over", "along", "against")
            if (value := getattr(self, name)) != getattr(default, name)
        ]
        parts += [("control", product) for product in self.control]
        parts += [("group", f"{cell}:{name}") for cell, name in self.named]
        parts += [(f"numbers-{name}", ",".join(map(str, typed))) for name, typed in self.numbers]
        return parts + [("columns", name) for name in self.columns]

    def without(self, cell: int) -> Selection:
        return replace(
            self,
            cells=tuple(pk for pk in self.cells if pk != cell),
            named=tuple((pk, name) for pk, name in self.named if pk != cell),
        )

    def numbers_of(self, drawing: str) -> tuple[int, ...]:
        return dict(self.numbers).get(drawing, ())[:MOST_NUMBERS]


def _named(query: Any) -> tuple[tuple[int, str], ...]:
    """`group=12:dry room` puts cell 12 into that group; so does a field of a form that is named `group-12`."""
    said = [text.partition(":")[::2] for text in query.getlist("group")]
    said += [(key.removeprefix("group-"), query.get(key)) for key in query if key.startswith("group-")]
    found = {}
    for cell, name in said:
        if cell.isdecimal() and len(cell) < 16 and name.strip():
            found[int(cell)] = " ".join(name.split())[:LONGEST_NAME]
    return tuple(found.items())[:MOST_CELLS]


def drawn_quantity(query: Mapping[str, Any]) -> str:
    """The quantity of a figure against the cycle."""
    return _one_of(query.get("y"), dict.fromkeys(DRAWN), DRAWN[0])


def _one_of(value: str | None, known: Mapping[str, Any], default: str) -> str:
    return value if value is not None and value in known else default


def _numbers(texts: list[str]) -> tuple[int, ...]:
    """The whole numbers among the texts, each once. Longer ones than a database key are none of ours."""
    return tuple(dict.fromkeys(int(text) for text in texts if text.strip().isdecimal() and len(text.strip()) < 16))
