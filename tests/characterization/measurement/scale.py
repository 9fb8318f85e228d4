"""A technique of one column, typed in or from a file, to test the rooms of measurements with."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from characterization.measurement.technique import of_samples
from labdb.figures import figure, typed
from labdb.ingest.entry import entry_reader
from labdb.ingest.presentation import Choice, Column, Drawing, Entry, Presentation
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from labdb.ingest.technique import Analysis, Scalar
from labdb.replicates import Replicates
from labdb.tables.schema import TableSchema

FILE = b"scale\n1.70\n1.80\n"
ENTRY = Entry([Column("mass_g", "Mass", "g", lowest=0), Column("note", "Note", kind="text", required=False)])


def recognises(head: FileHead) -> bool:
    return head.data.startswith(b"scale")


def read(path: Path, name: str) -> Reading:
    lines = path.read_text().split()[1:]
    if not lines:
        raise ReaderError(f"{name}: holds no masses; export it again")
    return Reading(
        pl.DataFrame({"mass_g": [float(line) for line in lines]}), {"start_time_local": "2026-03-04T10:00:00"}
    )


def analyse(table, parameters, progress):
    masses = [mass * (parameters["factor"] or 1.0) for mass in table["mass_g"]]
    found = Replicates.of(masses)
    return Analysis((Scalar("amount_g", found.mean, found.sd, found.n),), pictures={"view": b"\x89PNG\r\n\x1a\n"})


def draw(runs):
    traces = [
        {"type": "scatter", "mode": "markers", "name": run.name, "y": typed(run.table("masses")["mass_g"].to_numpy())}
        for run in runs
    ]
    return figure(traces, {}, f"Masses of {', '.join(run.label for run in runs)}.")


def draw_one(runs):
    return draw(runs)


def check(chosen):
    if chosen.get("factor") == 13:
        raise ValueError("13 brings no luck.")


PRESENTATION = Presentation(
    drawings=(
        Drawing("masses", "Masses", draw, ("amount_g",), "masses"),
        Drawing("alone", "Alone", draw_one, single=True),
    ),
    choices=(Choice("factor", "Factor", lowest=0.1, highest=20, help="Empty: 1."), Choice("tare", "Tare", kind="flag")),
    compared=("amount_g",),
    check=check,
    entry=ENTRY,
)
SCALE = of_samples(
    name="scale",
    label="Scale",
    schema=TableSchema("masses", {"mass_g": pl.Float64}, {"note": pl.String}),
    readers=[
        Reader("scale-text", 1, "scale text", recognises, read),
        entry_reader("scale", "Scale", ENTRY),
    ],
    version=2,
    analyse=analyse,
    table_name="masses",
    defaults={"factor": None, "tare": None},
    presentation="tests.characterization.measurement.scale.PRESENTATION",
)
