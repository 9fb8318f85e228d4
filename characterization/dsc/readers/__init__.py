"""The formats of thermal analysis that hold a heat flow."""

from characterization.thermal.readers import FORMATS
from characterization.thermal.recording import readers_of
from labdb.ingest.reader import Reader

READERS: list[Reader] = readers_of(FORMATS, "dsc")
