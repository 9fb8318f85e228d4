"""What labdb sees in a file, without keeping anything: recognition, reading and analysis as one JSON object. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import ambiguous_sentence, matches, unknown_sentence
from labdb.ingest.technique import Analysis, SourceFile, Technique, no_progress
from labdb.quantities import quantity


def inspect(path: Path, techniques: Sequence[Technique]) -> dict[str, Any]:
    """One file as an object of JSON values; what refuses it stands under `error`.

    Returns:
        `file`, `sha256`, `technique`, `reader`, `reader_version`, `rows`, `columns` (per numeric column its first,
        last, smallest and largest value, in our names and units), `metadata`, `results` (quantity → value, unit, sd,
        n), `warnings`, and `error`: the sentence that an upload would show.
    """
    seen: dict[str, Any] = {"file": str(path)}
    refused = unreadable(path)
    if refused:
        return {**seen, "error": refused}
    try:
        with open(path, "rb") as file:
            seen["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        head = FileHead.of(path)
        found = matches(head, techniques)
        if len(found) != 1:
            return {**seen, "error": ambiguous_sentence(head, found) if found else unknown_sentence(head)}
        of, reader = found[0].technique, found[0].reader
        seen |= {"technique": of.name, "reader": reader.name, "reader_version": reader.version}
        reading = of.join([reader.read(path, path.name)])
        table = of.schema.conform(reading.table)
        seen |= {
            "rows": table.height,
            "columns": summary(table),
            "metadata": plain(reading.metadata),
            "warnings": list(reading.warnings),
        }
        said = {name: reading.metadata[name] for name in of.from_metadata if reading.metadata.get(name) is not None}
        analysis = of.analysed([SourceFile(path, path.name)], table, {**of.defaults, **said}, no_progress)
        return {**seen, "results": results(analysis), "warnings": [*reading.warnings, *analysis.warnings]}
    except ReaderError as error:
        return {**seen, "error": str(error)}
    except OSError as error:
        return {**seen, "error": f"{path.name}: cannot be read ({error.strerror or error})."}


def unreadable(path: Path) -> str:
    """Why there is nothing to read at a path; an empty string where there is."""
    if path.is_dir():
        return f"{path.name or path}: is a folder; name the files in it."
    if not path.exists():
        return f"{path.name}: there is no such file."
    if not path.is_file():
        return f"{path.name}: is no regular file."
    return ""


def summary(table: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """First, last, smallest and largest value of each numeric column, nulls apart."""
    found = {}
    for name, dtype in table.schema.items():
        if not dtype.is_numeric():
            continue
        values = table[name].drop_nulls()
        ends = (values[0], values[-1], values.min(), values.max()) if len(values) else (None,) * 4
        found[name] = {key: plain(value) for key, value in zip(("first", "last", "min", "max"), ends, strict=True)}
    return found


def results(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """The scalars of an analysis by quantity."""
    return {
        scalar.quantity: {
            "value": plain(scalar.value),
            "unit": unit_of(scalar.quantity),
            "sd": plain(scalar.sd),
            "n": scalar.n,
            **({"upper_bound": True} if scalar.upper_bound else {}),
        }
        for scalar in analysis.scalars
    }


def unit_of(name: str) -> str:
    try:
        return quantity(name).unit
    except KeyError:
        return ""


def plain(value: Any) -> Any:
    """A value that strict JSON has: no NaN and no infinity, mappings and lists of such."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)
