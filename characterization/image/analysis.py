"""A picture as evidence: how it looks, and the values that a person measured on it as mean ± SD. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from characterization.image.values import MEASURED, Value, values_of
from characterization.micrograph.picture import opened
from characterization.micrograph.view import View, coloured_view_of, view_of
from labdb.ingest.technique import Analysis, Progress, Scalar, SourceFile, no_progress
from labdb.quantities import quantity
from labdb.replicates import Replicates

AGREES = 0.02  # of a value: its line is as long

# One row a value; columns of a quantity hold its replicates.
VALUES = {
    "quantity": pl.String,
    "value": pl.Float64,
    "line_length_nm": pl.Float64,  # null without a line or a scale
    "x1_pixel": pl.Float64,
    "y1_pixel": pl.Float64,
    "x2_pixel": pl.Float64,
    "y2_pixel": pl.Float64,
    "note": pl.String,
}
VIEW = {
    "factor": pl.Int64,  # pixels of the picture in one of the view
    "width_pixel": pl.Int64,
    "height_pixel": pl.Int64,
    "databar_rows": pl.Int64,
    "pixel_size_nm": pl.Float64,
}


@dataclass(frozen=True)
class Parameters:
    """What a person may say of a picture.

    Attributes:
        kind: "haadf", "eds", …; empty where nobody said.
        element: of an EDS map.
        pixel_size_nm: None: as the file says.
        page: of a stack, from 1.
    """

    kind: str = ""
    element: str = ""
    pixel_size_nm: float | None = None
    page: int = 1
    values: tuple[Value, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Parameters:
        """From JSON values by name.

        Raises:
            ValueError: a name is none of ours, or a value is none.
        """
        unknown = sorted(set(values) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"a picture has no parameter {', '.join(unknown)}")
        known = {name: value for name, value in values.items() if value is not None}
        return cls(**{**known, "values": values_of(known.get("values", ()))})


def analyse_files(
    files: Sequence[SourceFile], table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress
) -> Analysis:
    """
    Args:
        files: one picture. table: its `PICTURES` table. parameters: fields of `Parameters`.

    Raises:
        ReaderError: the picture is damaged, or has no such page.
        ValueError: a parameter is none.
    """
    told = Parameters.of(parameters)
    about = table.row(0, named=True)
    progress(0.1, "opening the picture")
    with opened(files[0].path, files[0].name) as file:
        colours = file.colours(told.page - 1)
        levels = file.grey(told.page - 1) if colours is None else colours
    bar = about["databar_rows"]
    seen = levels[: levels.shape[0] - bar]
    view, picture = coloured_view_of(colours) if colours is not None else view_of(levels, seen)
    scale = told.pixel_size_nm or about["pixel_size_nm"]
    tables = {
        "view": _view_table(view, levels.shape, bar, scale),
        "values": _value_table(told.values, scale),
        "replicates": _replicates(told.values),
    }
    return Analysis(_scalars(told.values), tables, tuple(_doubts(told.values, scale)), {"view": picture})


def _view_table(view: View, shape: Sequence[int], bar: int, scale: float | None) -> pl.DataFrame:
    row = {"factor": view.factor, "width_pixel": shape[1], "height_pixel": shape[0]}
    return pl.DataFrame([{**row, "databar_rows": bar, "pixel_size_nm": scale}], schema=VIEW)


def _value_table(values: Sequence[Value], scale: float | None) -> pl.DataFrame:
    rows = []
    for one in values:
        ends = dict(zip(("x1_pixel", "y1_pixel", "x2_pixel", "y2_pixel"), one.line or (None,) * 4, strict=True))
        length = one.length_nm(scale) if scale else None
        rows.append({"quantity": one.quantity, "value": one.value, "line_length_nm": length, "note": one.note, **ends})
    return pl.DataFrame(rows, schema=VALUES)


def _replicates(values: Sequence[Value]) -> pl.DataFrame:
    """A column a quantity, one row for each of its values."""
    columns = {name: [one.value for one in values if one.quantity == name] for name in MEASURED}
    found = {name: column for name, column in columns.items() if column}
    longest = max(map(len, found.values()), default=0)
    return pl.DataFrame(
        {name: column + [None] * (longest - len(column)) for name, column in found.items()},
        schema=dict.fromkeys(found, pl.Float64),
    )


def _scalars(values: Sequence[Value]) -> tuple[Scalar, ...]:
    scalars = []
    for name in MEASURED:
        over = Replicates.of([one.value for one in values if one.quantity == name])
        if over is not None:
            scalars.append(Scalar(name, over.mean, over.sd, over.n))
    return tuple(scalars)


def _doubts(values: Sequence[Value], scale: float | None) -> list[str]:
    if not scale:
        return ["the file says no pixel size, so there is no scale bar; enter it (in nm)"]
    found = []
    for number, one in enumerate(values, start=1):
        length = one.length_nm(scale)
        if length is not None and abs(length / one.value - 1) > AGREES:
            about = quantity(one.quantity)
            found.append(
                f"value {number}, {about.label.lower()}, is {one.value:.4g} nm, and the line on the picture"
                f" {length:.4g} nm long"
            )
    return found
