"""What the reports of Micromeritics instruments (ASAP, TriStar, 3Flex, Gemini) have in common, as workbook and text.

Each page begins with the program, the instrument and pairs of a name and a value; the page "Isotherm Tabular Report"
has the points: p/p0, absolute pressure, amount adsorbed, elapsed time, saturation pressure, each with its unit in
brackets. Rows with a saturation pressure alone are measurements of p0. Adsorption comes first, the highest pressure
ends it. Amounts are per gram of the mass that the report states. Dates follow the language of the computer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.points import About, Numbers, Points, moment, printed, reading, told
from characterization.physisorption.units import LoadingUnit, kpa_of, loading_unit, mass_mg, temperature_kelvin
from labdb.ingest import numbers
from labdb.ingest.reader import ReaderError, Reading

TITLE = "Isotherm Tabular Report"
NAMES = {
    "sample": ("sample:", "echantillon:"),
    "operator": ("operator:", "analyste:"),
    "gas": ("analysis adsorptive:", "analysis ads.:"),
    "temperature": ("analysis bath temp.:",),
    "mass": ("sample mass:",),
    "started": ("started:",),
    "completed": ("completed:",),
}
COLUMNS = ("relative", "absolute", "quantity", "saturation")  # with what the names of the columns begin
UNIT = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)?)\)\s*$")
NOT_COMPUTED = re.compile(r"-?\d?\.?#\w+")  # -1.#IND
CHINESE_NOON = re.compile(r"(上午|下午)\s*(\d+):")


@dataclass(frozen=True)
class Column:
    """A column of the page: its name with its unit, its fields as text from the first row to the last."""

    label: str
    fields: Sequence[str]

    @property
    def unit(self) -> str:
        return unit_of(self.label)


def unit_of(label: str) -> str:
    """What stands in brackets at the end of a name."""
    match = UNIT.search(label)
    return match[1] if match else ""


def product(words: Iterable[str]) -> str:
    """The program and the instrument, which stand at the head of each page before its number."""
    found = []
    for word in words:
        if word.startswith("Page"):
            break
        if word and not re.match(r"\d+$|Unit|Serial|\|", word):
            found.append(word)
    return ", ".join(found)


def report(columns: Sequence[Column], said: Mapping[str, str], name: str, warnings: Sequence[str]) -> Reading:
    """The points of a page.

    Args:
        said: values by the keys of `NAMES`; `device`, and `area` as the program printed it.

    Raises:
        ReaderError: a column is missing, its unit unknown, or a field no number.
    """
    labels = {start: column for start in COLUMNS for column in columns if column.label.lower().startswith(start)}
    values = as_numbers({start: column.fields for start, column in labels.items()}, name)
    if "quantity" not in values or not {"relative", "absolute"} & set(values):
        raise ReaderError(f"{name}: the page “{TITLE}” lacks the pressure or the quantity adsorbed; print it with both")
    unit = loading_unit_of({labels["quantity"].unit}, said.get("gas"), name)
    at = [row for row, amount in enumerate(values["quantity"]) if amount is not None]

    def kpa(start: str) -> Numbers | None:
        factor = kpa_of(labels[start].unit) if start in labels else None
        if factor is None:
            return None
        return [value * factor if value is not None else None for value in values[start]]

    def picked(column: Numbers | None) -> Numbers | None:
        return [column[row] for row in at] if column is not None else None

    saturation = kpa("saturation")
    return reading(
        name,
        Points(
            picked(values["quantity"]) or [],
            relative_pressure=picked(values.get("relative")),
            pressure_kpa=picked(kpa("absolute")),
            saturation_pressure_kpa=picked(_latest(saturation)) if saturation else None,
        ),
        About(unit, said.get("gas"), temperature_kelvin(said.get("temperature", "")), mass_mg(said.get("mass", ""))),
        {
            **moment(_moment(said.get("started", ""), said.get("completed"))),
            **told(device=said.get("device"), operator=said.get("operator"), sample=said.get("sample")),
            **printed(said.get("area")),
        },
        warnings,
    )


def as_numbers(columns: Mapping[str, Sequence[str]], name: str) -> dict[str, Numbers]:
    """Fields as numbers, by the decimal mark that all of them together show.

    Raises:
        ReaderError: one is no number.
    """
    texts = {
        label: pl.Series(label, [NOT_COMPUTED.sub("", field.strip()) for field in fields], dtype=pl.String)
        for label, fields in columns.items()
    }
    try:
        comma = numbers.comma_means(texts.values())
        return {label: numbers.to_float(column, comma).to_list() for label, column in texts.items()}
    except numbers.NumberError as error:
        where = f" in row {error.row + 1} of the points" if error.row is not None else ""
        raise ReaderError(f"{name}: {error}{where}; correct it, or export it again") from error


def _latest(values: Numbers) -> list[float | None]:
    """What was measured last before each row, or first of all."""
    there = [value for value in values if value is not None]
    last = there[0] if there else None
    found = []
    for value in values:
        last = value if value is not None else last
        found.append(last)
    return found


def loading_unit_of(units: set[str], gas: str | None, name: str) -> LoadingUnit:
    """
    Raises:
        ReaderError: there are several, or one that is unknown.
    """
    found = {loading_unit(unit, gas_named(gas)) for unit in units}
    unit = found.pop() if len(found) == 1 else None
    if unit is None:
        raise ReaderError(
            f"{name}: its unit of the quantity adsorbed ({', '.join(sorted(units))}) is none that labdb knows;"
            " export in mmol/g or cm³/g STP"
        )
    return unit


def _moment(started: str, completed: str | None) -> datetime | None:
    """`2021/12/16 下午 06:50:16` and the like; None where day and month could be exchanged, or for 1970."""

    def western(text: str) -> str:
        noon = CHINESE_NOON.search(text)
        if not noon:
            return text
        hour = int(noon[2]) % 12 + (12 if noon[1] == "下午" else 0)
        return CHINESE_NOON.sub(f"{hour:02d}:", text)

    begun = numbers.clock_start(western(started), western(completed or ""))
    return begun if begun and begun.year > 1970 else None
