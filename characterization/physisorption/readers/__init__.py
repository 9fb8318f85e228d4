"""The formats of isotherms, one module a maker."""

from characterization.physisorption.readers import (
    aif,
    belsorp,
    micromeritics_csv,
    micromeritics_text,
    micromeritics_xls,
    pygaps_files,
    quantachrome_txt,
    threep_xlsx,
)
from labdb.ingest.reader import Reader

READERS: list[Reader] = [
    aif.READER,
    micromeritics_xls.READER,
    micromeritics_text.READER,
    micromeritics_csv.READER,
    quantachrome_txt.READER,
    belsorp.CSV,
    belsorp.DAT,
    belsorp.XLS,
    threep_xlsx.READER,
    pygaps_files.CSV,
    pygaps_files.JSON,
    pygaps_files.XLS,
]
