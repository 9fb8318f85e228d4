"""Impedance spectroscopy as the spine sees it: measured on a cell after so many cycles. Pure.

The room of measurements lies a floor above; it is named, not imported.
"""

from __future__ import annotations

from collections.abc import Sequence

from cells.impedance.analysis import DEFAULT_CIRCUIT, analyse
from cells.impedance.readers import READERS
from cells.impedance.table import SPECTRUM
from labdb.ingest.reader import ReaderError, Reading
from labdb.ingest.technique import Technique


def one_file(readings: Sequence[Reading]) -> Reading:
    """
    Raises:
        ReaderError: there are several.
    """
    if len(readings) != 1:
        raise ReaderError("an impedance measurement is one file; upload each file as a measurement of its own")
    return readings[0]


EIS = Technique(
    name="eis",
    label="Impedance (EIS)",
    schema=SPECTRUM,
    readers=READERS,
    version=1,
    join=one_file,
    analyse=analyse,
    table_name="spectrum",
    defaults={"circuit": DEFAULT_CIRCUIT},
    register="characterization.measurement.services.register_measurement",
    parameters="characterization.measurement.services.analysis_parameters",
    subjects={
        "sample": "characterization.measurement.subjects.sample",
        "aged_cell": "characterization.measurement.subjects.aged_cell",
    },
    described_by={
        "batch": ("samplemeasurement__batch_id", "samplemeasurement__cell__batch_id"),
        "batch_code": ("samplemeasurement__batch__code", "samplemeasurement__cell__batch__code"),
        "product": ("samplemeasurement__batch__product", "samplemeasurement__cell__product"),
        "sample": ("samplemeasurement__sample_id",),
        "sample_code": ("samplemeasurement__sample__code",),
        "stage": ("samplemeasurement__sample__stage",),
        "cell": ("samplemeasurement__cell_id",),
        "cell_code": ("samplemeasurement__cell__code",),
        "cycle_count": ("samplemeasurement__cycle_count",),
    },
    presentation="cells.impedance.presentation.IMPEDANCE",
)
