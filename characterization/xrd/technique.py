"""Powder diffraction as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.xrd.analysis import DEFAULTS, analyse
from characterization.xrd.readers import READERS
from characterization.xrd.table import PATTERN

XRD = of_samples(
    name="xrd",
    label="XRD",
    schema=PATTERN,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="pattern",
    defaults=DEFAULTS,
    presentation="characterization.xrd.presentation.XRD",
)
