"""The formats of thermal analysis, one module each; of two that fit a file, the one that stands first is meant."""

from characterization.thermal.readers import (
    mettler_text,
    netzsch_binary,
    netzsch_text,
    perkinelmer,
    pfeiffer_asc,
    plain_csv,
    ta_text,
)
from characterization.thermal.recording import Format

FORMATS: list[Format] = [
    netzsch_text.FORMAT,
    netzsch_binary.FORMAT,
    ta_text.FORMAT,
    mettler_text.FORMAT,
    perkinelmer.REPORT,
    perkinelmer.CSV,
    pfeiffer_asc.FORMAT,
    plain_csv.FORMAT,
]
