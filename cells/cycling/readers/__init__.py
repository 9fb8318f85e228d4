"""The formats of cycling files, one module each."""

from labdb.ingest.reader import Reader

READERS: list[Reader] = []
