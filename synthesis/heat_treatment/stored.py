"""What the runs of furnace logs stored, read back for figures and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from labdb.figures import Figure
from labdb.files import store
from labdb.provenance.models import AnalysisRun, Result, Table
from labdb.quantities import Quantity, quantity
from labdb.tables import parquet
from synthesis.heat_treatment import plots
from synthesis.heat_treatment.programme import Kind, Segment, Stretch, lay_out, soak
from synthesis.heat_treatment.table import CHANNELS
from synthesis.recipe.process import segments_of


def overview_of(run: AnalysisRun) -> pl.DataFrame | None:
    """The first view of a log; None where the run stored none."""
    table = Table.objects.filter(run=run, name="overview").first()
    if table is None:
        return None
    with store.local_path(table.key) as path:
        return parquet.read(path)


def channels_of(run: AnalysisRun) -> list[tuple[int, str]]:
    """The thermocouples of a log: number, and the name that the file gives them."""
    table = Table.objects.filter(run=run, name="time_series").first()
    columns = table.columns if table else []
    names = [str(name) for name in run.metadata.get("channels", [])]
    numbers = [n for n in range(1, CHANNELS + 1) if f"temperature_t{n}_celsius" in columns]
    return [(n, names[n - 1] if n <= len(names) else f"thermocouple {n}") for n in numbers]


def stretches_of(segments: Iterable[Mapping[str, Any]]) -> list[Stretch]:
    found = segments_of(list(segments))
    return lay_out(found) if found else []


def figure_of(stretches: list[Stretch], run: AnalysisRun | None, simulated: bool = False) -> Figure:
    """The programme, and over it the log where there is one."""
    log = overview_of(run) if run else None
    return plots.programme(stretches) if log is None else plots.programme_and_trace(stretches, log, simulated)


def against_programme(
    results: Iterable[Result], stretches: list[Stretch]
) -> list[tuple[Result, Quantity, float | None]]:
    """Each result with what the programme says of the same quantity; None where it says nothing."""
    told = programmed(stretches)
    return [(result, quantity(result.quantity), told.get(result.quantity)) for result in results]


def programmed(stretches: list[Stretch]) -> dict[str, float]:
    """What a programme says of the quantities that a log is measured by."""
    held = soak(stretches) if stretches else None
    if held is None:
        return {}
    hours = held.end_hour - held.start_hour
    said = {
        "peak_temperature_celsius": held.to_celsius,
        "set_temperature_celsius": held.to_celsius,
        "soak_time_hour": hours,
        "time_above_set_hour": hours,
    }
    ramp = next((s.segment for s in stretches if s.segment.kind == Kind.RAMP and s.to_celsius == held.to_celsius), None)
    cool = next((s.segment for s in stretches if s.segment.kind == Kind.COOL and s.start_hour >= held.end_hour), None)
    return said | _rate("heating_rate_celsius_per_min", ramp) | _rate("cooling_rate_celsius_per_min", cool)


def _rate(name: str, segment: Segment | None) -> dict[str, float]:
    rate = segment.rate_celsius_per_min if segment else None
    return {} if rate is None else {name: rate}
