"""Declared tables: the columns a polars frame must have to be called by a name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table: those it must have, and those it may have; nothing else is stored.

    Attributes:
        name: as in error sentences, "cycling".
        required: column → polars type.
        optional: column → polars type.
        rising: columns that never decrease.
    """

    name: str
    required: Mapping[str, pl.DataType | type[pl.DataType]]
    optional: Mapping[str, pl.DataType | type[pl.DataType]] = field(default_factory=dict)
    rising: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        return {**self.required, **self.optional}

    def conform(self, table: pl.DataFrame) -> pl.DataFrame:
        """Bring a table into the declared order and types, leaving out columns that are not declared.

        Raises:
            ValueError: a required column is missing, or a rising one falls.
        """
        missing = [name for name in self.required if name not in table.columns]
        if missing:
            raise ValueError(f"a {self.name} table needs {', '.join(missing)}")
        table = table.select(pl.col(name).cast(dtype) for name, dtype in self.columns.items() if name in table.columns)
        for name in self.rising:
            if name in table.columns and not table[name].drop_nulls().is_sorted():
                raise ValueError(f"{name} decreases in a {self.name} table")
        return table
