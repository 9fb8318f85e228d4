"""A refinement as a person types it in, with where it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from characterization.reference.cif import Measured
from characterization.rietveld.refined import Refined, RefinedPhase, table_of
from labdb.ingest.entry import entry_reader, reading
from labdb.ingest.presentation import Column, Entry
from labdb.ingest.reader import Reader, ReaderError, Reading

UNCERTAINTY = "standard uncertainty, empty where none is given"

ENTRY = Entry(
    columns=(
        Column("program", "Program", kind="text", help="and its version, who refined"),
        Column("evidence", "Evidence", kind="text", help="the file, report or notebook page in which the values stand"),
        Column("phase", "Phase", kind="text", required=False, help="empty: the only one"),
        Column("a_angstrom", "a", unit="Å", lowest=1, highest=50),
        Column("a_sd_angstrom", "a, uncertainty", unit="Å", required=False, lowest=0, highest=1, help=UNCERTAINTY),
        Column("c_angstrom", "c", unit="Å", lowest=1, highest=100),
        Column("c_sd_angstrom", "c, uncertainty", unit="Å", required=False, lowest=0, highest=1, help=UNCERTAINTY),
        Column("volume_angstrom3", "Cell volume", unit="Å³", required=False, lowest=1, highest=100_000),
        Column("volume_sd_angstrom3", "Volume, uncertainty", unit="Å³", required=False, lowest=0, highest=1000),
        Column("li_ni_mixing_percent", "Li/Ni mixing", unit="%", required=False, lowest=0, highest=50),
        Column("li_ni_mixing_sd_percent", "Mixing, uncertainty", unit="%", required=False, lowest=0, highest=50),
        Column("rwp_percent", "Rwp", unit="%", lowest=0.1, highest=100, help="not corrected for the background"),
        Column("gof", "GOF", required=False, lowest=0.1, highest=100),
        Column("weight_percent", "Weight share", unit="%", required=False, lowest=0, highest=100),
    ),
    rows="phase",
    offered=1,
    help="What a refinement found, one row a phase. Only what was really refined: leave the others empty.",
)


def reader() -> Reader:
    """The reader of typed-in refinements; percentages become fractions here."""
    typed = entry_reader("rietveld", "Rietveld refinement", ENTRY)
    return Reader(typed.name, typed.version, typed.label, typed.recognises, read)


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: a value is missing or impossible, or the rows tell of different refinements.
    """
    typed = reading("rietveld", ENTRY, path, name)
    rows = typed.table.to_dicts()
    if len({(row["program"], row["rwp_percent"], row["gof"]) for row in rows}) > 1:
        raise ReaderError(
            f"{name}: its rows have different programs, Rwp or GOF; the phases of one refinement share them"
        )
    first = rows[0]
    refined = Refined(
        first["program"],
        [_phase(row, number) for number, row in enumerate(rows, start=1)],
        rwp=first["rwp_percent"] / 100,
        gof=first["gof"],
    )
    evidence = "; ".join(dict.fromkeys(row["evidence"] for row in rows))
    metadata = {**typed.metadata, "software": first["program"], "protocol": f"typed in from: {evidence}"}
    return Reading(table_of(refined, name), metadata, typed.warnings)


def _phase(row: Mapping[str, Any], number: int) -> RefinedPhase:
    cell = {
        name: Measured(row[name], row[sd])
        for name, sd in (
            ("a_angstrom", "a_sd_angstrom"),
            ("c_angstrom", "c_sd_angstrom"),
            ("volume_angstrom3", "volume_sd_angstrom3"),
        )
        if row[name] is not None
    }
    mixing, mixing_sd = row["li_ni_mixing_percent"], row["li_ni_mixing_sd_percent"]
    weight = row["weight_percent"]
    return RefinedPhase(
        row["phase"] or f"phase {number}",
        cell=cell,
        cell_refined=True,
        mixing=None if mixing is None else Measured(mixing / 100, None if mixing_sd is None else mixing_sd / 100),
        weight_fraction=None if weight is None else Measured(weight / 100),
    )
