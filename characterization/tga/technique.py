"""Thermogravimetry as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.tga.analysis import analyse
from characterization.tga.readers import READERS
from characterization.tga.table import TGA as TABLE
from characterization.thermal.mass import LEAST_STEP_PERCENT

TGA = of_samples(
    name="tga",
    label="TGA",
    schema=TABLE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="thermogram",
    defaults={"least_step_percent": LEAST_STEP_PERCENT},
    presentation="characterization.tga.presentation.TGA",
)
