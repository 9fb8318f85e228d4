"""The formats of reference structures."""

from characterization.reference.readers import structure_cif
from labdb.ingest.reader import Reader

READERS: list[Reader] = [structure_cif.READER]
