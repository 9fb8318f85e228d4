"""Rows as CSV that a spreadsheet opens without running what is in it. Pure.

RFC 4180 with CRLF; UTF-8. A text that starts with = + - @, a tab or a carriage return would be taken for a
formula, and gets an apostrophe in front; numbers keep their sign.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_A_CHUNK = 500


def cell(value: Any) -> Any:
    """One value as a CSV cell."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return value


def csv_chunks(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A head of names, then the rows, in pieces of a size for the network."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([cell(name) for name in names])
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in row])
        if number % ROWS_A_CHUNK == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def safe_texts(table: pl.LazyFrame) -> pl.LazyFrame:
    """The table with its texts escaped, for polars' own CSV writer."""
    texts = [name for name, dtype in table.collect_schema().items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    return table.with_columns(
        pl.when(pl.col(name).cast(pl.String).str.contains(r"^[=+\-@\t\r]"))
        .then(pl.lit("'") + pl.col(name).cast(pl.String))
        .otherwise(pl.col(name).cast(pl.String))
        .alias(name)
        for name in texts
    )
