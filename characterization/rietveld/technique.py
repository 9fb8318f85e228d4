"""Rietveld refinements as the spine sees them. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.rietveld.analysis import analyse
from characterization.rietveld.readers import READERS
from characterization.rietveld.table import REFINEMENT

RIETVELD = of_samples(
    name="rietveld",
    label="Rietveld refinement",
    schema=REFINEMENT,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="refinement",
    presentation="characterization.rietveld.presentation.RIETVELD",
)
