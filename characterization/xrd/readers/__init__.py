"""The formats of powder patterns, one module each. Exactly one reader recognises a file."""

from characterization.xrd.readers import brml, bruker_raw, columns, gsas, panalytical_csv, rigaku, xrdml
from labdb.ingest.reader import Reader

READERS: list[Reader] = [
    brml.READER,
    bruker_raw.READER,
    columns.READER,
    gsas.READER,
    panalytical_csv.READER,
    *rigaku.READERS,
    xrdml.READER,
]
