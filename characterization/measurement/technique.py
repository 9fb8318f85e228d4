"""What the techniques of this floor have in common: they measure samples. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labdb.ingest.reader import ReaderError, Reading
from labdb.ingest.technique import Technique

SUBJECTS = {
    "sample": "characterization.measurement.subjects.sample",
    "aged_cell": "characterization.measurement.subjects.aged_cell",
}
DESCRIBED_BY = {
    "batch": ("samplemeasurement__batch_id", "samplemeasurement__cell__batch_id"),
    "batch_code": ("samplemeasurement__batch__code", "samplemeasurement__cell__batch__code"),
    "product": ("samplemeasurement__batch__product", "samplemeasurement__cell__product"),
    "sample": ("samplemeasurement__sample_id",),
    "sample_code": ("samplemeasurement__sample__code",),
    "stage": ("samplemeasurement__sample__stage",),
    "cell": ("samplemeasurement__cell_id",),
    "cell_code": ("samplemeasurement__cell__code",),
    "cycle_count": ("samplemeasurement__cycle_count",),
}


def one_file(readings: Sequence[Reading]) -> Reading:
    """A measurement that is one file.

    Raises:
        ReaderError: there are several.
    """
    if len(readings) != 1:
        raise ReaderError("a measurement of this technique is one file; upload each file as a measurement of its own")
    return readings[0]


def of_samples(*, name: str, label: str, **more: Any) -> Technique:
    """A technique of samples, batches and cells after so many cycles; `more` are the fields of `Technique`."""
    return Technique(
        **{
            "name": name,
            "label": label,
            "join": one_file,
            "register": "characterization.measurement.services.register_measurement",
            "parameters": "characterization.measurement.services.analysis_parameters",
            "subjects": SUBJECTS,
            "described_by": DESCRIBED_BY,
            **more,
        }
    )
