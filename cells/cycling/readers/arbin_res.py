"""Arbin .res, the result file of MITS Pro: a Microsoft Access (Jet 4) database.

Tables: `Global_Table` (one row a test: name, channel, schedule, operator, start), `Channel_Normal_Table` (the
records, columns as in `arbin_table`, DateTime in days since 1899-12-30 of the cycler's clock), `Version_Table`. A
resumed test may be several Test_IDs of one channel, which follow one another.

Read through `mdb-export` (mdbtools) where it is installed, else through the optional package access_parser.
Seen from: MITS Pro 4.32, MITS Pro 7.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from cells.cycling.readers.arbin_table import LABELS, UNITS, read_channel
from cells.cycling.readers.columns import Source, find
from labdb.ingest.archive import CHUNK_BYTES, reason
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

ACCESS = (b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB")
RECORDS, TESTS = "Channel_Normal_Table", "Global_Table"
# Limits of an export: a table as text is no more than so many times its database.
EXPORT_SECONDS, SLOWEST_BYTES_A_SECOND = 20, 500_000
LARGEST_EXPORT, TEXT_A_BYTE = 64 * 1024**2, 20


def recognises(head: FileHead) -> bool:
    """An Access database that names Arbin's table of records; Access writes names in UTF-16."""
    if not head.data.startswith(ACCESS):
        return False
    if head.suffix == ".res":
        return True
    wanted = RECORDS.encode("utf-16-le"), RECORDS.encode()
    with open(head.path, "rb") as file:
        data = file.read(8 * 1024**2)
    return any(word in data for word in wanted)


def read(path: Path, name: str) -> Reading:
    with open(path, "rb") as file:
        if not file.read(64).startswith(ACCESS):
            raise ReaderError(f"{name}: is no Access database; choose the original .res file")
    said: list[str] = []
    tests = export(path, TESTS, name, said)
    records = export(path, RECORDS, name, said)
    if records.is_empty():
        raise ReaderError(f"{name}: holds no records; the test was not started, or the file is damaged")
    test = tests.row(0, named=True) if len(tests) else {}
    if "Test_ID" in records.columns and records["Test_ID"].n_unique() > 1:
        channels = tests["Channel_Index"].n_unique() if "Channel_Index" in tests.columns else 0
        if channels != 1:
            raise ReaderError(
                f"{name}: holds {records['Test_ID'].n_unique()} tests of several channels; save each as its own .res"
            )
        said.append(f"{records['Test_ID'].n_unique()} tests of one channel follow one another in the file")
    order = [
        pl.col(column).cast(pl.Float64, strict=False)
        for column in ("Test_ID", "Data_Point")
        if column in records.columns
    ]
    if order:
        records = records.sort(order, maintain_order=True)
    columns = find(records.columns, LABELS)
    source = Source(name, records, 1, "record", UNITS)
    if "charge_capacity_ah" in columns and "current_ampere" not in columns:
        raise ReaderError(f"{name}: its records have no current; the database is damaged")
    return read_channel(source, said, metadata_of(test))


def export(path: Path, table: str, name: str, said: list[str]) -> pl.DataFrame:
    """A table of the database, its values as text; what its reader complains of is said."""
    program = shutil.which("mdb-export")
    if program is not None:
        return export_by_mdbtools(program, path, table, name, said)
    if importlib.util.find_spec("access_parser") is not None:
        return export_by_access_parser(path, table, name)
    raise ReaderError(
        f"{name}: reading Arbin .res needs mdb-export (package mdbtools of the system) or the Python package"
        " access-parser (labdb[arbin]); ask who runs labdb to install one, then analyse again"
    )


def export_by_mdbtools(program: str, path: Path, table: str, name: str, said: list[str]) -> pl.DataFrame:
    exported, complaint = run(program, path, table, name)
    if not exported.strip():
        raise ReaderError(
            f"{name}: the database has no readable {table} ({reason(ValueError(complaint))}); copy it again"
        )
    if complaint:
        said.append(f"the database may be damaged; of {table}, mdb-export says: {reason(ValueError(complaint))}")
    try:
        return pl.read_csv(BytesIO(exported), infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy")
    except pl.exceptions.PolarsError as error:
        raise ReaderError(f"{name}: {table} is damaged ({reason(error)}); copy it again from the cycler") from error


def run(program: str, path: Path, table: str, name: str) -> tuple[bytes, str]:
    """What mdb-export writes, and what it complains of; in a damaged database it may go round for ever.

    Raises:
        ReaderError: it took too long, or wrote more than the database can hold.
    """
    size = path.stat().st_size
    parts: list[bytes] = []
    written = 0
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen([program, str(path), table], stdout=subprocess.PIPE, stderr=complaints) as process,
    ):
        timer = threading.Timer(EXPORT_SECONDS + size / SLOWEST_BYTES_A_SECOND, process.kill)
        timer.start()
        try:
            stream = process.stdout
            while stream is not None and (chunk := stream.read(CHUNK_BYTES)):
                parts.append(chunk)
                written += len(chunk)
                if written > LARGEST_EXPORT + TEXT_A_BYTE * size:
                    process.kill()
                    break
        finally:
            timer.cancel()
        process.wait()
        complaints.seek(0)
        said = complaints.read(1000).decode(errors="replace").strip()
    if process.returncode:
        raise ReaderError(
            f"{name}: the database is damaged, its {table} cannot be read to its end; copy it again from the cycler"
        )
    return b"".join(parts), said


def export_by_access_parser(path: Path, table: str, name: str) -> pl.DataFrame:
    from access_parser import AccessParser  # type: ignore[import-not-found, unused-ignore]  # an optional extra

    try:
        columns = AccessParser(str(path)).parse_table(table)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, UnicodeError, EOFError, OSError) as error:
        raise ReaderError(f"{name}: {table} is damaged ({reason(error)}); copy it again from the cycler") from error
    return pl.DataFrame(
        {
            key: pl.Series(key, [None if value is None else str(value) for value in values], dtype=pl.String)
            for key, values in columns.items()
        }
    )


def metadata_of(test: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in test.items() if value not in (None, "", "0")}
    return {
        "device": f"Arbin channel {said['Channel_Index']}" if "Channel_Index" in said else "Arbin",
        "software": said.get("Software_Version"),
        "operator": said.get("Creator"),
        "sample": said.get("Item_ID"),
        "comment": said.get("Comments"),
        "protocol": said.get("Schedule_File_Name"),
        # Specific_Capacity and Mass have no unit in the database.
        "instrument": {key: said[key] for key in ("Test_Name", "Specific_Capacity", "Capacity", "Mass") if key in said},
    }


READER = Reader("arbin-res", version=2, label="Arbin .res", recognises=recognises, read=read)
