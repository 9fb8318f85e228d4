"""Shimadzu ICPE-9000 (ICPEsolution) results: tab separated whatever the extension, one row a solution and line.

There is no header. Fields, counted from 1, as seen:

    1 method   2 type: CAL1, CAL2 … UNK   3 sample   4 date and time (month first)   7 element   8 QUANT
    9 wavelength / nm   11 unit   12–21 concentrations of the readings   22 mean   23 standard deviation   24 RSD / %
    25 a factor, 1   26 “ L” below, “ H” above the calibrated range   31 which intensities
    32–41 intensities of the readings   42 mean   43 standard deviation   44 RSD / %

Calibration rows have intensities only. Mean and SD are those that the file gives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from characterization.icp.rows import (
    MEASURED,
    Content,
    EmissionRows,
    comma_of,
    content,
    head_rows,
    incomplete,
    kind_of,
    load,
    moment,
)
from characterization.icp.rows import number as number_of
from characterization.icp.table import OVER_RANGE, UNDER_RANGE
from characterization.icp.units import amount_unit, why_not
from labdb.ingest.numbers import NumberError
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

TYPE, SAMPLE, WHEN, ELEMENT, MODE, WAVELENGTH, UNIT = 1, 2, 3, 6, 7, 8, 10
READINGS, MEAN, SD, FACTOR, RANGE = slice(11, 21), 21, 22, 24, 25
INTENSITIES, INTENSITY, INTENSITY_SD = slice(31, 41), 41, 42
FIELDS = 44
TYPES = re.compile(r"(CAL|STD)\d+|UNK|BLK|QC\w*")
NANOMETRE = re.compile(r"\d{3}(\.\d+)?")


def is_row(row: Sequence[str]) -> bool:
    return (
        len(row) >= FIELDS
        and bool(TYPES.fullmatch(row[TYPE]))
        and row[ELEMENT] in MEASURED
        and row[MODE].startswith("QUA")
        and bool(NANOMETRE.fullmatch(row[WAVELENGTH]))
    )


def recognises(head: FileHead) -> bool:
    return any(is_row(row) for rows in head_rows(head)[:1] for row in rows[:3])


def read(path: Path, name: str) -> Reading:
    (rows, *_) = load(path, name, delimiter="\t")
    rows = rows.without_cut_row()
    if not rows.fields:
        raise ReaderError(f"{name}: holds no complete row of a solution and its line; export the results again.")
    try:
        comma = comma_of(row[at] for row in rows.fields for at in range(11, len(row)) if at not in (FACTOR, RANGE))
    except NumberError as error:
        raise ReaderError(f"{name}: {error}.") from error
    made, warnings = EmissionRows(), list(rows.warnings)
    solution, current, seen = 0, ("", ""), set[str]()
    factors = set()
    for number, row in zip(rows.lines, rows.fields, strict=True):
        here = f"{name}: line {number}"
        if not is_row(row):
            raise ReaderError(f"{here} is no row of type, sample, element and {FIELDS} fields; export it again.")
        unit = amount_unit(row[UNIT], of_instrument=True)
        if unit is None:
            raise ReaderError(f"{here}: {why_not(row[UNIT])}")
        line = f"{row[ELEMENT]} {row[WAVELENGTH]}"
        label = row[SAMPLE] or f"row {number}"
        if (label, row[WHEN]) != current or line in seen:
            solution, current, seen = solution + 1, (label, row[WHEN]), set()
        seen.add(line)
        try:
            mean = content(row[MEAN], comma)
            readings = [content(cell, comma) for cell in row[READINGS]]
        except ValueError as error:
            raise ReaderError(f"{here}: {error}; correct it.") from error
        kind = kind_of(label, row[TYPE])
        flag = row[RANGE].strip()
        condition = {"L": UNDER_RANGE, "H": OVER_RANGE}.get(flag, "")
        if row[FACTOR] not in ("", "1"):
            factors.add(row[FACTOR])
        made.add(
            solution,
            label,
            kind,
            line,
            mean,
            unit,
            sd=number_of(row[SD], comma),
            condition=condition,
            flags=flag,
            readings=sum(one.value is not None for one in readings) or None,
            intensity=number_of(row[INTENSITY], comma),
            intensity_sd=number_of(row[INTENSITY_SD], comma),
        )
        intensities = [number_of(cell, comma) for cell in row[INTENSITIES]]
        for position, (one, intensity) in enumerate(zip(readings, intensities, strict=True), start=1):
            if one != Content() or intensity is not None:
                made.add(solution, label, kind, line, one, unit, replicate=position, intensity=intensity)
    table = made.table()
    warnings += incomplete(table)
    if factors:
        warnings.append(
            f"the file gives a factor of {', '.join(sorted(factors)[:3])} for some results, which labdb does not apply;"
            " enter the dilution"
        )
    metadata: dict[str, object] = {
        "software": "ICPEsolution",
        "device": "Shimadzu ICPE",
        "protocol": rows.fields[0][0],
        "instrument": {"first_measured": rows.fields[0][WHEN]},
    }
    if start := moment(rows.fields[0][WHEN], rows.fields[-1][WHEN], prefer="month"):
        metadata["start_time_local"] = start
    return Reading(table, metadata, tuple(warnings))


READER = Reader("shimadzu-icpe", version=1, label="Shimadzu ICPE results", recognises=recognises, read=read)
