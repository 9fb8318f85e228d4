"""A run, computed: files → reader → table → analysis → rows."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from labdb.files import store
from labdb.files.models import RawFile
from labdb.ingest import jobs
from labdb.ingest.installed import reader_of, technique, techniques
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.registry import ambiguous_sentence, matches, unknown_sentence
from labdb.ingest.technique import Analysis, SourceFile, Technique
from labdb.provenance.models import AnalysisRun, Measurement, Picture, Result, Table
from labdb.release import version
from labdb.tables import parquet

logger = logging.getLogger(__name__)


def execute(claim: jobs.Claim) -> None:
    """Compute a claimed run and record how it ended; never raises for what a file or an analysis did."""
    run = AnalysisRun.objects.select_related("measurement").get(pk=claim.run_id)
    try:
        _compute(run, claim)
    except jobs.LostLeaseError as error:
        logger.warning("%s", error)
    except ReaderError as error:
        _fail(claim, AnalysisRun.Fault.FILE, str(error))
    except Exception:  # the end of the line: whatever went wrong is ours, and is told
        logger.exception("run %s failed", run.pk)
        _fail(
            claim,
            AnalysisRun.Fault.LABDB,
            "labdb failed over this file, and the fault is labdb's. The file is kept; the people who run this labdb"
            f" find the details under run {run.pk}.",
            traceback.format_exc(),
        )


def _fail(claim: jobs.Claim, fault: AnalysisRun.Fault, sentence: str, details: str = "") -> None:
    try:
        with transaction.atomic():
            jobs.finish(
                claim,
                state=AnalysisRun.State.FAILED,
                fault=fault,
                error=sentence,
                traceback=details,
                software_version=version(),
            )
    except jobs.LostLeaseError as error:
        logger.warning("%s", error)


def reader_for(head: FileHead, chosen: tuple[str, str] | None) -> Reader:
    """The reader that a person chose, else the one that recognises the file.

    Raises:
        ReaderError: none or several recognise it.
    """
    if chosen:
        return reader_of(*chosen)
    found = matches(head, techniques())
    if len(found) == 1:
        return found[0].reader
    raise ReaderError(ambiguous_sentence(head, found) if found else unknown_sentence(head))


def _opened(run: AnalysisRun, stack: ExitStack) -> list[tuple[RawFile, SourceFile]]:
    """The files of a run, each on this machine's disk until the stack is closed."""
    raw_files = {raw_file.pk: raw_file for raw_file in RawFile.objects.filter(pk__in=[i["file"] for i in run.inputs])}
    inputs = [raw_files[item["file"]] for item in run.inputs]
    return [
        (raw_file, SourceFile(stack.enter_context(store.local_path(raw_file.key)), raw_file.name))
        for raw_file in inputs
    ]


def _read(
    files: Sequence[tuple[RawFile, SourceFile]], claim: jobs.Claim, of: Technique
) -> tuple[list[Reading], list[Reader]]:
    readings, readers = [], []
    for number, (raw_file, source) in enumerate(files):
        jobs.report(claim, 0.5 * number / len(files), f"reading {source.name}")
        head = FileHead.of(source.path, source.name)
        reader = reader_for(head, (of.name, raw_file.reader) if raw_file.reader else None)
        readings.append(reader.read(source.path, source.name))
        readers.append(reader)
    return readings, readers


def _compute(run: AnalysisRun, claim: jobs.Claim) -> None:
    of = technique(run.technique)

    def progress(fraction: float, doing: str) -> None:
        jobs.report(claim, 0.5 + 0.35 * fraction, doing)

    with ExitStack() as stack:
        files = _opened(run, stack)
        readings, readers = _read(files, claim, of)
        reading = of.join(readings)
        table = of.schema.conform(reading.table)
        analysis = of.analysed([source for _, source in files], table, run.parameters, progress)
    jobs.report(claim, 0.85, "storing tables")
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        frames = {of.table_name: table, **analysis.tables}
        tables = [_stored(run, name, frame, Path(folder)) for name, frame in frames.items()]
        pictures = [_kept(run, name, png, Path(folder)) for name, png in analysis.pictures.items()]
    jobs.report(claim, 0.95, "storing results")
    _record(run, claim, of, readers, reading, analysis, tables, pictures)


def _stored(run: AnalysisRun, name: str, frame: pl.DataFrame, folder: Path) -> Table:
    path = folder / f"{name}.parquet"
    parquet.write(frame, path)
    table = Table(
        run=run,
        name=name,
        sha256=store.sha256_of(path),
        size=path.stat().st_size,
        rows=frame.height,
        columns=frame.columns,
    )
    store.put(path, table.key)
    return table


def _kept(run: AnalysisRun, name: str, png: bytes, folder: Path) -> Picture:
    path = folder / f"{name}.png"
    path.write_bytes(png)
    picture = Picture(run=run, name=name, sha256=store.sha256_of(path), size=len(png))
    store.put(path, picture.key)
    return picture


def _record(
    run: AnalysisRun,
    claim: jobs.Claim,
    of: Technique,
    readers: Sequence[Reader],
    reading: Reading,
    analysis: Analysis,
    tables: Sequence[Table],
    pictures: Sequence[Picture],
) -> None:
    """Everything that a run found, in one transaction that only the holder of the claim can commit."""
    used: list[dict[str, Any]] = [{"name": reader.name, "version": reader.version} for reader in readers]
    measurement = run.measurement
    with transaction.atomic():
        jobs.finish(
            claim,
            state=AnalysisRun.State.SUCCEEDED,
            progress=1.0,
            readers=used,
            analysis_version=of.version,
            software_version=version(),
            key=run.key_of(used, of.version),
            metadata=dict(reading.metadata),
            warnings=[*reading.warnings, *analysis.warnings],
        )
        Table.objects.bulk_create(tables)
        Picture.objects.bulk_create(pictures)
        Result.objects.bulk_create(
            Result(
                run=run,
                project_id=measurement.project_id,
                quantity=scalar.quantity,
                value=scalar.value,
                sd=scalar.sd,
                n=scalar.n,
                upper_bound=scalar.upper_bound,
            )
            for scalar in analysis.scalars
        )
        outgrown = [run.inputs[number]["file"] for number in reading.outgrown]
        measurement.measurement_files.filter(raw_file__in=outgrown).update(superseded=True)
        if of.store:
            import_string(of.store)(run, analysis)
        Measurement.objects.filter(pk=measurement.pk).exclude(current_run_id__gt=run.pk).update(current_run=run)
