"""The formats of furnace logs, one module each."""

from labdb.ingest.reader import Reader
from synthesis.heat_treatment.readers import thermocouple

READERS: list[Reader] = [thermocouple.READER]
