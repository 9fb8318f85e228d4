"""Tap density as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.tap_density.analysis import FEWEST_TAPS, LARGEST_RELATIVE_SD, analyse
from characterization.tap_density.readers import READERS
from characterization.tap_density.table import TAP_DENSITY as TABLE

TAP_DENSITY = of_samples(
    name="tap_density",
    label="Tap density",
    schema=TABLE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="entered",
    defaults={"fewest_taps": FEWEST_TAPS, "largest_relative_sd": LARGEST_RELATIVE_SD},
    presentation="characterization.tap_density.presentation.TAP_DENSITY",
)
