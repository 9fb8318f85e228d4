"""Fracture censuses as the spine sees them. Pure."""

from __future__ import annotations

from characterization.fracture.analysis import CONFIDENCE, WILSON, analyse
from characterization.fracture.readers import READERS
from characterization.fracture.table import CENSUS
from characterization.measurement.technique import of_samples

FRACTURE_CENSUS = of_samples(
    name="fracture_census",
    label="Fracture census",
    schema=CENSUS,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="entered",
    defaults={"confidence": CONFIDENCE, "interval": WILSON},
    parameters="characterization.fracture.services.analysis_parameters",
    presentation="characterization.fracture.presentation.FRACTURE_CENSUS",
)
