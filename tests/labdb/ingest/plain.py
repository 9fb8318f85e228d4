"""A technique of two columns, so that the spine can be tested without any real one."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.services import attach
from labdb.ingest.technique import Analysis, Scalar, Technique
from labdb.provenance.models import Measurement
from labdb.tables.schema import TableSchema

FILE = b"plain x,y\n1,10\n2,20\n3,60\n"


def read(path: Path, name: str) -> Reading:
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    if not rows:
        raise ReaderError(f"{name}: no data rows below the header; export it again")
    return Reading(pl.DataFrame({"x": [float(x) for x, _ in rows], "y": [float(y) for _, y in rows]}), {"device": "P1"})


def analyse(table, parameters, progress):
    progress(0.5, "taking the mean")
    if parameters.get("explode"):
        raise RuntimeError("a fault of ours")
    mean = table["y"].mean() * parameters.get("scale", 1.0)
    return Analysis(scalars=(Scalar("cycles", mean, n=table.height),), warnings=("plain is plain",))


def register(raw_file, subject, user) -> Measurement:
    if subject == "wrong":
        raise ValueError("this subject is of another project")
    measurement = (
        subject
        if isinstance(subject, Measurement)
        else Measurement.objects.create(project=raw_file.project, technique="plain", name=str(subject), created_by=user)
    )
    attach(measurement, raw_file)
    return measurement


def recognises(head: FileHead) -> bool:
    return head.data.startswith(b"plain")


PLAIN = Technique(
    name="plain",
    label="Plain",
    schema=TableSchema("plain", required={"x": pl.Float64, "y": pl.Float64}, rising=("x",)),
    readers=[Reader("plain-csv", 1, "plain csv", recognises, read)],
    version=3,
    join=lambda readings: Reading(pl.concat([r.table for r in readings]), readings[0].metadata),
    analyse=analyse,
    defaults={"scale": 1.0},
    register="tests.labdb.ingest.plain.register",
)
TWIN = Technique(
    name="twin",
    label="Twin",
    schema=PLAIN.schema,
    readers=[Reader("twin-csv", 1, "twin csv", lambda head: head.data.startswith(b"plain twin"), read)],
    version=1,
    join=PLAIN.join,
    analyse=analyse,
    register="tests.labdb.ingest.plain.register",
)
