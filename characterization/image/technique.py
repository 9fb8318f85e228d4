"""Pictures as evidence (STEM, EDS maps, surfaces, photographs) as the spine sees them. Pure."""

from __future__ import annotations

from characterization.image.analysis import analyse_files
from characterization.image.readers import READERS
from characterization.image.table import PICTURES
from characterization.measurement.technique import of_samples

IMAGE = of_samples(
    name="image",
    label="Picture (STEM, EDS, photo)",
    schema=PICTURES,
    readers=READERS,
    version=1,
    analyse_files=analyse_files,
    table_name="pictures",
    presentation="characterization.image.presentation.PICTURE",
    only_when_said=True,
)
