"""The formats of tap densities: typed in, or a lab's own table."""

from characterization.measurement.plain_table import Head, plain_reader
from characterization.tap_density.entry import ENTRY
from labdb.ingest.entry import entry_reader
from labdb.ingest.reader import Reader

VOLUMES = {"cm3": 1.0, "cm³": 1.0, "cm^3": 1.0, "ml": 1.0, "mL": 1.0, "cc": 1.0, "mm3": 1e-3, "mm³": 1e-3, "L": 1e3}
HEADS = {
    "mass_g": Head(r"(powder |sample )?(mass|weight)|m|powder", {"g": 1.0, "mg": 1e-3, "kg": 1e3}),
    "volume_cm3": Head(r"(tapped |tap |final )?volume( after tapping)?|v", VOLUMES),
    "taps": Head(r"(number of )?taps|tap (count|number)|taps (count|number)|strokes"),
}

READERS: list[Reader] = [
    entry_reader("tap_density", "Tap density", ENTRY),
    plain_reader("tap_density", "Tap density", ENTRY, HEADS, needed=(("mass_g", "volume_cm3", "taps"),)),
]
