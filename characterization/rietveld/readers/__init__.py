"""What refinement programs write, one module each. Exactly one reader recognises a file."""

from characterization.rietveld import entry
from characterization.rietveld.readers import fullprof, gsas2, refined_cif, topas
from labdb.ingest.reader import Reader

READERS: list[Reader] = [*fullprof.READERS, gsas2.READER, refined_cif.READER, topas.READER, entry.reader()]
