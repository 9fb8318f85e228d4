"""A technique whose files are orders to the worker: `ops sleep 2`, `ops die`, `ops hang`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from labdb.ingest.reader import Reader, Reading
from labdb.ingest.services import attach
from labdb.ingest.technique import Analysis, Scalar, Technique
from labdb.tables.schema import TableSchema


def read(path: Path, name: str) -> Reading:
    order, _, second = path.read_text().splitlines()[0].removeprefix("ops ").partition(" ")
    return Reading(pl.DataFrame({"second": [float(second or 0)]}), {"protocol": order})


def join(readings: Sequence[Reading]) -> Reading:
    order = {"sleep": 0, "die": 1, "hang": 2}[readings[0].metadata["protocol"]]
    return Reading(readings[0].table.with_columns(order=pl.lit(order, pl.Int64)), readings[0].metadata)


def analyse(table, parameters, progress) -> Analysis:
    order, second = table["order"][0], table["second"][0]
    progress(0.1, "obeying")
    if order == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(3600 if order == 2 else second)
    return Analysis(scalars=(Scalar("cycles", second),))


def register(raw_file, subject, user):
    from labdb.provenance.models import Measurement

    measurement = Measurement.objects.create(
        project=raw_file.project, technique="orders", name=raw_file.name, created_by=user
    )
    attach(measurement, raw_file)
    return measurement


ORDERS = Technique(
    name="orders",
    label="Orders",
    schema=TableSchema("orders", required={"second": pl.Float64, "order": pl.Int64}),
    readers=[Reader("orders", 1, "orders", lambda head: head.data.startswith(b"ops "), read)],
    version=1,
    join=join,
    analyse=analyse,
    register="tests.ops.technique.register",
)
