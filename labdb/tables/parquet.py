"""Tables on disk: Parquet that any tool opens, small, and read by column, cycle or time without the rest. Pure.

What was measured, and why it is written so, is in docs/storage.md:

- a number that came as float32, or with no more decimals than float32 keeps, is stored as float32, else as float64;
  times stay float64;
- floats are byte-stream-split before zstd compresses them: the bytes that hardly change lie side by side;
- row groups are in the order of the test and carry the least and the greatest of each column, so that reading one
  cycle opens the one or two groups that hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from arro3.io import write_parquet
from polars import col

ROW_GROUP = 65_536
COMPRESSION_LEVEL = 1
NARROWED_ROWS = 1_000  # of fewer, a file's head takes more room than float32 would save
MOST_DECIMALS = 9
FEW = 0.1  # of the rows: a column of so few values is stored as a dictionary
SAMPLE_ROWS = 8_192  # are enough to tell
CHUNK_BYTES = 1 << 20
BATCH_ROWS = 100_000


def write(table: pl.DataFrame, path: Path) -> None:
    """Store a table; text comes back as text, whether it was categorical or not."""
    table = pl.DataFrame([_as_stored(column) for column in table.get_columns()])
    split = [column.name for column in table.get_columns() if column.dtype.is_float() and not _has_few_values(column)]
    write_parquet(
        table.rechunk(),
        path,
        compression=f"zstd({COMPRESSION_LEVEL})",
        column_encoding=dict.fromkeys(split, "byte_stream_split"),
        column_dictionary_enabled=dict.fromkeys(split, False),
        max_row_group_size=ROW_GROUP,
    )


def _as_stored(column: pl.Series) -> pl.Series:
    if column.dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    if column.dtype == pl.Float64 and column.len() >= NARROWED_ROWS and not column.name.endswith("_time_second"):
        return narrow(column)
    return column


def _has_few_values(column: pl.Series) -> bool:
    first = column.head(SAMPLE_ROWS)
    return first.n_unique() <= FEW * first.len()


def narrow(column: pl.Series) -> pl.Series:
    """The column as float32 where that keeps every digit that its file had; else as it was.

    It does where the numbers are float32 already, or were in the instrument's thousandths (mA, mAh) before the reader
    divided; or where they are decimals that float32 tells apart: rounded to the file's own resolution, each comes back.
    """
    values = column.drop_nulls().to_numpy()
    with np.errstate(over="ignore"):
        single = values.astype(np.float32).astype(np.float64)
    if np.array_equal(single, values, equal_nan=True):
        return column.cast(pl.Float32)
    if not np.isfinite(single).all():
        return column
    thousandths = values * 1000
    if (np.abs(thousandths.astype(np.float32) - thousandths) <= 1e-13 * np.abs(thousandths)).all():
        return column.cast(pl.Float32)
    decimals = _decimals(values[:1000])
    if decimals is not None:
        scaled = values * 10.0**decimals
        units = np.rint(scaled)
        if _whole(scaled) and np.array_equal(np.rint(single * 10.0**decimals), units):
            return column.cast(pl.Float32)
    return column


def _decimals(values: np.ndarray) -> int | None:
    """With how many decimals the values were written; None for more than a text file prints."""
    return next((decimals for decimals in range(MOST_DECIMALS + 1) if _whole(values * 10.0**decimals)), None)


def _whole(values: np.ndarray) -> bool:
    return bool((np.abs(values - np.rint(values)) <= 1e-6).all())


def scan(path: Path | str) -> pl.LazyFrame:
    """A stored table, to be read as far as it is asked for; its columns as stored, some of them float32."""
    return pl.scan_parquet(path)


def select(
    path: Path | str, columns: Sequence[str] | None = None, cycles: tuple[int | None, int | None] = (None, None)
) -> pl.LazyFrame:
    """Chosen columns of a chosen range of cycles, both ends in it; what else the file holds is not read.

    Raises:
        ValueError: the table has no such column, or no cycles to choose by.
    """
    table = scan(path)
    names = table.collect_schema().names()
    unknown = [name for name in columns or () if name not in names]
    if unknown:
        raise ValueError(f"the table has no column {', '.join(unknown)}; it has {', '.join(names)}")
    first, last = cycles
    if first is not None or last is not None:
        if "cycle_count" not in names:
            raise ValueError("the table has no column cycle_count to choose cycles by")
        if first is not None:
            table = table.filter(col("cycle_count") >= first)
        if last is not None:
            table = table.filter(col("cycle_count") <= last)
    return table.select(columns) if columns else table


def read(
    path: Path | str, columns: Sequence[str] | None = None, cycles: tuple[int | None, int | None] = (None, None)
) -> pl.DataFrame:
    """As `select`, read."""
    return select(path, columns, cycles).collect()


def csv_stream(table: pl.LazyFrame) -> Iterator[bytes]:
    """A table as CSV, a piece at a time; numbers with the digits that they were stored with."""
    yield table.clear().collect().write_csv().encode()
    for batch in table.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True):
        yield batch.write_csv(include_header=False).encode()


def parquet_stream(table: pl.LazyFrame) -> Iterator[bytes]:
    """A table as Parquet, a piece at a time; it passes through a file, never whole through memory."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        table.sink_parquet(path, compression="zstd", row_group_size=ROW_GROUP)
        yield from _pieces(path)


def arrow_stream(table: pl.LazyFrame) -> Iterator[bytes]:
    """A table as an Arrow file (Feather), a piece at a time; it passes through a file, never whole through memory."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.arrow"
        table.sink_ipc(path, compression="zstd", compat_level=pl.CompatLevel.oldest())
        yield from _pieces(path)


def _pieces(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
