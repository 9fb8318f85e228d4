"""What the figures of a comparison are made of: curves, the lines of chosen cycles, the values of a mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from django.urls import reverse

from cells.cycling.curve import Along
from cells.cycling.plots import Line
from cells.cycling.scale import scale_of
from cells.cycling.stored import curves_of, dq_dv_of, profiles_of
from cells.cycling.table import CYCLES
from cells.exclusion.ranges import covered
from dashboards.comparison.compared import Compared
from dashboards.comparison.selection import Selection
from dashboards.comparison.series import Over, Series, colours, group_names, per_gram_of
from labdb.figures import EXCLUDED
from labdb.files import store
from labdb.provenance.models import Table
from labdb.quantities import quantity
from labdb.replicates import Replicates
from labdb.tables import parquet


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
            potential_volt=one.cell.potential_against_lithium_volt,
            control=one.cell.product in selection.control,
            simulated=one.cell.simulated,
            without=one.without,
            excluded=one.excluded is not None,
        )
        for one in compared
        if one.run_id and one.run_id in curves
    ]


def lines_of(series: Sequence[Series], selection: Selection, name: str) -> list[Line]:
    """Voltage profiles ("profiles") or dQ/dV ("dq-dv") of the chosen cycles.

    Later cycles are drawn fainter; what does not count is grey, and says so.
    """
    per_gram, profiles = per_gram_of(series), name == "profiles"
    of_group, names = colours(series), group_names(series)
    found = (profiles_of if profiles else dq_dv_of)((one.run_id, cycle) for one in series for cycle in selection.cycles)
    lines = []
    for position, cycle in enumerate(selection.cycles):
        for one in series:
            if (points := found.get((one.run_id, cycle))) is None or (per_gram and not one.mass_mg):
                continue
            if selection.against and one.potential_volt is None:  # a full cell has no reference
                continue
            shift = scale_of(selection.against, one.potential_volt).shift_volt
            gram = one.mass_mg / 1000 if per_gram and one.mass_mg else 1.0
            counts = one.counts_at(cycle)
            lines.append(
                Line(
                    name=f"{one.name}, cycle {cycle}" if counts else f"{one.name}, cycle {cycle}, excluded",
                    x=points.x / gram if profiles else points.x + shift,
                    y=points.y + shift if profiles else points.y / gram,
                    history=reverse("cycle-history", args=[one.run_id, cycle]),
                    colour=of_group[one.group] if counts else EXCLUDED,
                    dash="dash" if one.control else "solid",
                    group=names[one.group] if counts else "excluded",
                    opacity=max(1 - position * 0.75 / len(selection.cycles), 0.25),
                )
            )
    return lines


@dataclass(frozen=True)
class ValueAt:
    """One cell's part in a mean; `text` in the printed unit.

    Attributes:
        excluded: it is left out, and counts in no mean.
    """

    series: Series
    value: float
    text: str
    history: str
    excluded: bool = False


def values_at(members: Sequence[Series], name: str, along: Along, at: int) -> list[ValueAt]:
    """What the cells of a group have at one cycle."""
    about, values = quantity(name), []
    for one in members:
        x, y = one.curve.line(name, along)
        counting = one.curve.line(name, along, one.without)[0]
        for shown in y[x == at].tolist():
            value = shown / 100 if about.percent else shown
            values.append(ValueAt(one, value, about.text(value), f"{one.history}{at}", at not in counting))
    return values


def replicates_of(values: Sequence[ValueAt], over: Over) -> Replicates | None:
    by_batch: dict[str, list[float]] = {}
    for value in values:
        one = value.series
        if not value.excluded:
            by_batch.setdefault((one.batch or one.name) if over == "batches" else str(one.run_id), []).append(
                value.value
            )
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
        excluded = pl.Series("excluded", covered(cycles["cycle_count"].to_numpy(), one.without))
        frames.append(cycles.select(*(pl.lit(value).alias(name) for name, value in about.items()), excluded, pl.all()))
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict(CYCLES.required))
