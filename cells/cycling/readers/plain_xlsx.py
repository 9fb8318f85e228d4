"""Lab-made workbooks: a sheet with plain columns of time, current and voltage, as cut out of a test by hand.

    Time    Current    Voltage
    0       0          4.18647
    10.038  3.00361    4.16441

Heads without units are taken in s, A and V, and a warning says so; `Current(mA)` and the like are converted.
`Cycle`, `Step` and `Temperature` may stand beside them. Such sheets have no words for charge and discharge, and in
some a positive current discharges: the voltage decides, and what was turned is said.
Seen from: a pulse of an INR21700 cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cells.cycling.readers import sheets
from cells.cycling.readers.columns import Source, find
from cells.cycling.readers.finish import finish
from cells.cycling.readers.signs import by_voltage, refuse_unsigned
from labdb.ingest import numbers, units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

LABELS = {
    "test_time_second": ("time", "test time", "total time", "elapsed time"),
    "voltage_volt": ("voltage", "cell voltage", "terminal voltage"),
    "current_ampere": ("current", "cell current"),
    "cycle_count": ("cycle", "cycle number", "cycle index"),
    "step_id": ("step", "step number", "step index"),
    "temperature_t1_celsius": ("temperature", "cell temperature"),
}
PASSED_OVER = {"", "index", "no", "record", "point", "data point"}
KNOWN = {label for labels in LABELS.values() for label in labels} | PASSED_OVER
UNITS = {"test_time_second": "s", "voltage_volt": "V", "current_ampere": "A", "temperature_t1_celsius": "degC"}
REQUIRED = ("test_time_second", "voltage_volt", "current_ampere")


def is_header(fields: Sequence[str]) -> bool:
    """Time, current and voltage in plain words, and nothing that only a cycler's own export has."""
    labels = {units.split_header(field)[0] for field in fields}
    return labels <= KNOWN and all(labels & set(LABELS[name]) for name in REQUIRED)


def recognises(head: FileHead) -> bool:
    return sheets.holds(head, is_header)


def read(path: Path, name: str) -> Reading:
    sheet = sheets.collect(path, name, is_header)
    found = find(sheet.frame.columns, LABELS)
    try:
        comma = numbers.comma_means(sheet.frame[column.header] for column in found.values())
    except numbers.NumberError as error:
        raise ReaderError(f"{name}: {error}") from error
    source = Source(name, sheet.frame, sheet.first_row, "row", UNITS, comma).without_blank_rows(found)
    source, said = source.without_cut_row(found)
    if bare := [found[ours].header for ours in REQUIRED if not found[ours].unit]:
        said.append(f"the columns {', '.join(bare)} name no unit and were taken in s, A and V")
    reading = finish(source.table(found), name, warnings=said)
    current, turned = by_voltage(reading.table)
    table = reading.table.with_columns(current)
    sentence = turned or refuse_unsigned(table, name)
    corrections = [*reading.metadata.get("corrections", ()), *([turned] if turned else [])]
    return Reading(
        table=table,
        metadata=dict(reading.metadata) | ({"corrections": corrections} if corrections else {}),
        warnings=(*reading.warnings, sentence) if sentence else reading.warnings,
    )


READER = Reader("plain-xlsx", version=1, label="Plain table (.xlsx)", recognises=recognises, read=read)
