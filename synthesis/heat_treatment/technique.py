"""Furnace logs as the spine sees them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from labdb.ingest.reader import ReaderError, Reading
from labdb.ingest.technique import Technique
from synthesis.heat_treatment.analysis import analyse
from synthesis.heat_treatment.readers import READERS
from synthesis.heat_treatment.table import FURNACE


def join(readings: Sequence[Reading]) -> Reading:
    """One log is one file.

    Raises:
        ReaderError: there are several.
    """
    if len(readings) != 1:
        raise ReaderError("a furnace log is one file; hang each file on its own heat treatment")
    return readings[0]


FURNACE_LOG = Technique(
    name="furnace",
    label="Furnace log",
    schema=FURNACE,
    readers=READERS,
    version=1,
    join=join,
    analyse=analyse,
    defaults={"channel": 1},
    register="synthesis.heat_treatment.services.register_log",
    parameters="synthesis.heat_treatment.services.analysis_parameters",
    subjects={"batch": "synthesis.heat_treatment.subjects.heat_treatment"},
    described_by={
        "batch": ("furnacelog__batch_id",),
        "batch_code": ("furnacelog__batch__code",),
        "product": ("furnacelog__batch__product",),
    },
)
