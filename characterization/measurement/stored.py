"""What the runs of measurements stored, read back for figures and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl
from django.urls import reverse

from characterization.measurement.models import SampleMeasurement
from labdb.figures import colour
from labdb.files import store
from labdb.ingest.presentation import Shown
from labdb.ingest.technique import Scalar
from labdb.provenance.models import AnalysisRun, Result, Table
from labdb.tables import parquet

NO_PRODUCT = "no product"


def shown(pairs: Sequence[tuple[SampleMeasurement, AnalysisRun]]) -> list[Shown]:
    """Measurements, each with the run that is drawn, as the figures see them.

    Two queries; the tables are read when a figure asks for them. A product keeps its colour over all of them, and one
    that is the control of another is dashed.
    """
    runs = [run.pk for _, run in pairs]
    results: dict[int, dict[str, Scalar]] = {pk: {} for pk in runs}
    for found in Result.objects.filter(run__in=runs):
        results[found.run_id][found.quantity] = Scalar(
            found.quantity, found.value, found.sd, found.n, found.upper_bound
        )
    tables: dict[int, dict[str, Table]] = {pk: {} for pk in runs}
    for table in Table.objects.filter(run__in=runs):
        tables[table.run_id][table.name] = table
    groups = list(dict.fromkeys(measurement.product or NO_PRODUCT for measurement, _ in pairs))
    colours = {group: colour(number) for number, group in enumerate(groups)}
    return [
        Shown(
            label=measurement.subject_words,
            table=partial(_read, tables[run.pk]),
            results=results[run.pk],
            parameters=run.parameters,
            metadata=run.metadata,
            simulated=measurement.simulated,
            colour=colours[measurement.product or NO_PRODUCT],
            dashed=_is_control(measurement),
            group=measurement.product or NO_PRODUCT,
            stage=measurement.sample.where_from if measurement.sample else "",
            after_cycle=measurement.cycle_count,
            history=reverse("run-history", args=[run.pk]),
        )
        for measurement, run in pairs
    ]


def _is_control(measurement: SampleMeasurement) -> bool:
    batch = measurement.of_batch
    version = batch.recipe_version if batch else None
    return bool(version and version.recipe.control_of_id)


def _read(tables: dict[str, Table], name: str) -> pl.DataFrame | None:
    found = tables.get(name)
    if found is None:
        return None
    with store.local_path(found.key) as path:
        return parquet.read(path)
