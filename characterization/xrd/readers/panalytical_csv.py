"""PANalytical `.csv` as the Data Collector exports it.

A block `[Measurement conditions]` of `name,value` lines (anode, wavelengths, ratio of Kα2, date, number of points,
time a step), then `[Scan points]` with a header `Angle,Intensity` and a line a point. The unit of the intensities is
not said; `Scan axis` names the axis, and Gonio is 2θ. Fields are parted by commas, or by semicolons where the
computer writes a decimal comma.

Seen from: X'Pert PRO with Data Collector 5.4.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from characterization.xrd.radiation import Radiation
from characterization.xrd.readers.columns import numbers_below
from characterization.xrd.readers.finish import (
    Scan,
    checked_radiation,
    number,
    pattern,
    refuse_large,
    said,
    warnings_about,
)
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.text import TextError, delimiter_of, load

FIRST, POINTS = "[Measurement conditions]", "[Scan points]"
OVER_TWO_THETA = ("gonio", "2theta", "2theta-omega", "2theta/omega", "omega-2theta")


def recognises(head: FileHead) -> bool:
    return bool(head.lines) and head.lines[0].strip().strip('"') == FIRST


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: the points are missing, no numbers, or not over 2θ.
    """
    refuse_large(path, name)
    try:
        text = load(path)
    except TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    lines = text.data.decode("utf-8", "replace").splitlines(keepends=True)
    at = next((index for index, line in enumerate(lines) if line.strip() == POINTS), None)
    if at is None:
        raise ReaderError(f"{name}: has no {POINTS}; it is cut off before its points, export it again")
    head = lines[at + 1] if at + 1 < len(lines) else ""
    delimiter = delimiter_of(head)
    rows = csv.reader((line.rstrip("\r\n") for line in lines[1:at]), delimiter=delimiter)
    conditions = {row[0].strip(): row[1:] for row in rows if row}
    first = {key: (values[0].strip() if values else "") for key, values in conditions.items()}
    axis = first.get("Scan axis", "Gonio")
    if axis.lower() not in OVER_TWO_THETA:
        raise ReaderError(f"{name}: is a scan of {axis}; a powder pattern is a scan over 2θ")
    values, warnings = numbers_below(lines, at + 2, name, delimiter)
    warnings = [*text.warnings, *warnings]
    wanted = number(first.get("No. of points"))
    if wanted and len(values) < wanted:
        warnings.append(f"the file says {wanted:g} points but holds {len(values)}: it is cut off, copy it again")
    radiation = checked_radiation(
        Radiation(
            number(first.get("K-Alpha1 wavelength")),
            number(first.get("K-Alpha2 wavelength")),
            number(first.get("Ratio K-Alpha2/K-Alpha1")),
            first.get("Anode material", ""),
        ),
        name,
    )
    columns = np.asarray(values)
    scan = Scan(columns[:, 0], columns[:, 1], counting_time_second=number(first.get("Time per step")))
    start = clock_start(first.get("File date and time", "").replace("/", " "))
    metadata = said(
        start_time_local=start.isoformat() if start else None,
        sample=first.get("Sample identification"),
        comment="; ".join(value for key, value in first.items() if key.startswith("Comment") and value),
        instrument=said(
            anode=radiation.anode,
            radiation=radiation.words,
            monochromator_used=first.get("Monochromator used"),
            tension_kv=number(first.get("Generator voltage")),
            current_ma=number(first.get("Tube current")),
            scan_axis=axis,
            scan_mode=first.get("Scan type"),
            counting_time_second=number(first.get("Time per step")),
        ),
    )
    return Reading(pattern(scan, radiation, name), metadata, (*warnings, *warnings_about(scan.unit)))


READER = Reader("panalytical-csv", version=1, label="PANalytical csv", recognises=recognises, read=read)
