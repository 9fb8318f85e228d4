"""A stored table as an answer: chosen columns and cycles, as JSON, CSV, Parquet or Arrow, a piece at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from labdb.api.renderers import Arrow, Csv, Json, Parquet, to_json
from labdb.files import store
from labdb.files.download import stored_bytes
from labdb.provenance.models import Table
from labdb.quantities import quantity
from labdb.tables import parquet
from labdb.tables.comma_separated import safe_texts

TABLE_RENDERERS = (Json, Csv, Parquet, Arrow)
KNOWN = ("columns", "cycles", "format")
CYCLES = re.compile(r"(?P<first>\d{1,9})?(?P<to>-)?(?P<last>\d{1,9})?")
JSON_ROWS = 50_000

describe_table = extend_schema(
    parameters=[
        OpenApiParameter("columns", str, description="Names with commas between; every column where it is left out."),
        OpenApiParameter(
            "cycles", str, description="10, 10-20, 10- or -20, as the cycler counted; both ends are in it."
        ),
        OpenApiParameter("format", str, enum=[renderer.format for renderer in TABLE_RENDERERS], default="json"),
    ],
    responses={
        (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, "Columns by name, each a list."),
        (200, "text/csv"): OpenApiTypes.STR,
        (200, Parquet.media_type): OpenApiTypes.BINARY,
        (200, Arrow.media_type): OpenApiTypes.BINARY,
    },
)


def cycle_range(text: str) -> tuple[int | None, int | None]:
    """First and last cycle of `10`, `10-20`, `10-`, `-20`; None where it is open."""
    match = CYCLES.fullmatch(text.strip())
    if not match or not (match["first"] or match["last"]):
        raise ValidationError({"cycles": f"{text[:80]!r} is no range of cycles; write 10, 10-20, 10- or -20."})
    first = int(match["first"]) if match["first"] else None
    last = int(match["last"]) if match["last"] else None
    if not match["to"]:
        return first, first
    if first is not None and last is not None and first > last:
        raise ValidationError({"cycles": f"{first}-{last} runs backwards; write {last}-{first}."})
    return first, last


def table_response(request: Request, table: Table, name: str) -> HttpResponseBase:
    """What a request asks of a table; the stored file itself where it asks for all of it as Parquet.

    Args:
        name: what the file is called, without its extension.
    """
    for given in request.query_params:
        if given not in KNOWN:
            raise ValidationError({given: f"There is no filter {given} here; known are: {', '.join(KNOWN)}."})
    columns = _columns(request, table)
    cycles = cycle_range(request.query_params["cycles"]) if "cycles" in request.query_params else (None, None)
    if cycles != (None, None) and "cycle_count" not in table.columns:
        raise ValidationError({"cycles": f"The table {table.name} has no cycles; leave the range out."})
    form = request.accepted_renderer.format
    file_name = f"{name}.{form}"
    if form == "parquet" and not columns and cycles == (None, None):
        return stored_bytes(
            request._request,
            table.key,
            sha256=table.sha256,
            size=table.size,
            name=file_name,
            content_type=Parquet.media_type,
        )

    @contextmanager
    def selection() -> Iterator[pl.LazyFrame]:
        with store.local_path(table.key) as path:
            yield parquet.select(path, columns or None, cycles)

    def stream(write: Callable[[pl.LazyFrame], Iterator[bytes]]) -> Iterator[bytes]:
        with selection() as frame:
            yield from write(frame)

    writers: dict[str, tuple[Callable[[pl.LazyFrame], Iterator[bytes]], str]] = {
        "json": (lambda frame: _json(frame, table), Json.media_type),
        "csv": (lambda frame: parquet.csv_stream(safe_texts(frame)), "text/csv; charset=utf-8"),
        "parquet": (parquet.parquet_stream, Parquet.media_type),
        "arrow": (parquet.arrow_stream, Arrow.media_type),
    }
    writer, content_type = writers[form]
    headers = {} if form == "json" else {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingHttpResponse(stream(writer), content_type=content_type, headers=headers)


def _columns(request: Request, table: Table) -> list[str]:
    wanted = [name.strip() for text in request.query_params.getlist("columns") for name in text.split(",")]
    wanted = list(dict.fromkeys(name for name in wanted if name))
    unknown = [name for name in wanted if name not in table.columns]
    if unknown:
        missing, known = ", ".join(unknown), ", ".join(table.columns)
        raise ValidationError({"columns": f"The table {table.name} has no column {missing}; it has {known}."})
    return wanted


def _json(frame: pl.LazyFrame, table: Table) -> Iterator[bytes]:
    """One list a column, so that a data frame takes it as it is; read column by column, to stay small."""
    names = frame.collect_schema().names()
    rows = frame.select(pl.len()).collect().item()
    head: dict[str, Any] = {
        "run": table.run_id,
        "table": table.name,
        "rows": rows,
        "units": {name: unit_of(name) for name in names},
    }
    yield to_json(head)[:-1] + b',"columns":{'
    for number, name in enumerate(names):
        yield (b"," if number else b"") + to_json(name) + b":["
        first = True
        for batch in frame.select(name).collect_batches(chunk_size=JSON_ROWS, maintain_order=True):
            values = to_json(_plain(batch[name]))[1:-1]
            if values:
                yield values if first else b"," + values
                first = False
        yield b"]"
    yield b"}}"


def _plain(column: pl.Series) -> Any:
    if column.dtype.is_float():
        return column.to_numpy()  # null becomes nan, and nan null in JSON
    return column.to_list()


def unit_of(name: str) -> str | None:
    """As printed; None for a column that is no quantity."""
    try:
        return quantity(name).unit
    except KeyError:
        return None
