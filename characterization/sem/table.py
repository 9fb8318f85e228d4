"""The table of a cross-section: what its picture is, before anything is measured in it. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a picture.
IMAGES = TableSchema(
    "cross-section",
    required={
        "width_pixel": pl.Int64,
        "height_pixel": pl.Int64,  # with the data bar
        "databar_rows": pl.Int64,  # at the lower edge, as the file says or as found
        "bits": pl.Int64,  # of a grey level as stored
        "pixel_size_nm": pl.Float64,  # null where the file does not say
        "grey_min": pl.Float64,  # of the whole picture, as are the four below
        "grey_max": pl.Float64,
        "grey_mean": pl.Float64,
        "otsu_threshold": pl.Float64,  # null for a picture of one grey level
        "fraction_below_otsu": pl.Float64,  # at or below; no porosity, as ground and data bar are counted
    },
)
