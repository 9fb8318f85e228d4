"""Three columns of numbers without heads: frequency in Hz, Z' and Z'' in ohm (csv, txt).

    999.040405 <tab>0.112362966 <tab>0.00318273902

Recognised by the frequencies alone: positive, in one direction, over a decade and more, equally spaced on a logarithmic
axis, which no diffraction angle, time or temperature is. That the three are Hz and ohm, and that Z'' has its sign, is
said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cells.impedance.readers.rows import columns_of, lines_of
from cells.impedance.readers.spectrum import reading
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

FIELDS = re.compile(r"\s*[,;\t]\s*|\s+")
AT = {"frequency_hertz": 0, "real_impedance_ohm": 1, "imaginary_impedance_ohm": 2}
LEAST_LINES = 8
LEAST_RATIO = 10.0
# Between the 10th and 90th percentile, the largest step of the logarithm over the smallest.
STEPS_ALIKE = 1.6
REMARKS = ("#", "%", "//")


def split(line: str) -> list[str]:
    """Fields; tabs and semicolons leave a decimal comma where it is."""
    line = line.strip()
    if "\t" in line or ";" in line:
        return [field.strip() for field in re.split(r"[;\t]", line)]
    return FIELDS.split(line)


def rows_of(lines: Sequence[str]) -> list[list[float]] | None:
    """The numbers of the lines, the last of which may be cut; None where one is no row of three numbers."""
    rows = []
    for line in lines:
        if not line.strip() or line.lstrip().startswith(REMARKS):
            continue
        try:
            row = [float(field.replace(",", ".")) for field in split(line)]
        except ValueError:
            return None
        if len(row) != 3:
            return None
        rows.append(row)
    return rows


def recognises(head: FileHead) -> bool:
    rows = rows_of(head.lines[:-1]) if len(head.lines) > LEAST_LINES else None
    if rows is None or len(rows) < LEAST_LINES:
        return False
    values = np.array(rows)
    frequency = values[:, 0]
    if not np.isfinite(values).all() or frequency.min() <= 0 or frequency.max() < LEAST_RATIO * frequency.min():
        return False
    steps = np.diff(np.log(frequency))
    forward = steps[np.sign(steps) == np.sign(np.median(steps))]
    if len(forward) < 0.95 * len(steps) - 3:
        return False
    low, high = np.percentile(np.abs(forward), [10, 90])
    return bool(high <= STEPS_ALIKE * low)


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    first = next((number for number, line in enumerate(found.lines) if line.strip()), 0)
    while first < len(found.lines) and found.lines[first].lstrip().startswith(REMARKS):
        first += 1
    if first < len(found.lines) and len(split(found.lines[first])) != 3:
        raise ReaderError(f"{name}: its first row has not three numbers (frequency, Z', Z''); export it again")
    columns, said = columns_of(found, first, None, split, AT, name)
    said.append("the columns have no heads and were taken as frequency in Hz, Z' and Z'' in ohm, with the sign of Z''")
    return reading(columns, name, {}, said)


READER = Reader("impedance-bare", version=1, label="Three columns of an impedance", recognises=recognises, read=read)
