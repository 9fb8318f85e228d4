"""The columns of a cycler's export: which header is which of ours, and its values in our units. Pure.

Headers are compared by their words (`"Test_Time(s)"` and `"Test Time / s"` are both `test time`), and their unit
converts them; a header without unit is in the unit that the reader knows its format to use, or is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from labdb.ingest import numbers, units
from labdb.ingest.reader import ReaderError
from labdb.ingest.text import TextTable

# Our column → the base unit of `labdb.ingest.units` that it is in.
BASES = {
    "test_time_second": "s",
    "voltage_volt": "V",
    "current_ampere": "A",
    "cycle_count": "1",
    "step_count": "1",
    "step_id": "1",
    "step_time_second": "s",
    "unix_time_second": "s",
    "step_cumulative_capacity_ah": "Ah",
    "step_cumulative_energy_wh": "Wh",
    "charge_capacity_ah": "Ah",
    "discharge_capacity_ah": "Ah",
    "charge_energy_wh": "Wh",
    "discharge_energy_wh": "Wh",
    "ambient_temperature_celsius": "degC",
    "surface_temperature_celsius": "degC",
    "temperature_t1_celsius": "degC",
    "temperature_t2_celsius": "degC",
    "temperature_t3_celsius": "degC",
    "internal_resistance_ohm": "ohm",
}
REQUIRED = ("test_time_second", "voltage_volt", "current_ampere")
IN_WORDS = {
    "test_time_second": "time",
    "voltage_volt": "voltage",
    "current_ampere": "current",
}


@dataclass(frozen=True)
class Column:
    """A header that is one of our columns; its unit as printed, empty where it has none."""

    header: str
    unit: str


def find(headers: Sequence[str], labels: Mapping[str, Sequence[str]]) -> dict[str, Column]:
    """Our column → the header that is it.

    Args:
        headers: as in the file.
        labels: our column → the words it goes by, best first, as `units.words` writes them.
    """
    by_words: dict[str, Column] = {}
    for header in headers:
        label, unit = units.split_header(header)
        by_words.setdefault(label, Column(header, unit))
    found = {}
    for name, choices in labels.items():
        column = next((by_words[choice] for choice in choices if choice in by_words), None)
        if column is not None:
            found[name] = column
    return found


def missing(found: Mapping[str, Column], required: Sequence[str] = REQUIRED) -> list[str]:
    """What a table cannot be without and the file has not, in words."""
    return [IN_WORDS.get(name, name) for name in required if name not in found]


@dataclass(frozen=True)
class Source:
    """A table as the file has it, on the way into ours.

    Attributes:
        name: the uploaded name, for sentences.
        frame: text or numbers, by header.
        first_line: line (or sheet row) number of the first row.
        place: what a row is called in sentences: "line", or "row" of a sheet.
        units: our column → unit of a header that names none.
        comma: what a comma in its numbers means.
    """

    name: str
    frame: pl.DataFrame
    first_line: int = 2
    place: str = "line"
    units: Mapping[str, str] | None = None
    comma: str = ""

    @classmethod
    def of(
        cls, name: str, table: TextTable, found: Mapping[str, Column], units: Mapping[str, str] | None = None
    ) -> Source:
        """A text table; what its commas mean is seen from the columns that are used."""
        headers = {column.header for ours, column in found.items() if ours in BASES}
        try:
            comma = numbers.comma_means(table.frame[header] for header in headers)
        except numbers.NumberError as error:
            raise ReaderError(f"{name}: {error}") from error
        return cls(name, table.frame, table.first_line, "line", units, comma)

    def without_blank_rows(self, found: Mapping[str, Column]) -> Source:
        """Leave out the rows that hold none of the required values, as spreadsheets add below a table."""
        headers = [column.header for ours, column in found.items() if ours in REQUIRED]
        blank = pl.all_horizontal(pl.col(headers).is_null())
        kept = self.frame.filter(~blank)
        if len(kept) == len(self.frame):
            return self
        last = self.frame.select((~blank).arg_true().max()).item()
        trailing_only = last is None or len(kept) == last + 1
        # Line numbers stay right as long as nothing was left out between the rows.
        return Source(
            self.name, kept, self.first_line, self.place if trailing_only else "record", self.units, self.comma
        )

    def without_cut_row(self, found: Mapping[str, Column]) -> tuple[Source, list[str]]:
        """Leave out a last row that ends before its required values do, as a file has that was cut off."""
        headers = [column.header for ours, column in found.items() if ours in REQUIRED]
        if len(self.frame) < 2 or not any(value is None for value in self.frame.select(headers).row(-1)):
            return self, []
        kept = Source(self.name, self.frame.head(-1), self.first_line, self.place, self.units, self.comma)
        return kept, [f"the last {self.place} is cut off and was left out: the file is incomplete"]

    def factor(self, ours: str, column: Column) -> float:
        unit = column.unit or (self.units or {}).get(ours, "")
        base = BASES[ours]
        if base == "1":
            return 1.0
        factor = units.factor(unit, base)
        if factor is None:
            known = f"'{unit}', which is no unit of {base}" if unit else "no unit"
            raise ReaderError(
                f"{self.name}: column '{column.header}' has {known}; export it with its unit in the header"
            )
        return factor

    def series(self, ours: str, column: Column, *, lenient: bool = False) -> pl.Series:
        """One column of ours, in our unit.

        Args:
            ours: its name.
            column: its header.
            lenient: give nulls for what is no number, instead of refusing the file.

        Raises:
            ReaderError: a value is no number, or the unit is not one.
        """
        raw = self.frame[column.header]
        durations = BASES[ours] == "s" and raw.dtype == pl.String and raw.str.contains(":", literal=True).any()
        factor = 1.0 if durations else self.factor(ours, column)
        try:
            if BASES[ours] == "s":
                values = numbers.to_seconds(raw, factor, self.comma)
            elif factor == 1.0:
                values = numbers.to_float(raw, self.comma)
            else:
                values = numbers.to_float(raw, self.comma) * factor
        except numbers.NumberError as error:
            if lenient:
                return raw.cast(pl.Float64, strict=False).rename(ours)
            where = f"{self.place} {self.first_line + error.row}: " if error.row is not None else ""
            raise ReaderError(f"{self.name}: {where}{error}; repair the export or export it again") from error
        return values.rename(ours)

    def table(self, found: Mapping[str, Column]) -> pl.DataFrame:
        """All found columns that are numbers; those not required may have gaps and become null where they are odd."""
        return pl.DataFrame(
            [
                self.series(ours, column, lenient=ours not in REQUIRED and BASES[ours] != "1")
                for ours, column in found.items()
                if ours in BASES
            ]
        )
