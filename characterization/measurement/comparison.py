"""One technique across batches: overlays, points with mean ± SD, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from characterization.measurement.listing import with_list_fields
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.points import Point, means_of, points
from characterization.measurement.services import presentation
from characterization.measurement.stored import shown
from labdb.accounts.models import User
from labdb.figures import Figure
from labdb.ingest.installed import technique
from labdb.ingest.presentation import Presentation
from labdb.provenance.models import Result
from labdb.quantities import Quantity, quantity
from labdb.replicates import Replicates
from synthesis.sample.models import Sample

# More measurements than this are not compared at once, and more curves than that cannot be told apart.
MOST_COMPARED, MOST_DRAWN = 400, 24
BY = {"product": "product", "cycles": "product and cycles made", "batch": "batch", "stage": "stage of the sample"}
COUNT = {"measurement": "measurements", "batch": "batches"}


@dataclass(frozen=True)
class Selection:
    """What is compared, as the address of the page says it.

    Attributes:
        ids: named measurements; all that fit the rest where none is named.
        by: what the groups are, one of `BY`; where nobody says it the product, and the cycles that the cells had made
            where these are several: what changes with them has no mean over all of them.
        count: what n counts, one of `COUNT`.
        beside: measurements of other techniques that are drawn with them.
    """

    technique: str
    ids: tuple[int, ...] = ()
    products: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    stage: str = ""
    by: str = ""
    count: str = "measurement"
    beside: tuple[int, ...] = ()

    @classmethod
    def of(cls, query: QueryDict) -> Selection:
        """
        Raises:
            ValueError: a word is none of ours.
        """
        by, count, stage = query.get("by", ""), query.get("count", "measurement"), query.get("stage", "")
        if by not in ("", *BY) or count not in COUNT or stage not in ("", *Sample.Stage.values):
            raise ValueError(
                f"by is one of {', '.join(BY)}, count one of {', '.join(COUNT)}, stage one of the stages of samples."
            )
        ids = tuple(int(text) for text in query.getlist("id") if text.isdecimal() and len(text) < 19)
        products, batches = (tuple(text for text in query.getlist(name) if text) for name in ("product", "batch"))
        beside = tuple(int(text) for text in query.getlist("beside") if text.isdecimal() and len(text) < 19)
        return cls(query.get("technique", ""), ids, products, batches, stage, by, count, beside)


@dataclass(frozen=True)
class Row:
    """One measurement in the table below the figures."""

    measurement: Any
    group: str
    part: str
    values: Sequence[tuple[Quantity, Result | None]]


@dataclass(frozen=True)
class Comparison:
    """What was found of a selection.

    Attributes:
        selection: with what the groups are.
        groups: of each group its name, and per quantity the mean ± SD (n) as printed.
        beside: measurements of other techniques that the drawings take as well.
        left_out: how many measurements were beyond `MOST_COMPARED`.
    """

    selection: Selection
    how: Presentation
    rows: Sequence[Row]
    columns: Sequence[Quantity]
    groups: Sequence[tuple[str, Sequence[str]]]
    left_out: int = 0
    hollow: frozenset[str] = field(default_factory=frozenset)
    beside: Sequence[Any] = ()

    @property
    def drawn(self) -> list[Any]:
        """The measurements whose curves are overlaid."""
        return [row.measurement for row in self.rows if row.measurement.current_run][:MOST_DRAWN]

    def figure(self, name: str) -> Figure:
        """A drawing of the technique over all of them, or `points-<quantity>`.

        Raises:
            ValueError: there is no such figure.
        """
        if name.startswith("points-"):
            return self._points(name.removeprefix("points-"))
        drawing = self.how.drawing(name)
        if drawing.single:
            raise ValueError(f"{drawing.title} is drawn of one measurement only.")
        return drawing.draw(shown([(one, one.current_run) for one in [*self.drawn, *self.beside]]))

    def _points(self, name: str) -> Figure:
        if name not in {about.name for about in self.columns}:
            raise ValueError(f"there is no result {name} to compare.")
        found: list[Point] = []
        parts: list[str] = []
        for row in self.rows:
            result = next((result for about, result in row.values if about.name == name), None)
            if result is not None:
                one = row.measurement
                found.append(
                    Point(
                        row.group,
                        result.value,
                        one.subject_words,
                        result.sd,
                        result.n,
                        reverse("result-history", args=[result.pk]),
                        one.simulated,
                        result.upper_bound,
                    )
                )
                parts.append(row.part)
        if self.selection.count == "batch":
            found = means_of(found, parts)
        return points(name, found, COUNT[self.selection.count], self.hollow)


def selected(user: User, selection: Selection) -> QuerySet[Any]:
    """The visible measurements of a selection that have been analysed, newest first."""
    rows = with_list_fields(SampleMeasurement.objects.visible_to(user).with_subject())
    rows = rows.filter(technique=selection.technique, current_run__isnull=False)
    if selection.ids:
        rows = rows.filter(pk__in=selection.ids)
    if selection.products:
        rows = rows.filter(product_name__in=selection.products)
    if selection.batches:
        rows = rows.filter(batch_code__in=selection.batches)
    if selection.stage:
        rows = rows.filter(sample__stage=selection.stage)
    return rows.order_by("product_name", "batch_code", "subject_code", "pk")


def compare(user: User, selection: Selection) -> Comparison:
    """Three queries, whatever is compared.

    Raises:
        ValueError: there is no such technique.
    """
    how = presentation(technique(selection.technique).name)
    rows = selected(user, selection)
    found = list(rows[:MOST_COMPARED])
    left_out = max(rows.count() - MOST_COMPARED, 0) if len(found) == MOST_COMPARED else 0
    if not selection.by:
        several = len({one.cycle_count for one in found}) > 1 and not how.by_cycle
        selection = replace(selection, by="cycles" if several else "product")
    if selection.by == "cycles":
        found.sort(key=lambda one: (one.product_name or "", one.cycle_count or 0))
    results: dict[int, dict[str, Result]] = {}
    wanted = Q(quantity__in=how.compared)
    for name in how.compared if how.by_cycle else ():
        wanted |= Q(quantity__startswith=f"{name}_at_")
    for result in Result.objects.filter(wanted, run__in=[one.current_run_id for one in found]):
        results.setdefault(result.run_id, {})[result.quantity] = result
    there = {name for own in results.values() for name in own}
    columns = [quantity(name) for name in how.compared_in(there)]
    table = []
    hollow = set()
    for one in found:
        own = results.get(one.current_run_id, {})
        group = group_of(one, selection.by)
        batch = one.of_batch
        if batch and batch.recipe_version and batch.recipe_version.recipe.control_of_id:
            hollow.add(group)
        table.append(
            Row(one, group, one.batch_code or one.subject_words, [(about, own.get(about.name)) for about in columns])
        )
    groups = _groups(table, columns, selection.count)
    laid_under = list(offered_beside(user, how).filter(pk__in=selection.beside)) if selection.beside else []
    return Comparison(selection, how, table, columns, groups, left_out, frozenset(hollow), laid_under)


def offered_beside(user: User, how: Presentation) -> QuerySet[Any]:
    """What may be drawn with the measurements of a technique: the reference structures of patterns."""
    rows = SampleMeasurement.objects.visible_to(user).with_subject()
    return rows.filter(technique__in=how.beside, current_run__isnull=False).order_by("name", "pk")


def _told(summed: Replicates | None, about: Quantity, bound: bool) -> str:
    """A mean as printed; one that an upper bound went into is an upper bound itself."""
    if summed is None:
        return ""
    return f"< {about.text(summed.mean)} ({summed.n})" if bound else summed.text(about)


def group_of(one: Any, by: str) -> str:
    if by == "batch":
        return one.batch_code or one.subject_words
    if by == "cycles" and one.cycle_count is not None:
        return f"{one.product_name or 'no product'}, {one.cycle_count} cycle{'s' * (one.cycle_count != 1)}"
    if by == "stage":
        return one.sample.where_from if one.sample else "not from a sample"
    return one.product_name or "no product"


def _groups(rows: Sequence[Row], columns: Sequence[Quantity], count: str) -> list[tuple[str, list[str]]]:
    """Mean ± SD (n) of each group and quantity, as printed."""
    told = []
    for group in dict.fromkeys(row.group for row in rows):
        texts = []
        for about in columns:
            own = [
                (row.part, result.value, result.upper_bound)
                for row in rows
                if row.group == group
                for of, result in row.values
                if of is about and result is not None
            ]
            if count == "batch":
                parts: dict[str, list[float]] = {}
                for part, value, _ in own:
                    parts.setdefault(part, []).append(value)
                values = [sum(some) / len(some) for some in parts.values()]
            else:
                values = [value for _, value, _ in own]
            summed = Replicates.of(values)
            texts.append(_told(summed, about, any(bound for *_, bound in own)))
        told.append((group, texts))
    return told
