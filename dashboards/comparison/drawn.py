"""What the parts of the analysis found in any test of the compared cells, drawn over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import F
from django.urls import reverse

from cells.cycling import drawings as cycling_drawings
from dashboards.comparison import grouped
from dashboards.comparison.compared import Compared
from dashboards.comparison.selection import Selection
from dashboards.comparison.series import colours_of
from labdb.figures import EXCLUDED, Figure
from labdb.ingest.presentation import Drawing, Shown
from labdb.provenance.models import AnalysisRun, Table
from labdb.provenance.stored import found_in

OF_SEVERAL = tuple(drawing for drawing in cycling_drawings.DRAWINGS if not drawing.single)


# Tables that every test has: these are drawn of the test that the other figures show.
OF_EVERY_TEST = ("cycles", "dq_dv", "dq_dv_peaks")


@dataclass(frozen=True)
class Part:
    """A run of one of the compared cells that has a table."""

    compared: Compared
    test: int
    run: int

    @property
    def excluded(self) -> bool:
        return self.compared.left_out.whole(self.compared.cell.pk, self.test) is not None


def drawing_of(name: str) -> Drawing | None:
    return next((drawing for drawing in OF_SEVERAL if drawing.name == name), None)


def parts_of(compared: Sequence[Compared]) -> dict[str, list[Part]]:
    """By the name of a table, the newest current run of each cell that stored it. One query.

    Tables that every test has are of the test that stands for the cell. Where a person chose the test of a cell, all
    are of that one; one that is left out is taken only where there is no other.
    """
    names = {drawing.table for drawing in OF_SEVERAL}
    rows = Table.objects.filter(
        name__in=names,
        run=F("run__measurement__current_run"),
        run__measurement__cyclingtest__cell__in={one.cell.pk for one in compared},
    ).values_list("run__measurement__cyclingtest__cell", "name", "run__measurement", "run")
    of_cell: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for cell, name, test, run in rows:
        of_cell.setdefault((cell, name), []).append((test, run))
    parts: dict[str, list[Part]] = {}
    for one in compared:
        for name in names:
            there = of_cell.get((one.cell.pk, name), [])
            if one.chosen:
                there = [(test, run) for test, run in there if one.test and test == one.test.pk]
            if there:
                own = one.run_id if name in OF_EVERY_TEST else None
                test, run = min(there, key=lambda of: (of[0] in one.left_out.tests, of[1] != own, -of[1]))
                parts.setdefault(name, []).append(Part(one, test, run))
    return parts


def drawings_of(parts: Mapping[str, Sequence[Part]]) -> list[Drawing]:
    """Those of which some cell has the table."""
    return [drawing for drawing in OF_SEVERAL if drawing.table in parts]


def purposes_and_rest(
    compared: Sequence[Compared], parts: Mapping[str, Sequence[Part]], drawings: Sequence[Drawing]
) -> tuple[list[Drawing], list[Drawing]]:
    """The drawings of what all of the compared cells were tested for, which come first, and the others."""
    cells = {one.cell.pk for one in compared}
    of_all = [name for name, found in parts.items() if {part.compared.cell.pk for part in found} >= cells]
    return cycling_drawings.purposes_and_rest(drawings, of_all)


def draw(drawing: Drawing, compared: Sequence[Compared], selection: Selection) -> Figure:
    """Every cell with a legend by group, or the means of the groups. Four queries."""
    parts = parts_of(compared).get(drawing.table, [])
    runs = shown(parts, drawing, compared, selection)
    figure = drawing.draw(runs)
    if figure["empty"]:
        return figure
    if selection.show == "mean":
        batches = {run.history: part.compared.cell.batch_code for run, part in zip(runs, parts, strict=True)}
        return grouped.means(figure, runs, selection.over, batches)
    return grouped.by_group(figure, runs)


def shown(parts: Sequence[Part], drawing: Drawing, compared: Sequence[Compared], selection: Selection) -> list[Shown]:
    """The parts as the drawing sees them. Three queries."""
    runs = AnalysisRun.objects.defer("traceback").in_bulk([part.run for part in parts])
    found = found_in(runs)
    of_group = colours_of(one.group for one in compared)
    return [
        Shown(
            label=part.compared.name,
            table=found[part.run].table,
            results=found[part.run].results,
            parameters=runs[part.run].parameters,
            metadata=runs[part.run].metadata,
            simulated=part.compared.cell.simulated,
            colour=EXCLUDED if part.excluded else of_group[part.compared.group],
            dashed=part.compared.cell.product in selection.control,
            group=part.compared.group,
            history=reverse("run-history", args=[part.run]),
            chosen=selection.numbers_of(drawing.name),
            excluded=part.excluded,
        )
        for part in parts
    ]


def numbers(drawing: Drawing, compared: Sequence[Compared]) -> Iterator[list[Any]]:
    """The stored tables one below the other, with what they were measured on in front."""
    parts = parts_of(compared).get(drawing.table, [])
    found = found_in([part.run for part in parts])
    frames = []
    for part in parts:
        table = found[part.run].table(drawing.table)
        if table is not None:
            one = part.compared
            about = {"group": one.group, "batch": one.cell.batch_code, "cell": one.name, "run": part.run}
            about |= {"simulated": one.cell.simulated, "excluded": part.excluded}
            frames.append(table.select(*(pl.lit(value).alias(name) for name, value in about.items()), pl.all()))
    if frames:
        everything = pl.concat(frames, how="diagonal_relaxed")
        yield everything.columns
        yield from (list(row) for row in everything.iter_rows())
