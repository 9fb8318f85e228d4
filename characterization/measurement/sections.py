"""Measurements on the pages of what was measured: batches, samples, cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cells.assembly.models import Cell
from characterization.measurement.calibration import doubts_of
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import presentation
from labdb.accounts.models import Project
from labdb.ingest.installed import techniques
from labdb.ingest.presentation import Drawing
from labdb.instruments.models import Instrument
from labdb.provenance.models import AnalysisRun, Result
from labdb.quantities import Quantity, quantity
from labdb.sections import RecordSection
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample

# A page shows that many measurements, and that many quantities of each technique; the list has all.
MOST_SHOWN, COLUMNS = 200, 5
# On the page of an instrument, which may have made thousands.
NEWEST = 20
TEMPLATE = "characterization/measurement/_of_record.html"


@dataclass(frozen=True)
class OfTechnique:
    """The measurements of one technique: each with its newest run and the values of the shown quantities.

    Attributes:
        drawings: that lay those which were analysed over each other.
    """

    name: str
    label: str
    columns: Sequence[Quantity]
    lines: Sequence[tuple[SampleMeasurement, AnalysisRun | None, Sequence[Result | None], str]]
    drawings: Sequence[Drawing] = ()

    @property
    def ids(self) -> str:
        return "&".join(f"id={measurement.pk}" for measurement, *_ in self.lines)


def of_batch(request: HttpRequest, batch: Batch) -> RecordSection:
    """All of its powders and samples, and of the cells that are made of it."""
    rows = SampleMeasurement.objects.visible_to(request.user).of_batches([batch.pk])
    more = f"{reverse('measurement-list')}?q={batch.code}"
    return _section(request, rows, f"batch={batch.pk}", batch.project_id, more)


def of_sample(request: HttpRequest, sample: Sample) -> RecordSection:
    rows = SampleMeasurement.objects.visible_to(request.user).filter(sample=sample)
    return _section(request, rows, f"sample={sample.pk}", sample.batch.project_id)


def of_cell(request: HttpRequest, cell: Cell) -> RecordSection | None:
    """Only where something was taken out of the cell."""
    rows = SampleMeasurement.objects.visible_to(request.user).filter(cell=cell)
    section = _section(request, rows, f"cell={cell.pk}", cell.project_id, overlaid=True)
    return section if section.count or section.actions else None


def of_instrument(request: HttpRequest, instrument: Instrument) -> RecordSection:
    """The newest of those that one may see."""
    rows = SampleMeasurement.objects.visible_to(request.user).filter(instrument=instrument)
    found = list(rows.with_subject().order_by("-created_at", "-pk")[:NEWEST])
    count = rows.count() if len(found) == NEWEST else len(found)
    actions = (("All in the list", f"{reverse('measurement-list')}?instrument={instrument.pk}"),) if found else ()
    title = "Newest measurements" if count > len(found) else "Measurements"
    return RecordSection("measurements", title, TEMPLATE, {"groups": by_technique(found)}, count, actions)


def _section(
    request: HttpRequest, rows: Any, query: str, project: int, more: str = "", *, overlaid: bool = False
) -> RecordSection:
    """Five queries, however many measurements there are.

    Args:
        overlaid: several of one technique are drawn over each other, as spectra of a cell as it ages.
    """
    found = list(rows.with_subject().order_by("technique", "-pk")[:MOST_SHOWN])
    actions = []
    if more and found:
        actions.append(("All in the list", more))
    if Project.objects.editable_by(request.user).filter(pk=project).exists():
        actions.append(("New measurement", f"{reverse('measurement-new')}?{query}"))
    groups = by_technique(found, overlaid=overlaid)
    return RecordSection(
        "measurements", "Measurements", TEMPLATE, {"groups": groups, "query": query}, len(found), tuple(actions)
    )


def by_technique(found: Sequence[SampleMeasurement], *, overlaid: bool = False) -> list[OfTechnique]:
    """Measurements in the order of the installation's techniques, with the numbers that are asked for most."""
    newest: dict[int, AnalysisRun] = {}
    runs = AnalysisRun.objects.filter(measurement__in=[one.pk for one in found]).only("pk", "measurement", "state")
    for run in runs.order_by("-pk"):
        newest.setdefault(run.measurement_id, run)
    values: dict[int, dict[str, Result]] = {}
    for result in Result.objects.filter(run__in=[one.current_run_id for one in found if one.current_run_id]):
        values.setdefault(result.run_id, {})[result.quantity] = result
    doubts = doubts_of(found)
    groups = []
    for of in techniques():
        own = [one for one in found if one.technique == of.name]
        if not own:
            continue
        there = {name for one in own for name in values.get(one.current_run_id or 0, {})}
        how = presentation(of.name)
        names = [name for name in how.compared if name in there][:COLUMNS]
        lines = [
            (
                one,
                newest.get(one.pk),
                [values.get(one.current_run_id or 0, {}).get(name) for name in names],
                doubts.get(one.pk, ""),
            )
            for one in own
        ]
        several = overlaid and sum(one.current_run_id is not None for one in own) > 1
        drawings = [drawing for drawing in how.drawings if not drawing.single] if several else []
        groups.append(OfTechnique(of.name, of.label, [quantity(name) for name in names], lines, drawings))
    return groups
