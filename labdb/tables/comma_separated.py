"""CSV that is written as it is sent, and that no spreadsheet takes for formulas. Pure.

RFC 4180 with CRLF, in UTF-8. A text that starts with = + - @, a tab or a carriage return gets an apostrophe in front;
numbers keep their sign; times are UTC; missing is empty.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_A_PIECE = 500


class Echo:
    """A file for `csv.writer` that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would compute (`=`, `+`, `-`, `@` first) is quoted; numbers stay numbers."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_pieces(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A head of names, then the rows, in pieces of a size for the network."""
    writer = csv.writer(Echo())
    lines = [writer.writerow([safe_cell(name) for name in names])]
    for row in rows:
        lines.append(writer.writerow([safe_cell(value) for value in row]))
        if len(lines) >= ROWS_A_PIECE:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def safe_texts(table: pl.LazyFrame) -> pl.LazyFrame:
    """The table with its texts quoted as `safe_cell` quotes them, for polars' own CSV writer."""
    texts = [name for name, dtype in table.collect_schema().items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    return table.with_columns(
        pl.when(pl.col(name).cast(pl.String).str.contains(r"^[=+\-@\t\r]"))
        .then(pl.lit("'") + pl.col(name).cast(pl.String))
        .otherwise(pl.col(name).cast(pl.String))
        .alias(name)
        for name in texts
    )
