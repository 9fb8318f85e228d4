"""What a comparison shows, as its address says it: the query string is the permanent link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode

from cells.cycling.plots import DRAWN, Along
from dashboards.comparison.plots import Over

MOST_CELLS = 200
MOST_CYCLES = 8

BY = {"product": "product", "batch": "batch", "cell": "cell"}
SHOW = {"each": "every cell", "mean": "mean ± SD"}
OVER = {"cells": "cells", "batches": "batches"}
ALONG = {"cycle_count": "cycle", "ageing_index": "ageing cycle"}


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
        control: the products that are drawn dashed.
    """

    cells: tuple[int, ...] = ()
    tests: tuple[int, ...] = ()
    by: str = "product"
    show: str = "each"
    over: Over = "cells"
    along: Along = "cycle_count"
    cycles: tuple[int, ...] = (1,)
    control: tuple[str, ...] = ()

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
            control=tuple(dict.fromkeys(query.getlist("control"))),
        )

    @property
    def query(self) -> str:
        """The query string: only what is not as by default."""
        default = Selection()
        parts: list[tuple[str, str]] = []
        for name in ("cells", "tests", "cycles"):
            if getattr(self, name) != getattr(default, name):
                parts.append((name, ",".join(map(str, getattr(self, name)))))
        parts += [
            (name, value)
            for name in ("by", "show", "over", "along")
            if (value := getattr(self, name)) != getattr(default, name)
        ]
        parts += [("control", product) for product in self.control]
        return urlencode(parts, safe=",")

    def without(self, cell: int) -> Selection:
        return replace(self, cells=tuple(pk for pk in self.cells if pk != cell))


def drawn_quantity(query: Mapping[str, Any]) -> str:
    """The quantity of a figure against the cycle."""
    return _one_of(query.get("y"), dict.fromkeys(DRAWN), DRAWN[0])


def _one_of(value: str | None, known: Mapping[str, Any], default: str) -> str:
    return value if value is not None and value in known else default


def _numbers(texts: list[str]) -> tuple[int, ...]:
    """The whole numbers among the texts, each once. Longer ones than a database key are none of ours."""
    return tuple(dict.fromkeys(int(text) for text in texts if text.strip().isdecimal() and len(text.strip()) < 16))
