"""The formats of cycling files, one module each. Exactly one reader recognises a file."""

from cells.cycling.readers import (
    basytec,
    biologic_columns,
    biologic_mpl,
    biologic_mpr,
    biologic_mpt,
    maccor,
    neware_binary,
    novonix,
    pec,
)
from labdb.ingest.reader import Reader

READERS: list[Reader] = [
    basytec.READER,
    biologic_columns.READER,
    biologic_mpl.READER,
    biologic_mpr.READER,
    biologic_mpt.READER,
    maccor.READER,
    *neware_binary.READERS,
    novonix.READER,
    pec.READER,
]
