"""The table of a picture that is kept as evidence. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a picture.
PICTURES = TableSchema(
    "picture",
    required={
        "width_pixel": pl.Int64,
        "height_pixel": pl.Int64,
        "pages": pl.Int64,
        "bits": pl.Int64,  # of a level as stored
        "databar_rows": pl.Int64,  # at the lower edge, as the file says or as found
        "pixel_size_nm": pl.Float64,  # null where the file does not say
    },
)
