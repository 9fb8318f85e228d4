"""Residual lithium as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.residual_lithium.analysis import FROM_START, LARGEST_RELATIVE_SD, analyse
from characterization.residual_lithium.readers import READERS
from characterization.residual_lithium.table import RESIDUAL_LITHIUM as TABLE

RESIDUAL_LITHIUM = of_samples(
    name="residual_lithium",
    label="Residual lithium",
    schema=TABLE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="entered",
    defaults={"second_volume": FROM_START, "largest_relative_sd": LARGEST_RELATIVE_SD},
    presentation="characterization.residual_lithium.presentation.RESIDUAL_LITHIUM",
)
