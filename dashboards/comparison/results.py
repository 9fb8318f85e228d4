"""The table of results below the figures: a row a cell, mean ± SD (n) a group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from cells.cycling.curve import Curve
from cells.cycling.stored import curves_of
from cells.exclusion.ranges import leaves_out
from dashboards.comparison.compared import Compared
from dashboards.comparison.selection import Selection
from labdb.provenance.models import Result
from labdb.quantities import QUANTITIES, Quantity, quantity
from labdb.replicates import Replicates

# The columns that are shown unasked, most asked for first; one that no cell has is left out. A quantity after so many
# days stands for all numbers of days.
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
    "rate_capacity_mah_per_g_at_5C",
    "rate_ratio_at_5C",
    "specific_energy_wh_per_kg_at_0.1C",
    "specific_energy_wh_per_kg_at_0.33C",
    "specific_energy_wh_per_kg_at_0.5C",
    "h2_h3_discharge_shift_millivolt_at_100",
    "mean_discharge_voltage_change_millivolt_at_100",
    "hppc_discharge_resistance_ohm",
    "hppc_resistance_growth",
    "recovered_capacity_share",
)
# Results at N that compare ageing cycle N with the first one.
AGAINST_THE_FIRST = ("capacity_retention", "h2_h3_", "mean_discharge_voltage_change")
OF_THE_FIRST_AGEING = ("first_ageing_", "first_dq_dv_", "first_h2_h3_")
AT_AGEING_CYCLE = re.compile(r"_at_(\d{1,6})$")
NUMBERED = re.compile(r"_(at|after)_(?P<number>\d{1,6}(\.\d{1,6})?)(C|_day)?$")


@dataclass(frozen=True)
class Listed:
    """One result of a cell; it may not count."""

    result: Result
    excluded: bool


@dataclass
class CellRow:
    compared: Compared
    results: list[Listed | None]


@dataclass
class GroupRow:
    """A group in the table of results.

    Attributes:
        cells, batches: how many it has that count; what n counts is one or the other.
        excluded: cells that do not count.
        texts: one a column: mean ± SD (n), or empty.
    """

    name: str
    members: list[CellRow] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def counting(self) -> list[CellRow]:
        return [row for row in self.members if not row.compared.excluded]

    @property
    def cells(self) -> int:
        return len({row.compared.cell.pk for row in self.counting})

    @property
    def batches(self) -> int:
        return len({row.compared.cell.batch_code for row in self.counting if row.compared.cell.batch_code})

    @property
    def excluded(self) -> int:
        return len({row.compared.cell.pk for row in self.members if row.compared.excluded})


@dataclass(frozen=True)
class ResultsTable:
    """The results of the compared cells, by group.

    Attributes:
        choices: every column that some cell has, and whether it is shown.
    """

    columns: list[Quantity]
    groups: list[GroupRow]
    choices: list[tuple[Quantity, bool]]


def results_table(compared: Sequence[Compared], selection: Selection) -> ResultsTable:
    """Results of the tests that the figures are drawn from; what those did not find, of another test of the cell.

    Where a person chose the test, only of that one. Two queries, and one for the cycles of tests that count in part.
    """
    rows = Result.objects.filter(
        run__measurement__cyclingtest__cell__in={one.cell.pk for one in compared},
        run=F("run__measurement__current_run"),
    )
    there = _in_order(rows.order_by().values_list("quantity", flat=True).distinct())
    names = [name for name in there if (name in selection.columns if selection.columns else _unasked(name))]
    found = _found(compared, rows.filter(quantity__in=names))
    curves = _curves_of_parts(compared, found)
    groups: dict[str, GroupRow] = {}
    for one in sorted(compared, key=lambda one: (one.group, one.name)):
        group = groups.setdefault(one.group, GroupRow(one.group))
        own = found[id(one)]
        group.members.append(CellRow(one, [_listed(one, own.get(name), curves) for name in names]))
    columns = [quantity(name) for name in names]
    for group in groups.values():
        spreads = [_replicates(group.members, column, selection) for column in range(len(names))]
        group.texts = [spread.text(about) if spread else "" for spread, about in zip(spreads, columns, strict=True)]
    return ResultsTable(columns, list(groups.values()), [(quantity(name), name in names) for name in there])


def _in_order(names: Iterable[str]) -> list[str]:
    """Names that labdb knows: those most asked for first, then as they are declared, their numbers rising."""
    declared = {name: place for place, name in enumerate(dict.fromkeys((*COMPARED, *QUANTITIES)))}

    def place(name: str) -> tuple[int, float]:
        number = NUMBERED.search(name)
        of_family = declared.get(name[: number.start()] if number else name, len(declared))
        return declared.get(name, of_family), float(number["number"]) if number else 0.0

    return sorted((name for name in names if _known(name)), key=place)


def _unasked(name: str) -> bool:
    return name in COMPARED or name.partition("_after_")[0] in COMPARED


def _known(name: str) -> bool:
    try:
        quantity(name)
    except KeyError:
        return False
    return True


def _found(compared: Sequence[Compared], rows: QuerySet[Result]) -> dict[int, dict[str, Result]]:
    """Of each of the compared (by identity), its results by quantity. One query."""
    of_cell: dict[int, list[Result]] = {}
    annotated = rows.annotate(cell=F("run__measurement__cyclingtest__cell"), test=F("run__measurement"))
    for result in annotated.order_by("run"):
        of_cell.setdefault(result.cell, []).append(result)
    found: dict[int, dict[str, Result]] = {}
    for one in compared:
        own: dict[str, Result] = found.setdefault(id(one), {})
        for row in of_cell.get(one.cell.pk, ()):
            mine = row.run_id == one.run_id
            if one.chosen and not mine:
                continue
            before = own.get(row.quantity)
            if before is None or before.run_id != one.run_id:  # that of its own test stays, else the newest comes
                own[row.quantity] = row
    return found


def _curves_of_parts(compared: Sequence[Compared], found: dict[int, dict[str, Result]]) -> dict[int, Curve]:
    """The cycles of the runs of which some do not count, by run."""
    runs = {
        result.run_id
        for one in compared
        for result in found[id(one)].values()
        if result.test in one.left_out.cycles  # type: ignore[attr-defined]  # annotated
    }
    return curves_of(runs) if runs else {}


def _listed(one: Compared, result: Result | None, curves: dict[int, Curve]) -> Listed | None:
    if result is None:
        return None
    test: int = result.test  # type: ignore[attr-defined]  # annotated
    curve = curves.get(result.run_id)
    excluded = one.left_out.whole(one.cell.pk, test) is not None
    if curve is not None and not excluded:
        without = one.left_out.ranges(one.cell.pk, test)
        excluded = any(leaves_out(without, cycle) for cycle in cycles_of(result.quantity, curve))
    return Listed(result, excluded)


def cycles_of(name: str, curve: Curve) -> list[int]:
    """The cycles that a result is of, as the cycler counted; none for one of the whole test."""
    ageing = curve.cycle_count[curve.ageing].tolist()
    complete = curve.cycle_count[curve.told].tolist()
    if name.startswith("hppc_"):  # it counts the cycles before the pulses
        return []
    if at := AT_AGEING_CYCLE.search(name):
        number = int(at[1])
        reference = ageing[:1] if name.startswith(AGAINST_THE_FIRST) else []
        return [*reference, *ageing[number - 1 : number]]
    if name.startswith(OF_THE_FIRST_AGEING):
        return ageing[:1]
    return complete[:1] if name.startswith("first_") else []


def _replicates(rows: Sequence[CellRow], column: int, selection: Selection) -> Replicates | None:
    """Of the cells, or of the means of the batches; what is left out counts in neither."""
    values: dict[str, list[float]] = {}
    for row in rows:
        listed = row.results[column]
        if listed and not listed.excluded:
            batch = row.compared.cell.batch_code or row.compared.name
            key = batch if selection.over == "batches" else row.compared.name
            values.setdefault(key, []).append(listed.result.value)
    return Replicates.of(sum(found) / len(found) for found in values.values())
