"""ICP files as the programs lay them out, written here; and what the readers make of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from characterization.icp.readers import READERS
from characterization.icp.table import EMISSION
from characterization.icp.technique import ICP
from labdb.ingest.installed import techniques
from labdb.ingest.reader import FileHead, Reader, Reading
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis

TARGET = "LiNi0.83Co0.11Mn0.06O2"


def reader_of(path: Path, name: str = "") -> Reader:
    """The only reader of all techniques that recognises a file."""
    (match,) = matches(FileHead.of(path, name or path.name), techniques())
    assert match.reader in READERS
    return match.reader


def read(path: Path, content: str | bytes = "") -> Reading:
    """A file as its only reader reads it; written first where a content is given."""
    if content:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reader_of(path).read(path, path.name)


def analysed(table: pl.DataFrame, **parameters: Any) -> Analysis:
    assert ICP.analyse is not None
    return ICP.analyse(EMISSION.conform(table), {**ICP.defaults, **parameters}, lambda *_: None)


def values(analysis: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


def solution(
    label: str, contents: Mapping[str, float | str | None], number: int = 1, kind: str = "sample", **more: Any
) -> list[dict[str, Any]]:
    """Rows of an emission table: emission line → mg/L; "<0.01" for what is under a limit."""
    rows = []
    for line, value in contents.items():
        below = isinstance(value, str)
        rows.append(
            {
                "solution_count": number,
                "sample_label": label,
                "sample_kind": kind,
                "element": line.split()[0],
                "emission_line": line,
                "replicate": None,
                "concentration_mg_per_l": None if below else value,
                "concentration_limit_mg_per_l": float(value[1:]) if isinstance(value, str) else None,
                "below_limit": below,
                **more,
            }
        )
    return rows


def table(*solutions: list[dict[str, Any]]) -> pl.DataFrame:
    rows = [row for each in solutions for row in each]
    return EMISSION.conform(pl.DataFrame(rows, schema=EMISSION.columns))


def qtegra(
    rows: Mapping[str, Mapping[str, tuple[float | str, ...]]], lines: list[str], mark: str = ";", unit: str = "ppm"
) -> str:
    """Qtegra's table: label → emission line → (mean, SD, nominal); what is not there is empty."""
    categories = ["ExtCal.Average", "ExtCal.STD", "ExtCal.StandardConcentration"]
    columns = [(category, line) for category in categories for line in lines]
    head = [
        ["", "", *(category for category, _ in columns)],
        ["", "", *("0" for _ in columns)],
        ["", "", *(line for _, line in columns)],
        ["", "", *(f"Y ({unit})" for _ in columns)],
    ]
    body = []
    for number, (label, contents) in enumerate(rows.items(), start=1):
        fields = [str(number), label]
        for position in range(len(categories)):
            for line in lines:
                told = contents.get(line, ())
                fields.append(str(told[position]) if position < len(told) else "")
        body.append(fields)
    return "\n".join(mark.join(fields) for fields in [*head, *body]) + "\n"
