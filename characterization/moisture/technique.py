"""Karl Fischer titration as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.moisture.analysis import LARGEST_RELATIVE_SD, analyse
from characterization.moisture.readers import READERS
from characterization.moisture.table import MOISTURE as TABLE

MOISTURE = of_samples(
    name="moisture",
    label="Moisture (Karl Fischer)",
    schema=TABLE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="entered",
    defaults={"largest_relative_sd": LARGEST_RELATIVE_SD},
    presentation="characterization.moisture.presentation.MOISTURE",
)
