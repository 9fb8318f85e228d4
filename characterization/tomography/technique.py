"""Stacks of slices (FIB-SEM, CT) as the spine sees them. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.tomography.analysis import DEFAULTS, analyse_files
from characterization.tomography.readers import READERS
from characterization.tomography.table import SLICES

TOMOGRAPHY = of_samples(
    name="tomography",
    label="FIB-SEM / CT stack",
    schema=SLICES,
    readers=READERS,
    version=1,
    analyse_files=analyse_files,
    table_name="slices",
    defaults=DEFAULTS,
    presentation="characterization.tomography.presentation.PRESENTATION",
)
