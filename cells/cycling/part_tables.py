"""What the parts of the analysis found, as tables on the page of a test; a new one is a line here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from labdb.quantities import QUANTITIES, Quantity

MOST_ROWS = 40


@dataclass(frozen=True)
class PartTable:
    """A table of a run on the page of its test.

    Attributes:
        name: under which the run stored it.
        title: as printed over it.
        columns: those that are printed, in this order; the files have all.
        counts: the column that says of a row whether it is in results and figures; empty where all are.
    """

    name: str
    title: str
    columns: Sequence[str]
    counts: str = ""


PART_TABLES: tuple[PartTable, ...] = (
    PartTable(
        "rate",
        "Rate capability",
        (
            *("charge_c_rate", "discharge_c_rate", "after_ageing_cycle", "n", "rate_capacity_mah"),
            *("rate_capacity_mah_per_g", "rate_ratio", "mean_discharge_voltage_volt"),
            "specific_energy_wh_per_kg",
        ),
    ),
    PartTable(
        "energies",
        "Specific energy by rate",
        (
            *("c_rate", "n", "specific_energy_wh_per_kg"),
            *("mean_discharge_voltage_volt", "discharge_capacity_mah_per_g"),
        ),
    ),
    PartTable(
        "pulses",
        "Pulses",
        (
            *("sequence", "pulse", "direction", "after_ageing_cycle", "cycle_count", "step_count", "state_of_charge"),
            *("current_ampere", "c_rate", "duration_second", "rest_before_second", "rest_voltage_volt"),
            *("pulse_voltage_volt", "pulse_resistance_ohm", "pulse_ohmic_resistance_ohm", "pulse_power_watt"),
            *("pulse_power_w_per_kg", "power_capability_w_per_kg", "recovery_volt"),
        ),
        counts="compared",
    ),
    PartTable(
        "storage",
        "Storage",
        (
            *("storage_count", "check_day", "storage_day", "storage_temperature_celsius", "voltage_before_volt"),
            *("voltage_loss_volt", "capacity_before_mah_per_g", "retained_capacity_share"),
            *("recovered_capacity_share", "self_discharge_share"),
        ),
    ),
)


@dataclass(frozen=True)
class Head:
    """Of a printed column; what it means where it is a quantity, and whether its values are words."""

    name: str
    quantity: Quantity | None

    in_words: bool = False

    @property
    def label(self) -> str:
        if self.quantity:
            return self.quantity.label
        return self.name if self.name == "n" else self.name.replace("_", " ").capitalize()


class Cell(NamedTuple):
    """One value as printed; None where there is none."""

    text: str | None
    in_words: bool


@dataclass(frozen=True)
class Printed:
    """A table with the first of its rows.

    Attributes:
        heads: of the columns that are not empty.
        rows: whether it counts, and its values.
        height: how many rows the table has.
    """

    table: PartTable
    heads: list[Head]
    rows: list[tuple[bool, list[Cell]]]
    height: int


def printed(stored: Callable[[str], pl.DataFrame | None]) -> Iterator[Printed]:
    """The tables that a run stored, in the order of the page.

    Args:
        stored: by name → the table; None where the run stored none of that name.
    """
    for table in PART_TABLES:
        frame = stored(table.name)
        if frame is None or frame.is_empty():
            continue
        first = frame.head(MOST_ROWS)
        names = [name for name in table.columns if name in frame.columns and frame[name].null_count() < frame.height]
        heads = [Head(name, QUANTITIES.get(name), not frame[name].dtype.is_numeric()) for name in names]
        counts = first[table.counts].to_list() if table.counts in frame.columns else [True] * first.height
        values = zip(*(_texts(first[head.name], head) for head in heads), strict=True)
        yield Printed(table, heads, list(zip(counts, map(list, values), strict=True)), frame.height)


def _texts(column: pl.Series, head: Head) -> list[Cell]:
    def text(value: Any) -> str | None:
        if value is None or value != value:
            return None
        return head.quantity.text(value) if head.quantity and isinstance(value, float) else str(value)

    return [Cell(text(value), head.in_words) for value in column]
