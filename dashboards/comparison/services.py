"""What a comparison is made of: the tests of the chosen cells, their curves, their results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTransform
from django.urls import reverse

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.cycling.plots import Along, Line
from cells.cycling.stored import curves_of, dq_dv_of, profiles_of
from cells.cycling.table import CYCLES
from dashboards.comparison.plots import Over, Series, colours, line_names, per_gram_of
from dashboards.comparison.selection import Selection
from labdb.accounts.models import User
from labdb.files import store
from labdb.provenance.models import Result, Table
from labdb.quantities import Quantity, quantity
from labdb.replicates import Replicates
from labdb.tables import parquet

# The columns of the table below the figures; one that no cell has is left out.
COMPARED = (
    "first_discharge_capacity_mah_per_g",
    "first_coulombic_efficiency",
    "first_ageing_discharge_capacity_mah_per_g",
    "capacity_retention_at_100",
    "capacity_retention_at_200",
    "capacity_retention_at_300",
    "capacity_retention_at_500",
    "capacity_retention_at_1000",
    "cycle_life_80_percent",
    "mean_coulombic_efficiency",
    "ageing_cycles",
)
NO_NAME = {"product": "no product", "batch": "no batch"}


@dataclass(frozen=True)
class Compared:
    """One cell in a comparison, with the test that stands for it.

    Attributes:
        run_id: the newest successful run of the test; None where there is none yet.
        name: the cell's code; with the test's name, or the project's, where that alone would be two things.
    """

    cell: Cell
    test: CyclingTest | None
    name: str
    group: str

    @property
    def run_id(self) -> int | None:
        return self.test.current_run_id if self.test else None


def compare(user: User, selection: Selection) -> list[Compared]:
    """The chosen cells that the user may see, each with its longest test or the chosen ones. Two queries."""
    chosen = Q(cell__in=selection.cells) | Q(pk__in=selection.tests)
    cycles = Result.objects.filter(run=OuterRef("current_run"), quantity="cycles").values("value")[:1]
    tests = (
        CyclingTest.objects.visible_to(user)
        .filter(chosen)
        .annotate(cycles=Subquery(cycles), mass_mg=KeyTransform("active_mass_mg", "current_run__parameters"))
        .order_by("cell", F("cycles").desc(nulls_last=True), "-pk")
    )
    by_cell: dict[int, list[CyclingTest]] = {}
    for test in tests:
        by_cell.setdefault(test.cell_id, []).append(test)
    wanted = [*selection.cells, *(test.cell_id for test in tests if test.pk in selection.tests)]
    visible = Cell.objects.visible_to(user).filter(pk__in=wanted)
    cells = {cell.pk: cell for cell in visible.select_related("project", "batch")}
    shown: list[tuple[Cell, CyclingTest | None]] = []
    for pk in dict.fromkeys(wanted):
        if pk not in cells:
            continue
        of_cell = by_cell.get(pk, [])
        picked: Sequence[CyclingTest | None] = [test for test in of_cell if test.pk in selection.tests]
        shown += [(cells[pk], test) for test in picked or of_cell[:1] or [None]]
    names = _names(shown)
    return [
        Compared(cell, test, name, name if selection.by == "cell" else group_of(cell, selection.by))
        for (cell, test), name in zip(shown, names, strict=True)
    ]


def group_of(cell: Cell, by: str) -> str:
    return (cell.batch_code if by == "batch" else cell.product) or NO_NAME[by]


def _names(shown: Sequence[tuple[Cell, CyclingTest | None]]) -> list[str]:
    """A name for each that no other has."""
    codes = [cell.code for cell, _ in shown]
    cells: dict[str, set[int]] = {}
    for cell, _ in shown:
        cells.setdefault(cell.code, set()).add(cell.pk)
    names = []
    for cell, test in shown:
        name = f"{cell.code} ({cell.project})" if len(cells[cell.code]) > 1 else cell.code
        names.append(f"{name}, {test.name}" if codes.count(cell.code) > len(cells[cell.code]) and test else name)
    return names


def series_of(compared: Iterable[Compared], selection: Selection) -> list[Series]:
    """What the figures draw; cells without a finished run are left out."""
    compared = list(compared)
    curves = curves_of(one.run_id for one in compared if one.run_id)
    history = reverse("cycle-history" if selection.along == "cycle_count" else "ageing-cycle-history", args=[0, 0])
    before, _, after = history.partition("/0/")
    after = after.removesuffix("0")
    return [
        Series(
            name=one.name,
            group=one.group,
            batch=one.cell.batch_code,
            run_id=one.run_id,
            curve=curves[one.run_id],
            history=f"{before}/{one.run_id}/{after}",
            mass_mg=one.test.mass_mg if one.test else None,  # type: ignore[attr-defined]  # annotated
            control=one.cell.product in selection.control,
            simulated=one.cell.simulated,
        )
        for one in compared
        if one.run_id and one.run_id in curves
    ]


def lines_of(series: Sequence[Series], selection: Selection, name: str) -> list[Line]:
    """Voltage profiles ("profiles") or dQ/dV ("dq-dv") of the chosen cycles. Later cycles are drawn fainter."""
    per_gram, profiles = per_gram_of(series), name == "profiles"
    of_group, names = colours(series), line_names(series)
    found = (profiles_of if profiles else dq_dv_of)((one.run_id, cycle) for one in series for cycle in selection.cycles)
    lines = []
    for position, cycle in enumerate(selection.cycles):
        for one in series:
            if (points := found.get((one.run_id, cycle))) is None or (per_gram and not one.mass_mg):
                continue
            gram = one.mass_mg / 1000 if per_gram and one.mass_mg else 1.0
            lines.append(
                Line(
                    name=f"{one.name}, cycle {cycle}",
                    x=points.x / gram if profiles else points.x,
                    y=points.y if profiles else points.y / gram,
                    history=reverse("cycle-history", args=[one.run_id, cycle]),
                    colour=of_group[one.group],
                    dash="dash" if one.control else "solid",
                    group=names[one.group],
                    opacity=max(1 - position * 0.75 / len(selection.cycles), 0.25),
                )
            )
    return lines


@dataclass(frozen=True)
class ValueAt:
    """One cell's part in a mean; `text` in the printed unit."""

    series: Series
    value: float
    text: str
    history: str


