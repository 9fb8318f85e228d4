"""What the numbers of an ICP measurement depend on beside its file."""

from __future__ import annotations

from typing import Any

from characterization.measurement.models import SampleMeasurement
from labdb.provenance.models import Measurement


def analysis_parameters(measurement: Measurement) -> dict[str, Any]:
    """The codes that the sample is known by, and the composition that its batch was to have.

    A measurement of a sample is found by the code of the sample alone: the file may hold the batch unwashed, too.
    """
    found = SampleMeasurement.objects.select_related(
        "sample", "batch__recipe_version", "cell__batch__recipe_version"
    ).get(pk=measurement.pk)
    if found.sample and found.batch:
        known_as = [found.sample.code, f"{found.batch.code} {found.sample.code}"]
    else:
        known_as = [str(found.subject)]
    batch = found.of_batch
    version = batch.recipe_version if batch else None
    return {"known_as": known_as, **({"target_composition": version.composition} if version else {})}
