"""Differential scanning calorimetry as the spine sees it. Pure."""

from __future__ import annotations

from characterization.dsc.analysis import analyse
from characterization.dsc.baseline import LINEAR
from characterization.dsc.readers import READERS
from characterization.dsc.table import DSC as TABLE
from characterization.measurement.technique import of_samples

DSC = of_samples(
    name="dsc",
    label="DSC",
    schema=TABLE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="thermogram",
    defaults={"baseline": LINEAR},
    presentation="characterization.dsc.presentation.DSC",
)
