"""Cycling as the spine sees it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from cells.cycling.analysis import summarise_cycles
from cells.cycling.join import join
from cells.cycling.readers import READERS
from cells.cycling.scalars import doubts, summarise_test
from cells.cycling.steps import MAX_GAP_SECOND, summarise_steps
from cells.cycling.table import CYCLING as CYCLING_TABLE
from labdb.ingest.technique import Analysis, Progress, Technique, no_progress
from labdb.tables.overview import overview

OVERVIEW_COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count")


@dataclass(frozen=True)
class Parameters:
    """What the analysis has to be told about the cell; each may be unknown.

    Attributes:
        active_mass_mg: active material of the cathode only, without binder and carbon.
        nominal_capacity_mah: of the cell, what one hour at 1 C delivers; goes before the specific one.
        nominal_specific_capacity_mah_per_g: of the material; with the mass it says what 1 C is.
        max_gap_second: a longer time between two records is not integrated across.
        cycle_kinds: kinds set by a person, by cycle number.
    """

    active_mass_mg: float | None = None
    nominal_capacity_mah: float | None = None
    nominal_specific_capacity_mah_per_g: float | None = None
    max_gap_second: float = MAX_GAP_SECOND
    cycle_kinds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Parameters:
        """From JSON values by name.

        Raises:
            ValueError: a number is not positive, or a name is none of ours.
        """
        unknown = sorted(set(values) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"the cycling analysis has no parameter {', '.join(unknown)}")
        for name in cls.__dataclass_fields__:
            value = values.get(name)
            if name != "cycle_kinds" and value is not None and not 0 < float(value) < math.inf:
                raise ValueError(f"{name} must be more than 0, not {value}")
        return cls(**{name: value for name, value in values.items() if value is not None})

    @property
    def one_c_mah(self) -> float | None:
        """The capacity that one hour at 1 C delivers, where it is known."""
        if self.nominal_capacity_mah is not None:
            return self.nominal_capacity_mah
        if self.active_mass_mg is not None and self.nominal_specific_capacity_mah_per_g is not None:
            return self.active_mass_mg / 1000 * self.nominal_specific_capacity_mah_per_g
        return None


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Steps, cycles, the first view and the scalars of one test."""
    told = Parameters.of(parameters)
    progress(0.1, "summing up the steps")
    steps = summarise_steps(table, told.one_c_mah, told.max_gap_second)
    progress(0.6, f"summing up {steps['cycle_count'].n_unique()} cycles")
    cycles = summarise_cycles(steps, told.active_mass_mg, told.cycle_kinds)
    progress(0.8, "drawing the first view")
    view = overview(table.select(name for name in OVERVIEW_COLUMNS if name in table.columns))
    warnings = doubts(cycles, steps)
    if waiting := sorted({int(number) for number in told.cycle_kinds} - set(cycles["cycle_count"].to_list())):
        names = ", ".join(map(str, waiting[:5])) + (" …" if len(waiting) > 5 else "")
        warnings = (*warnings, f"A kind was set for cycle {names}, which this test does not have")
    return Analysis(summarise_test(cycles), {"steps": steps, "cycles": cycles, "overview": view}, warnings)


CYCLING = Technique(
    name="cycling",
    label="Cycling",
    schema=CYCLING_TABLE,
    readers=READERS,
    version=1,
    join=join,
    analyse=analyse,
    defaults={"max_gap_second": MAX_GAP_SECOND},
    from_metadata=("active_mass_mg",),
    register="cells.cycling.services.register_test",
    parameters="cells.cycling.services.analysis_parameters",
    store="cells.cycling.services.store_cycles",
    subjects={
        "cell": "cells.cycling.subjects.cell",
        "test": "cells.cycling.subjects.test",
        "new_cell": "cells.cycling.subjects.new_cell",
    },
    described_by={
        "cell": ("cyclingtest__cell_id",),
        "batch": ("cyclingtest__cell__batch_id",),
        "cell_code": ("cyclingtest__cell__code",),
        "product": ("cyclingtest__cell__product",),
        "batch_code": ("cyclingtest__cell__batch__code",),
    },
)
