"""Laser diffraction as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.particle_size.analysis import analyse
from characterization.particle_size.readers import READERS
from characterization.particle_size.table import PARTICLE_SIZE as TABLE

PARTICLE_SIZE = of_samples(
    name="particle_size",
    label="Particle size",
    schema=TABLE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="entered",
    defaults={"size_is": None, "sample_label": None},
    presentation="characterization.particle_size.presentation.PARTICLE_SIZE",
)
