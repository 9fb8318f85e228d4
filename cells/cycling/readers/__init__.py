"""The formats of cycling files, one module each. Exactly one reader recognises a file."""

from cells.cycling.readers import (
    biologic_columns,
    biologic_mpl,
    biologic_mpr,
    biologic_mpt,
    neware_binary,
)
from labdb.ingest.reader import Reader

READERS: list[Reader] = [
    biologic_columns.READER,
    biologic_mpl.READER,
    biologic_mpr.READER,
    biologic_mpt.READER,
    *neware_binary.READERS,
]
