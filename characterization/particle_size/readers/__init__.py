"""The formats of particle sizes: typed in, exports of instruments, a lab's own tables."""

from characterization.measurement.plain_table import Head, plain_reader
from characterization.particle_size.entry import ENTRY
from characterization.particle_size.readers import layouts, mastersizer_2000
from labdb.ingest.entry import entry_reader
from labdb.ingest.reader import Reader

LENGTHS = {"µm": 1.0, "um": 1.0, "micron": 1.0, "nm": 1e-3, "mm": 1e3}
HEADS = {
    "d10_micrometre": Head(r"d[xv]? ?\(?(v, ?)?(10|0 1)\)?", LENGTHS),
    "d50_micrometre": Head(r"d[xv]? ?\(?(v, ?)?(50|0 5)\)?", LENGTHS),
    "d90_micrometre": Head(r"d[xv]? ?\(?(v, ?)?(90|0 9)\)?", LENGTHS),
}

READERS: list[Reader] = [
    entry_reader("particle_size", "Particle size", ENTRY),
    plain_reader("particle_size", "Particle size", ENTRY, HEADS),
    mastersizer_2000.READER,
    *layouts.READERS,
]
