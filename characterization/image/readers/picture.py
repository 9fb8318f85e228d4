"""Any picture: TIFF of one page or several, PNG, JPEG, grey or in colours.

Only where a person says that a file is one, for any picture could be a cross-section too. Pixels and scale: see
`characterization.micrograph`.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from characterization.micrograph.databar import find_databar
from characterization.micrograph.picture import is_single_picture, is_stack, opened
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading


def recognises(head: FileHead) -> bool:
    return is_single_picture(head) or is_stack(head)


def read(path: Path, name: str) -> Reading:
    with opened(path, name) as file:
        picture = file.picture
        if picture.broken:
            raise ReaderError(f"{name}: its last pages are missing ({picture.broken}); copy it again.")
        levels = file.grey()
    table = pl.DataFrame(
        {
            "width_pixel": [picture.width],
            "height_pixel": [picture.height],
            "pages": [picture.pages],
            "bits": [picture.bits],
            "databar_rows": [find_databar(levels) if picture.databar_rows is None else picture.databar_rows],
            "pixel_size_nm": [picture.pixel_size_nm],
        },
        schema_overrides={"pixel_size_nm": pl.Float64},
    )
    scale = {"pixel_size_from": picture.pixel_size_from} if picture.pixel_size_from else {}
    return Reading(table, {**picture.metadata, **scale}, picture.warnings)


READER = Reader("picture", 1, "Picture (TIFF, PNG, JPEG)", recognises, read)
