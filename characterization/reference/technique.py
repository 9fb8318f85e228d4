"""Reference structures as the spine sees them. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.reference.analysis import WAVELENGTH_ANGSTROM, analyse
from characterization.reference.readers import READERS
from characterization.reference.table import STRUCTURE

REFERENCE = of_samples(
    name="reference",
    label="Reference structure",
    schema=STRUCTURE,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="structure",
    defaults={"wavelength_angstrom": WAVELENGTH_ANGSTROM},
    presentation="characterization.reference.presentation.REFERENCE",
)
