"""(a) from a cycler file to everything stored, and (e) how many bytes it takes."""

from __future__ import annotations

from pathlib import Path

from benchmarks import plain
from benchmarks.measure import Line, not_measured, ratio, side_by_side
from cells.cycling.dq_dv import differentiate
from cells.cycling.technique import CYCLING
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from labdb.ingest.technique import no_progress
from labdb.tables import parquet

LONG = "cycling/neware/test_2.ndax"
FILES = (LONG, "cycling/neware/nw4-120-6-1-36.ndax", "cycling/neware/navani_test.ndax")
WHAT_A = "file → everything stored"
WHAT_E = "stored bytes a row"


def file_to_tables(path: Path, folder: Path) -> None:
    """What a run does with a file, but for the rows in the database."""
    match = matches(FileHead.of(path), [CYCLING])[0]
    table = CYCLING.schema.conform(CYCLING.join([match.reader.read(path, path.name)]).table)
    analysis = CYCLING.analysed([], table, CYCLING.defaults, no_progress)
    slopes = differentiate(table, analysis.tables["steps"])
    for name, frame in {"time_series": table, "dq_dv": slopes, **analysis.tables}.items():
        parquet.write(frame, folder / f"{name}.parquet")


def run(data: Path | None, folder: Path) -> list[Line]:
    if data is None:
        reason = "no real files; set LABDB_REAL_DATA to their folder"
        return [not_measured("a", WHAT_A, reason), not_measured("e", WHAT_E, reason)]
    ours_folder, plain_folder = folder / "ours", folder / "plain"
    ours_folder.mkdir()
    plain_folder.mkdir()
    ours, floor = side_by_side(
        lambda: file_to_tables(data / LONG, ours_folder), lambda: plain.file_to_parquet(data / LONG, plain_folder)
    )
    lines = [ratio("a", f"{WHAT_A}, {Path(LONG).name}", ours, floor, "fastnda, plainly", 1.3)]
    for file in FILES:
        file_to_tables(data / file, ours_folder)
        stored, source = (ours_folder / "time_series.parquet").stat().st_size, (data / file).stat().st_size
        rows = parquet.scan(ours_folder / "time_series.parquet").collect().height
        value = f"{stored / rows:.1f} / {source / rows:.1f} bytes (the .ndax) = {stored / source:.2f}×"
        lines.append(Line("e", f"{WHAT_E}, {Path(file).name}", value, "≤ 1.1×", stored <= 1.1 * source))
    return lines
