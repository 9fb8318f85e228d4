"""The formats of cycling files, one module each. Exactly one reader recognises a file."""

from cells.cycling.readers import (
    arbin_export,
    arbin_res,
    basytec,
    bdf,
    biologic_columns,
    biologic_mpl,
    biologic_mpr,
    biologic_mpt,
    landt,
    maccor,
    neware_binary,
    neware_text,
    neware_xlsx,
    novonix,
    pec,
    plain_csv,
    plain_xlsx,
)
from labdb.ingest.reader import Reader

READERS: list[Reader] = [
    *arbin_export.READERS,
    arbin_res.READER,
    basytec.READER,
    *bdf.READERS,
    biologic_columns.READER,
    biologic_mpl.READER,
    biologic_mpr.READER,
    biologic_mpt.READER,
    *landt.READERS,
    maccor.READER,
    *neware_binary.READERS,
    neware_text.READER,
    neware_xlsx.READER,
    novonix.READER,
    pec.READER,
    plain_csv.READER,
    plain_xlsx.READER,
]
