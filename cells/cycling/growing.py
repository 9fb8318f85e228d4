"""A test that is uploaded again while it runs: which file is a later state of which. Pure."""

from __future__ import annotations

import re

import polars as pl

MEASURED = ("test_time_second", "voltage_volt", "current_ampere")
ENDING = re.compile(r"(\.[a-z][a-z\d]{0,7})+$")  # .csv, .bdf.parquet
# What a copy, or an export of another day, adds to the name of a recording.
COPY = re.compile(r"[\s_-]*(\(\d{1,3}\)|copy|export|new|latest|final|v\d{1,3})$")
DAY = re.compile(r"[\s_.-]*(19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d([\sT_-]*[0-2]\d[-_.:h]?[0-5]\d([-_.:]?[0-5]\d)?)?$")


def recording(name: str) -> str:
    """What stays of a file's name when the same recording is exported again: `C-014_2026-11-22 (2).csv` is `c-014.csv`.

    The extension stays, so that a recording goes on in its own format only.
    """
    name = name.lower().strip()
    ending = ENDING.search(name)
    stem, kind = (name[: ending.start()], ending[0]) if ending else (name, "")
    while True:
        shorter = DAY.sub("", COPY.sub("", stem)).strip(" _-.")
        if not shorter or shorter == stem:
            return f"{stem}{kind}"
        stem = shorter


def is_earlier_state(earlier: pl.DataFrame, later: pl.DataFrame) -> bool:
    """Whether one recording begins with all readings of another, and so is the same one at a later moment.

    The last reading of the earlier one may differ: a cycler that is still running writes it provisionally.
    Recordings of the same readings are states of each other; one of a single reading says nothing.

    Args:
        earlier, later: `CYCLING` tables.
    """
    if not 1 < earlier.height <= later.height:
        return False
    rows = earlier.height - (1 if earlier.height > 2 else 0)
    return bool(earlier.select(MEASURED).head(rows).equals(later.select(MEASURED).head(rows)))
