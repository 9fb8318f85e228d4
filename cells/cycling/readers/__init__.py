"""The formats of cycling files, one module each. Exactly one reader recognises a file."""

from labdb.ingest.reader import Reader

READERS: list[Reader] = []
