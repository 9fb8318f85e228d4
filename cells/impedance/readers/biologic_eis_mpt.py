"""BioLogic EC-Lab text (.mpt) of impedance techniques: PEIS, GEIS, SPEIS.

    EC-Lab ASCII FILE
    Nb header lines : 61
    (blank)
    Potentio Electrochemical Impedance Spectroscopy
    ...
    freq/Hz<tab>Re(Z)/Ohm<tab>-Im(Z)/Ohm<tab>...<tab>time/s<tab><Ewe>/V<tab><I>/mA<tab>...

Tab separated, Latin-1, decimal point or comma; -Im(Z) is stored and turned here. The loops of a GEIS follow each other
in one table. Records of direct current, where they were asked for, have the frequency 0. The last line may lack its
line break. Seen from EC-Lab 11.18 to 11.50. The other techniques of EC-Lab: `cells/cycling/readers/biologic_mpt.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cells.cycling.readers.biologic import IMPEDANCE, Heads
from cells.cycling.readers.biologic_mpt import MAGIC, metadata_of, moment, settings_of, technique_of
from cells.impedance.readers.rows import by_tabs, columns_of, lines_of
from cells.impedance.readers.spectrum import reading
from labdb.ingest import units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

HERTZ = {"Hz": 1.0, "mHz": 1e-3, "kHz": 1e3, "MHz": 1e6}
PRINTED = {"freq": "freq/Hz", "Re(Z)": "Re(Z)/Ohm", "-Im(Z)": "-Im(Z)/Ohm"}
LOOPS = re.compile(r"Number of loops\s*:\s*(\d+)", re.IGNORECASE)


def recognises(head: FileHead) -> bool:
    if not MAGIC.match(head.text):
        return False
    technique = technique_of(head.lines)
    if technique:
        return bool(IMPEDANCE.search(technique))
    heads = next((line for line in head.lines if is_heads(line)), None)
    return heads is not None and not Heads.of(heads.split("\t")).is_cycling and "freq/Hz" in heads


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    if not found.lines or not MAGIC.match("\n".join(found.lines[:3])):
        raise ReaderError(f"{name}: does not begin with “EC-Lab ASCII FILE”; upload the file as EC-Lab wrote it")
    technique = technique_of(found.lines)
    if technique and not IMPEDANCE.search(technique):
        raise ReaderError(f"{name}: this is {technique}, not an impedance spectrum; upload it under that technique")
    first = next((number for number, line in enumerate(found.lines) if is_heads(line)), None)
    if first is None:
        raise ReaderError(f"{name}: no line of column heads (freq/Hz, Re(Z)/Ohm …), the header is cut; export it again")
    heads = Heads.of(found.lines[first].rstrip("\t").split("\t"))
    at = places(heads, found.lines[first].split("\t"), name)
    columns, said = columns_of(found, first + 1, None, by_tabs, {key: at[key][0] for key in at}, name)
    columns = {key: values * at[key][1] for key, values in columns.items()}
    settings = settings_of(found.lines[:first])
    metadata = metadata_of(settings, technique)
    begun = moment(settings.get("Acquisition started on", ""))
    if begun is not None:
        metadata["start_time_local"] = begun.isoformat(timespec="milliseconds")
    result = reading(columns, name, metadata, said)
    loops = next((int(match[1]) for line in found.lines[:first] if (match := LOOPS.search(line))), None)
    there = max(result.table["spectrum_count"].to_list(), default=1)
    if loops is not None and loops != there:
        more = f"the header counts {loops} loops, and there are {there} sweeps: the file may be incomplete"
        return Reading(result.table, result.metadata, (*result.warnings, more))
    return result


def is_heads(line: str) -> bool:
    return "\t" in line and ("Re(Z)/" in line or "freq/" in line)


def places(heads: Heads, fields: Sequence[str], name: str) -> dict[str, tuple[int, float]]:
    """Column → (place of its field, what its numbers are multiplied by).

    Raises:
        ReaderError: frequency or impedance is missing, or in an unknown unit.
    """
    wanted = {
        "frequency_hertz": ("freq",),
        "real_impedance_ohm": ("Re(Z)",),
        "imaginary_impedance_ohm": ("-Im(Z)", "Im(Z)"),
        "voltage_volt": ("<Ewe>", "Ewe", "<Ecell>", "Ecell"),
        "current_ampere": ("<I>", "I"),
        "test_time_second": ("time",),
    }
    bases = {"voltage_volt": "V", "current_ampere": "A", "test_time_second": "s"}
    at: dict[str, tuple[int, float]] = {}
    stripped = [field.strip() for field in fields]
    for column, labels in wanted.items():
        head = heads.first(*labels)
        if head is None:
            if column in bases:
                continue
            raise ReaderError(
                f"{name}: no column {PRINTED[labels[0]]} in the table; a spectrum needs freq/Hz, Re(Z)/Ohm and"
                " -Im(Z)/Ohm, export it again with them"
            )
        in_hertz = column == "frequency_hertz"
        factor = HERTZ.get(head.unit) if in_hertz else units.factor(head.unit, bases.get(column, "ohm"))
        if factor is None:
            raise ReaderError(f"{name}: column '{head.name}' is in a unit that is not known here; export it again")
        at[column] = (stripped.index(head.name.strip()), -factor if head.label.startswith("-") else factor)
    return at


def frame_columns(frame: pl.DataFrame, name: str) -> dict[str, pl.Series]:
    """The columns of records that are numbers already, in our units and signs."""
    at = places(Heads.of(frame.columns), frame.columns, name)
    return {column: (frame[:, place] * factor).rename(column) for column, (place, factor) in at.items()}


READER = Reader(
    "biologic-eis-mpt", version=1, label="BioLogic EC-Lab impedance (.mpt)", recognises=recognises, read=read
)
