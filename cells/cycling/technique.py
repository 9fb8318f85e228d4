"""Cycling as the spine sees it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from cells.cycling.analysis import summarise_cycles
from cells.cycling.claims import claim_steps, waiting
from cells.cycling.doubts import doubts
from cells.cycling.join import join
from cells.cycling.parameters import DQ_DV_EVERY, Parameters
from cells.cycling.part import Tested
from cells.cycling.parts import PARTS
from cells.cycling.protocol import find_blocks
from cells.cycling.readers import READERS
from cells.cycling.scalars import summarise_test
from cells.cycling.steps import MAX_GAP_SECOND, summarise_steps
from cells.cycling.table import CYCLING as CYCLING_TABLE
from cells.storage.periods import LEAST_DAY
from labdb.ingest.technique import Analysis, Progress, Technique, no_progress
from labdb.tables.overview import overview

OVERVIEW_COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count")


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Steps, cycles, protocol, the first view and the scalars of one test, and what each part finds in it."""
    told = Parameters.of(parameters)
    progress(0.1, "summing up the steps")
    steps = summarise_steps(table, told.one_c_mah, told.max_gap_second)
    progress(0.5, f"summing up {steps['cycle_count'].n_unique()} cycles")
    claims = claim_steps(steps, told.cycle_kinds, told.step_kinds, told.least_storage_day)
    cycles = summarise_cycles(steps, told.active_mass_mg, claims)
    blocks = find_blocks(steps, cycles, claims)
    tested = Tested(table, steps, cycles, blocks, told)
    scalars, warnings = summarise_test(cycles), doubts(cycles, steps)
    tables: dict[str, pl.DataFrame] = {"steps": steps, "cycles": cycles, "protocol": blocks}
    for number, (doing, part) in enumerate(PARTS):
        progress(0.6 + 0.25 * number / len(PARTS), doing)
        found = part(tested)
        scalars, warnings = (*scalars, *found.scalars), (*warnings, *found.warnings)
        tables |= found.tables
    progress(0.85, "drawing the first view")
    tables["overview"] = overview(table.select(name for name in OVERVIEW_COLUMNS if name in table.columns))
    warnings = (*warnings, *waiting(steps, told.cycle_kinds, told.step_kinds))
    return Analysis(scalars, tables, warnings)


CYCLING = Technique(
    name="cycling",
    label="Cycling",
    schema=CYCLING_TABLE,
    readers=READERS,
    version=2,
    join=join,
    analyse=analyse,
    defaults={"max_gap_second": MAX_GAP_SECOND, "least_storage_day": LEAST_DAY, "dq_dv_every": DQ_DV_EVERY},
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
