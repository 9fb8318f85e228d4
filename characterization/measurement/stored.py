"""What the runs of measurements stored, read back for figures and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from characterization.measurement.models import SampleMeasurement
from labdb.figures import colour
from labdb.ingest.presentation import Shown
from labdb.provenance.models import AnalysisRun
from labdb.provenance.stored import found_in

NO_PRODUCT = "no product"


def shown(pairs: Sequence[tuple[SampleMeasurement, AnalysisRun]]) -> list[Shown]:
    """Measurements, each with the run that is drawn, as the figures see them.

    Two queries; the tables are read when a figure asks for them. A product keeps its colour over all of them, and one
    that is the control of another is dashed.
    """
    found = found_in(run.pk for _, run in pairs)
    groups = list(dict.fromkeys(measurement.product or NO_PRODUCT for measurement, _ in pairs))
    colours = {group: colour(number) for number, group in enumerate(groups)}
    return [
        Shown(
            label=measurement.subject_words,
            table=found[run.pk].table,
            results=found[run.pk].results,
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
