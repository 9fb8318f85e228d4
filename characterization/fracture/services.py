"""What a fracture census depends on beside its file."""

from __future__ import annotations

from typing import Any

from characterization.measurement.models import SampleMeasurement
from labdb.provenance.models import Measurement


def analysis_parameters(measurement: Measurement) -> dict[str, Any]:
    """After how many cycles the cell was opened, where somebody said."""
    of = SampleMeasurement.objects.filter(pk=measurement.pk).values_list("cycle_count", flat=True).first()
    return {} if of is None else {"opened_after_cycle": of}