def values_at(members: Sequence[Series], name: str, along: Along, at: int) -> list[ValueAt]:
    """What the cells of a group have at one cycle."""
    about, values = quantity(name), []
    for one in members:
        x, y = one.curve.line(name, along)
        for shown in y[x == at].tolist():
            value = shown / 100 if about.percent else shown
            values.append(ValueAt(one, value, about.text(value), f"{one.history}{at}"))
    return values


def replicates_of(values: Sequence[ValueAt], over: Over) -> Replicates | None:
    by_batch: dict[str, list[float]] = {}
    for value in values:
        one = value.series
        by_batch.setdefault((one.batch or one.name) if over == "batches" else str(one.run_id), []).append(value.value)
    return Replicates.of(sum(found) / len(found) for found in by_batch.values())


def all_cycles(compared: Sequence[Compared], text: Callable[[str], str] = str) -> pl.DataFrame:
    """Every cycle of the tests, with what it was measured on in front. One query.

    Args:
        text: what is done to the texts that a person wrote.
    """
    by_run = {one.run_id: one for one in compared if one.run_id}
    frames = []
    for table in Table.objects.filter(run__in=by_run, name="cycles").order_by("run"):
        one = by_run[table.run_id]
        about = {
            "cell": text(one.name),
            "product": text(one.cell.product),
            "batch": text(one.cell.batch_code),
            "simulated": one.cell.simulated,
            "run": table.run_id,
        }
        with store.local_path(table.key) as path:
            cycles = CYCLES.conform(parquet.read(path))
        frames.append(cycles.select(*(pl.lit(value).alias(name) for name, value in about.items()), pl.all()))
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict(CYCLES.required))


@dataclass
class GroupRow:
    """A group in the table of results.

    Attributes:
        cells, batches: how many it has; what n counts is one or the other.
        texts: one a column: mean ± SD (n), or empty.
    """

    name: str
    members: list[CellRow] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return len({row.compared.cell.pk for row in self.members})

    @property
    def batches(self) -> int:
        return len({row.compared.cell.batch_code for row in self.members if row.compared.cell.batch_code})


@dataclass
class CellRow:
    compared: Compared
    results: list[Result | None]


@dataclass(frozen=True)
class ResultsTable:
    """The results of the compared cells, by group."""

    columns: list[Quantity]
    groups: list[GroupRow]


def results_table(compared: Sequence[Compared], selection: Selection) -> ResultsTable:
    """Results of the runs that the figures are drawn from. One query."""
    found: dict[int, dict[str, Result]] = {}
    runs = [one.run_id for one in compared if one.run_id]
    for result in Result.objects.filter(run__in=runs, quantity__in=COMPARED):
        found.setdefault(result.run_id, {})[result.quantity] = result
    names = [name for name in COMPARED if any(name in results for results in found.values())]
    groups: dict[str, GroupRow] = {}
    for one in sorted(compared, key=lambda one: (one.group, one.name)):
        group = groups.setdefault(one.group, GroupRow(one.group))
        of_run = found.get(one.run_id or 0, {})
        group.members.append(CellRow(one, [of_run.get(name) for name in names]))
    columns = [quantity(name) for name in names]
    for group in groups.values():
        spreads = [_replicates(group.members, column, selection) for column in range(len(names))]
        group.texts = [spread.text(about) if spread else "" for spread, about in zip(spreads, columns, strict=True)]
    return ResultsTable(columns, list(groups.values()))


def _replicates(rows: Sequence[CellRow], column: int, selection: Selection) -> Replicates | None:
    """Of the cells, or of the means of the batches."""
    values: dict[str, list[float]] = {}
    for row in rows:
        if result := row.results[column]:
            batch = row.compared.cell.batch_code or row.compared.name
            values.setdefault(batch if selection.over == "batches" else row.compared.name, []).append(result.value)
    return Replicates.of(sum(found) / len(found) for found in values.values())
