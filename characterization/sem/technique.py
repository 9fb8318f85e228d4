"""Cross-sections in the scanning electron microscope as the spine sees them. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.sem.analysis import MINIMUM_PORE_PIXEL, SMOOTHING_PIXEL, analyse_files
from characterization.sem.readers import READERS
from characterization.sem.table import IMAGES

SEM = of_samples(
    name="sem",
    label="SEM cross-section",
    schema=IMAGES,
    readers=READERS,
    version=1,
    analyse_files=analyse_files,
    table_name="images",
    defaults={"smoothing_pixel": SMOOTHING_PIXEL, "minimum_pore_pixel": MINIMUM_PORE_PIXEL},
    presentation="characterization.sem.presentation.CROSS_SECTION",
)
